using PlatformBot.Core.Approvals;
using PlatformBot.Core.Planning;
using PlatformBot.Core.Runs;
using Shouldly;
using Xunit;
using static PlatformBot.Core.Tests.Runs.Plans;
using static PlatformBot.Core.Tests.Runs.Stage;

namespace PlatformBot.Core.Tests.Runs;

/// <summary>A run never stands still without saying why, and whoever wants it to end can end it.</summary>
public sealed class StandingTests
{
    private static readonly ActionOutcome Fine = new(Verdict.Done, "fine");

    [Fact]
    public async Task A_step_that_a_crash_cut_off_runs_again_once_a_person_says_so()
    {
        await using var stage = new Stage(Of(Step("a")));
        await stage.Live.RecordAsync(Person.Bot, new RunEvent.StepStarted("a", 1));

        stage.Restart();
        await stage.UntilAsync(RunState.AwaitingDecision);
        await stage.Live.RecordAsync(Ada, new RunEvent.StepRetried("a"));

        await stage.UntilAsync(RunState.Succeeded);
        stage.World.Did.ShouldBe(["a"]);
    }

    [Fact]
    public async Task A_bug_in_an_action_is_a_failed_step_that_a_person_can_retry()
    {
        await using var stage = new Stage(Of(Step("bad"), Step("other")));
        stage.World.When("bad", _ => throw new InvalidOperationException("secret detail"));

        stage.Start();
        await stage.UntilAsync("other", StepState.Succeeded);
        await stage.UntilAsync(RunState.AwaitingDecision);
        stage.Live.Now.Steps["bad"].Saw.ShouldStartWith("PlatformBot itself failed at this step");
        stage.Live.Now.Steps["bad"].Saw.ShouldNotContain("secret detail");

        stage.World.When("bad", Verdict.Done);
        await stage.Live.RecordAsync(Ada, new RunEvent.StepRetried("bad"));
        await stage.UntilAsync(RunState.Succeeded);
    }

    [Fact]
    public async Task A_diagnosis_that_breaks_does_not_hide_what_it_was_to_explain()
    {
        await using var stage = new Stage(Of(Step("bad")));
        stage.World.When("bad", Verdict.Failed);
        stage.World.Diagnoses = _ => throw new InvalidOperationException("secret detail");

        stage.Start();
        await stage.UntilAsync(RunState.AwaitingDecision);

        var failure = stage.Live.Now.Steps["bad"].Failure!;
        failure.Said.ShouldBe("bad: Failed");
        failure.Diagnosis.ShouldBe(
            "It could not be diagnosed: PlatformBot itself failed at that (InvalidOperationException)."
        );
    }

    [Fact]
    public async Task Cancelling_during_the_diagnosis_does_not_hide_the_failure()
    {
        await using var stage = new Stage(Of(Step("bad")));
        stage.World.When("bad", Verdict.Failed);
        var diagnosing = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        stage.World.Diagnoses = async token =>
        {
            diagnosing.SetResult();
            await Task.Delay(Timeout.InfiniteTimeSpan, stage.Clock, token);
            return "";
        };

        stage.Start();
        await diagnosing.Task;
        await stage.Live.RecordAsync(Ada, new RunEvent.CancelAsked(null));

        await stage.UntilAsync(RunState.Failed);
        stage.Live.Now.Steps["bad"].Failure!.Said.ShouldBe("bad: Failed");
        stage.Live.Now.Steps["bad"].Failure!.Diagnosis.ShouldContain("cancelled meanwhile");
    }

    [Fact]
    public async Task While_the_journal_is_full_nothing_starts_and_afterwards_nothing_is_lost()
    {
        await using var stage = new Stage(Of(Step("a"), Step("b", "a")));
        var answer = stage.World.Holds("a");

        stage.Start();
        await stage.UntilAsync("a", StepState.Running);
        stage.Journal.IsFull = true;
        answer.SetResult(Fine);
        await stage.UntilAsync(_ => stage.Live.Trouble == "The disk is full.");
        stage.World.Did.ShouldBe(["a"]);

        stage.Journal.IsFull = false;
        await stage.UntilSucceededAsync();
        stage.World.Did.ShouldBe(["a", "b"]);
        stage.Live.Trouble.ShouldBeNull();
    }

    [Fact]
    public async Task Looking_and_acting_happen_under_the_steps_lock()
    {
        await using var stage = new Stage(Of(Step("push") with { Lock = "git-repo", Probe = [Probe("pushed")] }));
        using var held = await stage.Locks.TakeAsync("git-repo", CancellationToken.None);

        stage.Start();
        stage.World.Shows("pushed", true);
        stage.World.Looked.ShouldBeEmpty();
        held.Dispose();

        await stage.UntilAsync(RunState.Succeeded);
        stage.World.Looked.ShouldBe(["pushed"]);
        stage.World.Did.ShouldBeEmpty();
    }

