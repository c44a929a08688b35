using PlatformBot.Core.Runbooks;

namespace PlatformBot.Core.Planning;

/// <summary>Makes every phase and step of a runbook for the chosen clusters and fills in every value.</summary>
internal sealed class PlanBuilder(Catalogue catalogue, Runbook runbook, PlanPaths paths, Problems problems)
{
    private const string DestructiveLock = "destructive";

    private readonly StepBuilder _steps = new(catalogue, new Manifests(paths.Root, problems), problems);

    /// <summary>Plans for all clusters, with arguments that are not known yet, only to find mistakes.</summary>
    public void Rehearse()
    {
        var scope = RunScope(runbook.Parameters.ToDictionary(it => it.Name, Sample));
        var chosen = Clusters();

        foreach (var phase in runbook.Phases.Where(phase => phase.EachCluster && !TakesClusters()))
        {
            problems.Add(
                phase.At,
                $"The phase '{phase.Name}' is made for each cluster.",
                "The runbook needs an argument of type cluster."
            );
        }

        var (planned, _) = Connect(scope, runbook.Phases, chosen);
        Locks(scope, chosen, planned);
    }

    public Plan Build(IReadOnlyList<BoundArgument> arguments)
    {
        var scope = RunScope(arguments.ToDictionary(it => it.Parameter.Name, ValueOf));
        var chosen = Chosen(arguments);
        var from = arguments.FirstOrDefault(it => it.Parameter.Type is ParameterType.Phase)?.Value;
        var phases = runbook.Phases.SkipWhile(phase => from is not null && phase.Name != from).ToArray();
        var (planned, notes) = Connect(scope, phases, chosen);

        if (phases.Length < runbook.Phases.Count)
        {
            notes =
            [
                $"Left out, because the run starts at {from}: {string.Join(", ", runbook.PhaseNames.SkipLast(phases.Length))}.",
                .. notes,
            ];
        }

        return new Plan
        {
            Command = runbook.Command,
            Summary = runbook.Summary,
            Arguments = [.. arguments.Select(it => new Argument(it.Parameter.Name, it.Value))],
            Access = runbook.Access,
            Approval = runbook.Approval,
            Locks = Locks(scope, chosen, planned),
            StopsAtFailure = runbook.StopsAtFailure ? true : null,
            Parallel = runbook.Parallel,
            ParallelPerCluster = runbook.ParallelPerCluster,
            Phases = planned,
            Notes = notes,
            Lookalikes = LookalikesIn(arguments, chosen) is { Length: > 0 } odd ? odd : null,
            Digest = "",
        };
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

    private (IReadOnlyList<PlannedPhase> Phases, IReadOnlyList<string> Notes) Connect(
        Scope scope,
        IReadOnlyList<PhaseText> phases,
        IReadOnlyList<string> chosen
    )
    {
        var made = phases.SelectMany(phase => Make(scope, phase, chosen)).ToArray();
        var needs = new Needs(runbook, [.. Clusters()], made, chosen, problems);
        return (needs.Connect(), needs.Notes);
    }

    private IEnumerable<MadePhase> Make(Scope scope, PhaseText phase, IReadOnlyList<string> chosen)
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
        var id = cluster is null ? step.Name : $"{cluster}/{step.Name}";

        if (step.Each is not { } each)
            return [Make(scope, step, id, phase, cluster, node: null)];

        return ItemsOf(each, scope)
            .Select(item =>
            {
                var name = (item as YamlMap)?.Text("name") ?? (item as YamlScalar)?.Text ?? "?";
                var node = catalogue.Inventory.Nodes.Any(known => known.Name == name) ? name : null;
                return Make(scope.With(each.Variable, item), step, $"{id}/{name}", phase, cluster, node);
            })
            .ToArray();
    }

