namespace PlatformBot.Core.Runbooks;

/// <summary>Everything in <c>commands/</c>: runbooks, inventory, tools. Holds no mistakes that can be found without a cluster.</summary>
public sealed class Catalogue
{
    internal Catalogue(Inventory inventory, ToolBook tools, IReadOnlyList<Runbook> runbooks)
    {
        Inventory = inventory;
        Tools = tools;
        Runbooks = runbooks;
    }

    public Inventory Inventory { get; }

    public ToolBook Tools { get; }

    /// <summary>In order of their command.</summary>
    public IReadOnlyList<Runbook> Runbooks { get; }

    /// <param name="command">"bootstrap"</param>
    public Result<Runbook> Find(string command)
    {
        if (Runbooks.FirstOrDefault(runbook => runbook.Command == command) is { } found)
            return found;

        return Unknown(command);
    }

    private Refusal Unknown(string command) =>
        new(
            $"There is no runbook '{YamlScalar.Shorten(command)}'.",
            Suggestion.Cure(command, [.. Runbooks.Select(runbook => runbook.Command)])
        );

    /// <summary>
    /// The runbook that the first words name, and the words after it. People may say a dash as a space: "upgrade talos 1.11.3" is
    /// <c>upgrade-talos</c> with "1.11.3". The longest name counts.
    /// </summary>
    public Result<(Runbook Runbook, IReadOnlyList<string> After)> Find(IReadOnlyList<string> words)
    {
        for (var count = Math.Min(words.Count, MostWords); count > 0; count--)
        {
            var name = string.Join('-', words.Take(count));

            if (Runbooks.FirstOrDefault(runbook => runbook.Command == name) is { } found)
                return (found, [.. words.Skip(count)]);
        }

        var first = words.Count > 0 ? words[0] : "";
        return Begun(first) is { Length: > 0 } more
            ? new Refusal($"'{YamlScalar.Shorten(first)}' is not all of it.", $"Say which: {more}.")
            : Unknown(first);
    }

    /// <summary>What people can say that begins with this word: "upgrade kubernetes, upgrade talos"; "" when it begins nothing.</summary>
    public string Begun(string word) =>
        string.Join(
            ", ",
            Runbooks
                .Select(runbook => runbook.Command)
                .Where(command => command.StartsWith($"{word}-", StringComparison.Ordinal))
                .Select(command => $"{word} {command[(word.Length + 1)..]}")
        );

    private const int MostWords = 3;

    /// <summary>Reads a folder such as <c>commands/</c>; the root folder is the one that holds it. Never throws for what is in it.</summary>
    public static CatalogueReading Read(string folder) => new CatalogueReader(folder).Read();
}

/// <param name="Catalogue">null when there are problems</param>
/// <param name="Problems">every mistake in every file, in order of file and line</param>
public sealed record CatalogueReading(Catalogue? Catalogue, IReadOnlyList<Problem> Problems);
