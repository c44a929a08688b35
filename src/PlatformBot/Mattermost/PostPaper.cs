using System.Text.Json.Nodes;
using PlatformBot.Core;
using PlatformBot.Core.Chat;

namespace PlatformBot.Mattermost;

/// <summary>What a post looks like on the wire.</summary>
/// <param name="Rest">the whole text, when the server's limits do not let all of it through</param>
internal sealed record Paper(string Message, JsonObject Props, AttachedFile? Rest);

/// <summary>
/// Draws posts, each time anew and whole: the server hands out posts without their integrations, so props that were read back
/// would lose their buttons.
/// </summary>
internal sealed class PostPaper(Seals seals)
{
    public const string KeyProp = "platformbot_key";

    private const int LongestMessage = 16383;
    private const int LongestProps = 7500;

    /// <summary>The server stores every field of an attachment, empty ones too.</summary>
    private const int HiddenFieldsOfABox = 250;

    private const int LeastBoxText = 200;
    private const int LongestFence = 16;
    private const string More = "\n\n_The rest is in the attached file._";
    private const string Less = "\n\n_Cut: the server takes no more in one post._";

    public Paper Draw(Post post, string key, string channel, string postId, Home home)
    {
        var note = postId.Length == 0 ? More : Less;
        var text = Clean(post.Text);
        var message = Fit(text, LongestMessage, note);

        if (post.Box is null)
            return new(message, Props(box: null, key, channel, postId, home), message == text ? null : Whole(text));

        var box = post.Box with { Text = Clean(post.Box.Text) };
        var fitted = box;

        // One character may be written as twelve ("\ud83d\ude80"): only the drawn props tell whether they fit.
        for (var length = Words.Runes(box.Text); IsTooLarge(fitted) && length > LeastBoxText; )
        {
            length = length * 3 / 4;
            fitted = box with { Text = Fit(box.Text, length, note) };
        }

        var isWhole = message == text && fitted.Text == box.Text;
        return new(message, Props(fitted, key, channel, postId, home), isWhole ? null : Whole($"{text}\n\n{box.Text}"));

        bool IsTooLarge(Box drawn) =>
            Props(drawn, key, channel, postId, home).ToJsonString().Length + HiddenFieldsOfABox > LongestProps;
    }

    private JsonObject Props(Box? box, string key, string channel, string postId, Home home)
    {
        var props = new JsonObject { ["from_bot"] = "true", [KeyProp] = key };

        if (box is not null)
            props["attachments"] = new JsonArray(Attachment(box, channel, postId, home));

        return props;
    }

    private JsonObject Attachment(Box box, string channel, string postId, Home home)
    {
        var attachment = new JsonObject
        {
            ["fallback"] = box.Title,
            ["color"] = box.Colour,
            ["title"] = box.Title,
            ["text"] = box.Text,
        };

        if (box.Buttons.Count > 0)
        {
            attachment["actions"] = new JsonArray([
                .. box.Buttons.Select(button => Action(button, channel, postId, home)),
            ]);
        }

        return attachment;
    }

    private JsonObject Action(Button button, string channel, string postId, Home home)
    {
        // The route of a click knows no other characters: such a button could never be pressed.
        if (button.Id.Length == 0 || !button.Id.All(char.IsAsciiLetterOrDigit))
            throw new ArgumentException($"\"{button.Id}\" is no button id: letters and digits only.", nameof(button));

        return new JsonObject
        {
            ["id"] = button.Id,
            ["name"] = button.Label,
            ["type"] = "button",
            ["style"] = button.Style,
            ["integration"] = new JsonObject
            {
                ["url"] = $"{home.CallbackUrl}/mattermost/action",
                ["context"] = seals.Button(button.Value, channel, postId),
            },
        };
    }

    private static string Fit(string text, int runes, string note)
    {
        if (Words.Runes(text) <= runes)
            return text;

        // A cut inside a block of code would draw the note, and all after it, as code.
        var cut = Words.Cut(text, Math.Max(LeastBoxText / 2, runes - note.Length - LongestFence));
        var fence = Markdown.OpenFence(cut);

        return fence.Length > 0 ? $"{cut}\n{fence}{note}" : cut + note;
    }

    private static AttachedFile Whole(string text) => new("whole-text.md", text.Trim());

    /// <summary>The database takes no NUL.</summary>
    private static string Clean(string text) => text.Replace("\0", "", StringComparison.Ordinal);
}
