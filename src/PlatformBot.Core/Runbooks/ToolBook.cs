namespace PlatformBot.Core.Runbooks;

/// <summary>What a tool's words mean for the run.</summary>
public enum ToolMeaning
{
    /// <summary>The effect was there already.</summary>
    Done,

    /// <summary>Trying again may help.</summary>
    Retry,

    /// <summary>Wrong order or configuration: trying again is useless.</summary>
    Stop,

    /// <summary>A person must look.</summary>
    Ask,
}

/// <param name="Explain">for people; null when the tool's file says nothing</param>
public sealed record ToolWord(ToolMeaning Means, string? Explain);

/// <summary>Prints a tool's version.</summary>
public sealed record ToolVersion(IReadOnlyList<string> Command, string Contains);

/// <summary>The files in <c>commands/tools</c>: all that is known about the command line tools.</summary>
public sealed class ToolBook
{
    /// <summary>Our own binary; it needs no file.</summary>
    public const string Self = "platformbot";

    private readonly IReadOnlyDictionary<string, Tool> _tools;

    internal ToolBook(IEnumerable<YamlMap> files) =>
        _tools = files
            .Where(file => file.Text("tool") is not null)
            .DistinctBy(file => file.Text("tool"))
            .ToDictionary(file => file.Text("tool")!, Tool.Of);

    /// <summary>Programs that a runbook may start, in order of name.</summary>
    public IReadOnlyList<string> Names => [.. _tools.Keys.Append(Self).Distinct().Order(StringComparer.Ordinal)];

    public bool Knows(string tool) => tool == Self || _tools.ContainsKey(tool);

    /// <summary>Variables of the bot's own environment that the tool may see, besides those that every tool sees.</summary>
    public IReadOnlyList<string> Environment(string tool) => _tools.GetValueOrDefault(tool)?.Environment ?? [];

    /// <summary>How to see that the pinned version is there; null when the tool's file does not say.</summary>
    public ToolVersion? Version(string tool) => _tools.GetValueOrDefault(tool)?.Version;

    /// <summary>The output of this command is never shown or stored.</summary>
    public bool IsSensitive(IReadOnlyList<string> argv) =>
        argv.Count > 0
        && _tools.TryGetValue(argv[0], out var tool)
        && tool.Sensitive.Any(words => HasInOrder(argv, words));

    /// <summary>This command is there to change the files that it names.</summary>
    public bool Changes(IReadOnlyList<string> argv) =>
        argv.Count > 0
        && _tools.TryGetValue(argv[0], out var tool)
        && tool.Changes.Any(words => HasInOrder(argv, words));

    /// <summary>What the output of a command that failed means: the first row that fits; null when none does, or when it succeeded.</summary>
    public ToolWord? Read(IReadOnlyList<string> argv, int exit, string stdout, string stderr)
    {
        if (exit == 0 || argv.Count == 0 || !_tools.TryGetValue(argv[0], out var tool))
            return null;

        return tool
            .Says.FirstOrDefault(row =>
                HasInOrder(argv, row.When) && (Says(stderr, row.Text) || Says(stdout, row.Text))
            )
            ?.Word;
    }

    /// <summary>Printed as JSON, the quotes in it are escaped.</summary>
    private static bool Says(string printed, string text) =>
        printed.Contains(text, StringComparison.OrdinalIgnoreCase)
        || printed.Contains(text.Replace("\"", "\\\"", StringComparison.Ordinal), StringComparison.OrdinalIgnoreCase);

    /// <summary>Flags may stand between the words of a sub-command.</summary>
    private static bool HasInOrder(IReadOnlyList<string> argv, IReadOnlyList<string> words)
    {
        var met = 0;

        foreach (var argument in argv.Skip(1))
        {
            if (met < words.Count && argument == words[met])
                met++;
        }

        return met == words.Count;
    }

    private sealed record Row(string Text, IReadOnlyList<string> When, ToolWord Word);

    private sealed record Tool(
        IReadOnlyList<string> Environment,
        IReadOnlyList<IReadOnlyList<string>> Sensitive,
        IReadOnlyList<IReadOnlyList<string>> Changes,
        IReadOnlyList<Row> Says,
        ToolVersion? Version
    )
    {
        public static Tool Of(YamlMap file) =>
            new(
                file.Texts("environment"),
                [.. file.Texts("sensitive").Select(Words)],
                [.. file.Texts("changes").Select(Words)],
                [.. file.Maps("says").Select(RowOf)],
                file.Map("version") is { } version
                    ? new ToolVersion(version.Texts("run"), version.Text("contains", ""))
                    : null
            );

        private static Row RowOf(YamlMap row) =>
            new(
                row.Text("text", ""),
                Words(row.Text("when", "")),
                new ToolWord(MeaningOf(row.Text("means", "")), row.Text("explain"))
            );

        private static ToolMeaning MeaningOf(string text) =>
            Enum.TryParse<ToolMeaning>(text, ignoreCase: true, out var meaning) ? meaning : ToolMeaning.Ask;

        private static string[] Words(string text) =>
            text.Split(' ', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
    }
}
