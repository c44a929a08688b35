using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;

namespace PlatformBot.Verbs;

/// <summary>Chat Markdown for a terminal: emoji as characters, tables aligned, bold and code by colour where there is colour.</summary>
internal static partial class MarkdownTerminal
{
    private static readonly Dictionary<string, string> Emoji = new()
    {
        ["hourglass_flowing_sand"] = "⏳",
        ["hourglass"] = "⌛",
        ["white_check_mark"] = "✅",
        ["x"] = "❌",
        ["lock"] = "🔒",
        ["rotating_light"] = "🚨",
        ["octagonal_sign"] = "🛑",
        ["no_entry"] = "⛔",
        ["warning"] = "⚠ ",
        ["clipboard"] = "📋",
        ["information_source"] = "ℹ ",
        ["white_circle"] = "⚪",
        ["arrow_forward"] = "🔵",
        ["red_circle"] = "🔴",
        ["heavy_multiplication_x"] = "✖ ",
        ["bulb"] = "💡",
        ["raised_hand"] = "✋",
        ["repeat"] = "🔁",
        ["fast_forward"] = "⏩",
        ["memo"] = "📝",
        ["double_vertical_bar"] = "⏸ ",
        ["leftwards_arrow_with_hook"] = "↩ ",
    };

    /// <summary>Lines of at most <paramref name="width"/> columns.</summary>
    public static IEnumerable<string> Lines(string markdown, int width, bool colour)
    {
        var lines = Readable(markdown);
        var fenced = false;

        for (var at = 0; at < lines.Count; at++)
        {
            if (lines[at].StartsWith("```", StringComparison.Ordinal))
            {
                fenced = !fenced;
                continue;
            }

            var shown =
                fenced ? Wrapped(lines[at], width - 2, 4).Select(line => Paint($"│ {line}", "36", colour))
                : lines[at].StartsWith('|') ? Table(Rows(lines, ref at), width, colour)
                : Paragraph(Plain(lines[at]), width).Select(line => Styled(line, colour));

            foreach (var line in shown)
                yield return line;
        }
    }

    /// <summary>Without what only machines read, and without empty lines at the end or beside each other.</summary>
    private static List<string> Readable(string markdown)
    {
        var lines = markdown
            .Replace("\u200B", "", StringComparison.Ordinal)
            .Split('\n')
            .Where(line => !line.StartsWith("<!--", StringComparison.Ordinal));
        var kept = new List<string>();

        foreach (var line in string.Join('\n', lines).TrimEnd().Split('\n'))
        {
            if (line.Trim().Length > 0 || kept is [.., { Length: > 0 }])
                kept.Add(line.TrimEnd());
        }

        return kept;
    }

    /// <summary>Columns that a text takes: emoji and the like take two.</summary>
    public static int Width(string text)
    {
        var width = 0;
        var each = StringInfo.GetTextElementEnumerator(text);

        while (each.MoveNext())
        {
            var rune = Rune.GetRuneAt(each.GetTextElement(), 0).Value;
            width +=
                rune is 0x200b ? 0
                : rune >= 0x1f300
                || rune is 0x2705 or 0x274c or 0x26d4 or 0x23f3 or 0x231b or 0x26aa or 0x270b or 0x23e9
                    ? 2
                : 1;
        }

        return width;
    }

    /// <summary>A line of running text: lists hang, quotes are marked on every line.</summary>
    private static IEnumerable<string> Paragraph(string line, int width) =>
        line.StartsWith('>')
            ? Wrapped(line[1..].Trim(), width - 2, Hang(line[1..].Trim())).Select(part => $"┃ {part}")
            : Wrapped(line.TrimEnd(), width, Hang(line));

    /// <summary>Columns that the marker of a list takes: "- ", "1. ".</summary>
    private static int Hang(string line) => Marker().Match(line.TrimStart()).Length;

    /// <summary>A word that is longer than a line is broken.</summary>
    private static IEnumerable<string> Pieces(string word, int width) =>
        Width(Bare(word)) <= width || width < 8 ? [word] : word.Chunk(width).Select(piece => new string(piece));

    private static IEnumerable<string> Wrapped(string line, int width, int hang)
    {
        var indent = line.Length - line.TrimStart().Length;
        var current = new StringBuilder().Append(' ', indent);
        var isEmpty = true;

        foreach (var word in line.TrimStart().Split(' ').SelectMany(word => Pieces(word, width - indent - hang)))
        {
            if (!isEmpty && Width(Bare($"{current} {word}")) > width)
            {
                yield return current.ToString();
                current.Clear().Append(' ', indent + hang).Append(word);
            }
            else
            {
                current.Append(isEmpty ? "" : " ").Append(word);
                isEmpty = false;
            }
        }

        yield return current.ToString();
    }

    /// <summary>Without headings, links and emoji names; bold and code marks stay for <see cref="Styled"/>.</summary>
    private static string Plain(string line)
    {
        var text = EmojiName().Replace(line, match => Emoji.GetValueOrDefault(match.Groups["name"].Value, match.Value));
        text = Unescaped(Link().Replace(text, match => match.Groups["text"].Value));
        return Heading().Replace(text, "**").TrimEnd() is var headed && text != headed && line.StartsWith('#')
            ? headed.Replace("****", "", StringComparison.Ordinal) + "**"
            : text;
    }

    private static string Unescaped(string text) => Escape().Replace(text, "${what}");

    private static string Bare(string text) =>
        text.Replace("**", "", StringComparison.Ordinal).Replace("`", "", StringComparison.Ordinal);

    private static string Styled(string line, bool colour) =>
        colour
            ? Bare(Code().Replace(Bold().Replace(line, "\u001b[1m${text}\u001b[22m"), "\u001b[36m${text}\u001b[39m"))
            : Bare(line);

    private static string Paint(string text, string code, bool colour) =>
        colour ? $"\u001b[{code}m{text}\u001b[0m" : text;

    [GeneratedRegex(@":(?<name>[a-z_0-9]+):", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex EmojiName();

    [GeneratedRegex(@"\[(?<text>[^\]]*)\]\([^)]*\)", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Link();

    [GeneratedRegex(@"\\(?<what>[^\sA-Za-z0-9])", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Escape();

    [GeneratedRegex(@"^([-*]|\d+\.) ", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Marker();

    [GeneratedRegex(@"^#{1,6}\s+", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Heading();

    [GeneratedRegex(@"\*\*(?<text>.+?)\*\*", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Bold();

    [GeneratedRegex("`+(?<text>[^`]+)`+", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Code();
}
