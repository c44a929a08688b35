using PlatformBot.Core.Approvals;
using PlatformBot.Core.Incidents;
using PlatformBot.Core.Runs;
using Shouldly;
using Xunit;
using static PlatformBot.Core.Tests.Runs.Plans;
using static PlatformBot.Core.Tests.Runs.Stage;

namespace PlatformBot.Core.Tests.Runs;

/// <summary>Compensations: in reverse, each at most once, stopping at the first that needs a person.</summary>
public sealed class RollbackTests
{
    [Fact]
    public async Task What_was_done_is_undone_the_latest_first_and_what_never_began_is_left_alone()
    {
        await using var stage = new Stage(
            Of(Undoable("a"), Undoable("b", "a"), Step("c", "b"), Undoable("bad", "c"), Undoable("never", "bad"))
        );
        await FailAtAsync(stage, "bad");

        await stage.Live.RecordAsync(Ada, new RunEvent.RollbackAsked("wrong version"));
        await stage.UntilAsync(RunState.RolledBack);

        stage.World.Did.ShouldBe(["a", "b", "c", "bad", "undo bad", "undo b", "undo a"]);
        stage.Live.Now.EndedWhy.ShouldBe("rolled back by @ada: wrong version");
        stage.Live.Now.Steps["a"].State.ShouldBe(StepState.RolledBack);
        stage.Live.Now.Steps["c"].State.ShouldBe(StepState.Succeeded);
        stage.Live.Now.Steps["never"].State.ShouldBe(StepState.Pending);
    }

    [Fact]
    public async Task The_start_of_a_compensation_is_on_disk_before_it_begins()
    {
        await using var stage = new Stage(Of(Undoable("a"), Step("bad", "a")));
        await FailAtAsync(stage, "bad");
        RunEvent? last = null;
        stage.World.When(
            "undo a",
            _ =>
            {
                last = stage.Journal.Entries[^1].What;
                return Task.FromResult(new ActionOutcome(Verdict.Done, "gone"));
            }
        );

        await stage.Live.RecordAsync(Ada, new RunEvent.RollbackAsked(null));
        await stage.UntilAsync(RunState.RolledBack);

        last.ShouldBe(new RunEvent.RollbackStarted("a"));
    }

    [Fact]
    public async Task A_compensation_that_fails_stops_those_before_it_until_a_person_wants_it_again()
    {
        await using var stage = new Stage(Of(Undoable("a"), Undoable("b", "a"), Step("bad", "b")));
        await FailAtAsync(stage, "bad");
        stage.World.When("undo b", Verdict.Failed);

        await stage.Live.RecordAsync(Ada, new RunEvent.RollbackAsked(null));
        await stage.UntilAsync("b", StepState.RollbackFailed);
        await stage.QuietAsync();
        stage.World.Did.ShouldNotContain("undo a");
        stage.Live.Now.State.ShouldBe(RunState.RollingBack);
        stage.Live.Now.Incidents["b"].Times.ShouldBe(1);

        stage.World.When("undo b", Verdict.Done);
        await stage.Live.RecordAsync(Ada, new RunEvent.StepRetried("b"));
        await stage.UntilAsync(RunState.RolledBack);
        stage.World.Did.TakeLast(3).ShouldBe(["undo b", "undo b", "undo a"]);
    }

    [Fact]
    public async Task A_compensation_that_a_person_leaves_does_not_hold_up_the_others()
    {
        await using var stage = new Stage(Of(Undoable("a"), Undoable("b", "a"), Step("bad", "b")));
        await FailAtAsync(stage, "bad");
        stage.World.When("undo b", Verdict.Failed);
        await stage.Live.RecordAsync(Ada, new RunEvent.RollbackAsked(null));
        await stage.UntilAsync("b", StepState.RollbackFailed);

        await stage.Live.RecordAsync(Ada, new RunEvent.StepSkipped("b", "I removed it by hand"));

        await stage.UntilAsync(RunState.RolledBack);
        stage.Live.Now.Steps["b"].State.ShouldBe(StepState.NotUndone);
        stage.World.Did[^1].ShouldBe("undo a");
    }

