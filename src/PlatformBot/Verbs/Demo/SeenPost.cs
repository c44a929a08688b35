using System.Text.Json.Nodes;

namespace PlatformBot.Verbs.Demo;

/// <summary>A post as a person sees it.</summary>
/// <param name="Buttons">their ids</param>
/// <param name="Labels">what stands on the buttons</param>
/// <param name="Key">what the bot says that it is, out of sight: "run:time:what"; "" for what people wrote</param>
internal sealed record SeenPost(
    string Id,
    string Author,
    string Message,
    string BoxTitle,
    string BoxText,
    IReadOnlyList<string> Buttons,
    IReadOnlyList<string> Labels,
    string Key
)
{
    /// <summary>Message, box and buttons, as Markdown.</summary>
    public string Text => BoxTitle.Length == 0 ? Message : $"{Message}\n{Box}";

    /// <summary>The box under the message with its buttons; "" without one.</summary>
    public string Box =>
        BoxTitle.Length == 0
            ? ""
            : $"**{BoxTitle}** · {BoxText.TrimEnd()}\n{string.Join(' ', Labels.Select(label => $"[ **{label}** ]"))}".TrimEnd();

    public static SeenPost Of(JsonObject post, string author)
    {
        var box = post["props"]?["attachments"]?[0];
        var buttons = (box?["actions"] as JsonArray ?? []).OfType<JsonObject>().ToList();
        return new SeenPost(
            (string)post["id"]!,
            author,
            Visible((string?)post["message"]),
            Visible((string?)box?["title"]),
            Visible((string?)box?["text"]),
            [.. buttons.Select(button => (string?)button["id"] ?? "")],
            [.. buttons.Select(button => (string?)button["name"] ?? "")],
            (string?)post["props"]?["platformbot_key"] ?? ""
        );
    }

    /// <summary>As one reads it: what keeps names from being mentioned cannot be seen.</summary>
    private static string Visible(string? text) => (text ?? "").Replace("\u200B", "", StringComparison.Ordinal);
}
