using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;

namespace PlatformBot.Core.Chat;

/// <summary>
/// Puts text from outside (people, tools, clusters) into Markdown so that it can neither command attention, nor draw
/// something that it is not, nor hide. What it says stays readable; what cannot be seen is shown by number.
/// </summary>
public static partial class Markdown
{
    /// <summary>An invisible break. It stands where a chat or tracker would otherwise see a mention, a link or an emoji.</summary>
    private const char Break = '\u200B';

    private const int RegexMilliseconds = 1000;

    /// <summary>Blanks that are letters by category, so that only a list knows them.</summary>
    private const string InvisibleLetters = "\u115F\u1160\u2800\u3164\uFFA0";

    /// <summary>As running text in one line, also inside a table cell.</summary>
    public static string Inline(string text)
    {
        var line = Visible(text).ReplaceLineEndings(" ").Replace('\t', ' ');
        line = Lure().Replace(line, match => $"{match.Value}{Break}");

        return Special().Replace(line, match => $"\\{match.Value}");
    }

    /// <summary>As code in a line. A run of back-ticks inside is answered by a longer one around it.</summary>
    public static string Code(string text)
    {
        var line = Visible(text).ReplaceLineEndings(" ");

        if (line.Length == 0)
            return "` `";

        var ticks = new string('`', LongestRun(line) + 1);
        var space = line.StartsWith('`') || line.EndsWith('`') ? " " : "";

        return $"{ticks}{space}{line}{space}{ticks}";
    }

    /// <summary>As a block of code that nothing inside can end.</summary>
    public static string Fence(string text, string language = "")
    {
        var body = Visible(text).ReplaceLineEndings("\n").TrimEnd('\n');
        var ticks = new string('`', Math.Max(3, LongestRun(body) + 1));

        return $"{ticks}{language}\n{body}\n{ticks}";
    }

    /// <summary>
    /// Markdown that stays Markdown, except that nobody is called by it. Code is left as it is: no one is called from there.
    /// </summary>
    public static string Hush(string markdown)
    {
        var text = new StringBuilder(markdown.Length + 16);
        var fence = "";

        foreach (var line in markdown.Split('\n'))
        {
            var next = FenceAfter(fence, line);
            var isCode = fence.Length > 0 || next.Length > 0;

            text.Append(isCode ? line : Mention().Replace(line, $"@{Break}")).Append('\n');
            fence = next;
        }

        return text.ToString(0, text.Length - 1);
    }

    /// <summary>What ends the block of code that is still open at the end of this Markdown; "" when none is.</summary>
    public static string OpenFence(string markdown) => markdown.Split('\n').Aggregate("", FenceAfter);

    private static string FenceAfter(string fence, string line)
    {
        var ticks = FenceLine().Match(line).Value.TrimStart();

        if (fence.Length == 0)
            return ticks;

        return ticks.Length >= fence.Length && line.Trim().Trim('`').Length == 0 ? "" : fence;
    }

    /// <summary>
    /// Shows what cannot be seen (direction marks, zero-width characters, control characters) as ⟨U+202E⟩, and drops NUL,
    /// which no chat server stores. Line ends and tabs stay.
    /// </summary>
    public static string Visible(string text)
    {
        var shown = new StringBuilder(text.Length);

        foreach (var rune in text.Replace("\r\n", "\n", StringComparison.Ordinal).EnumerateRunes())
        {
            if (rune.Value is '\n' or '\t')
                shown.Append((char)rune.Value);
            else if (rune.Value == '\r')
                shown.Append('\n');
            else if (IsHidden(rune))
                shown.Append(CultureInfo.InvariantCulture, $"⟨U+{rune.Value:X4}⟩");
            else if (rune.Value != 0)
                shown.Append(rune);
        }

        return shown.ToString();
    }

    private static bool IsHidden(Rune rune) =>
        rune.Value != 0
        && (
            Rune.GetUnicodeCategory(rune)
                is UnicodeCategory.Format
                    or UnicodeCategory.Control
                    or UnicodeCategory.LineSeparator
                    or UnicodeCategory.ParagraphSeparator
                    or UnicodeCategory.PrivateUse
            || InvisibleLetters.Contains(rune.ToString(), StringComparison.Ordinal)
        );

    private static int LongestRun(string text)
    {
        var (longest, run) = (0, 0);

        foreach (var character in text)
        {
            run = character == '`' ? run + 1 : 0;
            longest = Math.Max(longest, run);
        }

        return longest;
    }

    /// <summary>
    /// The first character of a mention, a channel, an issue number, an emoji, a web address, a tag, a character by its number, or a
    /// line that makes the one before it a heading.
    /// </summary>
    [GeneratedRegex(
        @"@(?=\w)|\#(?=\w)|~(?=\w)|:(?=[\w+-]+:)|:(?=//)|w(?<=\bw)(?=ww\.)|<(?=[!?@/\w])|&(?=\#?\w+;)|^\s*=",
        RegexOptions.IgnoreCase,
        RegexMilliseconds
    )]
    private static partial Regex Lure();

    /// <summary>
    /// What a backslash makes plain. Mattermost shows the backslash itself before anything else ("code \= Unavailable"), and before
    /// a letter shows two of them as two.
    /// </summary>
    [GeneratedRegex(@"[`*_{}\[\]()#+!|>~$-]|\\(?![A-Za-z0-9])", RegexOptions.None, RegexMilliseconds)]
    private static partial Regex Special();

    /// <summary>Not the @ of an address: that one has a letter before it.</summary>
    [GeneratedRegex(@"(?<!\w)@(?=\w)", RegexOptions.None, RegexMilliseconds)]
    private static partial Regex Mention();

    [GeneratedRegex("^ {0,3}`{3,}", RegexOptions.None, RegexMilliseconds)]
    private static partial Regex FenceLine();
}
