using System.Text.Json;
using System.Text.Json.Nodes;
using PlatformBot.Core;
using PlatformBot.Core.Chat;

namespace PlatformBot.Mattermost;

/// <summary>
/// POST /mattermost/dialog: a filled-in form. All but the user and the channel is the client's word, even that there was a form:
/// the sealed state is the proof, and its list of fields is what the values are held against.
/// </summary>
internal sealed class DialogEndpoint(
    Seals seals,
    IConversation conversation,
    PersonLimit limit,
    Suspicions suspicions,
    Whispers whispers
)
{
    public async Task HandleAsync(HttpContext http)
    {
        if (await Incoming.ReadJsonAsync(http) is not { } json)
            return;

        var user = Incoming.Text(json, "user_id");

        if (Open(json, user, out var wrong) is not { } state)
        {
            await suspicions.RaiseAsync(wrong, http, user);
            await Answers.SendAsync(http, new JsonObject { ["error"] = Plain(Answers.Refused) });
            return;
        }

        if (!await limit.AdmitsAsync(user, http))
        {
            await Answers.SendAsync(http, new JsonObject { ["error"] = Plain(PersonLimit.TooMany) });
            return;
        }

        var values = Values(json, state, out var errors);
        var answer = errors.Count > 0 ? new JsonObject { ["errors"] = errors } : await SubmitAsync(state, values, http);

        await Answers.SendAsync(http, answer);
    }

    private JsonElement? Open(JsonElement json, string user, out string wrong)
    {
        if (Incoming.Text(json, "type") != "dialog_submission")
        {
            wrong = "something that is no form at the forms' address";
            return null;
        }

        if (seals.OpenDialog(Incoming.Text(json, "state"), out wrong) is not { } state)
            return null;

        wrong =
            Incoming.Text(state, "user") != user ? "a dialog that was opened for somebody else"
            : Incoming.Text(state, "channel") != Incoming.Text(json, "channel_id") ? "a dialog of another channel"
            : HasForeignFields(json, state) ? "a dialog with fields that it does not have"
            : "";

        return wrong.Length == 0 ? state : null;
    }

    private static bool HasForeignFields(JsonElement json, JsonElement state)
    {
        var known = state
            .GetProperty("fields")
            .EnumerateArray()
            .Select(field => Incoming.Text(field, "name"))
            .ToHashSet();

        return json.TryGetProperty("submission", out var given)
            && given.ValueKind == JsonValueKind.Object
            && given.EnumerateObject().Any(value => !known.Contains(value.Name));
    }

    private static Dictionary<string, string> Values(JsonElement json, JsonElement state, out JsonObject errors)
    {
        var values = new Dictionary<string, string>();
        var given = json.TryGetProperty("submission", out var submission) ? submission : default;
        errors = [];

        foreach (var field in state.GetProperty("fields").EnumerateArray())
        {
            var name = Incoming.Text(field, "name");
            var value = ValueOf(given, name);
            var longest = field.GetProperty("max").GetInt32();

            if (string.IsNullOrWhiteSpace(value) && !field.GetProperty("optional").GetBoolean())
                errors[name] = "Please fill this in.";
            else if (Words.Runes(value) > longest)
                errors[name] = $"At most {longest} characters.";
            else
                values[name] = value;
        }

        return values;
    }

    /// <summary>Clients send numbers and switches as they like, and nothing for an empty field.</summary>
    private static string ValueOf(JsonElement given, string name)
    {
        if (given.ValueKind != JsonValueKind.Object || !given.TryGetProperty(name, out var value))
            return "";

        return value.ValueKind switch
        {
            JsonValueKind.String => value.GetString()!,
            JsonValueKind.Number or JsonValueKind.True or JsonValueKind.False => value.GetRawText(),
            _ => "",
        };
    }

    private async Task<JsonObject> SubmitAsync(JsonElement state, Dictionary<string, string> values, HttpContext http)
    {
        var by = new Person(Incoming.Text(state, "user"), Incoming.Text(state, "name"));
        var channel = Incoming.Text(state, "channel");
        var submission = new DialogSubmission(
            new Caller(by, Incoming.Origin("dialog", $"channel {channel}", http)),
            channel,
            Incoming.Text(state, "state"),
            values
        );
        var reply = await conversation.SubmitAsync(submission, http.RequestAborted);

        if (reply.FieldErrors is { Count: > 0 } errors)
        {
            return new()
            {
                ["errors"] = new JsonObject(
                    errors.Select(error => new KeyValuePair<string, JsonNode?>(error.Key, error.Value))
                ),
            };
        }

        if (reply.Refused)
            return new() { ["error"] = Plain(reply.Text) };

        // A closed dialog has no place for words, and a bot may not post ephemerally: they go as a direct message.
        whispers.Say(by, reply.Text);
        return [];
    }

    /// <summary>An error in a dialog is shown as it is, without Markdown.</summary>
    private static string Plain(string text) =>
        text.Replace(":no_entry: ", "", StringComparison.Ordinal).Replace(":hourglass: ", "", StringComparison.Ordinal);
}
