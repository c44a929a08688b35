using PlatformBot.Core.Freezes;
using PlatformBot.Core.Incidents;
using PlatformBot.Core.Journals;
using PlatformBot.Core.Planning;
using PlatformBot.Core.Runs;
using Shouldly;
using Xunit;
using static PlatformBot.Core.Tests.Runs.Plans;
using static PlatformBot.Core.Tests.Runs.Stage;

namespace PlatformBot.Core.Tests.Runs;

/// <summary>What cannot be proven does not stay: `on-red: undo` and `holds-for`.</summary>
public sealed class WayBackTests
{
    private static readonly PlannedStep Enforce = Undoable("enforce") with
    {
        Verify = [Probe("well")],
        UndoesItself = true,
        Repeatable = true,
        Attempts = 3,
        Timeout = TimeSpan.FromSeconds(30),
    };

    [Fact]
    public async Task What_cannot_be_proven_is_undone_at_once_and_not_tried_again()
    {
        await using var stage = new Stage(Of(Enforce, Step("next", "enforce")));
        stage.World.Shows("well", false);
        stage.Start();

        await stage.PassUntilAsync(RunState.AwaitingDecision);

        stage.World.Did.ShouldBe(["enforce", "undo enforce"]);
        var at = stage.Live.Now.Steps["enforce"];
        at.State.ShouldBe(StepState.Failed);
        at.IsTakenBack.ShouldBeTrue();
        at.Failure!.Said.ShouldBe("No success within 30 s. Last seen: well: False. Taken back: undo enforce done");
        at.Failure.Diagnosis.ShouldBe("two pods are not well");
        stage.Live.Now.Incidents["enforce"].Times.ShouldBe(1);
    }

    [Fact]
    public async Task That_it_goes_back_is_on_disk_before_it_does()
    {
        await using var stage = new Stage(Of(Enforce));
        stage.World.Shows("well", false);
        RunEvent? last = null;
        stage.World.When(
            "undo enforce",
            _ =>
            {
                last = stage.Journal.Entries[^1].What;
                return Task.FromResult(new ActionOutcome(Verdict.Done, "gone"));
            }
        );
        stage.Start();

        await stage.PassUntilAsync(RunState.AwaitingDecision);

        last.ShouldBeOfType<RunEvent.StepTurnedRed>().Step.ShouldBe("enforce");
    }

    [Fact]
    public async Task A_crash_anywhere_between_the_first_red_look_and_the_end_of_the_way_back_ends_in_the_way_back()
    {
        await using var whole = new Stage(Of(Enforce));
        whole.World.Shows("well", false);
        whole.Start();
        await whole.PassUntilAsync(RunState.AwaitingDecision);
        var entries = whole.Journal.Entries;

        for (var kept = 1; kept < entries.Count; kept++)
            await EndsTakenBackAsync(entries, kept);
    }

    private static async Task EndsTakenBackAsync(IReadOnlyList<Entry> entries, int kept)
    {
        await using var stage = new Stage(Of(Enforce));
        stage.World.Shows("well", false);

        foreach (var entry in entries.Skip(1).Take(kept - 1))
            await stage.Live.RecordAsync(entry.By, entry.What);

        stage.Restart();
        await stage.PassUntilAsync(RunState.AwaitingDecision);

        stage.World.Did[^1].ShouldBe("undo enforce", $"after {kept} entries");
        stage.Live.Now.Steps["enforce"].IsTakenBack.ShouldBeTrue();
    }

    [Fact]
    public async Task A_step_that_a_crash_cut_off_and_that_may_not_be_repeated_goes_back_and_waits_for_nobody()
    {
        await using var stage = new Stage(Of(Enforce with { Repeatable = false }));
        await stage.Live.RecordAsync(Person.Bot, new RunEvent.StepStarted("enforce", 1));

        stage.Restart();
        await stage.PassUntilAsync(RunState.AwaitingDecision);

        stage.World.Did.ShouldBe(["undo enforce"]);
    }

