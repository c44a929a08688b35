using PlatformBot.Core.Approvals;
using PlatformBot.Core.Freezes;
using PlatformBot.Core.Planning;
using PlatformBot.Core.Runs;
using PlatformBot.Core.Tests.Runs;
using Shouldly;
using Xunit;
using static PlatformBot.Core.Tests.Runs.Plans;

namespace PlatformBot.Core.Tests.Freezes;

/// <summary>What a freeze does to runs that are under way: what destroys waits, everything else goes on.</summary>
public sealed class FreezingTests
{
    private static readonly TimeSpan Hour = TimeSpan.FromHours(1);

    [Fact]
    public async Task What_destroys_waits_and_starts_by_itself_when_the_freeze_is_over()
    {
        await using var stage = new Stage(Of(Step("look"), Wipe("wipe"), Step("tidy")));
        await FreezeAsync(stage, stage.Clock.GetUtcNow() + Hour);
        await ApproveAsync(stage);

        await stage.UntilAsync("look", StepState.Succeeded);
        await stage.UntilAsync("tidy", StepState.Succeeded);
        await stage.QuietAsync();
        stage.Live.Now.Steps["wipe"].State.ShouldBe(StepState.Pending);

        stage.Clock.Advance(Hour - TimeSpan.FromSeconds(1));
        await stage.QuietAsync();
        stage.World.Did.ShouldNotContain("wipe");

        await stage.UntilSucceededAsync();
        stage.World.Did.ShouldContain("wipe");
    }

    [Fact]
    public async Task What_waits_for_a_freeze_starts_when_it_is_lifted()
    {
        await using var stage = new Stage(Of(Wipe("wipe")));
        await FreezeAsync(stage, until: null);
        await ApproveAsync(stage);
        await stage.QuietAsync();
        stage.World.Did.ShouldBeEmpty();

        await ThawAsync(stage);

        await stage.UntilAsync(RunState.Succeeded);
    }

    [Fact]
    public async Task A_freeze_elsewhere_keeps_nothing_here()
    {
        await using var stage = new Stage(Of(Wipe("wipe")));
        await FreezeAsync(stage, until: null, "apps");
        await ApproveAsync(stage);

        await stage.UntilAsync(RunState.Succeeded);
    }

    [Fact]
    public async Task What_is_of_no_cluster_may_touch_any()
    {
        await using var stage = new Stage(Of(Wipe("wipe") with { Cluster = null }));
        await FreezeAsync(stage, until: null, "apps");
        await ApproveAsync(stage);

        await stage.QuietAsync();
        stage.World.Did.ShouldBeEmpty();
    }

    [Fact]
    public async Task What_waits_for_a_freeze_takes_no_place()
    {
        await using var stage = new Stage(Of(Wipe("wipe"), Step("a"), Step("b", "a")) with { Parallel = 1 });
        await FreezeAsync(stage, until: null);
        await ApproveAsync(stage);

        await stage.UntilAsync("b", StepState.Succeeded);
    }

    [Fact]
    public async Task What_is_under_way_ends_as_it_would_have()
    {
        await using var stage = new Stage(Of(Wipe("wipe")));
        var answer = stage.World.Holds("wipe");
        await ApproveAsync(stage);
        await stage.UntilAsync("wipe", StepState.Running);
        await stage.QuietAsync();

        await FreezeAsync(stage, until: null);
        answer.SetResult(new ActionOutcome(Verdict.Done, "wiped"));

        await stage.UntilAsync(RunState.Succeeded);
    }

    [Fact]
    public async Task Another_attempt_waits_too()
    {
        await using var stage = new Stage(Of(Wipe("wipe") with { Attempts = 2 }));
        stage.World.When("wipe", Verdict.Retry);
        await ApproveAsync(stage);
        await stage.UntilAsync("wipe", StepState.WaitingToRetry);

        await FreezeAsync(stage, until: null);
        stage.World.When("wipe", Verdict.Done);
        stage.Clock.Advance(Hour);
        await stage.QuietAsync();
        stage.Live.Now.Steps["wipe"].Attempt.ShouldBe(1);

        await ThawAsync(stage);
        await stage.UntilAsync(RunState.Succeeded);
    }

    [Fact]
    public async Task A_freeze_that_begins_while_a_start_waits_for_the_disk_comes_before_it()
    {
        await using var stage = new Stage(Of(Wipe("wipe")));
        stage.Journal.RefuseNext<RunEvent.StepStarted>(() =>
            FreezeAsync(stage, until: null).Wait(TestContext.Current.CancellationToken)
        );
        await ApproveAsync(stage);

        await stage.QuietAsync();
        stage.Clock.Advance(TimeSpan.FromMinutes(1));
        await stage.QuietAsync();
        stage.World.Did.ShouldBeEmpty();
        stage.Live.Now.Steps["wipe"].State.ShouldBe(StepState.Pending);

        await ThawAsync(stage);
        await stage.UntilSucceededAsync();
        stage.World.Did.ShouldBe(["wipe"]);
    }

