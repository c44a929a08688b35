using PlatformBot.Core.Planning;
using PlatformBot.Core.Runs;
using Shouldly;
using Xunit;
using static PlatformBot.Core.Tests.Runs.Plans;
using static PlatformBot.Core.Tests.Runs.Stage;

namespace PlatformBot.Core.Tests.Runs;

/// <summary>The limits of a run are for steps that do something. What only waits leaves its place to others.</summary>
public sealed class PlacesTests
{
    private static readonly ActionOutcome Fine = new(Verdict.Done, "fine");

    [Fact]
    public async Task A_step_that_waits_to_be_tried_again_leaves_its_place_to_the_next()
    {
        await using var stage = new Stage(OneAtATime(Flaky(), Step("next")));
        stage.World.When("flaky", Verdict.Retry);

        stage.Start();
        await stage.UntilAsync("next", StepState.Succeeded);

        stage.Live.Now.Steps["flaky"].State.ShouldBe(StepState.WaitingToRetry);
    }

    [Fact]
    public async Task A_step_whose_pause_is_over_waits_for_a_place()
    {
        await using var stage = new Stage(OneAtATime(Flaky(), Step("long")));
        stage.World.When("flaky", Verdict.Retry);
        var answer = stage.World.Holds("long");
        stage.Start();
        await stage.UntilAsync("long", StepState.Running);

        stage.World.When("flaky", Verdict.Done);
        stage.Clock.Advance(TimeSpan.FromMinutes(5));
        await stage.QuietAsync();
        stage.World.Did.ShouldBe(["flaky", "long"]);

        answer.SetResult(Fine);
        await stage.UntilAsync(RunState.Succeeded);
        stage.World.Did.ShouldBe(["flaky", "long", "flaky"]);
    }

    [Fact]
    public async Task A_pause_that_is_over_is_no_reason_to_stop_the_run()
    {
        await using var stage = new Stage(Of(Flaky()));
        stage.World.When("flaky", Verdict.Retry);
        var states = new List<RunState>();
        stage.Start();

        while (stage.Live.Now.Steps["flaky"].State is not StepState.Failed)
        {
            states.Add(stage.Live.Now.State);
            stage.Clock.Advance(TimeSpan.FromSeconds(20));
            await stage.QuietAsync();
        }

        states.ShouldAllBe(state => state == RunState.Running);
    }

    [Fact]
    public async Task A_step_that_waits_for_a_person_leaves_its_place_to_the_next()
    {
        await using var stage = new Stage(OneAtATime(Manual("cable"), Step("next")));

        stage.Start();
        await stage.UntilAsync("next", StepState.Succeeded);
        stage.Live.Now.Steps["cable"].State.ShouldBe(StepState.Running);

        await stage.Live.RecordAsync(Ada, new RunEvent.EvidenceGiven("cable", "plugged in"));
        await stage.UntilAsync(RunState.Succeeded);
    }

    [Fact]
    public async Task Whoever_is_at_a_step_has_its_lock_for_as_long()
    {
        await using var stage = new Stage(
            Of(Manual("edit") with { Lock = "git-repo" }, Step("push") with { Lock = "git-repo" })
        );

        stage.Start();
        await stage.UntilAsync("edit", StepState.Running);
        await stage.QuietAsync();
        stage.World.Did.ShouldBeEmpty();

        await stage.Live.RecordAsync(Ada, new RunEvent.EvidenceGiven("edit", "merged"));
        await stage.UntilAsync(RunState.Succeeded);
        stage.World.Did.ShouldBe(["push"]);
    }

