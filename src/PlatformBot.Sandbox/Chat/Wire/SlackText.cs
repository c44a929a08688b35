using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace PlatformBot.Sandbox.Chat.Wire;

/// <summary>Slack's way of writing links and mentions, rewritten as the server does unless it is told to skip that.</summary>
internal static partial class SlackText
{
    public static string Rewrite(ChatState state, string text)
    {
        text = Broadcast().Replace(text, "@${all}");
        text = UserMention()
            .Replace(
                text,
                m => state.Users.TryGetValue(m.Groups["id"].Value, out var user) ? $"@{user.Name}" : m.Value
            );
        return Link().Replace(text, "[${text}](${url})");
    }

    public static void RewriteAttachments(ChatState state, JsonArray attachments)
    {
        foreach (var attachment in attachments.OfType<JsonObject>())
        {
            foreach (var name in new[] { "pretext", "text", "title" })
                attachment[name] = Rewrite(state, attachment.String(name));

            foreach (var field in (attachment["fields"] as JsonArray ?? []).OfType<JsonObject>())
                field["value"] = Rewrite(state, field.String("value"));
        }
    }

    [GeneratedRegex("<!(?<all>channel|here|all)>", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Broadcast();

    [GeneratedRegex("<@(?<id>[a-z0-9]{26})>", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex UserMention();

    [GeneratedRegex(
        @"<(?<url>[^|<>\s]+)\|(?<text>[^<>\n]+)>",
        RegexOptions.ExplicitCapture,
        matchTimeoutMilliseconds: 1000
    )]
    private static partial Regex Link();
}
