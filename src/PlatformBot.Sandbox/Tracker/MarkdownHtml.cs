using System.Net;
using System.Text;
using System.Text.RegularExpressions;

namespace PlatformBot.Sandbox.Tracker;

/// <summary>
/// Enough Markdown for an issue: headings, lists, tables, quotes, code, emphasis, web links, and folded details. Everything is
/// escaped first, so that no text becomes a tag except the ones named here.
/// </summary>
internal static partial class MarkdownHtml
{
    private const int RegexMilliseconds = 1000;

    public static string Render(string markdown)
    {
        var lines = Hidden().Replace(markdown.ReplaceLineEndings("\n"), "").Split('\n');
        var html = new StringBuilder();

        for (var at = 0; at < lines.Length; )
            at = Block(lines, at, html);

        return html.ToString();
    }

    /// <summary>Draws the block that starts at this line and returns the line after it.</summary>
    private static int Block(string[] lines, int at, StringBuilder html)
    {
        var line = lines[at];

        if (line.Trim().Length == 0)
            return at + 1;

        if (Fence().Match(line) is { Success: true } fence)
            return Code(lines, at, fence.Groups["ticks"].Value, html);

        if (Heading().Match(line) is { Success: true } heading)
        {
            var level = heading.Groups["marks"].Length;
            html.Append($"<h{level}>").Append(Inline(heading.Groups["text"].Value)).Append($"</h{level}>");
            return at + 1;
        }

        if (Details().IsMatch(line.Trim()))
        {
            html.Append(DetailsLine(line.Trim()));
            return at + 1;
        }

        if (Rule().IsMatch(line))
        {
            html.Append("<hr>");
            return at + 1;
        }

        return Many(lines, at, html);
    }

    private static int Code(string[] lines, int at, string ticks, StringBuilder html)
    {
        html.Append("<pre><code>");

        for (at++; at < lines.Length; at++)
        {
            if (lines[at].Trim().StartsWith(ticks, StringComparison.Ordinal) && lines[at].Trim().Trim('`').Length == 0)
                break;

            html.Append(WebUtility.HtmlEncode(lines[at])).Append('\n');
        }

        html.Append("</code></pre>");
        return at + 1;
    }

    /// <summary>Blocks of several lines that look alike.</summary>
    private static int Many(string[] lines, int at, StringBuilder html)
    {
        var kind = KindOf(lines[at]);
        var end = at;

        while (end < lines.Length && lines[end].Trim().Length > 0 && KindOf(lines[end]) == kind && !IsStart(lines[end]))
            end++;

        var block = lines[at..Math.Max(end, at + 1)];

        html.Append(
            kind switch
            {
                '-' =>
                    $"<ul>{string.Concat(block.Select(item => $"<li>{Task(Bullet().Replace(item, ""))}</li>"))}</ul>",
                '1' =>
                    $"<ol>{string.Concat(block.Select(item => $"<li>{Inline(Numbered().Replace(item, ""))}</li>"))}</ol>",
                '>' =>
                    $"<blockquote>{string.Join("<br>", block.Select(item => Inline(item.TrimStart().TrimStart('>').Trim())))}</blockquote>",
                '|' => Table(block),
                _ => $"<p>{string.Join("<br>", block.Select(Inline))}</p>",
            }
        );

        return at + block.Length;
    }

    private static char KindOf(string line) =>
        Bullet().IsMatch(line) ? '-'
        : Numbered().IsMatch(line) ? '1'
        : line.TrimStart().StartsWith('>') ? '>'
        : line.TrimStart().StartsWith('|') ? '|'
        : 'p';

    private static bool IsStart(string line) =>
        Fence().IsMatch(line) || Heading().IsMatch(line) || Details().IsMatch(line.Trim());

    private static string Table(string[] rows)
    {
        var cells = rows.Where(row => !Divider().IsMatch(row)).Select(Cells).ToList();
        var head = string.Concat(cells[0].Select(cell => $"<th>{Inline(cell)}</th>"));
        var body = string.Concat(
            cells.Skip(1).Select(row => $"<tr>{string.Concat(row.Select(cell => $"<td>{Inline(cell)}</td>"))}</tr>")
        );

        return $"<div class=\"wide\"><table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table></div>";
    }

    private static IEnumerable<string> Cells(string row) =>
        Bar().Split(row.Trim().Trim('|')).Select(cell => cell.Trim().Replace("\\|", "|", StringComparison.Ordinal));

    private static string Task(string item) =>
        item.StartsWith("[ ] ", StringComparison.Ordinal) ? $"☐ {Inline(item[4..])}"
        : item.StartsWith("[x] ", StringComparison.Ordinal) ? $"☑ {Inline(item[4..])}"
        : Inline(item);

