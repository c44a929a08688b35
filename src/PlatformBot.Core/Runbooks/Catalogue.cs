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

        var commands = Runbooks.Select(runbook => runbook.Command).ToArray();
        return new Refusal($"There is no runbook '{YamlScalar.Shorten(command)}'.", Suggestion.Cure(command, commands));
    }

    /// <summary>Reads a folder such as <c>commands/</c>; the root folder is the one that holds it. Never throws for what is in it.</summary>
    public static CatalogueReading Read(string folder) => new CatalogueReader(folder).Read();
}

/// <param name="Catalogue">null when there are problems</param>
/// <param name="Problems">every mistake in every file, in order of file and line</param>
public sealed record CatalogueReading(Catalogue? Catalogue, IReadOnlyList<Problem> Problems);
