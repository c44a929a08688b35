using System.Text.Json;
using System.Text.Json.Nodes;
using PlatformBot.Core;
using PlatformBot.Core.Chat;

namespace PlatformBot.Mattermost;

/// <summary>
/// POST /mattermost/action: a click. Nothing in it proves where it comes from except what the bot put into the button and the
/// server's signature on the trigger; both must hold.
/// </summary>
internal sealed class ActionEndpoint(
    Seals seals,
    TriggerProof proof,
    Dialogs dialogs,
    IConversation conversation,
    PersonLimit limit,
    Suspicions suspicions
)
{
    public async Task HandleAsync(HttpContext http)
    {
        if (await Incoming.ReadJsonAsync(http) is not { } json)
            return;

        var (click, wrong) = await ReadAsync(json, http);

        if (click is null)
        {
            await suspicions.RaiseAsync(wrong, http, Incoming.Text(json, "user_id"));
            await AnswerAsync(http, Answers.Refused);
            return;
        }

        if (!await limit.AdmitsAsync(click.By.Id, http))
        {
            await AnswerAsync(http, PersonLimit.TooMany);
            return;
        }

        var reply = await conversation.PressAsync(click, http.RequestAborted);
        var text = await dialogs.ShowAsync(
            reply,
            click.By.Person,
            click.ChannelId,
            click.Dialogs ?? "",
            http.RequestAborted
        );

        await AnswerAsync(http, text);
    }

    private async Task<(ButtonClick? Click, string Wrong)> ReadAsync(JsonElement json, HttpContext http)
    {
        var (user, channel, post, trigger) = (
            Incoming.Text(json, "user_id"),
            Incoming.Text(json, "channel_id"),
            Incoming.Text(json, "post_id"),
            Incoming.Text(json, "trigger_id")
        );

        // A dialog or a menu that somebody aimed at this path.
        if (Incoming.Text(json, "type") != "button" || !json.TryGetProperty("context", out var context))
            return (null, "something that is no button at the buttons' address");

        if (seals.OpenButton(context, channel, post, out var wrong) is not { } value)
            return (null, wrong);

        var verdict = await proof.CheckAsync(trigger, user, http.RequestAborted);

        if (verdict == Proof.False)
            return (null, "a click without the chat server's signature for its user");

        var person = new Person(user, Incoming.Text(json, "user_name"));
        var by = new Caller(person, Incoming.Origin("button", $"post {post}", http), verdict == Proof.Verified);
        return (new ButtonClick(by, channel, post, value, trigger), "");
    }

    /// <summary>Always 200 and an object: an empty body is an error to the person who clicked.</summary>
    private static Task AnswerAsync(HttpContext http, string text) =>
        Answers.SendAsync(
            http,
            text.Length == 0
                ? new JsonObject()
                : new JsonObject { ["ephemeral_text"] = text, ["skip_slack_parsing"] = true }
        );
}
