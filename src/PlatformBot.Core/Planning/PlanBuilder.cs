using PlatformBot.Core.Runbooks;

namespace PlatformBot.Core.Planning;

/// <summary>Makes every phase and step of a runbook for the chosen clusters and fills in every value.</summary>
/// <param name="calling">commands of the runbooks that call this one, the outermost first</param>
internal sealed class PlanBuilder(
    Catalogue catalogue,
    Runbook runbook,
    PlanPaths paths,
    Problems problems,
    IReadOnlyList<string>? calling = null
)
{
    private const string DestructiveLock = "destructive";

    /// <summary>Plans for all clusters, with arguments that are not known yet, only to find mistakes.</summary>
    public void Rehearse()
    {
        foreach (var phase in runbook.Phases.Where(phase => phase.EachCluster && !TakesClusters()))
        {
            problems.Add(
                phase.At,
                $"The phase '{phase.Name}' is made for each cluster.",
                "The runbook needs an argument of type cluster."
            );
        }

        Make(Invocation.ToRehearse(runbook, catalogue.Inventory));
    }

    public Plan Build(IReadOnlyList<BoundArgument> arguments)
    {
        var invocation = Invocation.Of(arguments, catalogue.Inventory);
        var made = Make(invocation);
        return new Plan
        {
            Command = runbook.Command,
            Summary = runbook.Summary,
            Arguments = [.. arguments.Select(it => new Argument(it.Parameter.Name, it.Value))],
            Access = runbook.Access,
            Approval = runbook.Approval,
            Locks = made.Locks,
            StopsAtFailure = runbook.StopsAtFailure ? true : null,
            Parallel = runbook.Parallel,
            ParallelPerCluster = runbook.ParallelPerCluster,
            Phases = made.Phases,
            Notes = [.. LeftOut(invocation), .. made.Notes],
            Lookalikes = LookalikesIn(arguments, invocation.Chosen) is { Length: > 0 } odd ? odd : null,
            Digest = "",
        };
    }

    /// <summary>Phases, notes and locks; also what a step that calls this runbook becomes.</summary>
    public MadeRun Make(Invocation invocation)
    {
        var scope = RunScope.Of(catalogue.Inventory, paths, invocation.Arguments);
        var calls = new Calls(catalogue, runbook, paths, [.. calling ?? [], runbook.Command], problems);
        var maker = new PhaseMaker(catalogue, paths, calls, problems);
        var made = PhasesFrom(invocation.From)
            .SelectMany(phase => maker.Make(scope, phase, invocation.Chosen))
            .ToArray();
        var needs = new Needs(
            runbook,
            [.. catalogue.Inventory.Clusters.Select(cluster => cluster.Name)],
            made,
            invocation.Chosen,
            problems
        );
        var phases = needs.Connect();
        string[] locks = [.. Locks(scope, invocation.Chosen, phases), .. calls.Locks];
        return new(phases, [.. needs.Notes, .. calls.Notes], [.. locks.Distinct().Order(StringComparer.Ordinal)]);
    }

    private PhaseText[] PhasesFrom(string? from) =>
        [.. runbook.Phases.SkipWhile(phase => from is not null && phase.Name != from)];

    private string[] LeftOut(Invocation invocation)
    {
        var left = runbook.PhaseNames.SkipLast(PhasesFrom(invocation.From).Length).ToArray();
        return left.Length == 0
            ? []
            : [$"Left out, because the run starts at {invocation.From}: {string.Join(", ", left)}."];
    }

    /// <summary>What people gave, and the chosen clusters and nodes themselves, held against every name of the inventory.</summary>
    private string[] LookalikesIn(IReadOnlyList<BoundArgument> arguments, IReadOnlyList<string> chosen)
    {
        var clusters = catalogue.Inventory.Clusters;
        var names = clusters.SelectMany(Names).ToArray();
        var own = clusters.Where(cluster => chosen.Contains(cluster.Name)).SelectMany(Names);
        return
        [
            .. own.SelectMany(name => Lookalikes.In(name, [.. names.Where(other => other != name)]))
                .Concat(arguments.SelectMany(argument => Lookalikes.In(argument.Value, names)))
                .Distinct(),
        ];

        static IEnumerable<string> Names(InventoryCluster cluster) =>
            cluster.Nodes.Select(node => node.Name).Prepend(cluster.Name);
    }

    /// <summary>
    /// A lock that names the cluster is held for every chosen one. What destroys something holds one more, so that only one such run
    /// is under way at a time.
    /// </summary>
    private IEnumerable<string> Locks(Scope scope, IReadOnlyList<string> chosen, IReadOnlyList<PlannedPhase> planned)
    {
        var destroys = !runbook.IsAlongside && planned.Any(phase => phase.IsDestructive);
        var filled =
            from text in runbook.Locks
            from inScope in PerCluster(text)
                ? chosen.Select(cluster => scope.With("cluster", catalogue.Inventory.FactsOf(cluster)))
                : [scope]
            select ((YamlScalar)new Filling(inScope, problems).Fill((YamlNode)text)).Text;

        return filled.Concat(destroys ? [DestructiveLock] : []);
    }

    private static bool PerCluster(YamlScalar text) =>
        Template
            .Parse(text.Text, (_, _) => { })
            ?.Parts.Any(part => part.IsPlaceholder && part.Path[0].Name == "cluster")
        ?? false;

    private bool TakesClusters() =>
        runbook.Parameters.Any(it => it.Type is ParameterType.Cluster or ParameterType.Node);
}

/// <summary>A runbook with every value filled in.</summary>
/// <param name="Notes">what was left out, in words</param>
/// <param name="Locks">sorted</param>
internal sealed record MadeRun(
    IReadOnlyList<PlannedPhase> Phases,
    IReadOnlyList<string> Notes,
    IReadOnlyList<string> Locks
);