    private MadeStep Make(Scope scope, StepText step, string id, string phase, string? cluster, string? node)
    {
        if (step.With is { } with)
            scope = scope.With("with", new Filling(scope, problems).Fill(with));

        var body = new Filling(scope, problems).Fill(step.Body);
        return new MadeStep(step, _steps.Build(step, body, id, phase, cluster, node, scope));
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

    /// <summary>
    /// A lock that names the cluster is held for every chosen one. What destroys something holds one more, so that only one such run
    /// is under way at a time.
    /// </summary>
    private IReadOnlyList<string> Locks(Scope scope, IReadOnlyList<string> chosen, IReadOnlyList<PlannedPhase> planned)
    {
        var destroys = !runbook.IsAlongside && planned.Any(phase => phase.IsDestructive);
        var filled =
            from text in runbook.Locks
            from inScope in PerCluster(text)
                ? chosen.Select(cluster => scope.With("cluster", catalogue.Inventory.FactsOf(cluster)))
                : [scope]
            select ((YamlScalar)new Filling(inScope, problems).Fill((YamlNode)text)).Text;

        return [.. filled.Concat(destroys ? [DestructiveLock] : []).Distinct().Order(StringComparer.Ordinal)];
    }

    private static bool PerCluster(YamlScalar text) =>
        Template
            .Parse(text.Text, (_, _) => { })
            ?.Parts.Any(part => part.IsPlaceholder && part.Path[0].Name == "cluster")
        ?? false;

    private string[] Clusters() => [.. catalogue.Inventory.Clusters.Select(cluster => cluster.Name)];

    private bool TakesClusters() =>
        runbook.Parameters.Any(it => it.Type is ParameterType.Cluster or ParameterType.Node);

    private IReadOnlyList<string> Chosen(IReadOnlyList<BoundArgument> arguments)
    {
        if (arguments.FirstOrDefault(it => it.Parameter.Type is ParameterType.Cluster) is { } cluster)
            return [.. Clusters().Where(name => name == cluster.Value || cluster.Value == ArgumentValue.AllClusters)];

        var nodes = arguments.Where(it => it.Parameter.Type is ParameterType.Node).Select(it => it.Value).ToArray();
        return
        [
            .. catalogue
                .Inventory.Nodes.Where(node => nodes.Contains(node.Name))
                .Select(node => node.Cluster)
                .Distinct(),
        ];
    }

    private Scope RunScope(IReadOnlyDictionary<string, YamlNode> arguments)
    {
        var inventory = catalogue.Inventory;
        var at = inventory.Tree.At;

        return Scope
            .Empty.With("arguments", Tree(at, arguments))
            .With(
                "clusters",
                Tree(at, inventory.Clusters.ToDictionary(it => it.Name, it => (YamlNode)inventory.FactsOf(it.Name)))
            )
            .With("versions", inventory.Tree.Map("versions") ?? new YamlMap(at, []))
            .With(
                "paths",
                Tree(
                    at,
                    new Dictionary<string, YamlNode>
                    {
                        ["repository"] = Known(paths.Repository),
                        ["root"] = Known(paths.Root),
                        ["runtime"] = Known(paths.Runtime),
                    }
                )
            );
    }

    /// <summary>A node is all its facts: <c>${{ arguments.node.address }}</c>.</summary>
    private YamlNode ValueOf(BoundArgument argument) =>
        argument.Parameter.Type is ParameterType.Node
            ? catalogue.Inventory.FactsOf(catalogue.Inventory.Nodes.First(node => node.Name == argument.Value))
            : Known(argument.Value);

    private YamlNode Sample(Parameter parameter) =>
        parameter.Type is ParameterType.Node && catalogue.Inventory.Nodes.FirstOrDefault() is { } node
            ? catalogue.Inventory.FactsOf(node)
            : new YamlScalar(catalogue.Inventory.Tree.At, "", plain: false, unknown: true);

    private YamlScalar Known(string text) => new(catalogue.Inventory.Tree.At, text, plain: false);

    private static YamlMap Tree(Place at, IReadOnlyDictionary<string, YamlNode> fields) =>
        new(at, [.. fields.Select(field => new YamlEntry(new YamlScalar(at, field.Key, plain: false), field.Value))]);
}

/// <summary>A phase of one cluster, its steps not yet connected.</summary>
/// <param name="Empty">steps that it could have, but has not: their list of nodes is empty, or a cluster was not chosen</param>
internal sealed record MadePhase(
    PhaseText Text,
    string Id,
    string? Cluster,
    IReadOnlyList<MadeStep> Steps,
    IReadOnlyList<StepText> Empty
);

internal sealed record MadeStep(StepText Text, PlannedStep Step);
