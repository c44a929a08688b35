using PlatformBot.Core.Runbooks;

namespace PlatformBot.Core.Planning;

/// <summary>Makes the steps of a phase for a cluster: one of each, one for each item of a list, or those of another runbook.</summary>
internal sealed class PhaseMaker(Catalogue catalogue, PlanPaths paths, Calls calls, Problems problems)
{
    private readonly Manifests _manifests = new(paths.Root, problems);
    private readonly StepFiles _files = new(paths, problems);

    private StepBuilder Steps => field ??= new(catalogue, new(catalogue.Tools, problems), _manifests, problems);

    public IEnumerable<MadePhase> Make(Scope scope, PhaseText phase, IReadOnlyList<string> chosen)
    {
        if (!phase.EachCluster)
            return [Make(scope, phase, cluster: null, chosen)];

        return chosen.Select(cluster =>
            Make(scope.With("cluster", catalogue.Inventory.FactsOf(cluster)), phase, cluster, chosen)
        );
    }

    private MadePhase Make(Scope scope, PhaseText phase, string? cluster, IReadOnlyList<string> chosen)
    {
        var id = cluster is null ? phase.Name : $"{cluster}/{phase.Name}";
        var mine = phase.Steps.Where(step => step.On is null || cluster is null || step.On.Text == cluster).ToArray();
        var made = mine.Where(step => step.Beside is null || chosen.Contains(step.Beside.Text))
            .SelectMany(step => Make(scope, step, id, cluster))
            // Two steps of one name are a mistake that the reader has told already.
            .DistinctBy(step => step.Step.Id)
            .ToArray();

        return new MadePhase(phase, id, cluster, made, [.. mine.Except(made.Select(step => step.Text))]);
    }

    private IEnumerable<MadeStep> Make(Scope scope, StepText step, string phase, string? cluster)
    {
        var place = new StepPlace(cluster is null ? step.Name : $"{cluster}/{step.Name}", phase, cluster, Node: null);

        if (step.Each is not { } each)
            return Make(scope, step, place, turn: 0);

        return ItemsOf(each, scope)
            .SelectMany(
                (item, turn) =>
                {
                    var name = (item as YamlMap)?.Text("name") ?? (item as YamlScalar)?.Text ?? "?";
                    var node = catalogue.Inventory.Nodes.Any(known => known.Name == name) ? name : null;
                    var here = place with { Id = $"{place.Id}/{name}", Node = node };
                    return Make(scope.With(each.Variable, item), step, here, turn);
                }
            )
            .ToArray();
    }

    private IEnumerable<MadeStep> Make(Scope scope, StepText step, StepPlace place, int turn)
    {
        if (step.With is { } with)
            scope = scope.With("with", new Filling(scope, problems).Fill(with));

        if (step.Call is { } call)
            return calls.Make(call, scope, place).Select(made => new MadeStep(step, made, turn, place.Cluster));

        HostRule.Check(step.Body, scope, problems);
        var (files, inScope) = _files.Read(step.Body, scope);
        var built = Steps.Build(step, Filled(step.Body, scope, inScope), place, scope) with { Files = files };
        return [new MadeStep(step, built, turn, place.Cluster)];
    }

    /// <summary>Files are there while the action's processes run, and at no other time.</summary>
    private YamlMap Filled(YamlMap body, Scope scope, Scope withFiles)
    {
        var ofProcesses = body.Entries.ToLookup(entry => entry.Key.Text is "run" or "pipe");
        var action = new Filling(withFiles, problems).Fill(new YamlMap(body.At, [.. ofProcesses[true]]));
        var rest = new Filling(scope, problems).Fill(new YamlMap(body.At, [.. ofProcesses[false]]));
        return new YamlMap(body.At, [.. rest.Entries, .. action.Entries]);
    }

    private IReadOnlyList<YamlNode> ItemsOf(Each each, Scope scope)
    {
        if (Template.ParsePath(each.Path) is not { } path)
        {
            problems.Add(each.At.At, $"'{each.Path}' is not a path such as cluster.nodes.");
            return [];
        }

        switch (scope.Find(path, (what, cure) => problems.Add(each.At.At, what, cure)))
        {
            case YamlList list:
                return list.Items;
            case { } other:
                problems.Add(each.At.At, $"'{each.Path}' is {other.Sort}, not a list.");
                return [];
            default:
                return [];
        }
    }
}

/// <summary>Where a step is made.</summary>
/// <param name="Id">"infra/convert-node/infra-01"</param>
/// <param name="Phase">its phase's id</param>
internal sealed record StepPlace(string Id, string Phase, string? Cluster, string? Node);

/// <summary>A phase of one cluster, its steps not yet connected.</summary>
/// <param name="Empty">steps that it could have, but has not: their list of nodes is empty, or a cluster was not chosen</param>
internal sealed record MadePhase(
    PhaseText Text,
    string Id,
    string? Cluster,
    IReadOnlyList<MadeStep> Steps,
    IReadOnlyList<StepText> Empty
);

/// <summary>A step; those of a called runbook know already which of their own they wait for.</summary>
/// <param name="Turn">its place in the list that it is made for</param>
/// <param name="Home">the cluster whose phase it is in, whichever it acts on; null for none</param>
internal sealed record MadeStep(StepText Text, PlannedStep Step, int Turn, string? Home);
