using PlatformBot.Core.Runbooks;

namespace PlatformBot.Core.Planning;

/// <summary>Turns a step whose values are filled in into what will be done, and says what is wrong with it.</summary>
/// <param name="commands">shared by all that reads commands of a step</param>
internal sealed class StepBuilder(Catalogue catalogue, CommandReader commands, Manifests manifests, Problems problems)
{
    private static readonly TimeSpan DefaultBackoff = TimeSpan.FromSeconds(10);

    private readonly ActionReader _actions = new(catalogue, commands, manifests, problems);
    private readonly StepRules _rules = new(problems);

    public PlannedStep Build(StepText text, YamlMap body, StepPlace place, Scope scope)
    {
        new ShapeCheck(problems, filled: true).CheckShape(body, StepShapes.StepBody);
        _rules.Check(text, body, place.Cluster);

        var places = new ClusterReader(catalogue.Inventory, place.Cluster, problems);
        var checks = new CheckReader(commands, places, problems);
        var retry = body.Map("retry");

        return new PlannedStep
        {
            Id = place.Id,
            Phase = place.Phase,
            Title = body.Text("title", text.Name),
            Why = body.Text("why"),
            Cluster = place.Cluster,
            Node = place.Node,
            Address = catalogue.Inventory.Nodes.FirstOrDefault(known => known.Name == place.Node)?.Address,
            Needs = [],
            Action = _actions.Read(body, places, scope),
            Probe = [.. body.Maps("probe").Select(checks.Read)],
            Verify = [.. body.Maps("verify").Select(checks.Read)],
            Destructive = body.Text("destructive"),
            Irreversible = body.Truth("irreversible"),
            MakesCluster = body.Truth("makes-cluster"),
            Repeatable = body.Truth("repeatable"),
            Lock = body.Text("lock"),
            Rollback = body.Map("rollback") is { } rollback ? Rollback(rollback, checks, places, scope) : null,
            UndoesItself = body.Has("on-red"),
            Timeout = body.Span("timeout", StepDefaults.Timeout),
            HoldsFor = body.Has("holds-for") ? body.Span("holds-for", StepDefaults.Timeout) : null,
            Measures = body.Text("measures"),
            Attempts = retry?.Number("attempts") ?? 1,
            Backoff = retry?.Span("backoff", DefaultBackoff) ?? DefaultBackoff,
            Source = $"{text.At.Source.File}:{text.At.Line}",
        };
    }

    private PlannedRollback Rollback(YamlMap rollback, CheckReader checks, ClusterReader places, Scope scope) =>
        new(
            _actions.Read(rollback, places, scope),
            [.. rollback.Maps("verify").Select(checks.Read)],
            rollback.Text("destructive"),
            rollback.Span("timeout", StepDefaults.Timeout)
        );
}
