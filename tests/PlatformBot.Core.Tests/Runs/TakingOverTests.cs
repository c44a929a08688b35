using PlatformBot.Core.Planning;
using PlatformBot.Core.Runs;
using Shouldly;
using Xunit;
using static PlatformBot.Core.Tests.Runs.Plans;
using static PlatformBot.Core.Tests.Runs.Stage;

namespace PlatformBot.Core.Tests.Runs;

/// <summary>Attempts, pauses and time limits are those of the step, however many lives the bot has meanwhile.</summary>
public sealed class TakingOverTests
{
    private static readonly Failure Broken = new(1, "no route", null, 1, "", null, "");

    [Fact]
    public async Task A_pause_goes_on_where_it_was()
    {
        await using var stage = new Stage(Of(Step("a") with { Attempts = 3 }));
        await FailsOnceAsync(stage, retryIn: TimeSpan.FromSeconds(20));
        stage.Clock.Advance(TimeSpan.FromSeconds(15));

        stage.Restart();
        stage.Clock.Advance(TimeSpan.FromSeconds(4));
        stage.World.Did.ShouldBeEmpty();
        stage.Clock.Advance(TimeSpan.FromSeconds(1));

        await stage.UntilAsync(RunState.Succeeded);
        stage.World.Did.ShouldBe(["a"]);
    }

    [Fact]
    public async Task A_pause_that_ended_while_the_bot_was_away_is_over()
    {
        await using var stage = new Stage(Of(Step("a") with { Attempts = 3 }));
        await FailsOnceAsync(stage, retryIn: TimeSpan.FromSeconds(20));
        stage.Clock.Advance(TimeSpan.FromHours(2));

        stage.Restart();

        await stage.UntilAsync(RunState.Succeeded);
    }

    [Fact]
    public async Task Attempts_of_all_lives_count()
    {
        await using var stage = new Stage(Of(Step("a") with { Attempts = 2 }));
        await FailsOnceAsync(stage, retryIn: TimeSpan.Zero);
        stage.World.When("a", Verdict.Retry);

        stage.Restart();

        await stage.UntilAsync("a", StepState.Failed);
        stage.World.Did.ShouldBe(["a"]);
        stage.Live.Now.Steps["a"].Failure!.Attempt.ShouldBe(2);
    }

    [Fact]
    public async Task An_attempt_that_a_crash_cut_off_counts()
    {
        await using var stage = new Stage(Of(Step("a") with { Attempts = 2, Repeatable = true }));
        await stage.Live.RecordAsync(Person.Bot, new RunEvent.StepStarted("a", 1));
        stage.World.When("a", Verdict.Retry);

        stage.Restart();

        await stage.UntilAsync("a", StepState.Failed);
        stage.Live.Now.Steps["a"].Attempt.ShouldBe(2);
    }

    [Fact]
    public async Task A_proof_has_the_time_that_the_crash_left_it()
    {
        await using var stage = new Stage(Of(Proven("a")));
        await ActsAsync(stage);
        stage.Clock.Advance(TimeSpan.FromMinutes(8));

        stage.Restart();
        await stage.UntilAsync("a", StepState.Verifying);
        stage.Clock.Advance(TimeSpan.FromMinutes(2) - TimeSpan.FromSeconds(1));
        stage.Live.Now.Steps["a"].State.ShouldBe(StepState.Verifying);
        stage.Clock.Advance(TimeSpan.FromSeconds(1));

        await stage.UntilAsync("a", StepState.Failed);
        stage.Live.Now.Steps["a"].Saw.ShouldContain("No success within 10 min");
    }

    [Fact]
    public async Task A_proof_that_came_while_the_bot_was_away_for_long_is_seen()
    {
        await using var stage = new Stage(Of(Proven("a")));
        await ActsAsync(stage);
        stage.World.Shows("ready", true);
        stage.Clock.Advance(TimeSpan.FromDays(1));

        stage.Restart();

        await stage.UntilAsync(RunState.Succeeded);
    }

    [Fact]
    public async Task A_person_has_the_time_that_the_crash_left_them()
    {
        var manual = Step("a") with
        {
            Action = new PlannedAction.Manual("do it", "text") { Expires = TimeSpan.FromHours(24) },
        };
        await using var stage = new Stage(Of(manual));
        await stage.Live.RecordAsync(Person.Bot, new RunEvent.StepStarted("a", 1));
        stage.Clock.Advance(TimeSpan.FromHours(23));

        stage.Restart();
        stage.Clock.Advance(TimeSpan.FromMinutes(59));
        stage.Live.Now.Steps["a"].State.ShouldBe(StepState.Running);
        stage.Clock.Advance(TimeSpan.FromMinutes(1));

        await stage.UntilAsync("a", StepState.Failed);
        stage.Live.Now.Steps["a"].Saw.ShouldBe("Nobody confirmed it within 1 d.");
    }

