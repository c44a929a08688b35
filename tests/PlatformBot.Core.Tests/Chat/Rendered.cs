using System.Globalization;
using System.Text;
using PlatformBot.Core.Chat;

namespace PlatformBot.Core.Tests.Chat;

/// <summary>Posts as text that can be kept in a file and read as their reader reads them.</summary>
internal static class Rendered
{
    public static string Of(Post post)
    {
        var text = new StringBuilder(post.Text.TrimEnd('\n')).Append('\n');

        if (post.Box is { } box)
        {
            text.Append(CultureInfo.InvariantCulture, $"\n┌ {box.Colour} {box.Title}\n");

            foreach (var line in box.Text.TrimEnd('\n').Split('\n'))
                text.Append(CultureInfo.InvariantCulture, $"│ {line}\n");

            foreach (var button in box.Buttons)
                text.Append(CultureInfo.InvariantCulture, $"└ [{button.Label}] {button.Style}: {button.Value}\n");
        }

        foreach (var file in post.Files)
            text.Append(CultureInfo.InvariantCulture, $"\n📎 {file.Name}, {file.Text.Split('\n').Length} lines\n");

        return Visible(text.ToString());
    }

    /// <summary>What a chat server would not show (breaks in mentions, links, emoji) is shown here.</summary>
    public static string Visible(string text) =>
        $"{text.Replace("\u200B", "{break}", StringComparison.Ordinal).TrimEnd('\n')}\n";
}
