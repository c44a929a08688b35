using PlatformBot.Core.Journals;
using PlatformBot.Core.Planning;
using PlatformBot.Core.Runs;
using Shouldly;
using Xunit;
using static PlatformBot.Core.Tests.Runs.Plans;
using static PlatformBot.Core.Tests.Runs.Stage;

namespace PlatformBot.Core.Tests.Runs;

public sealed class CrashTests
{
    [Fact]
    public async Task After_a_crash_a_probe_that_holds_says_that_the_step_is_done()
    {
        await using var stage = new Stage(Of(Step("a") with { Probe = [Probe("there")] }));
        await stage.Live.RecordAsync(Person.Bot, new RunEvent.StepStarted("a", 1));
        stage.World.Shows("there", true);

        stage.Restart();
        await stage.UntilAsync(RunState.Succeeded);

        stage.World.Did.ShouldBeEmpty();
    }

    [Fact]
    public async Task After_a_crash_a_repeatable_step_runs_again_and_counts_its_attempts()
    {
        await using var stage = new Stage(Of(Step("a") with { Repeatable = true }));
        await stage.Live.RecordAsync(Person.Bot, new RunEvent.StepStarted("a", 1));

        stage.Restart();
        await stage.UntilAsync(RunState.Succeeded);

        stage.World.Did.ShouldBe(["a"]);
        stage.Live.Now.Steps["a"].Attempt.ShouldBe(2);
    }

    [Fact]
    public async Task After_a_crash_a_step_that_nobody_can_judge_waits_for_a_person()
    {
        await using var stage = new Stage(Of(Step("a")));
        await stage.Live.RecordAsync(Person.Bot, new RunEvent.StepStarted("a", 1));

        stage.Restart();
        await stage.UntilAsync(RunState.AwaitingDecision);

        stage.World.Did.ShouldBeEmpty();
        stage.Live.Now.Steps["a"].Saw.ShouldContain("The bot stopped while this step ran");
    }

    [Fact]
    public async Task After_a_crash_a_step_that_may_not_be_repeated_waits_for_a_person_even_if_its_probe_says_no()
    {
        await using var stage = new Stage(Of(Step("a") with { Probe = [Probe("there")] }));
        await stage.Live.RecordAsync(Person.Bot, new RunEvent.StepStarted("a", 1));
        stage.World.Shows("there", false);

        stage.Restart();
        await stage.UntilAsync(RunState.AwaitingDecision);

        stage.World.Did.ShouldBeEmpty();
        stage.Live.Now.Steps["a"].Saw.ShouldContain("there: False");
    }

    [Fact]
    public async Task After_a_crash_an_action_that_was_done_is_only_proven()
    {
        await using var stage = new Stage(Of(Step("a") with { Verify = [Probe("ready")] }));
        await stage.Live.RecordAsync(Person.Bot, new RunEvent.StepStarted("a", 1));
        await stage.Live.RecordAsync(Person.Bot, new RunEvent.StepActed("a", "done"));
        stage.World.Shows("ready", true);

        stage.Restart();
        await stage.UntilAsync(RunState.Succeeded);

        stage.World.Did.ShouldBeEmpty();
    }

    [Fact]
    public async Task A_crash_between_any_two_entries_ends_the_same_and_does_nothing_twice()
    {
        await using var whole = new Stage(Story());
        whole.Start();
        await whole.UntilAsync(run => run.PendingApprovals.Any());
        await whole.VoteAsync(Grace);
        await whole.UntilAsync(RunState.Succeeded);
        var entries = whole.Journal.Entries;

        for (var kept = 1; kept < entries.Count; kept++)
            await ContinuesAsync(entries, kept);
    }

    private static async Task ContinuesAsync(IReadOnlyList<Entry> entries, int kept)
    {
        await using var stage = new Stage(Story());

        foreach (var entry in entries.Skip(1).Take(kept - 1))
            await stage.Live.RecordAsync(entry.By, entry.What);

        // What acted before the crash left its trace in the world.
        var acted = entries
            .Take(kept)
            .Select(entry => entry.What)
            .OfType<RunEvent.StepActed>()
            .Select(what => what.Step)
            .ToList();
        acted.ForEach(step => stage.World.Shows($"{step}-there", true));

        stage.Restart();
        await stage.UntilAsync(run => run.IsOver || run.PendingApprovals.Any() || run.Failed.Any());

        if (stage.Live.Now.PendingApprovals.Any())
            await stage.VoteAsync(Grace);

        await stage.UntilAsync(RunState.Succeeded);
        stage.World.Did.Intersect(acted).ShouldBeEmpty($"after {kept} entries");
        stage.World.Did.ShouldBeUnique();
    }

    private static Plan Story() =>
        Of(
            Step("a") with
            {
                Probe = [Probe("a-there")],
                Repeatable = true,
            },
            Step("wipe", "a") with
            {
                Probe = [Probe("wipe-there")],
                Destructive = "wipes it",
                Repeatable = true,
                Phase = "foundation",
            },
            Step("b", "wipe") with
            {
                Probe = [Probe("b-there")],
                Repeatable = true,
            },
            Step("c", "a") with
            {
                Probe = [Probe("c-there")],
                Repeatable = true,
            }
        );
}