    [Fact]
    public async Task A_compensation_that_a_crash_cut_off_is_not_begun_again_without_a_person()
    {
        await using var stage = new Stage(Of(Undoable("a"), Step("bad", "a")));
        await CutOffAsync(stage);

        stage.Restart();
        await stage.UntilAsync("a", StepState.RollbackFailed);

        stage.World.Did.ShouldBeEmpty();
        stage.Live.Now.Steps["a"].Saw.ShouldContain("The bot stopped while this was being undone");
    }

    [Fact]
    public async Task A_compensation_that_a_crash_cut_off_and_that_is_seen_to_have_worked_is_done()
    {
        var a = Undoable("a");
        await using var stage = new Stage(
            Of(a with { Rollback = a.Rollback! with { Verify = [Probe("gone")] } }, Step("bad", "a"))
        );
        await CutOffAsync(stage);
        stage.World.Shows("gone", true);

        stage.Restart();

        await stage.UntilAsync(RunState.RolledBack);
        stage.World.Did.ShouldBeEmpty();
    }

    [Fact]
    public async Task A_rollback_that_destroys_waits_for_a_second_person()
    {
        var a = Undoable("a");
        await using var stage = new Stage(
            Of(a with { Rollback = a.Rollback! with { Destructive = "deletes the volume" } }, Step("bad", "a"))
        );
        await FailAtAsync(stage, "bad");

        await stage.Live.RecordAsync(Ada, new RunEvent.RollbackAsked(null));
        await stage.UntilAsync(run => run.Approvals.ContainsKey("rollback"));
        await stage.QuietAsync();
        stage.World.Did.ShouldNotContain("undo a");

        await stage.VoteAsync(Grace, on: "rollback");
        await stage.UntilAsync(RunState.RolledBack);
        stage.World.Did[^1].ShouldBe("undo a");
    }

    [Fact]
    public async Task A_rollback_that_is_denied_leaves_the_run_paused_and_can_be_asked_for_again()
    {
        var a = Undoable("a");
        await using var stage = new Stage(
            Of(a with { Rollback = a.Rollback! with { Destructive = "deletes the volume" } }, Step("bad", "a"))
        );
        await FailAtAsync(stage, "bad");
        await stage.Live.RecordAsync(Ada, new RunEvent.RollbackAsked(null));
        await stage.UntilAsync(run => run.Approvals.ContainsKey("rollback"));

        await stage.VoteAsync(Grace, Decision.Deny, "rollback");
        await stage.UntilAsync(RunState.Paused);
        stage.World.Did.ShouldNotContain("undo a");

        await stage.Live.RecordAsync(Ada, new RunEvent.RollbackAsked(null));
        await stage.UntilAsync(run => run.Approvals.ContainsKey("rollback-2"));
        await stage.VoteAsync(Grace, on: "rollback-2");
        await stage.UntilAsync(RunState.RolledBack);
    }

    [Fact]
    public async Task A_run_that_is_being_undone_keeps_its_locks_whoever_wants_them()
    {
        var a = Undoable("a");
        await using var stage = new Stage(
            Of(a with { Rollback = a.Rollback! with { Destructive = "deletes the volume" } }, Step("bad", "a"))
        );
        await FailAtAsync(stage, "bad");
        await stage.Live.RecordAsync(Ada, new RunEvent.UnlockAsked("I need it"));
        await stage.UntilAsync(run => run.Approvals.ContainsKey("unlock"));
        await stage.Live.RecordAsync(Ada, new RunEvent.RollbackAsked(null));
        await stage.UntilAsync(run => run.Approvals.ContainsKey("rollback"));

        await stage.VoteAsync(Grace, on: "unlock");
        await stage.QuietAsync();
        stage.Live.Now.HasItsTurn.ShouldBeTrue();
        await stage.VoteAsync(Grace, on: "rollback");

        await stage.UntilAsync(RunState.RolledBack);
    }

