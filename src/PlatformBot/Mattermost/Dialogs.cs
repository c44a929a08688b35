using System.Text.Json.Nodes;
using PlatformBot.Core;
using PlatformBot.Core.Chat;

namespace PlatformBot.Mattermost;

/// <summary>Opens dialogs. The state that comes back is sealed, names the person, and carries what each field may hold.</summary>
internal sealed partial class Dialogs(MattermostApi api, MattermostHome home, Seals seals, ILogger<Dialogs> logger)
{
    private const string NotOpened = ":warning: Mattermost did not open the form in time. Please try again.";

    /// <summary>The permit lives seconds, so the dialog opens before the answer goes out. Returns the text of the answer.</summary>
    public async Task<string> ShowAsync(
        Reply reply,
        Person by,
        string channel,
        string permit,
        CancellationToken cancellationToken
    )
    {
        if (reply.Dialog is not { } dialog)
            return reply.Text;

        var place = await home.FindAsync(cancellationToken);
        var body = new JsonObject
        {
            ["trigger_id"] = permit,
            ["url"] = $"{place.CallbackUrl}/mattermost/dialog",
            ["dialog"] = Form(dialog, by, channel),
        };

        var answer = await api.TryAsync(HttpMethod.Post, "actions/dialogs/open", body, cancellationToken);

        if (answer.Done)
            return reply.Text;

        LogNotOpened(answer);
        return NotOpened;
    }

    private JsonObject Form(Dialog dialog, Person by, string channel) =>
        new()
        {
            ["callback_id"] = "platformbot",
            ["title"] = Words.Cut(dialog.Title, 24),
            ["introduction_text"] = dialog.Introduction,
            ["submit_label"] = Words.Cut(dialog.SubmitLabel, 24),
            ["notify_on_cancel"] = false,
            ["elements"] = new JsonArray([.. dialog.Fields.Select(Element)]),
            ["state"] = seals.Dialog(State(dialog, by, channel)),
        };

    private static JsonObject Element(Field field) =>
        new()
        {
            ["display_name"] = Words.Cut(field.Label, 24),
            ["name"] = field.Name,
            ["type"] = field.Kind,
            ["help_text"] = Words.Cut(field.Help, 150),
            ["optional"] = field.Optional,
            ["max_length"] = field.MaxLength,
        };

    private static JsonObject State(Dialog dialog, Person by, string channel) =>
        new()
        {
            ["state"] = dialog.State,
            ["user"] = by.Id,
            ["name"] = by.Name,
            ["channel"] = channel,
            ["fields"] = new JsonArray([
                .. dialog.Fields.Select(field => new JsonObject
                {
                    ["name"] = field.Name,
                    ["max"] = field.MaxLength,
                    ["optional"] = field.Optional,
                }),
            ]),
        };

    [LoggerMessage(LogLevel.Warning, "Mattermost did not open a dialog: {Answer}")]
    private partial void LogNotOpened(Answer answer);
}
