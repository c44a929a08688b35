using PlatformBot.Core.Runbooks;

namespace PlatformBot.Core.Planning;

/// <summary>Finds out which step waits for which: what is written, and the order that is meant when nothing is written.</summary>
internal sealed class Needs(
    Runbook runbook,
    IReadOnlyList<string> clusters,
    IReadOnlyList<MadePhase> phases,
    IReadOnlyList<string> chosen,
    Problems problems
)
{
    private readonly Dictionary<string, IReadOnlyList<string>> _needs = [];
    private readonly List<string> _notes = [];
    private readonly Dictionary<string, MadeStep> _steps = phases
        .SelectMany(phase => phase.Steps)
        .DistinctBy(step => step.Step.Id)
        .ToDictionary(step => step.Step.Id);

    private readonly HashSet<string> _following = [];

    /// <summary>Steps and needs that were left out, in words.</summary>
    public IReadOnlyList<string> Notes => [.. LeftOut().Concat(_notes).Distinct()];

    private IEnumerable<string> LeftOut() =>
        from phase in phases
        from step in phase.Empty
        let beside = step.Beside?.Text
        where beside is not null && !chosen.Contains(beside)
        select $"{(phase.Cluster is null ? "" : phase.Cluster + "/")}{step.Name} is left out, because {beside} was not chosen.";

    public IReadOnlyList<PlannedPhase> Connect()
    {
        // What the next phase of a cluster (or, with "", of none) waits for.
        var ends = chosen.Append("").ToDictionary(cluster => cluster, _ => (IReadOnlyList<string>)[]);

        foreach (var phase in phases)
            Connect(phase, ends);

        if (new StepOrder(_needs).Cycle is { } cycle)
            ReportCycle(cycle);

        return [.. phases.Where(phase => phase.Steps.Count > 0).Select(Finish)];
    }

    private void Connect(MadePhase phase, Dictionary<string, IReadOnlyList<string>> ends)
    {
        var before = phase.Cluster is { } own ? ends[own] : [.. ends.Values.SelectMany(end => end).Distinct()];
        var inside = phase.Steps.Select(step => step.Step.Id).ToHashSet();

        foreach (var step in phase.Steps)
        {
            var needs =
                step.Step.Needs.Count > 0 ? step.Step.Needs : [.. NeedsOf(step.Text, phase), .. Before(step, phase)];
            _needs[step.Step.Id] = [.. (needs.Any(inside.Contains) ? needs : [.. needs, .. before]).Distinct()];
        }

        if (phase.Steps.Count == 0)
            return;

        var last = inside
            .Except(phase.Steps.SelectMany(step => _needs[step.Step.Id]))
            .Order(StringComparer.Ordinal)
            .ToArray();

        foreach (var cluster in phase.Cluster is { } only ? [only] : ends.Keys.ToArray())
            ends[cluster] = last;

        // Whoever waits for the clusters waits for what they waited for.
        if (phase.Cluster is not null)
            ends[""] = [];
    }

    /// <summary>What is made in turn waits for the one before it in its list, and for all that came of it.</summary>
    private static IEnumerable<string> Before(MadeStep step, MadePhase phase) =>
        step.Text.InTurn && step.Turn > 0
            ? phase
                .Steps.Where(other => other.Text == step.Text && other.Turn == step.Turn - 1)
                .Select(other => other.Step.Id)
            : [];

    private IReadOnlyList<string> NeedsOf(StepText step, MadePhase phase)
    {
        if (step.Needs is { } written)
            return [.. written.SelectMany(need => Resolve(need, step, phase))];

        var before = phase
            .Text.Steps.TakeWhile(other => other != step)
            .Where(other => Has(phase, other))
            .LastOrDefault();
        return [.. phase.Steps.Where(other => other.Text == before).Select(other => other.Step.Id)];
    }

    private static bool Has(MadePhase phase, StepText step) => phase.Steps.Any(made => made.Text == step);

    private IEnumerable<string> Resolve(YamlScalar need, StepText step, MadePhase phase)
    {
        var words = need.Text.Split('/');
        var cluster = words.Length > 1 && clusters.Contains(words[0]) ? words[0] : null;
        var rest = cluster is null ? words : words[1..];
        var (name, instance) = (rest[0], rest.ElementAtOrDefault(1));

        if (rest.Length > 2 || !Exists(name))
        {
            problems.Add(need.At, $"There is no step {need.Sort}.", Suggestion.Cure(name, StepNames()));
            return [];
        }

        if (PhaseOf(name) > PhaseOf(step.Name))
        {
            problems.Add(
                need.At,
                $"The step '{name}' is in a later phase, '{runbook.Phases[PhaseOf(name)].Name}'.",
                "It cannot come before."
            );
            return [];
        }

        return Find(need, name, instance, cluster, phase.Cluster);
    }

    private IEnumerable<string> Find(YamlScalar need, string name, string? instance, string? named, string? own)
    {
        var steps = _steps.Values.Where(step => step.Text.Name == name).ToArray();

        if (named is not null && !chosen.Contains(named))
        {
            _notes.Add($"{named} was not chosen, so nothing waits for {need.Text}.");
            return [];
        }

        // The phase was left out; the plan says so once.
        if (steps.Length == 0 && phases.All(phase => phase.Text.Steps.All(step => step.Name != name)))
            return [];

        var found = steps
            .Where(step =>
                named is null
                    ? own is null || step.Home is null || step.Home == own
                    : step.Home == named || (step.Home is null && step.Step.Cluster == named)
            )
            .Where(step =>
                instance is null
                || step.Step.Id.EndsWith($"/{name}/{instance}", StringComparison.Ordinal)
                || step.Step.Id == $"{name}/{instance}"
            )
            .Select(step => step.Step.Id)
            .ToArray();

        if (found.Length == 0 && Empty(name, named ?? own) is { } empty)
            return empty;

        if (found.Length == 0 && NotChosen(name, named) is { } missing)
            _notes.Add($"{missing} was not chosen, so nothing waits for {missing}/{need.Text}.");
        else if (found.Length == 0)
            problems.Add(need.At, $"There is no step {need.Sort} {Where(named ?? own)}.", Existing(steps));

        return found;
    }

    /// <summary>What a step that was made for no node waits for, which is then waited for in its place; null when there is no such step.</summary>
    private IReadOnlyList<string>? Empty(string name, string? cluster)
    {
        var without = phases
            .Where(phase => cluster is null || phase.Cluster is null || phase.Cluster == cluster)
            .SelectMany(phase => phase.Empty.Where(step => step.Name == name).Select(step => (phase, step)))
            .ToArray();

        // A step that needs itself through others is reported as unknown rather than followed for ever.
        if (without.Length == 0 || !_following.Add(name))
            return null;

        var needs = without.SelectMany(found => NeedsOf(found.step, found.phase)).Distinct().ToArray();
        _following.Remove(name);
        return needs;
    }

    /// <summary>The cluster that would have the step, had it been chosen.</summary>
    private string? NotChosen(string name, string? named)
    {
        var on = runbook.Phases.SelectMany(phase => phase.Steps).First(step => step.Name == name).On?.Text;
        return named is null && on is not null && !chosen.Contains(on) ? on : null;
    }

    private static string Where(string? cluster) => cluster is null ? "in this runbook" : $"of the cluster {cluster}";

    private static string Existing(IReadOnlyList<MadeStep> steps) =>
        steps.Count == 0 ? "" : $"There is: {string.Join(", ", steps.Select(step => step.Step.Id))}.";

    private bool Exists(string name) => StepNames().Contains(name);

    private string[] StepNames() => [.. runbook.Phases.SelectMany(phase => phase.Steps).Select(step => step.Name)];

    private int PhaseOf(string step) =>
        runbook.Phases.ToList().FindIndex(phase => phase.Steps.Any(it => it.Name == step));

    private void ReportCycle(IReadOnlyList<string> cycle)
    {
        var at = cycle
            .Select(id => _steps[id].Text.At)
            .OrderBy(place => place.Source.File, StringComparer.Ordinal)
            .ThenBy(place => place.Line)
            .First();
        problems.Add(at, $"These steps wait for each other: {string.Join(" → ", cycle.Append(cycle[0]))}.");
    }

    private PlannedPhase Finish(MadePhase phase)
    {
        var order = new StepOrder(phase.Steps.ToDictionary(step => step.Step.Id, step => _needs[step.Step.Id]));
        var steps = phase
            .Steps.Select(step => step.Step with { Needs = [.. _needs[step.Step.Id].Order(StringComparer.Ordinal)] })
            .OrderBy(step => order.RankOf(step.Id));

        return new PlannedPhase(phase.Id, phase.Text.Name, phase.Text.Title, phase.Cluster, [.. steps]);
    }
}
