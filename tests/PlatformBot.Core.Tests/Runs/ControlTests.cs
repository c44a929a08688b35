using PlatformBot.Core.Approvals;
using PlatformBot.Core.Runs;
using Shouldly;
using Xunit;
using static PlatformBot.Core.Tests.Runs.Plans;
using static PlatformBot.Core.Tests.Runs.Stage;

namespace PlatformBot.Core.Tests.Runs;

/// <summary>Pause, resume, fail-fast: what people do with a run as a whole.</summary>
public sealed class ControlTests
{
    private static readonly ActionOutcome Fine = new(Verdict.Done, "fine");

    [Fact]
    public async Task A_paused_run_lets_what_is_under_way_end_and_starts_nothing_new_until_it_is_resumed()
    {
        await using var stage = new Stage(Of(Step("a"), Step("b", "a")));
        var answer = stage.World.Holds("a");

        stage.Start();
        await stage.UntilAsync("a", StepState.Running);
        await stage.Live.RecordAsync(Ada, new RunEvent.Paused("lunch"));
        answer.SetResult(Fine);
        await stage.UntilAsync("a", StepState.Succeeded);

        stage.Live.Now.State.ShouldBe(RunState.Paused);
        stage.World.Did.ShouldBe(["a"]);

        await stage.Live.RecordAsync(Ada, new RunEvent.Resumed());
        await stage.UntilAsync(RunState.Succeeded);
        stage.World.Did.ShouldBe(["a", "b"]);
    }

    [Fact]
    public async Task A_run_that_is_paused_while_a_step_is_being_probed_does_not_start_the_step()
    {
        await using var stage = new Stage(Of(Step("a") with { Probe = [Probe("there")] }));
        stage.World.WhenLooking("there", () => stage.Live.RecordAsync(Ada, new RunEvent.Paused(null)));

        stage.Start();
        await stage.UntilAsync(RunState.Paused);
        stage.World.WhenLooking("there", () => Task.CompletedTask);
        await stage.Live.RecordAsync(Ada, new RunEvent.Resumed());

        await stage.UntilAsync(RunState.Succeeded);
        stage.Journal.Entries.Count(entry => entry.What is RunEvent.StepStarted).ShouldBe(1);
    }

    [Fact]
    public async Task A_pause_outlives_a_restart()
    {
        await using var stage = new Stage(Of(Step("a")));
        await stage.Live.RecordAsync(Ada, new RunEvent.Paused(null));

        stage.Restart();
        await stage.UntilAsync(run => run.HasItsTurn || run.State is RunState.Paused);
        stage.World.Did.ShouldBeEmpty();

        await stage.Live.RecordAsync(Ada, new RunEvent.Resumed());
        await stage.UntilAsync(RunState.Succeeded);
    }

    [Fact]
    public async Task A_paused_run_can_be_cancelled()
    {
        await using var stage = new Stage(Of(Step("a")));
        await stage.Live.RecordAsync(Ada, new RunEvent.Paused(null));

        stage.Start();
        await stage.Live.RecordAsync(Ada, new RunEvent.CancelAsked("never mind"));

        await stage.UntilAsync(RunState.Cancelled);
        stage.World.Did.ShouldBeEmpty();
    }

    [Fact]
    public async Task A_run_comes_to_its_end_although_nobody_has_said_yet_whether_it_must_give_up_its_locks()
    {
        await using var stage = new Stage(Of(Step("a")));
        var answer = stage.World.Holds("a");
        stage.Start();
        await stage.UntilAsync("a", StepState.Running);
        await stage.Live.RecordAsync(Ada, new RunEvent.UnlockAsked("I need it"));
        await stage.UntilAsync(run => run.PendingApprovals.Any());

        answer.SetResult(Fine);

        await stage.UntilAsync(RunState.Succeeded);
        stage.Live.Now.Approvals["unlock"].State.ShouldBe(ApprovalState.Withdrawn);
    }

    [Fact]
    public async Task While_a_run_is_paused_a_denial_still_ends_it()
    {
        await using var stage = new Stage(Of(Step("wipe") with { Destructive = "wipes it" }));
        stage.Start();
        await stage.UntilAsync(RunState.AwaitingApproval);
        await stage.Live.RecordAsync(Ada, new RunEvent.Paused(null));

        await stage.VoteAsync(Grace, Decision.Deny);

        await stage.UntilAsync(RunState.Denied);
    }

