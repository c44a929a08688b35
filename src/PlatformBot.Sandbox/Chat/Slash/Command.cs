using System.Text.Json.Nodes;
using PlatformBot.Sandbox.Chat.Wire;

namespace PlatformBot.Sandbox.Chat.Slash;

/// <summary>A registered slash command.</summary>
internal sealed record Command(string Id, string Token, string CreatorId, string TeamId, long CreateAt)
{
    private const int LongestTrigger = 128;
    private const int LongestUrl = 1024;

    public required string Trigger { get; init; }
    public required string Method { get; init; }
    public required string Url { get; init; }
    public string UserName { get; init; } = "";
    public string IconUrl { get; init; } = "";
    public bool AutoComplete { get; init; }
    public string Description { get; init; } = "";
    public string Hint { get; init; } = "";
    public string DisplayName { get; init; } = "";
    public string About { get; init; } = "";
    public long UpdateAt { get; init; }

    /// <summary>A full replacement: what the body does not name becomes empty.</summary>
    public Command With(JsonObject body, long now) =>
        this with
        {
            Trigger = body.String("trigger").ToLowerInvariant(),
            Method = body.String("method"),
            Url = body.String("url"),
            UserName = body.String("username"),
            IconUrl = body.String("icon_url"),
            AutoComplete = body.Flag("auto_complete"),
            Description = body.String("auto_complete_desc"),
            Hint = body.String("auto_complete_hint"),
            DisplayName = body.String("display_name"),
            About = body.String("description"),
            UpdateAt = now,
        };

    /// <exception cref="ChatException">What the real server would not store.</exception>
    public void Check()
    {
        var isWord =
            Trigger is { Length: >= 1 and <= LongestTrigger }
            && Trigger[0] != '/'
            && !Trigger.Contains(' ', StringComparison.Ordinal);

        if (!isWord)
            throw Invalid("trigger", "Invalid trigger.");

        if (Url is not { Length: >= 1 and <= LongestUrl })
            throw Invalid("url", "Invalid URL.");

        if (!Uri.TryCreate(Url, UriKind.Absolute, out var uri) || uri.Scheme is not ("http" or "https"))
            throw Invalid("url_http", "Invalid URL. Must be a valid URL and start with http:// or https://.");

        if (Method is not ("P" or "G"))
            throw Invalid("method", "Invalid Method.");

        if (DisplayName.Length > 64)
            throw Invalid("display_name", "Invalid title.");

        if (About.Length > 128)
            throw Invalid("description", "Invalid description.");
    }

    private static ChatException Invalid(string field, string message) =>
        new(400, $"model.command.is_valid.{field}.app_error", message);

    /// <param name="secrets">false hides the token and where the command leads</param>
    public JsonObject Render(bool secrets) =>
        new()
        {
            ["id"] = Id,
            ["token"] = secrets ? Token : "",
            ["create_at"] = CreateAt,
            ["update_at"] = UpdateAt,
            ["delete_at"] = 0,
            ["creator_id"] = secrets ? CreatorId : "",
            ["team_id"] = TeamId,
            ["trigger"] = Trigger,
            ["method"] = secrets ? Method : "",
            ["username"] = secrets ? UserName : "",
            ["icon_url"] = secrets ? IconUrl : "",
            ["auto_complete"] = AutoComplete,
            ["auto_complete_desc"] = Description,
            ["auto_complete_hint"] = Hint,
            ["display_name"] = DisplayName,
            ["description"] = secrets ? About : "",
            ["url"] = secrets ? Url : "",
            ["plugin_id"] = "",
        };
}