    [Fact]
    public async Task After_a_crash_it_must_hold_for_its_whole_while_although_the_probe_finds_it_done()
    {
        var there = Enforce with { Probe = [Probe("there")], HoldsFor = TimeSpan.FromMinutes(2) };
        await using var stage = new Stage(Of(there));
        stage.World.Shows("there", true);
        stage.World.Shows("well", true);
        await stage.Live.RecordAsync(Person.Bot, new RunEvent.StepStarted("enforce", 1));

        stage.Restart();
        await stage.UntilAsync("enforce", StepState.Verifying);
        stage.Clock.Advance(TimeSpan.FromSeconds(4));
        await stage.QuietAsync();
        stage.World.Shows("well", false);
        await stage.PassUntilAsync(RunState.AwaitingDecision);

        stage.World.Did.ShouldBe(["undo enforce"]);
    }

    [Fact]
    public async Task What_a_crash_left_half_done_goes_back_when_the_run_is_cancelled_while_it_looks()
    {
        await using var stage = new Stage(Of(Enforce with { Probe = [Probe("there")] }));
        stage.World.Shows("there", false);
        stage.World.Shows("well", false);
        await stage.Live.RecordAsync(Person.Bot, new RunEvent.StepStarted("enforce", 1));
        await stage.Live.RecordAsync(Ada, new RunEvent.CancelAsked("not today"));

        stage.Restart();
        await stage.PassUntilAsync(run => run.IsOver);

        stage.World.Did.ShouldBe(["undo enforce"]);
    }

    [Fact]
    public async Task Cancelling_the_run_before_the_proof_takes_it_back_first()
    {
        await using var stage = new Stage(Of(Enforce));
        stage.World.Shows("well", false);
        stage.Start();
        await stage.UntilAsync("enforce", StepState.Verifying);

        await stage.CancelAsync();
        await stage.PassUntilAsync(run => run.IsOver);

        stage.World.Did.ShouldBe(["enforce", "undo enforce"]);
        stage.Live.Now.Steps["enforce"].Failure!.Said.ShouldStartWith("Not proven: stopped because the run ended.");
    }

    [Fact]
    public async Task Cancelling_the_run_while_it_goes_back_does_not_stop_that()
    {
        await using var stage = new Stage(Of(Enforce));
        stage.World.Shows("well", false);
        var answer = stage.World.Holds("undo enforce");
        stage.Start();
        await stage.PassUntilAsync(run => run.TakingBack.Any());

        await stage.CancelAsync();
        await stage.QuietAsync();
        stage.Live.Now.IsOver.ShouldBeFalse();
        answer.SetResult(new ActionOutcome(Verdict.Done, "gone"));

        await stage.PassUntilAsync(run => run.IsOver);
        stage.Live.Now.Steps["enforce"].IsTakenBack.ShouldBeTrue();
    }

    [Fact]
    public async Task A_pause_does_not_keep_it_from_going_back()
    {
        await using var stage = new Stage(Of(Enforce));
        stage.World.Shows("well", false);
        stage.Start();
        await stage.UntilAsync("enforce", StepState.Verifying);

        await stage.PauseAsync();
        await stage.PassUntilAsync(run => run.Steps["enforce"].IsTakenBack);

        stage.World.Did.ShouldBe(["enforce", "undo enforce"]);
    }

    [Fact]
    public async Task What_a_crash_left_unproven_is_proven_although_the_run_is_paused()
    {
        await using var stage = new Stage(Of(Enforce));
        stage.World.Shows("well", true);
        await stage.Live.RecordAsync(Person.Bot, new RunEvent.StepStarted("enforce", 1));
        await stage.Live.RecordAsync(Person.Bot, new RunEvent.StepActed("enforce", "applied"));
        await stage.Live.RecordAsync(Ada, new RunEvent.Paused("lunch"));

        stage.Restart();
        await stage.PassUntilAsync(run => run.Steps["enforce"].State is StepState.Succeeded);

        stage.World.Did.ShouldBeEmpty();
        stage.Live.Now.State.ShouldBe(RunState.Paused);
    }

    [Fact]
    public async Task What_a_crash_left_unproven_and_red_goes_back_although_the_run_is_paused()
    {
        await using var stage = new Stage(Of(Enforce));
        stage.World.Shows("well", false);
        await stage.Live.RecordAsync(Person.Bot, new RunEvent.StepStarted("enforce", 1));
        await stage.Live.RecordAsync(Person.Bot, new RunEvent.StepActed("enforce", "applied"));
        await stage.Live.RecordAsync(Ada, new RunEvent.Paused("lunch"));

        stage.Restart();
        await stage.PassUntilAsync(run => run.Steps["enforce"].IsTakenBack);

        stage.World.Did.ShouldBe(["undo enforce"]);
    }

