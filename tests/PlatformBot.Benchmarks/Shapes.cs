using System.Collections;
using PlatformBot.Core.Planning;

namespace PlatformBot.Benchmarks;

/// <summary>A plan with the time that each of its steps takes.</summary>
/// <param name="Durations">by step id</param>
internal sealed record Shape(string What, Plan Plan, IReadOnlyDictionary<string, TimeSpan> Durations)
{
    private const int NoLimit = 10_000;

    /// <summary>
    /// No schedule is shorter: the longest way through the plan, on which a step also waits until the work of all before it
    /// has been shared among as many as may act at once.
    /// </summary>
    public TimeSpan LowerBound
    {
        get
        {
            var steps = Plan.Steps.ToList();
            var numbers = steps.Index().ToDictionary(each => each.Item.Id, each => each.Index);
            var begins = new TimeSpan[steps.Count];
            var before = new BitArray[steps.Count];

            for (var n = 0; n < steps.Count; n++)
            {
                before[n] = new BitArray(steps.Count);

                foreach (var need in steps[n].Needs.Select(id => numbers[id]))
                {
                    before[n].Or(before[need])[need] = true;
                    begins[n] = Later(begins[n], begins[need] + Durations[steps[need].Id]);
                }

                var all = before[n];
                begins[n] = Later(begins[n], Shared(Enumerable.Range(0, n).Where(each => all[each])));
            }

            return steps
                .Select((step, n) => begins[n] + Durations[step.Id])
                .Aggregate(Shared(Enumerable.Range(0, steps.Count)), Later);

            TimeSpan Shared(IEnumerable<int> which) =>
                which
                    .GroupBy(n => steps[n].Cluster)
                    .Select(group => SharedBy(Plan.ParallelPerCluster, group))
                    .Aggregate(SharedBy(Plan.Parallel, which), Later);

            // Whatever begins late has all its work after that.
            TimeSpan SharedBy(int places, IEnumerable<int> which)
            {
                var (work, end) = (TimeSpan.Zero, TimeSpan.Zero);

                foreach (var n in which.OrderByDescending(n => begins[n]))
                {
                    work += Durations[steps[n].Id];
                    end = Later(end, begins[n] + work / places);
                }

                return end;
            }
        }
    }

    private static TimeSpan Later(TimeSpan one, TimeSpan other) => one > other ? one : other;

    public Shape Limited(int run, int cluster) =>
        this with
        {
            What = $"{What}; {run} at once, {cluster} per cluster",
            Plan = Plan with { Parallel = run, ParallelPerCluster = cluster },
        };

    /// <summary>Nobody waits for anybody.</summary>
    public static Shape Wide(int count, int seed) => Of("wide", count, seed, (_, _) => []);

    /// <summary>One after the other.</summary>
    public static Shape Deep(int count, int seed) => Of("deep", count, seed, (n, _) => n == 0 ? [] : [n - 1]);

    /// <summary>One, then five beside each other, then one again.</summary>
    public static Shape Diamonds(int count, int seed) =>
        Of(
            "diamonds",
            count,
            seed,
            (n, _) =>
                n == 0 ? []
                : n % 6 == 0 ? [.. Enumerable.Range(n - 5, 5)]
                : [n - n % 6]
        );

    /// <summary>Each waits for up to three of the twenty before it.</summary>
    public static Shape Tangled(int count, int seed) =>
        Of(
            "tangled",
            count,
            seed,
            (n, random) =>
                [
                    .. Enumerable
                        .Range(0, Pick(random, 4))
                        .Select(_ => n - 1 - Pick(random, 20))
                        .Where(need => need >= 0)
                        .Distinct(),
                ]
        );

    /// <summary>Two clusters side by side, phases of 25 steps; a phase waits for the one before it, and one step in ten for the other cluster.</summary>
    public static Shape Phases(int count, int seed)
    {
        const int PerPhase = 25;
        return Of(
            "phases of two clusters",
            count,
            seed,
            (n, random) =>
            {
                var first = n / PerPhase * PerPhase;
                var before = first - 2 * PerPhase;
                int[] other = Pick(random, 10) == 0 && first >= PerPhase ? [first - 1 - Pick(random, PerPhase)] : [];
                int[] own = n > first && Pick(random, 3) > 0 ? [first + Pick(random, n - first)] : [];
                return [.. before >= 0 ? Enumerable.Range(before, PerPhase) : [], .. own, .. other];
            },
            n => n / PerPhase % 2 == 0 ? "infra" : "apps"
        );
    }

    private static Shape Of(
        string what,
        int count,
        int seed,
        Func<int, Random, int[]> needs,
        Func<int, string>? cluster = null
    )
    {
        var random = new Random(seed);
        var steps = StepOverhead
            .Steps(count, n => [.. needs(n, random).Select(StepOverhead.Id)])
            .Select((step, n) => step with { Cluster = cluster?.Invoke(n) ?? "infra" })
            .ToArray();
        var plan = StepOverhead.PlanOf(steps) with { Parallel = NoLimit, ParallelPerCluster = NoLimit };
        return new Shape(
            $"{what}, {count} steps",
            plan,
            steps.ToDictionary(step => step.Id, _ => TimeSpan.FromMilliseconds(5_000 + Pick(random, 295_000)))
        );
    }

    private static int Pick(Random random, int below)
    {
#pragma warning disable CA5394 // Chosen by a seed, so that it can be chosen again.
        return random.Next(below);
#pragma warning restore CA5394
    }
}