    [Fact]
    public async Task What_is_under_way_ends_before_anything_is_undone()
    {
        await using var stage = new Stage(Of(Undoable("a"), Undoable("long")));
        var answer = stage.World.Holds("long");
        stage.Start();
        await stage.UntilAsync("a", StepState.Succeeded);
        await stage.UntilAsync("long", StepState.Running);

        await stage.Live.RecordAsync(Ada, new RunEvent.RollbackAsked(null));
        await stage.QuietAsync();
        stage.World.Did.ShouldNotContain("undo a");
        answer.SetResult(new ActionOutcome(Verdict.Done, "fine"));

        await stage.UntilAsync(RunState.RolledBack);
        stage.World.Did.ShouldContain("undo long");
    }

    [Fact]
    public async Task A_compensation_waits_for_the_lock_of_its_step()
    {
        await using var stage = new Stage(Of(Undoable("a") with { Lock = "repository" }, Step("bad", "a")));
        await FailAtAsync(stage, "bad");
        var held = await stage.Locks.TakeAsync("repository", CancellationToken.None);

        await stage.Live.RecordAsync(Ada, new RunEvent.RollbackAsked(null));
        await stage.QuietAsync();
        stage.World.Did.ShouldNotContain("undo a");
        held.Dispose();

        await stage.UntilAsync(RunState.RolledBack);
    }

    [Fact]
    public async Task A_rollback_can_be_cancelled_and_says_that_it_was_given_up()
    {
        await using var stage = new Stage(Of(Undoable("a"), Step("bad", "a")));
        await FailAtAsync(stage, "bad");
        stage.World.Holds("undo a");
        await stage.Live.RecordAsync(Ada, new RunEvent.RollbackAsked(null));
        await stage.UntilAsync("a", StepState.RollingBack);

        await stage.Live.RecordAsync(Ada, new RunEvent.CancelAsked("leave it"));

        await stage.UntilAsync(RunState.Failed);
        stage.Live.Now.Steps["a"].State.ShouldBe(StepState.RollbackFailed);
    }

    [Fact]
    public async Task A_compensation_that_fails_after_the_steps_own_fault_was_closed_is_a_fault_of_its_own()
    {
        await using var stage = new Stage(Of(Undoable("a"), Step("bad", "a")));
        stage.World.When("a", Verdict.Failed);
        await FailAtAsync(stage, "bad");
        await stage.Live.RecordAsync(Person.Bot, new RunEvent.IncidentReported("a", new IssueLink(7, "")));
        stage.World.When("a", Verdict.Done);
        await stage.Live.RecordAsync(Ada, new RunEvent.StepRetried("a"));
        await stage.UntilAsync("bad", StepState.Failed);
        await stage.Live.RecordAsync(Person.Bot, new RunEvent.IncidentClosed("a"));

        stage.World.When("undo a", Verdict.Failed);
        await stage.Live.RecordAsync(Ada, new RunEvent.RollbackAsked(null));
        await stage.UntilAsync("a", StepState.RollbackFailed);

        var fault = stage.Live.Now.Incidents["a"];
        (fault.State, fault.Issue, fault.Times).ShouldBe((IncidentState.Detected, null, 2));
    }

    private static async Task FailAtAsync(Stage stage, string step)
    {
        stage.World.When(step, Verdict.Failed);
        stage.Start();
        await stage.UntilAsync(RunState.AwaitingDecision);
    }

    /// <summary>The journal of a bot that died while it undid the step a.</summary>
    private static async Task CutOffAsync(Stage stage)
    {
        var failure = new Failure(1, "no", null, null, "", null, "");
        RunEvent[] happened =
        [
            new RunEvent.StepStarted("a", 1),
            new RunEvent.StepActed("a", "did it"),
            new RunEvent.StepSucceeded("a", "there"),
            new RunEvent.StepStarted("bad", 1),
            new RunEvent.StepFailed("bad", failure, RetryAt: null),
            new RunEvent.RollbackAsked(null),
            new RunEvent.RollbackStarted("a"),
        ];

        foreach (var what in happened)
            await stage.Live.RecordAsync(Person.Bot, what);
    }
}
