using FsCheck;
using FsCheck.Fluent;
using PlatformBot.Core.Planning;
using PlatformBot.Core.Runs;
using Shouldly;
using Xunit;
using static PlatformBot.Core.Tests.Runs.Plans;

namespace PlatformBot.Core.Tests.Runs;

/// <summary>Whatever the plan looks like and in whatever order its steps end: needs and limits hold, and the run comes to its end.</summary>
public sealed class SchedulingTests
{
    private const string Manual = "infra/250";
    private const string Skipped = "infra/305";
    private const string Broken = "apps/415";

    [Fact]
    public async Task A_thousand_steps_are_no_different_from_one()
    {
        var story = await new OneByOne(Thousand(), seed: 1)
        {
            Answers = (step, attempt) =>
                step is Skipped || (step is Broken && attempt == 1) ? Verdict.Failed
                : step.EndsWith('7') && attempt == 1 ? Verdict.Retry
                : Verdict.Done,
            Decides = step =>
                step is Skipped ? new RunEvent.StepSkipped(step, "not needed") : new RunEvent.StepRetried(step),
        }.PlayAsync();

        story.ShouldBeInOrder();
        story.Run.Steps.Count.ShouldBe(1000);
        story.Run.Steps[Skipped].State.ShouldBe(StepState.Skipped);
        story.Run.Steps.Values.Count(step => step.State is StepState.Succeeded).ShouldBe(999);
        story.Starts.Count.ShouldBe(1000 + 100 + 1, "each once, what failed at first once more");
    }

    [Fact]
    public void Needs_and_limits_hold_in_any_plan() =>
        Check(async seed => (await PlayAsync(seed, Small)).ShouldBeInOrder());

    /// <summary>
    /// Where several limits meet, it also matters what the bot hears first: that a lock is free, or that its step is done; and a step whose next
    /// attempt is due may be heard of before or after another's end.
    /// </summary>
    [Fact]
    public void The_same_ends_give_the_same_starts_in_any_plan_with_one_limit() =>
        Check(async seed =>
            (await PlayAsync(seed, OneLimit)).Starts.ShouldBe(
                (await PlayAsync(seed, OneLimit)).Starts,
                ignoreOrder: true
            )
        );

    private static void Check(Func<int, Task> holds) =>
        Prop.ForAll<int>(seed => holds(seed).GetAwaiter().GetResult())
            .Check(Config.QuickThrowOnFailure.WithMaxTest(60));

    private static Task<Story> PlayAsync(int seed, Func<Random, Plan> plan) =>
        new OneByOne(plan(new Random(seed)), seed)
        {
            Answers = (step, attempt) => (step.Length + attempt + seed) % 4 == 0 ? Verdict.Retry : Verdict.Done,
        }.PlayAsync();

    private static Plan OneLimit(Random random)
    {
        var plan = Small(random);
        var steps = plan.Steps.Select(step => step with { Lock = null });
        return Of([.. steps]) with { Parallel = plan.Parallel, ParallelPerCluster = plan.Parallel };
    }

    /// <summary>Up to sixteen steps of two clusters, any needs, any limits; some are a person's, some share a lock.</summary>
    private static Plan Small(Random random)
    {
        var steps = Enumerable
            .Range(0, 1 + Pick(random, 16))
            .Select(n =>
                Step(Name(n), [.. Enumerable.Range(0, n).Where(_ => Pick(random, 4) == 0).Select(Name)]) with
                {
                    Cluster = n % 3 == 0 ? "infra" : "apps",
                    Attempts = 1 + Pick(random, 3),
                    Lock = Pick(random, 5) == 0 ? "git-repo" : null,
                    Action = Pick(random, 8) == 0 ? new PlannedAction.Manual("Do it", "text") : Step(Name(n)).Action,
                }
            );
        return Of([.. steps]) with { Parallel = 1 + Pick(random, 5), ParallelPerCluster = 1 + Pick(random, 3) };

        static string Name(int n) => new('s', n + 1);
    }

    /// <summary>Two clusters, ten phases of fifty steps each, in diamonds of one, three and one; some wait for the other cluster, too.</summary>
    private static Plan Thousand() =>
        Of([
            .. from phase in Enumerable.Range(0, 10)
            from cluster in new[] { "infra", "apps" }
            from n in Enumerable.Range(0, 50)
            select InPhase(cluster, phase, n),
        ]) with
        {
            Parallel = 8,
            ParallelPerCluster = 5,
        };

    private static PlannedStep InPhase(string cluster, int phase, int n)
    {
        var id = phase * 50 + n;
        var other = cluster == "infra" ? "apps" : "infra";
        int[] own =
            n % 5 == 4 ? [id - 3, id - 2, id - 1]
            : n % 5 > 0 ? [id - n % 5]
            : [];
        string[] needs =
        [
            .. own.Select(need => $"{cluster}/{need}"),
            .. phase > 0 ? Enumerable.Range((phase - 1) * 50, 50).Select(need => $"{cluster}/{need}") : [],
            .. phase > 0 && n == 20 ? [$"{other}/{id - 50}"] : Array.Empty<string>(),
        ];
        return Step($"{cluster}/{id}", needs) with
        {
            Cluster = cluster,
            Phase = $"{cluster}/{phase}",
            Attempts = 2,
            Action =
                $"{cluster}/{id}" == Manual
                    ? new PlannedAction.Manual("Do it", "text")
                    : Step($"{cluster}/{id}").Action,
        };
    }

    private static int Pick(Random random, int below)
    {
#pragma warning disable CA5394 // Chosen by a seed, so that it can be chosen again.
        return random.Next(below);
#pragma warning restore CA5394
    }
}