    [Fact]
    public async Task A_run_that_waits_for_the_lock_of_another_can_be_cancelled()
    {
        await using var stage = new Stage(Of(Step("push") with { Lock = "git-repo" }));
        using var held = await stage.Locks.TakeAsync("git-repo", CancellationToken.None);

        stage.Start();
        RunStates.Table.Next(stage.Live.Now.State, RunTrigger.Cancel).ShouldBe(RunState.Cancelling);
        await stage.Live.RecordAsync(Ada, new RunEvent.CancelAsked(null));

        await stage.UntilAsync(RunState.Cancelled);
        stage.World.Did.ShouldBeEmpty();
    }

    [Fact]
    public async Task A_denial_does_not_wait_for_evidence_that_nobody_will_give()
    {
        var manual = Step("router") with { Action = new PlannedAction.Manual("Configure BGP", "text"), Phase = "net" };
        await using var stage = new Stage(Of(Step("wipe") with { Destructive = "wipes it" }, manual));

        stage.Start();
        await stage.UntilAsync("router", StepState.Running);
        await stage.VoteAsync(Grace, Decision.Deny);

        await stage.UntilAsync(RunState.Denied);
        stage.Live.Now.Steps["router"].State.ShouldBe(StepState.Cancelled);
    }

    [Fact]
    public async Task A_denial_lets_what_is_being_done_finish()
    {
        await using var stage = new Stage(
            Of(Step("wipe") with { Destructive = "wipes it" }, Step("install") with { Phase = "net" })
        );
        var answer = stage.World.Holds("install");

        stage.Start();
        await stage.UntilAsync("install", StepState.Running);
        await stage.VoteAsync(Grace, Decision.Deny);
        answer.SetResult(Fine);

        await stage.UntilAsync(RunState.Denied);
        stage.Live.Now.Steps["install"].State.ShouldBe(StepState.Succeeded);
    }

    [Fact]
    public async Task Asked_once_per_run_one_approval_opens_every_phase()
    {
        var plan = Of(Step("look") with { Phase = "first" }, Step("wipe", "look") with { Destructive = "wipes it" });
        await using var stage = new Stage(plan with { Approval = plan.Approval with { Per = "run" } });

        stage.Start();
        await stage.UntilAsync(RunState.AwaitingApproval);
        stage.Live.Now.Approvals.Keys.ShouldBe([Run.WholeRun]);
        stage.World.Did.ShouldBeEmpty();
        await stage.VoteAsync(Grace, on: Run.WholeRun);

        await stage.UntilAsync(RunState.Succeeded);
        stage.World.Did.ShouldBe(["look", "wipe"]);
    }

    [Fact]
    public async Task A_destructive_manual_step_is_guarded_and_probed_like_any_other()
    {
        var manual = Step("wipe") with
        {
            Action = new PlannedAction.Manual("Pull the disks", "text"),
            Destructive = "the disks are gone",
            Probe = [Probe("gone")],
        };
        await using var stage = new Stage(Of(manual)) { Digest = "changed-since-then" };
        stage.World.Shows("gone", false);

        stage.Start();
        await stage.UntilAsync(RunState.AwaitingApproval);
        await stage.VoteAsync(Grace);

        await stage.UntilAsync(RunState.AwaitingDecision);
        stage.Live.Now.Steps["wipe"].Saw.ShouldContain("not the one that was approved");
    }

    [Fact]
    public async Task A_plan_with_nothing_to_do_succeeds()
    {
        await using var stage = new Stage(Of());

        stage.Start();

        await stage.UntilAsync(RunState.Succeeded);
        stage.Journal.Entries.Count.ShouldBe(2);
    }

    [Fact]
    public async Task A_step_that_fails_before_it_starts_asks_for_a_person_at_once()
    {
        await using var stage = new Stage(Of(Step("a")));

        await stage.Live.RecordAsync(
            Person.Bot,
            new RunEvent.StepFailed("a", new Failure(0, "no", null, null, "", null, ""), RetryAt: null)
        );

        stage.Live.Now.State.ShouldBe(RunState.AwaitingDecision);
    }

    [Fact]
    public async Task The_end_of_the_last_step_is_never_overlooked()
    {
        for (var round = 0; round < 300; round++)
        {
            await using var stage = new Stage(Of(Step("a"), Step("b")));
            stage.Start();
            await stage.UntilAsync(RunState.Succeeded);
        }
    }

    [Fact]
    public async Task A_hundred_attempts_never_pause_longer_than_an_hour()
    {
        await using var stage = new Stage(Of(Step("flaky") with { Attempts = 100 }));
        stage.World.When("flaky", Verdict.Retry);
        await stage.Live.RecordAsync(Person.Bot, new RunEvent.StepStarted("flaky", 90));
        var failure = new Failure(90, "no", null, null, "", null, "");
        await stage.Live.RecordAsync(Person.Bot, new RunEvent.StepFailed("flaky", failure, stage.Clock.GetUtcNow()));

        stage.Start();

        await stage.UntilAsync(run => run.Steps["flaky"] is { State: StepState.WaitingToRetry, Attempt: 91 });
        stage.Live.Now.Steps["flaky"].RetryAt.ShouldBe(stage.Clock.GetUtcNow() + TimeSpan.FromHours(1));
    }
}