    [Fact]
    public async Task What_a_crash_cut_off_goes_back_when_the_run_may_not_go_on()
    {
        await using var stage = new Stage(Of(Enforce));
        await stage.Live.RecordAsync(Person.Bot, new RunEvent.StepStarted("enforce", 1));
        await stage.Live.RecordAsync(Ada, new RunEvent.Paused("lunch"));

        stage.Restart();
        await stage.PassUntilAsync(run => run.Steps["enforce"].IsTakenBack);

        stage.World.Did.ShouldBe(["undo enforce"]);
        stage.Live.Now.Steps["enforce"].Failure!.Said.ShouldStartWith("Not proven: the run may not go on now.");
    }

    [Fact]
    public async Task What_waits_for_its_next_attempt_half_done_goes_back_when_the_run_is_paused()
    {
        await using var stage = new Stage(Of(Enforce with { Backoff = TimeSpan.FromHours(1) }));
        stage.World.When("enforce", Verdict.Retry);
        stage.Start();
        await stage.UntilAsync("enforce", StepState.WaitingToRetry);

        await stage.PauseAsync();
        await stage.PassUntilAsync(run => run.Steps["enforce"].IsTakenBack);

        stage.World.Did.ShouldBe(["enforce", "undo enforce"]);
    }

    [Fact]
    public async Task What_a_crash_cut_off_goes_back_when_a_freeze_keeps_it_from_going_on()
    {
        await using var stage = new Stage(Of(Enforce with { Destructive = "cuts callers off" }));
        await stage.Live.RecordAsync(Person.Bot, new RunEvent.StepStarted("enforce", 1));
        stage.Windows.Add(
            new FreezeWindow.Dated(
                "release",
                "a launch",
                [],
                stage.Clock.GetUtcNow(),
                stage.Clock.GetUtcNow().AddDays(1)
            )
        );

        stage.Restart();
        await stage.PassUntilAsync(run => run.Steps["enforce"].IsTakenBack);

        stage.World.Did.ShouldBe(["undo enforce"]);
    }

    [Fact]
    public async Task What_a_freeze_kept_from_acting_has_nothing_to_take_back()
    {
        await using var stage = new Stage(Of(Enforce));
        await stage.Live.RecordAsync(Person.Bot, new RunEvent.StepStarted("enforce", 1));
        await stage.Live.RecordAsync(
            Person.Bot,
            new RunEvent.StepFailed(
                "enforce",
                Failure.Untouched(1, "a freeze") with
                {
                    NothingDone = true,
                },
                RetryAt: stage.Clock.GetUtcNow().AddHours(1)
            )
        );
        await stage.Live.RecordAsync(Ada, new RunEvent.Paused("lunch"));

        stage.Restart();
        await stage.QuietAsync();

        stage.World.Did.ShouldBeEmpty();
        stage.Live.Now.Steps["enforce"].State.ShouldBe(StepState.WaitingToRetry);
    }

    [Fact]
    public async Task After_a_crash_its_lock_is_taken_again_before_it_is_proven()
    {
        await using var stage = new Stage(Of(Enforce with { Lock = "repository" }));
        stage.World.Shows("well", true);
        await stage.Live.RecordAsync(Person.Bot, new RunEvent.StepStarted("enforce", 1));
        await stage.Live.RecordAsync(Person.Bot, new RunEvent.StepActed("enforce", "applied"));
        var others = stage.Locks.TryTake("repository")!;

        stage.Restart();
        await stage.QuietAsync();
        stage.World.Looked.ShouldBeEmpty();
        others.Dispose();

        await stage.PassUntilAsync(RunState.Succeeded);
    }

    [Fact]
    public async Task Locks_are_given_up_only_when_nothing_is_left_unproven()
    {
        await using var stage = new Stage(Of(Enforce));
        stage.World.Shows("well", false);
        stage.Start();
        await stage.UntilAsync("enforce", StepState.Verifying);
        await stage.Live.RecordAsync(Ada, new RunEvent.UnlockAsked("I need it"));
        await stage.UntilAsync(run => run.Approvals.ContainsKey("unlock"));

        await stage.VoteAsync(Grace, on: "unlock");
        await stage.QuietAsync();
        stage.Live.Now.HasItsTurn.ShouldBeTrue();

        await stage.PassUntilAsync(run => !run.HasItsTurn);
        stage.Live.Now.Steps["enforce"].IsTakenBack.ShouldBeTrue();
    }

