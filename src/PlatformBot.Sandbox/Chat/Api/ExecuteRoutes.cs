using System.Net;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Microsoft.AspNetCore.Http;
using PlatformBot.Sandbox.Chat.Integrations;
using PlatformBot.Sandbox.Chat.Slash;
using PlatformBot.Sandbox.Chat.Wire;

namespace PlatformBot.Sandbox.Chat.Api;

/// <summary>Running a slash command, and what its integration says later.</summary>
internal sealed partial class ExecuteRoutes(
    ChatState state,
    CommandBook commands,
    ResponseUrls hooks,
    CommandAnswers answers,
    Triggers triggers,
    Callbacks callbacks
)
{
    public IEnumerable<Route> Routes =>
        [new("POST", "/api/v4/commands/execute", ExecuteAsync), new("POST", "/hooks/commands/{hook_id}", DelayedAsync)];

    private async Task ExecuteAsync(Call call)
    {
        var me = call.Me();
        var body = await call.BodyAsync("command_args");
        var typed = body.String("command");

        if (typed is not ['/', _, ..])
            throw ChatException.BadBody("command");

        // The trigger ends at the first white space; that one character is lost, what follows is kept as it is.
        var space = typed.IndexOfAny([' ', '\t', '\n', '\r']);
        var trigger = (space < 0 ? typed[1..] : typed[1..space]).ToLowerInvariant();
        var text = space < 0 ? "" : typed[(space + 1)..];

        var (command, occasion, fields) = Prepare(call, me, body, trigger, text);
        var triggered = triggers.Issue(me.Id);
        var form = fields
            .Append(("trigger_id", triggered.Signed))
            .OrderBy(field => field.Item1, StringComparer.Ordinal);
        var answered =
            command.Method == "G"
                ? await callbacks.QueryAsync(command.Url, command.Token, form)
                : await callbacks.FormAsync(command.Url, command.Token, form);

        var answer = Read(answered, trigger);

        lock (state.Gate)
            answer = answers.Deliver(occasion, answer, triggered.ClientId);

        await call.AnswerAsync(answer);
    }

    private (Command Command, Occasion Occasion, List<(string, string)> Fields) Prepare(
        Call call,
        User me,
        JsonObject body,
        string trigger,
        string text
    )
    {
        lock (state.Gate)
        {
            var channelId = body.String("channel_id");

            if (!state.IsMember(channelId, me.Id))
                throw ChatException.Forbidden();

            var channel = state.Channels[channelId];

            // In a direct channel the client chooses the team.
            var teamId = channel.Type == "D" ? body.String("team_id") : channel.TeamId;

            if (!state.IsInTeam(teamId, me.Id))
                throw ChatException.Forbidden();

            if (commands.Triggered(teamId, trigger) is not { } command)
                throw Unknown(trigger);

            var occasion = new Occasion(me.Id, channel.Id, body.String("root_id"), trigger);
            var hook = hooks.Issue(command, occasion);
            return (command, occasion, Fields(call.Http.Request, me, channel, command, hook, text));
        }
    }

    private List<(string, string)> Fields(
        HttpRequest request,
        User me,
        Channel channel,
        Command command,
        string hook,
        string text
    )
    {
        var team = state.Teams[command.TeamId];
        var scheme = request.Headers["X-Forwarded-Proto"].ToString() is "https" ? "https" : request.Scheme;
        List<(string, string)> fields =
        [
            ("channel_id", channel.Id),
            ("channel_name", channel.Name),
            ("command", "/" + command.Trigger),
            // From the Host header of the person's own request, as the old server builds it: not to be trusted.
            ("response_url", $"{scheme}://{request.Host}/hooks/commands/{hook}"),
            ("team_domain", team.Name),
            ("team_id", team.Id),
            ("text", text),
            ("token", command.Token),
            ("user_id", me.Id),
            ("user_name", me.Name),
        ];

        foreach (var name in UserMention().Matches(text).Select(m => m.Groups["name"].Value).Distinct())
        {
            if (state.UserNamed(name) is { } user && state.IsInTeam(team.Id, user.Id))
                fields.AddRange([("user_mentions", name), ("user_mentions_ids", user.Id)]);
        }

        foreach (var name in ChannelMention().Matches(text).Select(m => m.Groups["name"].Value).Distinct())
        {
            var named = state.Channels.Values.FirstOrDefault(c =>
                c.TeamId == team.Id && c.Type == "O" && c.Name == name
            );

            if (named is not null)
                fields.AddRange([("channel_mentions", name), ("channel_mentions_ids", named.Id)]);
        }

        return fields;
    }

    /// <summary>Only 200 counts, and only a JSON content type makes JSON of the body.</summary>
    private static JsonObject Read(Answered answered, string trigger)
    {
        if (answered.Status is null)
            throw Failed(trigger);

        if (answered.Status is not HttpStatusCode.OK)
        {
            throw new ChatException(
                500,
                "api.command.execute_command.failed_resp.app_error",
                $"Command with a trigger of '{trigger}' returned response {(int)answered.Status} {answered.Reason}."
            );
        }

        if (answered.MediaType == "application/json")
            return CommandAnswers.FromJson(answered.Body) ?? throw Failed(trigger);

        return answered.Body.Length == 0 ? [] : CommandAnswers.FromText(answered.Body);
    }

    private static ChatException Failed(string trigger) =>
        new(500, "api.command.execute_command.failed.app_error", $"Command with a trigger of '{trigger}' failed.");

    private static ChatException Unknown(string trigger) =>
        new(
            404,
            "api.command.execute_command.not_found.app_error",
            $"Command with a trigger of '{trigger}' not found. To send a message beginning with \"/\", try adding an empty space at the beginning of the message."
        );

    /// <summary>The URL is the only secret. A body that cannot be read is not counted as a use; everything else is.</summary>
    private async Task DelayedAsync(Call call)
    {
        var id = call.Id("hook_id");
        var body = await call.BodyTextAsync();
        var isJson =
            call.Http.Request.ContentType?.StartsWith("application/json", StringComparison.OrdinalIgnoreCase) ?? false;
        var answer = isJson ? CommandAnswers.FromJson(body) : CommandAnswers.FromText(body);

        if (answer is null)
            throw new ChatException(400, "web.command_webhook.parse.app_error", "Unable to parse incoming data.");

        lock (state.Gate)
            answers.Deliver(hooks.Use(id), answer, triggerId: "");

        await Call.WriteAsync(call.Http, 200, "ok", "text/plain");
    }

    [GeneratedRegex("@(?<name>[a-z0-9._-]+)", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex UserMention();

    [GeneratedRegex("~(?<name>[a-z0-9_-]+)", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex ChannelMention();
}
