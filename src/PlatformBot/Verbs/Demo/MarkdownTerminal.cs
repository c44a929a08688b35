using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;

namespace PlatformBot.Verbs.Demo;

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
        ["warning"] = "⚠️ ",
        ["clipboard"] = "📋",
        ["information_source"] = "ℹ️ ",
        ["white_circle"] = "⚪",
        ["arrow_forward"] = "▶️ ",
        ["red_circle"] = "🔴",
        ["heavy_multiplication_x"] = "✖️ ",
        ["bulb"] = "💡",
        ["raised_hand"] = "✋",
        ["repeat"] = "🔁",
        ["fast_forward"] = "⏩",
    };

    /// <summary>Lines of at most <paramref name="width"/> columns.</summary>
    public static IEnumerable<string> Lines(string markdown, int width, bool colour)
    {
        var lines = markdown.Replace("\u200B", "", StringComparison.Ordinal).TrimEnd().Split('\n');
        var fenced = false;

        for (var at = 0; at < lines.Length; at++)
        {
            if (lines[at].StartsWith("```", StringComparison.Ordinal))
            {
                fenced = !fenced;
                continue;
            }

            if (fenced)
            {
                yield return Paint($"│ {Cut(lines[at], width - 2)}", "36", colour);
                continue;
            }

            if (lines[at].StartsWith('|'))
            {
                var rows = lines.Skip(at).TakeWhile(line => line.StartsWith('|')).ToList();
                at += rows.Count - 1;

                foreach (var row in Table(rows, width, colour))
                    yield return row;

                continue;
            }

            foreach (var line in Wrapped(Plain(lines[at]), width))
                yield return Styled(line, colour);
        }
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

    private static IEnumerable<string> Table(List<string> rows, int width, bool colour)
    {
        var cells = rows.Where(row =>
                !row.Replace("|", "", StringComparison.Ordinal).Trim().All(letter => letter is '-' or ':' or ' ')
            )
            .Select(row => Cells(row))
            .ToList();
        var columns = cells.Max(row => row.Count);
        var widths = Enumerable
            .Range(0, columns)
            .Select(column => cells.Max(row => column < row.Count ? Width(Bare(row[column])) : 0))
            .ToArray();

        foreach (var row in cells)
        {
            var line = string.Join(
                "  ",
                row.Select((cell, column) => cell + new string(' ', Math.Max(0, widths[column] - Width(Bare(cell)))))
            );
            yield return Styled(Width(Bare(line)) > width ? Cut(Bare(line), width) : line.TrimEnd(), colour);
        }
    }

    private static List<string> Cells(string row) =>
        [
            .. CellBorder()
                .Split(row.Trim().Trim('|'))
                .Select(cell => Plain(cell.Trim().Replace("\\|", "|", StringComparison.Ordinal))),
        ];

    private static IEnumerable<string> Wrapped(string line, int width)
    {
        var indent =
            line.Length
            - line.TrimStart().Length
            + (line.TrimStart().StartsWith("- ", StringComparison.Ordinal) ? 2 : 0);
        var current = new StringBuilder();

        foreach (var word in line.Split(' '))
        {
            if (current.Length > 0 && Width(Bare($"{current} {word}")) > width)
            {
                yield return current.ToString();
                current.Clear().Append(' ', indent).Append(word);
            }
            else
            {
                current.Append(current.Length == 0 ? "" : " ").Append(word);
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
            ? Code().Replace(Bold().Replace(line, "\u001b[1m${text}\u001b[22m"), "\u001b[36m${text}\u001b[39m")
            : Bare(line);

    private static string Paint(string text, string code, bool colour) =>
        colour ? $"\u001b[{code}m{text}\u001b[0m" : text;

    private static string Cut(string text, int width) =>
        text.Length <= width ? text : text[..Math.Max(0, width - 1)] + "…";

    [GeneratedRegex(@":(?<name>[a-z_0-9]+):", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex EmojiName();

    [GeneratedRegex(@"\[(?<text>[^\]]*)\]\([^)]*\)", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Link();

    [GeneratedRegex(@"\\(?<what>[^\sA-Za-z0-9])", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Escape();

    [GeneratedRegex(@"^#{1,6}\s+", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Heading();

    [GeneratedRegex(@"\*\*(?<text>.+?)\*\*", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Bold();

    [GeneratedRegex("`+(?<text>[^`]+)`+", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Code();

    [GeneratedRegex(@"(?<!\\)\|", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex CellBorder();
}