    [Fact]
    public async Task What_could_not_be_taken_back_goes_back_again_when_nobody_can_tell_what_stands()
    {
        await using var stage = new Stage(Of(Enforce with { Probe = [Probe("there")], Destructive = "cuts off" }));
        await NotTakenBackAsync(stage);
        await stage.VoteAsync(Grace);
        stage.World.Shows("there", null);
        stage.World.When("undo enforce", Verdict.Done);

        await stage.Live.RecordAsync(Ada, new RunEvent.StepRetried("enforce"));
        await stage.PassUntilAsync(run => run.Steps["enforce"].IsTakenBack);

        stage.Journal.Entries.Count(entry => entry.What is RunEvent.StepTurnedRed).ShouldBe(2);
        stage.World.Did[^1].ShouldBe("undo enforce");
    }

    [Fact]
    public async Task What_could_not_be_taken_back_goes_back_again_when_the_run_is_cancelled()
    {
        await using var stage = new Stage(Of(Enforce));
        await NotTakenBackAsync(stage);
        stage.World.When("undo enforce", Verdict.Done);
        await stage.PauseAsync();

        await stage.Live.RecordAsync(Ada, new RunEvent.StepRetried("enforce"));
        await stage.CancelAsync();
        await stage.PassUntilAsync(run => run.IsOver);

        stage.Live.Now.Steps["enforce"].IsTakenBack.ShouldBeTrue();
    }

    /// <summary>It was begun, was red, and its way back did not work.</summary>
    private static async Task NotTakenBackAsync(Stage stage)
    {
        stage.World.Shows("there", false);
        await stage.Live.RecordAsync(Person.Bot, new RunEvent.StepStarted("enforce", 1));
        await stage.Live.RecordAsync(Person.Bot, new RunEvent.StepActed("enforce", "applied"));
        await stage.Live.RecordAsync(
            Person.Bot,
            new RunEvent.StepTurnedRed("enforce", Failure.Untouched(1, "not well"))
        );
        await stage.Live.RecordAsync(
            Person.Bot,
            new RunEvent.StepNotTakenBack("enforce", Failure.Untouched(1, "the API is away"))
        );
        stage.Restart();
        await stage.QuietAsync();
    }

    [Fact]
    public async Task A_bug_before_it_acted_leaves_nothing_to_take_back()
    {
        await using var stage = new Stage(Of(Enforce with { Probe = [Probe("there")] }));
        stage.World.WhenLooking("there", () => throw new InvalidOperationException("a bug"));
        stage.Start();

        await stage.PassUntilAsync(RunState.AwaitingDecision);

        stage.World.Did.ShouldBeEmpty();
        stage.Live.Now.Steps["enforce"].MayStand.ShouldBeFalse();
    }

    [Fact]
    public async Task A_bug_of_the_bot_itself_takes_it_back_too()
    {
        await using var stage = new Stage(Of(Enforce));
        stage.World.When("enforce", _ => throw new InvalidOperationException("a bug"));
        stage.Start();

        await stage.PassUntilAsync(RunState.AwaitingDecision);

        stage.World.Did[^1].ShouldBe("undo enforce");
        stage.Live.Now.Steps["enforce"].Failure!.Said.ShouldContain("PlatformBot itself failed at this step");
    }

    [Fact]
    public async Task A_way_back_that_does_not_work_is_tried_three_times_and_then_said_to_be_open()
    {
        await using var stage = new Stage(Of(Enforce));
        stage.World.Shows("well", false);
        stage.World.When("undo enforce", Verdict.Retry);
        stage.Start();

        await stage.PassUntilAsync(RunState.AwaitingDecision);

        stage.World.Did.ShouldBe(["enforce", "undo enforce", "undo enforce", "undo enforce"]);
        var at = stage.Live.Now.Steps["enforce"];
        at.IsTakenBack.ShouldBeFalse();
        at.Failure!.Said.ShouldStartWith(
            "NOT taken back: undo enforce: Retry. It was to be, because of this: No success"
        );
        stage.Live.Now.RollbackDue.Select(step => step.Id).ShouldBe(["enforce"], "people can still ask for it");
    }