    [Fact]
    public async Task A_freeze_that_begins_while_the_chat_server_is_asked_lets_nothing_begin()
    {
        await using var stage = new Stage(Of(Wipe("wipe")));
        var frozen = false;
        stage.People.Meanwhile = () =>
        {
            if (stage.Live.Now.Steps["wipe"].State is StepState.Running && !frozen)
            {
                frozen = true;
                FreezeAsync(stage, until: null).Wait(TestContext.Current.CancellationToken);
            }
        };
        await ApproveAsync(stage);

        await stage.UntilAsync("wipe", StepState.WaitingToRetry);
        await stage.QuietAsync();
        stage.World.Did.ShouldBeEmpty();

        await ThawAsync(stage);
        await stage.UntilAsync(RunState.Succeeded);
    }

    [Fact]
    public async Task Undoing_what_destroys_waits_and_goes_on_afterwards()
    {
        var step = Undoable("a");
        var undo = step.Rollback! with { Destructive = "deletes it" };
        await using var stage = new Stage(Of(step with { Rollback = undo }, Step("bad", "a")));
        stage.World.When("bad", Verdict.Failed);
        stage.Start();
        await stage.UntilAsync("bad", StepState.Failed);
        await FreezeAsync(stage, until: null);

        await stage.Live.RecordAsync(Stage.Ada, new RunEvent.RollbackAsked(null));
        await stage.UntilAsync(run => run.PendingApprovals.Any());
        await stage.VoteAsync(Stage.Grace, on: "rollback");
        await stage.QuietAsync();
        stage.World.Did.ShouldNotContain("undo a");

        await ThawAsync(stage);
        await stage.UntilAsync(RunState.RolledBack);
    }

    [Fact]
    public async Task A_restart_forgets_no_freeze()
    {
        await using var stage = new Stage(Of(Wipe("wipe")));
        await FreezeAsync(stage, stage.Clock.GetUtcNow() + Hour);
        await ApproveAsync(stage);
        await stage.QuietAsync();

        await stage.StopAsync();
        stage.Restart();
        await stage.QuietAsync();
        stage.World.Did.ShouldBeEmpty();

        stage.Clock.Advance(Hour);
        await stage.UntilSucceededAsync();
    }

    [Fact]
    public async Task A_window_keeps_what_destroys_until_its_end_also_when_the_clock_is_set()
    {
        await using var stage = new Stage(Of(Wipe("wipe")));
        var now = stage.Clock.GetUtcNow();
        stage.Windows.Add(new FreezeWindow.Dated("release", "hands off", [], now - Hour, now + Hour));
        await ApproveAsync(stage);
        await stage.QuietAsync();
        stage.World.Did.ShouldBeEmpty();

        stage.Clock.SetWall(-0.5 * Hour);
        stage.Clock.Advance(1.2 * Hour);
        await stage.QuietAsync();
        stage.World.Did.ShouldBeEmpty();

        stage.Clock.SetWall(Hour);
        await stage.UntilSucceededAsync();
    }

    [Fact]
    public async Task An_approval_expires_while_its_step_is_frozen()
    {
        await using var stage = new Stage(Of(Wipe("wipe")));
        await FreezeAsync(stage, until: null);
        stage.Start();
        await stage.UntilAsync(run => run.PendingApprovals.Any());

        stage.Clock.Advance(5 * Hour);

        await stage.PassUntilAsync(RunState.Expired);
    }

    private static PlannedStep Wipe(string id) => Step(id) with { Destructive = "wipes it" };

    private static async Task ApproveAsync(Stage stage)
    {
        stage.Start();
        await stage.UntilAsync(run => run.PendingApprovals.Any());
        await stage.VoteAsync(Stage.Grace);
    }

    private static Task FreezeAsync(Stage stage, DateTimeOffset? until, params string[] clusters) =>
        stage.Ledger.RecordAsync(
            Stage.Ada,
            new RunEvent.Frozen(new Freeze("1", "the release", clusters, stage.Clock.GetUtcNow(), until))
        );

    private static async Task ThawAsync(Stage stage)
    {
        var freeze = stage.Ledger.Now.Freezes[1];
        var expires = stage.Clock.GetUtcNow() + Hour;
        await stage.Ledger.RecordAsync(Stage.Ada, new RunEvent.ThawAsked(1, freeze, "it must be", "f1", 1, expires));
        await stage.Ledger.RecordAsync(Stage.Grace, new RunEvent.ThawVoted(1, Decision.Approve, "f1", null));
        await stage.Ledger.RecordAsync(Person.Bot, new RunEvent.Thawed(1));
    }
}
