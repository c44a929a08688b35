using PlatformBot.Core.Runs;
using Shouldly;
using Xunit;
using static PlatformBot.Core.Tests.Runs.Plans;

namespace PlatformBot.Core.Tests.Runs;

/// <summary>How long something takes is measured; only what expires looks at the clock on the wall, which anybody may set.</summary>
public sealed class ClockTests
{
    private static readonly TimeSpan Hours = TimeSpan.FromHours(5);
    private static readonly ActionOutcome Fine = new(Verdict.Done, "fine");

    [Theory]
    [InlineData(-1)]
    [InlineData(+1)]
    public async Task A_clock_that_is_set_does_not_change_a_steps_time(int direction)
    {
        await using var stage = new Stage(Of(Step("slow") with { Timeout = TimeSpan.FromMinutes(15) }));
        var answer = stage.World.Holds("slow");
        stage.Start();
        await stage.UntilAsync("slow", StepState.Running);

        stage.Clock.SetWall(direction * Hours);
        stage.Clock.Advance(TimeSpan.FromMinutes(14));
        answer.SetResult(Fine);

        await stage.UntilAsync(RunState.Succeeded);
    }

    [Fact]
    public async Task A_clock_that_is_set_back_does_not_lengthen_a_steps_time()
    {
        await using var stage = new Stage(Of(Step("stuck") with { Timeout = TimeSpan.FromMinutes(2) }));
        stage.World.Holds("stuck");
        stage.Start();
        await stage.UntilAsync("stuck", StepState.Running);

        stage.Clock.SetWall(-Hours);

        await stage.PassUntilAsync(RunState.AwaitingDecision);
        stage.Live.Now.Steps["stuck"].Saw.ShouldContain("No success within 2 min");
    }

    [Fact]
    public async Task A_clock_that_is_set_back_during_a_pause_does_not_lengthen_it()
    {
        await using var stage = new Stage(Of(Flaky()));
        stage.World.When("flaky", Verdict.Retry);
        stage.Start();
        await stage.UntilAsync("flaky", StepState.WaitingToRetry);

        stage.Clock.SetWall(-Hours);
        stage.World.When("flaky", Verdict.Done);

        await stage.UntilSucceededAsync();
    }

    [Fact]
    public async Task A_clock_that_was_set_back_while_the_bot_was_away_does_not_lengthen_a_pause_that_is_in_the_journal()
    {
        await using var stage = new Stage(Of(Flaky()));
        await stage.Live.RecordAsync(Person.Bot, new RunEvent.StepStarted("flaky", 1));
        var failure = new Failure(1, "no", null, null, "", null, "");
        var at = stage.Clock.GetUtcNow() + TimeSpan.FromSeconds(20);
        await stage.Live.RecordAsync(Person.Bot, new RunEvent.StepFailed("flaky", failure, at));

        stage.Clock.SetWall(-Hours);
        stage.Restart();

        await stage.UntilSucceededAsync();
        stage.Live.Now.Steps["flaky"].Attempt.ShouldBe(2);
    }

    [Fact]
    public async Task An_approval_expires_by_the_clock_on_the_wall_also_when_that_was_set()
    {
        await using var stage = new Stage(Of(Step("wipe") with { Destructive = "wipes it" }));
        stage.Start();
        await stage.UntilAsync(run => run.PendingApprovals.Any());

        stage.Clock.SetWall(Hours);

        await stage.PassUntilAsync(RunState.Expired);
    }

    [Fact]
    public async Task An_approval_is_not_expired_before_the_clock_on_the_wall_says_so()
    {
        await using var stage = new Stage(Of(Step("wipe") with { Destructive = "wipes it" }));
        stage.Start();
        await stage.UntilAsync(run => run.PendingApprovals.Any());

        stage.Clock.SetWall(-Hours);
        stage.Clock.Advance(Hours);

        await stage.VoteAsync(Stage.Grace);
        await stage.UntilAsync(RunState.Succeeded);
    }

    [Fact]
    public void Hopelessness_lasts_by_the_time_that_went_by()
    {
        var clock = new Stage(Of()).Clock;
        var patience = new Patience(clock);
        patience.IsOver(hopeless: true).ShouldBeFalse();

        clock.SetWall(Hours);
        patience.IsOver(hopeless: true).ShouldBeFalse();

        clock.SetWall(-2 * Hours);
        clock.Advance(TimeSpan.FromMinutes(2));
        patience.IsOver(hopeless: true).ShouldBeTrue();
    }

    private static Core.Planning.PlannedStep Flaky() =>
        Step("flaky") with
        {
            Attempts = 3,
            Backoff = TimeSpan.FromSeconds(20),
        };
}