    private static string DetailsLine(string line) =>
        Summary()
            .Replace(
                WebUtility
                    .HtmlEncode(line)
                    .Replace("&lt;details&gt;", "<details>", StringComparison.Ordinal)
                    .Replace("&lt;/details&gt;", "</details>", StringComparison.Ordinal),
                match => $"<summary>{match.Groups["text"].Value}</summary>"
            );

    /// <summary>Code first: nothing inside it means anything.</summary>
    private static string Inline(string text)
    {
        var html = new StringBuilder();
        var at = 0;

        foreach (Match code in InlineCode().Matches(text))
        {
            html.Append(Words(text[at..code.Index]));
            html.Append("<code>").Append(WebUtility.HtmlEncode(code.Groups["code"].Value.Trim())).Append("</code>");
            at = code.Index + code.Length;
        }

        return html.Append(Words(text[at..])).ToString();
    }

    private static string Words(string text)
    {
        // A backslash makes the next character plain; it waits as a private character until the marks are read.
        var plain = Escaped().Replace(text, match => ((char)(0xE000 + match.Groups["mark"].Value[0])).ToString());
        var html = WebUtility.HtmlEncode(plain);
        html = Link().Replace(html, "<a href=\"${url}\" rel=\"noopener noreferrer\">${text}</a>");
        html = Bold().Replace(html, "<strong>${text}</strong>");
        html = Italic().Replace(html, "<em>${text}</em>");

        return Waiting()
            .Replace(html, match => WebUtility.HtmlEncode(((char)(WaitingMark(match.Value) - 0xE000)).ToString()));
    }

    private static int WaitingMark(string match) =>
        match.StartsWith('&') ? int.Parse(match[2..^1], System.Globalization.CultureInfo.InvariantCulture) : match[0];

    [GeneratedRegex("<!--.*?-->", RegexOptions.Singleline, RegexMilliseconds)]
    private static partial Regex Hidden();

    [GeneratedRegex("^ {0,3}(?<ticks>`{3,})", RegexOptions.ExplicitCapture, RegexMilliseconds)]
    private static partial Regex Fence();

    [GeneratedRegex(@"^(?<marks>#{1,4}) (?<text>.+)$", RegexOptions.ExplicitCapture, RegexMilliseconds)]
    private static partial Regex Heading();

    [GeneratedRegex("^</?(details|summary)>", RegexOptions.ExplicitCapture, RegexMilliseconds)]
    private static partial Regex Details();

    [GeneratedRegex("&lt;summary&gt;(?<text>.*?)&lt;/summary&gt;", RegexOptions.ExplicitCapture, RegexMilliseconds)]
    private static partial Regex Summary();

    [GeneratedRegex(@"^ {0,3}(?<mark>[-*_])(?: *\k<mark>){2,} *$", RegexOptions.ExplicitCapture, RegexMilliseconds)]
    private static partial Regex Rule();

    [GeneratedRegex(@"^\s*[-*] ", RegexOptions.None, RegexMilliseconds)]
    private static partial Regex Bullet();

    [GeneratedRegex(@"^\s*\d+\. ", RegexOptions.None, RegexMilliseconds)]
    private static partial Regex Numbered();

    [GeneratedRegex(@"^[\s|:-]+$", RegexOptions.None, RegexMilliseconds)]
    private static partial Regex Divider();

    [GeneratedRegex(@"(?<!\\)\|", RegexOptions.None, RegexMilliseconds)]
    private static partial Regex Bar();

    [GeneratedRegex(
        @"(?<!`)(?<ticks>`+)(?!`)(?<code>.+?)(?<!`)\k<ticks>(?!`)",
        RegexOptions.ExplicitCapture,
        RegexMilliseconds
    )]
    private static partial Regex InlineCode();

    [GeneratedRegex(@"\\(?<mark>[!-/:-@\[-`{-~])", RegexOptions.ExplicitCapture, RegexMilliseconds)]
    private static partial Regex Escaped();

    [GeneratedRegex(@"&#5\d{4};|[\uE000-\uE07F]", RegexOptions.None, RegexMilliseconds)]
    private static partial Regex Waiting();

    [GeneratedRegex(
        @"\[(?<text>[^\]]+)\]\((?<url>https?://[^\s)]+)\)",
        RegexOptions.ExplicitCapture,
        RegexMilliseconds
    )]
    private static partial Regex Link();

    [GeneratedRegex(@"\*\*(?<text>.+?)\*\*", RegexOptions.ExplicitCapture, RegexMilliseconds)]
    private static partial Regex Bold();

    [GeneratedRegex(@"(?<![\w*])[*_](?<text>[^*_]+)[*_](?![\w*])", RegexOptions.ExplicitCapture, RegexMilliseconds)]
    private static partial Regex Italic();
}