    [Fact]
    public async Task What_was_taken_back_is_not_undone_a_second_time_with_the_run()
    {
        await using var stage = new Stage(Of(Undoable("a"), Enforce with { Needs = ["a"] }));
        stage.World.Shows("well", false);
        stage.Start();
        await stage.PassUntilAsync(RunState.AwaitingDecision);

        await stage.RollBackAsync();
        await stage.UntilAsync(RunState.RolledBack);

        stage.World.Did.ShouldBe(["a", "enforce", "undo enforce", "undo a"]);
    }

    [Fact]
    public async Task A_person_may_have_it_tried_again_and_the_incident_heals()
    {
        await using var stage = new Stage(Of(Enforce));
        stage.World.Shows("well", false);
        stage.Start();
        await stage.PassUntilAsync(RunState.AwaitingDecision);

        stage.World.Shows("well", true);
        await stage.Live.RecordAsync(Ada, new RunEvent.StepRetried("enforce"));
        await stage.UntilAsync(RunState.Succeeded);

        stage.World.Did.ShouldBe(["enforce", "undo enforce", "enforce"]);
        stage.Live.Now.Steps["enforce"].IsTakenBack.ShouldBeFalse();
        stage.Live.Now.Incidents["enforce"].State.ShouldBe(IncidentState.Healed);
    }

    [Fact]
    public async Task It_keeps_its_lock_until_it_is_proven()
    {
        await using var stage = new Stage(Of(Enforce with { Lock = "git" }, Step("other") with { Lock = "git" }));
        stage.World.Shows("well", false);
        stage.Start();
        await stage.UntilAsync("enforce", StepState.Verifying);
        await stage.QuietAsync();
        stage.World.Did.ShouldBe(["enforce"]);

        await stage.PassUntilAsync(run => run.Steps["other"].State is StepState.Succeeded);

        stage.World.Did.ShouldBe(["enforce", "undo enforce", "other"]);
    }

    [Fact]
    public async Task A_proof_that_must_hold_for_a_while_is_red_as_soon_as_it_does_not()
    {
        await using var stage = new Stage(Of(Enforce with { HoldsFor = TimeSpan.FromMinutes(2) }));
        stage.World.Shows("well", true);
        stage.Start();
        await stage.UntilAsync("enforce", StepState.Verifying);
        stage.Clock.Advance(TimeSpan.FromSeconds(4));
        await stage.QuietAsync();

        stage.World.Shows("well", false);
        await stage.PassUntilAsync(RunState.AwaitingDecision);

        stage.World.Did.ShouldBe(["enforce", "undo enforce"]);
        stage.Live.Now.Steps["enforce"].Saw.ShouldContain("of 2 min");
    }

    [Fact]
    public async Task What_must_hold_for_long_and_never_holds_is_red_when_its_time_to_begin_is_over()
    {
        await using var stage = new Stage(Of(Enforce with { HoldsFor = TimeSpan.FromHours(1) }));
        stage.World.Shows("well", false);
        stage.Start();

        await stage.PassUntilAsync(RunState.AwaitingDecision);

        stage.World.Did.ShouldBe(["enforce", "undo enforce"]);
        stage.Live.Now.Steps["enforce"].Saw.ShouldStartWith("No success within 30 s.");
    }

    [Fact]
    public async Task A_proof_that_holds_for_its_while_is_a_success_even_when_a_look_could_not_tell()
    {
        await using var stage = new Stage(Of(Enforce with { HoldsFor = TimeSpan.FromMinutes(1) }));
        stage.World.Shows("well", true);
        stage.Start();
        await stage.UntilAsync("enforce", StepState.Verifying);
        await stage.QuietAsync();
        stage.Live.Now.Steps["enforce"].State.ShouldBe(StepState.Verifying, "a minute is not over");

        stage.World.Shows("well", null);
        stage.Clock.Advance(TimeSpan.FromSeconds(4));
        await stage.QuietAsync();
        stage.World.Shows("well", true);

        await stage.UntilSucceededAsync();
        stage.Live.Now.Steps["enforce"].Saw.ShouldContain("for 1 min");
    }
}