    [Fact]
    public async Task A_run_that_is_cancelled_in_the_instant_in_which_a_denial_ends_it_is_over()
    {
        await using var stage = new Stage(Of(Step("wipe") with { Destructive = "wipes it" }));
        stage.Start();
        await stage.UntilAsync(RunState.AwaitingApproval);
        stage.Journal.RefuseNext<RunEvent.Ended>(() => _ = stage.Live.RecordAsync(Ada, new RunEvent.CancelAsked(null)));

        await stage.VoteAsync(Grace, Decision.Deny);

        await stage.PassUntilAsync(RunState.Cancelled);
        stage.Journal.Entries.Count(entry => entry.What is RunEvent.Ended).ShouldBe(1);
    }

    [Fact]
    public async Task A_run_that_stops_at_the_first_failure_starts_nothing_new_until_a_person_decides()
    {
        var plan = Of(Step("bad"), Step("long"), Step("after-long", "long")) with { StopsAtFailure = true };
        await using var stage = new Stage(plan);
        var (bad, answer) = (stage.World.Holds("bad"), stage.World.Holds("long"));

        stage.Start();
        await stage.UntilAsync("bad", StepState.Running);
        await stage.UntilAsync("long", StepState.Running);
        bad.SetResult(new ActionOutcome(Verdict.Failed, "no"));
        await stage.UntilAsync("bad", StepState.Failed);
        answer.SetResult(Fine);
        await stage.UntilAsync("long", StepState.Succeeded);
        stage.World.Did.ShouldNotContain("after-long");

        await stage.Live.RecordAsync(Ada, new RunEvent.StepSkipped("bad", "not needed"));
        await stage.UntilAsync(RunState.Succeeded);
        stage.World.Did.ShouldContain("after-long");
    }

    [Fact]
    public async Task A_step_that_waits_to_be_tried_again_is_not_tried_while_the_run_is_paused()
    {
        await using var stage = new Stage(Of(Step("flaky") with { Attempts = 3 }));
        stage.World.When("flaky", Verdict.Retry);
        stage.Start();
        await stage.UntilAsync("flaky", StepState.WaitingToRetry);

        await stage.Live.RecordAsync(Ada, new RunEvent.Paused(null));
        stage.Clock.Advance(TimeSpan.FromMinutes(5));
        await stage.QuietAsync();
        stage.World.Did.ShouldBe(["flaky"]);

        stage.World.When("flaky", Verdict.Done);
        await stage.Live.RecordAsync(Ada, new RunEvent.Resumed());
        await stage.UntilSucceededAsync();
        stage.Live.Now.Steps["flaky"].Attempt.ShouldBe(2);
    }

    [Fact]
    public async Task A_cancelled_run_leaves_no_step_open()
    {
        await using var stage = new Stage(Of(Step("flaky") with { Attempts = 3 }, Step("never", "flaky")));
        stage.World.When("flaky", Verdict.Retry);
        stage.Start();
        await stage.UntilAsync("flaky", StepState.WaitingToRetry);

        await stage.Live.RecordAsync(Ada, new RunEvent.CancelAsked(null));

        await stage.UntilAsync(RunState.Cancelled);
        stage.Live.Now.Steps["flaky"].State.ShouldBe(StepState.Cancelled);
        stage.Live.Now.Steps["never"].State.ShouldBe(StepState.Pending);
    }

    [Fact]
    public async Task A_run_that_is_cancelled_after_a_crash_says_of_the_step_that_was_cut_off_that_it_has_not_ended()
    {
        await using var stage = new Stage(Of(Step("a")));
        await stage.Live.RecordAsync(Person.Bot, new RunEvent.StepStarted("a", 1));
        await stage.Live.RecordAsync(Ada, new RunEvent.CancelAsked(null));

        stage.Restart();

        await stage.UntilAsync(RunState.Cancelled);
        stage.Live.Now.Steps["a"].State.ShouldBe(StepState.Cancelled);
        stage.Live.Now.Steps["a"].WasInterrupted.ShouldBeTrue();
        stage.World.Did.ShouldBeEmpty();
    }
}
