using PlatformBot.Core.Planning;

namespace PlatformBot.Core.Runs;

/// <summary>
/// How long a run took, beside what its needs alone would have allowed and what it would have taken step by step. Made of what the
/// journal says of each step, its retries, its proof and people's time included; a step that did nothing took no time.
/// </summary>
/// <param name="Makespan">from the plan to the end</param>
/// <param name="Critical">the longest chain of steps that wait for each other: no order is faster</param>
/// <param name="Chain">ids of the steps of that chain, the first one first</param>
/// <param name="InSequence">one step after the other</param>
public sealed record RunTiming(TimeSpan Makespan, TimeSpan Critical, IReadOnlyList<string> Chain, TimeSpan InSequence)
{
    /// <summary>Null while the run has not ended.</summary>
    public static RunTiming? Of(Run run)
    {
        if (run.EndedAt is not { } ended)
            return null;

        var best = new Dictionary<string, (TimeSpan Length, string? Before)>();

        foreach (var step in InOrder(run.Plan))
        {
            var before = step.Needs.Where(best.ContainsKey).MaxBy(need => best[need].Length);
            var begins = before is null ? TimeSpan.Zero : best[before].Length;
            best[step.Id] = (begins + run.At(step).Took, before);
        }

        var last = best.Count == 0 ? null : best.MaxBy(each => each.Value.Length).Key;
        return new(
            ended - run.PlannedAt,
            last is null ? TimeSpan.Zero : best[last].Length,
            ChainTo(last, best),
            TimeSpan.FromTicks(run.Steps.Values.Sum(step => step.Took.Ticks))
        );
    }

    /// <summary>Needs go across phases and clusters, so the plan's own order is not enough.</summary>
    private static IEnumerable<PlannedStep> InOrder(Plan plan)
    {
        var steps = plan.Steps.ToDictionary(step => step.Id);
        var order = new StepOrder(steps.ToDictionary(step => step.Key, step => step.Value.Needs));
        return plan.Steps.OrderBy(step => order.RankOf(step.Id));
    }

    private static IReadOnlyList<string> ChainTo(
        string? last,
        Dictionary<string, (TimeSpan Length, string? Before)> best
    )
    {
        var chain = new List<string>();

        for (var at = last; at is not null; at = best[at].Before)
            chain.Insert(0, at);

        return chain;
    }
}