    [Fact]
    public async Task Whoever_is_at_a_step_has_its_lock_after_a_restart_too()
    {
        await using var stage = new Stage(
            Of(Step("push") with { Lock = "git-repo" }, Manual("edit") with { Lock = "git-repo" })
        );
        await stage.Live.RecordAsync(Person.Bot, new RunEvent.StepStarted("edit", 1));

        stage.Restart();
        await stage.QuietAsync();
        stage.World.Did.ShouldBeEmpty();

        await stage.Live.RecordAsync(Ada, new RunEvent.EvidenceGiven("edit", "merged"));
        await stage.UntilAsync(RunState.Succeeded);
    }

    [Fact]
    public async Task A_proof_after_a_restart_waits_for_nobodys_lock()
    {
        await using var stage = new Stage(
            Of(Step("push") with { Lock = "git-repo" }, Proven("made") with { Lock = "git-repo" })
        );
        await ActsAsync(stage, "made");
        stage.World.Holds("push");
        stage.World.Shows("ready", true);

        stage.Restart();

        await stage.UntilAsync("made", StepState.Succeeded);
        stage.Live.Now.Steps["push"].State.ShouldBe(StepState.Running);
    }

    [Fact]
    public async Task A_proof_after_a_restart_keeps_nobody_from_the_lock()
    {
        await using var stage = new Stage(
            Of(Proven("made") with { Lock = "git-repo" }, Step("push") with { Lock = "git-repo" })
        );
        await ActsAsync(stage, "made");

        stage.Restart();

        await stage.UntilAsync("push", StepState.Succeeded);
        stage.Live.Now.Steps["made"].State.ShouldBe(StepState.Verifying);
    }

    [Fact]
    public async Task A_person_is_heard_after_a_restart_while_every_place_is_taken()
    {
        await using var stage = new Stage(OneAtATime(Step("long"), Manual("cable")));
        await stage.Live.RecordAsync(Person.Bot, new RunEvent.StepStarted("cable", 1));
        stage.World.Holds("long");

        stage.Restart();
        await stage.UntilAsync("long", StepState.Running);
        await stage.Live.RecordAsync(Ada, new RunEvent.EvidenceGiven("cable", "plugged in"));

        await stage.UntilAsync("cable", StepState.Succeeded);
        stage.Live.Now.Steps["long"].State.ShouldBe(StepState.Running);
    }

    [Fact]
    public async Task A_step_that_waits_to_be_tried_again_ends_before_anything_is_undone()
    {
        var made = Step("make") with
        {
            Rollback = new PlannedRollback(Step("unmake").Action, [], null, TimeSpan.FromMinutes(10)),
        };
        await using var stage = new Stage(Of(made, Flaky("make")));
        stage.World.When("flaky", Verdict.Retry);
        stage.Start();
        await stage.UntilAsync("flaky", StepState.WaitingToRetry);

        await stage.Live.RecordAsync(Ada, new RunEvent.RollbackAsked(null));

        await stage.UntilAsync(RunState.RolledBack);
        var story = stage.Journal.Entries.Select(entry => entry.What).ToList();
        var cancelled = story.OfType<RunEvent.StepCancelled>().ShouldHaveSingleItem();
        cancelled.Step.ShouldBe("flaky");
        story.IndexOf(cancelled).ShouldBeLessThan(story.FindIndex(what => what is RunEvent.RollbackStarted));
    }

    private static Plan OneAtATime(params PlannedStep[] steps) => Of(steps) with { Parallel = 1 };

    private static PlannedStep Proven(string id) => Step(id) with { Verify = [Probe("ready")] };

    private static async Task ActsAsync(Stage stage, string step)
    {
        await stage.Live.RecordAsync(Person.Bot, new RunEvent.StepStarted(step, 1));
        await stage.Live.RecordAsync(Person.Bot, new RunEvent.StepActed(step, "done"));
    }

    private static PlannedStep Flaky(params string[] needs) => Step("flaky", needs) with { Attempts = 3 };

    private static PlannedStep Manual(string id) =>
        Step(id) with
        {
            Action = new PlannedAction.Manual("Do it", "text"),
            Timeout = TimeSpan.FromHours(24),
        };
}
