using System.Collections.Immutable;
using PlatformBot.Core.Runbooks;

namespace PlatformBot.Core.Planning;

/// <summary>
/// Which part of a runbook somebody wants: <c>--from</c>, <c>--to</c>, <c>--only</c>, each with phases or steps ("mesh",
/// "infra/mesh", "cilium-install", "infra/cilium-install").
/// </summary>
/// <param name="From">what these wait for, directly or not, is left out</param>
/// <param name="To">nothing but these and what they wait for is kept</param>
/// <param name="Only">nothing but these is kept</param>
public sealed record Selection(ImmutableArray<string> From, ImmutableArray<string> To, ImmutableArray<string> Only)
{
    private const int MostNamed = 12;
    private static readonly string[] Flags = ["--from", "--to", "--only"];

    public static Selection Everything { get; } = new([], [], []);

    public bool IsEverything => From.IsEmpty && To.IsEmpty && Only.IsEmpty;

    /// <summary>"--from mesh --to validation"</summary>
    public override string ToString() =>
        string.Join(
            ' ',
            Flags
                .Zip([From, To, Only])
                .Where(each => !each.Second.IsEmpty)
                .Select(each => $"{each.First} {string.Join(',', each.Second)}")
        );

    /// <summary>Takes the flags out of what somebody typed: <c>--from mesh</c> or <c>--from=mesh</c>, several names joined by commas.</summary>
    public static Result<Selection> Take(IReadOnlyList<string> words, out IReadOnlyList<string> rest)
    {
        var others = new List<string>();
        var given = new Dictionary<string, ImmutableArray<string>>(StringComparer.Ordinal);
        rest = others;

        for (var at = 0; at < words.Count; at++)
        {
            var equals = words[at].IndexOf('=', StringComparison.Ordinal);
            var flag = equals < 0 ? words[at] : words[at][..equals];

            if (!Flags.Contains(flag))
            {
                others.Add(words[at]);
                continue;
            }

            var names =
                equals >= 0 ? words[at][(equals + 1)..]
                : at + 1 < words.Count ? words[++at]
                : "";

            if (names.Length == 0 || names.StartsWith('-'))
                return new Refusal($"{flag} needs the name of a phase or a step.", $"For example: `{flag} mesh`.");

            if (!given.TryAdd(flag, [.. names.Split(',', StringSplitOptions.RemoveEmptyEntries)]))
                return new Refusal($"{flag} is given twice.", "Join several names with commas.");
        }

        return new Selection(
            given.GetValueOrDefault("--from", []),
            given.GetValueOrDefault("--to", []),
            given.GetValueOrDefault("--only", [])
        );
    }

    /// <summary>The plan with only the wanted steps. What is left out no longer holds anybody up, but the order of the others stays.</summary>
    public Result<Plan> Of(Plan plan)
    {
        if (IsEverything)
            return plan;

        var graph = plan.Steps.ToDictionary(step => step.Id);
        var kept = graph.Keys.ToHashSet();

        foreach (
            var (names, flag) in new[] { (From, "--from"), (To, "--to"), (Only, "--only") }.Where(each =>
                !each.Item1.IsEmpty
            )
        )
        {
            if (!Named(plan, names, flag).Ok(out var named, out var refusal))
                return refusal;

            var before = Before(graph, named, end: []);

            if (flag == "--from")
                kept.ExceptWith(before.Except(named));
            else
                kept.IntersectWith(flag == "--to" ? before.Union(named) : named);
        }

        return kept.Count > 0
            ? PlanJson.WithDigest(Part(plan, graph, kept))
            : new Refusal(
                $"{this} leaves nothing to do.",
                "`/platform plan` with and without it shows the steps and their order."
            );
    }

    private Plan Part(Plan plan, IReadOnlyDictionary<string, PlannedStep> graph, HashSet<string> kept)
    {
        var phases = plan
            .Phases.Select(phase =>
                phase with
                {
                    Steps =
                    [
                        .. phase
                            .Steps.Where(step => kept.Contains(step.Id))
                            .Select(step =>
                                step with
                                {
                                    Needs = [.. Nearest(graph, step.Id, kept).Order(StringComparer.Ordinal)],
                                }
                            ),
                    ],
                }
            )
            .Where(phase => phase.Steps.Count > 0);
        var left = plan.Steps.Where(step => !kept.Contains(step.Id)).Select(step => step.Id).ToList();
        var named = string.Join(", ", left.Take(MostNamed));
        var more = left.Count > MostNamed ? $" and {left.Count - MostNamed} more" : "";
        return plan with
        {
            Selection = this,
            Phases = [.. phases],
            Notes = left.Count == 0 ? plan.Notes : [$"Left out because of {this}: {named}{more}.", .. plan.Notes],
        };
    }

    /// <summary>The kept steps that a step waits for, seen through those that are left out.</summary>
    private static IEnumerable<string> Nearest(
        IReadOnlyDictionary<string, PlannedStep> graph,
        string step,
        HashSet<string> kept
    ) => Before(graph, [step], end: kept).Where(kept.Contains);

    /// <summary>Everything that these steps wait for, directly or not.</summary>
    /// <param name="end">nobody asks what these wait for</param>
    private static HashSet<string> Before(
        IReadOnlyDictionary<string, PlannedStep> graph,
        IEnumerable<string> steps,
        HashSet<string> end
    )
    {
        var before = new HashSet<string>();
        var open = new Stack<string>(steps.SelectMany(id => graph[id].Needs));

        while (open.TryPop(out var id))
        {
            if (!before.Add(id) || end.Contains(id))
                continue;

            foreach (var need in graph[id].Needs)
                open.Push(need);
        }

        return before;
    }

    private static Result<HashSet<string>> Named(Plan plan, IEnumerable<string> names, string flag)
    {
        var found = new HashSet<string>();

        foreach (var name in names)
        {
            var steps = plan
                .Phases.SelectMany(phase => phase.Steps, (phase, step) => (phase, step))
                .Where(each => IsCalled(each.phase, name) || IsCalled(each.step, name))
                .Select(each => each.step.Id)
                .ToList();

            if (steps.Count == 0)
                return Unknown(plan, name, flag);

            found.UnionWith(steps);
        }

        return found;
    }

    private static bool IsCalled(PlannedPhase phase, string name) => phase.Id == name || phase.Name == name;

    /// <summary>Its id, or its id without the cluster before it or the node behind it.</summary>
    private static bool IsCalled(PlannedStep step, string name)
    {
        var own = OwnName(step);
        return step.Id == name
            || own == name
            || step.Id.StartsWith($"{name}/", StringComparison.Ordinal) && step.Cluster != name
            || own.StartsWith($"{name}/", StringComparison.Ordinal);
    }

    private static string OwnName(PlannedStep step) =>
        step.Cluster is { } cluster && step.Id.StartsWith($"{cluster}/", StringComparison.Ordinal)
            ? step.Id[(cluster.Length + 1)..]
            : step.Id;

    private static Refusal Unknown(Plan plan, string name, string flag)
    {
        var known = plan
            .Phases.SelectMany(phase => new[] { phase.Name, phase.Id })
            .Concat(plan.Steps.SelectMany(step => new[] { step.Id, OwnName(step) }))
            .Distinct()
            .ToList();
        var near = Suggestion.For(name, known);
        return new Refusal(
            $"{flag}: this plan has no phase and no step '{YamlScalar.Shorten(name)}'.",
            near is null
                ? $"Its phases: {string.Join(", ", plan.Phases.Select(phase => phase.Name).Distinct())}."
                : $"Did you mean '{near}'?"
        );
    }
}
