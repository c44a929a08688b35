using System.Net;
using System.Text.Json.Nodes;
using PlatformBot.Sandbox.Chat.Integrations;
using PlatformBot.Sandbox.Chat.Sockets;
using PlatformBot.Sandbox.Chat.Wire;

namespace PlatformBot.Sandbox.Chat.Api;

/// <summary>Dialogs: opened with a trigger, filled in by whoever says so.</summary>
internal sealed class DialogRoutes(ChatState state, Hub hub, Triggers triggers, Callbacks callbacks)
{
    public IEnumerable<Route> Routes =>
        [
            new("POST", "/api/v4/actions/dialogs/open", OpenAsync),
            new("POST", "/api/v4/actions/dialogs/submit", SubmitAsync),
        ];

    /// <summary>Nobody needs to be logged in: the signed trigger is the permit, and names who gets to see the dialog.</summary>
    private async Task OpenAsync(Call call)
    {
        var body = await call.BodyAsync("dialog");

        if (body.String("url").Length == 0)
            throw ChatException.BadBody("url");

        var (clientId, userId) = triggers.Check(body.String("trigger_id"));
        var dialog = new JsonObject
        {
            ["trigger_id"] = clientId,
            ["url"] = body.String("url"),
            ["dialog"] = Dialog(body["dialog"] as JsonObject ?? []),
        };

        lock (state.Gate)
            hub.ToUser(userId, "", "open_dialog", new JsonObject { ["dialog"] = GoJson.Text(dialog) });

        await call.OkAsync();
    }

    /// <summary>Written out in full, checked for nothing.</summary>
    private static JsonObject Dialog(JsonObject given) =>
        new()
        {
            ["callback_id"] = given.String("callback_id"),
            ["title"] = given.String("title"),
            ["introduction_text"] = given.String("introduction_text"),
            ["icon_url"] = given.String("icon_url"),
            ["elements"] = given["elements"] is JsonArray elements
                ? GoJson.Array(elements.OfType<JsonObject>().Select(Element))
                : null,
            ["submit_label"] = given.String("submit_label"),
            ["notify_on_cancel"] = given.Flag("notify_on_cancel"),
            ["state"] = given.String("state"),
        };

    private static JsonObject Element(JsonObject given) =>
        new()
        {
            ["display_name"] = given.String("display_name"),
            ["name"] = given.String("name"),
            ["type"] = given.String("type"),
            ["subtype"] = given.String("subtype"),
            ["default"] = given.String("default"),
            ["placeholder"] = given.String("placeholder"),
            ["help_text"] = given.String("help_text"),
            ["optional"] = given.Flag("optional"),
            ["min_length"] = given["min_length"]?.DeepClone() ?? 0,
            ["max_length"] = given["max_length"]?.DeepClone() ?? 0,
            ["data_source"] = given.String("data_source"),
            ["options"] = given["options"]?.DeepClone(),
        };

    /// <summary>Only user, channel and team are the server's word; the URL too is the client's.</summary>
    private async Task SubmitAsync(Call call)
    {
        var me = call.Me();
        var body = await call.BodyAsync("dialog");
        var url = body.String("url");

        if (url.Length == 0)
            throw ChatException.BadBody("url");

        lock (state.Gate)
        {
            if (!state.IsMember(body.String("channel_id"), me.Id) || !state.IsInTeam(body.String("team_id"), me.Id))
                throw ChatException.Forbidden();
        }

        var answered = await callbacks.JsonAsync(url, Submission(me, body));

        if (answered.Status is not HttpStatusCode.OK)
            throw ChatException.IntegrationFailed();

        var said = GoJson.TryParse(answered.Body) as JsonObject ?? [];
        var answer = new JsonObject();

        if (said.String("error") is { Length: > 0 } error)
            answer["error"] = error;

        if (said["errors"] is JsonObject { Count: > 0 } errors)
            answer["errors"] = errors.DeepClone();

        await call.AnswerAsync(answer);
    }

    private static JsonObject Submission(User me, JsonObject body) =>
        new()
        {
            ["type"] = "dialog_submission",
            ["callback_id"] = body.String("callback_id"),
            ["state"] = body.String("state"),
            ["user_id"] = me.Id,
            ["channel_id"] = body.String("channel_id"),
            ["team_id"] = body.String("team_id"),
            ["submission"] = body["submission"]?.DeepClone(),
            ["cancelled"] = body.Flag("cancelled"),
        };
}
