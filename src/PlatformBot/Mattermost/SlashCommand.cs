using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.Extensions.Options;

namespace PlatformBot.Mattermost;

/// <summary>Keeps the bot's own slash command registered, and learns its token, which is how the bot knows Mattermost.</summary>
internal sealed partial class SlashCommand(
    MattermostApi api,
    MattermostHome home,
    IOptions<MattermostOptions> options,
    ILogger<SlashCommand> logger
)
{
    public async Task KeepAsync(Home place, List<string> findings, CancellationToken stopping)
    {
        if (options.Value.CommandToken is { Length: > 0 } given)
            home.Learn(place.TeamId, given);

        var list = await api.GetAsync($"commands?team_id={place.TeamId}&custom_only=true", stopping);

        if (!list.Done)
        {
            if (options.Value.CommandToken is null)
                findings.Add(Unable("read", place, list));

            return;
        }

        var same = list
            .Body.EnumerateArray()
            .Where(command => Incoming.Text(command, "trigger") == options.Value.Trigger)
            .ToList();
        var own = same.Find(command => Incoming.Text(command, "creator_id") == place.Bot.Id);

        home.IsCommandShared = false;

        // Two commands may end with one trigger, and which of them the server then runs is its secret.
        if (same.Exists(command => Incoming.Text(command, "creator_id") != place.Bot.Id))
        {
            home.IsCommandShared = true;
            findings.Add(
                $"Somebody else has registered /{options.Value.Trigger} in this team. What people type after it may not reach the bot. Remove that command."
            );
        }

        if (own.ValueKind == JsonValueKind.Object)
            await UpdateAsync(own, place, findings, stopping);
        else if (same.Count == 0)
            await CreateAsync(place, findings, stopping);
    }

    private async Task CreateAsync(Home place, List<string> findings, CancellationToken stopping)
    {
        var answer = await api.AskAsync(HttpMethod.Post, "commands", Wanted(place), stopping);

        if (!answer.Done)
        {
            findings.Add(Unable("register", place, answer));
            return;
        }

        home.Learn(place.TeamId, answer.Text("token"));
        LogRegistered(options.Value.Trigger, place.CallbackUrl);
    }

    /// <summary>A PUT replaces all of it, so all of it is sent; the server keeps the token.</summary>
    private async Task UpdateAsync(JsonElement own, Home place, List<string> findings, CancellationToken stopping)
    {
        home.Learn(place.TeamId, Incoming.Text(own, "token"));
        var wanted = Wanted(place);

        if (wanted.All(field => IsAsWanted(own, field.Key, field.Value!)))
            return;

        wanted["id"] = Incoming.Text(own, "id");
        var answer = await api.AskAsync(HttpMethod.Put, $"commands/{Incoming.Text(own, "id")}", wanted, stopping);

        if (answer.Done)
            LogRegistered(options.Value.Trigger, place.CallbackUrl);
        else
            findings.Add(Unable("update", place, answer));
    }

    private static bool IsAsWanted(JsonElement own, string name, JsonNode wanted) =>
        own.TryGetProperty(name, out var there) && JsonNode.DeepEquals(JsonNode.Parse(there.GetRawText()), wanted);

    private JsonObject Wanted(Home place) =>
        new()
        {
            ["team_id"] = place.TeamId,
            ["trigger"] = options.Value.Trigger,
            ["method"] = "P",
            ["url"] = $"{place.CallbackUrl}/mattermost/command",
            ["username"] = "",
            ["icon_url"] = "",
            ["auto_complete"] = true,
            ["auto_complete_desc"] = "Runs the platform's runbooks, with a second pair of eyes",
            ["auto_complete_hint"] = "[help | status | plan | bootstrap …]",
            ["display_name"] = "PlatformBot",
            ["description"] = "Kept up to date by PlatformBot itself",
        };

    private string Unable(string what, Home place, Answer answer) =>
        $"The bot may not {what} /{options.Value.Trigger} ({answer}). Make {place.Bot} team admin of \"{options.Value.Team}\", or register the command by hand and set Mattermost:CommandToken.";

    [LoggerMessage(LogLevel.Information, "/{Trigger} is registered and leads to {Url}")]
    private partial void LogRegistered(string trigger, string url);
}