    [Fact]
    public async Task A_person_who_is_at_it_is_asked_nothing_anew_when_the_bot_goes_while_the_chat_is_away()
    {
        var manual = Step("a") with
        {
            Action = new PlannedAction.Manual("wipe it", "text"),
            Destructive = "wipes the disk",
        };
        await using var stage = new Stage(Of(manual));
        stage.Start();
        await stage.UntilAsync(run => run.PendingApprovals.Any());
        await stage.VoteAsync(Grace);
        await stage.UntilAsync(run => run.AwaitingEvidence.Any());
        await stage.StopAsync();
        stage.Clock.Advance(TimeSpan.FromHours(1));
        var (began, asked) = (stage.Live.Now.Steps["a"].AttemptAt, stage.People.Asked);
        stage.People.IsAway = true;

        stage.Restart();
        await stage.QuietAsync();
        stage.People.Asked.ShouldBeGreaterThan(asked);
        await stage.StopAsync();

        var at = stage.Live.Now.Steps["a"];
        (at.State, at.Attempt, at.AttemptAt).ShouldBe((StepState.Running, 1, began));
    }

    [Fact]
    public async Task The_proof_of_what_a_person_did_has_all_of_the_steps_own_time()
    {
        var manual = Proven("a") with
        {
            Action = new PlannedAction.Manual("do it", "text") { Expires = TimeSpan.FromHours(24) },
        };
        await using var stage = new Stage(Of(manual));
        stage.Start();
        await stage.UntilAsync("a", StepState.Running);
        stage.Clock.Advance(TimeSpan.FromHours(23));
        await stage.Live.RecordAsync(Ada, new RunEvent.EvidenceGiven("a", "done"));
        await stage.UntilAsync("a", StepState.Verifying);

        await stage.StopAsync();
        stage.Restart();
        stage.Clock.Advance(TimeSpan.FromMinutes(9));
        stage.Live.Now.Steps["a"].State.ShouldBe(StepState.Verifying);
        stage.World.Shows("ready", true);

        await stage.PassUntilAsync(run => run.State is RunState.Succeeded);
    }

    [Fact]
    public async Task Evidence_that_a_second_person_has_not_seen_yet_expires_with_the_question()
    {
        var manual = Step("a") with
        {
            Action = new PlannedAction.Manual("do it", "text") { Expires = TimeSpan.FromHours(2), SecondPerson = true },
        };
        await using var stage = new Stage(Of(manual));
        stage.Start();
        await stage.UntilAsync("a", StepState.Running);
        await stage.Live.RecordAsync(Ada, new RunEvent.EvidenceGiven("a", "done"));
        stage.Clock.Advance(TimeSpan.FromHours(1));

        stage.Restart();
        stage.Clock.Advance(TimeSpan.FromHours(1));

        await stage.UntilAsync("a", StepState.Failed);
        stage.Live.Now.Steps["a"].Saw.ShouldBe("@ada said that it is done, and nobody else confirmed it within 2 h.");
    }

    [Fact]
    public async Task A_clock_that_was_set_back_gives_nobody_more_time_than_the_step_has()
    {
        await using var stage = new Stage(Of(Proven("a")));
        await ActsAsync(stage);
        stage.Clock.SetWall(TimeSpan.FromHours(-5));

        stage.Restart();
        stage.Clock.Advance(TimeSpan.FromMinutes(10));

        await stage.UntilAsync("a", StepState.Failed);
    }

    private static PlannedStep Proven(string id) => Step(id) with { Verify = [Probe("ready")] };

    private static async Task ActsAsync(Stage stage)
    {
        await stage.Live.RecordAsync(Person.Bot, new RunEvent.StepStarted("a", 1));
        await stage.Live.RecordAsync(Person.Bot, new RunEvent.StepActed("a", "done"));
    }

    private static async Task FailsOnceAsync(Stage stage, TimeSpan retryIn)
    {
        await stage.Live.RecordAsync(Person.Bot, new RunEvent.StepStarted("a", 1));
        await stage.Live.RecordAsync(
            Person.Bot,
            new RunEvent.StepFailed("a", Broken, stage.Clock.GetUtcNow() + retryIn)
        );
    }
}
