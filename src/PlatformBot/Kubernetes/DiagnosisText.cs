using System.Globalization;
using System.Text;

namespace PlatformBot.Kubernetes;

/// <summary>How telling a finding is, for the line that says the cause.</summary>
internal enum Weight
{
    /// <summary>A pod of what the step is about says why it does not run.</summary>
    OwnPod,

    /// <summary>What the step is about says itself why it is not well.</summary>
    Own,

    /// <summary>A node is not well.</summary>
    Node,

    /// <summary>Something else nearby is not well.</summary>
    Nearby,

    /// <summary>It has only begun, or ends: no failure yet.</summary>
    Underway,
}

/// <summary>Findings as Markdown for an issue: the cause first, then each with what supports it.</summary>
internal sealed class DiagnosisText
{
    private const int Longest = 12 * 1024;

    private readonly List<(Weight Weight, string Headline, StringBuilder Support)> _findings = [];
    private readonly List<string> _notes = [];

    /// <param name="headline">one line of Markdown: "**pod a/b**: `…`"</param>
    public void Find(Weight weight, string headline) => _findings.Add((weight, headline, new StringBuilder()));

    /// <summary>Supports the finding before.</summary>
    public void Support(string line) => _findings[^1].Support.Append(CultureInfo.InvariantCulture, $"  - {line}\n");

    /// <summary>The end of a log, below the finding before.</summary>
    public void Support(LogTail log) =>
        _findings[^1]
            .Support.Append(
                CultureInfo.InvariantCulture,
                $"  - {log.Whose} said at the end:\n\n```text\n{log.Text.Replace("```", "'''", StringComparison.Ordinal)}\n```\n\n"
            );

    /// <summary>What limits the report, as its last line.</summary>
    public void Note(string line) => _notes.Add(line);

    /// <summary>A word that should be an identifier and may be anything: only what is one stands as it is.</summary>
    public static string Word(string? text) =>
        text is { Length: > 0 } && text.All(char.IsAsciiLetterOrDigit) ? text : Quote(text);

    /// <summary>Text from the cluster stays on its line and cannot become Markdown of ours.</summary>
    public static string Quote(string? text) =>
        string.IsNullOrWhiteSpace(text) ? "" : $"`{text.ReplaceLineEndings(" ").Replace('`', '\'')}`";

    public override string ToString()
    {
        var text = new StringBuilder();

        if (_findings.Count > 0 && _findings.MinBy(each => each.Weight) is var cause && cause.Weight != Weight.Underway)
            text.Append(CultureInfo.InvariantCulture, $"Most likely: {cause.Headline}\n\n");

        foreach (var (_, headline, support) in _findings.OrderBy(each => each.Weight))
            text.Append(CultureInfo.InvariantCulture, $"- {headline}\n{support}");

        foreach (var note in _notes)
            text.Append(CultureInfo.InvariantCulture, $"- {note}\n");

        return text.ToString();
    }

    /// <summary>To what an issue can hold, at a line's end and outside of code.</summary>
    public static string Cut(string text)
    {
        if (text.Length <= Longest)
            return text;

        var cut = text[..text.LastIndexOf('\n', Longest)];
        var open = cut.Split("```").Length % 2 == 0;
        return cut + (open ? "\n```\n…" : "\n…");
    }
}
