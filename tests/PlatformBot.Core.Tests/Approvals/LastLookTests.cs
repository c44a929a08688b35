using PlatformBot.Core.Approvals;
using PlatformBot.Core.Planning;
using PlatformBot.Core.Roles;
using PlatformBot.Core.Runs;
using PlatformBot.Core.Tests.Runs;
using Shouldly;
using Xunit;
using static PlatformBot.Core.Tests.Runs.Plans;
using static PlatformBot.Core.Tests.Runs.Stage;

namespace PlatformBot.Core.Tests.Approvals;

/// <summary>The last look at an approval, right before something is destroyed.</summary>
public sealed class LastLookTests
{
    private static readonly Reach Deploy = new("deploy", [], ["foundation"]);
    private static readonly PlannedStep Wipe = Step("wipe") with { Destructive = "wipes it" };

    [Fact]
    public async Task Whoever_has_left_since_they_approved_does_not_count()
    {
        await using var stage = new Stage(Of(Wipe));
        stage.Start();
        await stage.UntilAsync(RunState.AwaitingApproval);
        stage.People.Left.Add(Grace.Id);
        await stage.VoteAsync(Grace);

        await stage.UntilAsync(RunState.AwaitingDecision);

        stage.World.Did.ShouldBeEmpty();
        stage.Live.Now.Steps["wipe"].Saw.ShouldStartWith("Not started: The approval of foundation is void");
        stage.Live.Now.Steps["wipe"].Failure!.IsFinal.ShouldBeTrue();
    }

    [Fact]
    public async Task Whoever_left_while_the_start_waited_for_a_full_disk_does_not_count()
    {
        await using var stage = new Stage(Of(Wipe));
        stage.Start();
        await stage.UntilAsync(RunState.AwaitingApproval);
        stage.Journal.RefuseNext<RunEvent.StepStarted>(() => stage.People.Left.Add(Grace.Id));
        await stage.VoteAsync(Grace);

        await stage.PassUntilAsync(RunState.AwaitingDecision);

        stage.World.Did.ShouldBeEmpty();
        stage.Live.Now.Steps["wipe"].Saw.ShouldStartWith("Not started: The approval of foundation is void");
    }

    [Fact]
    public async Task A_denial_elsewhere_while_the_start_waited_for_a_full_disk_keeps_it_from_beginning()
    {
        await using var stage = new Stage(Of(Wipe, Step("erase") with { Destructive = "erases it", Phase = "net" }));
        stage.Start();
        await stage.UntilAsync(run => run.PendingApprovals.Count() == 2);
        stage.Journal.RefuseNext<RunEvent.StepStarted>(() => { });
        await stage.VoteAsync(Grace);
        await stage.UntilAsync(_ => stage.Live.Trouble is not null);
        await stage.VoteAsync(Grace, Decision.Deny, on: "net");

        await stage.PassUntilAsync(RunState.Denied);

        stage.World.Did.ShouldBeEmpty();
    }

    [Fact]
    public async Task Whom_nobody_vouches_for_decides_nothing_whatever_role_the_name_holds()
    {
        await using var stage = new Stage(Of(Wipe));
        var unproven = new Caller(Grace, new Origin("slash"), IsProven: false);

        (await stage.Standing.OfAsync(unproven, "approver", Deploy, CancellationToken.None)).ShouldBe(
            MayDecide.NotProven
        );
        stage.People.Asked.ShouldBe(0);
    }

    [Fact]
    public async Task While_the_chat_server_is_away_its_last_word_counts_for_ten_minutes()
    {
        await using var stage = new Stage(Of(Wipe));
        (await stage.Standing.OfAsync(Grace, "approver", Deploy, CancellationToken.None)).ShouldBe(MayDecide.Yes);
        stage.People.IsAway = true;
        stage.Clock.Advance(TimeSpan.FromMinutes(9));

        stage.Start();
        await stage.UntilAsync(RunState.AwaitingApproval);
        await stage.VoteAsync(Grace);

        await stage.PassUntilAsync(RunState.Succeeded);
        stage.World.Did.ShouldBe(["wipe"]);
    }

    [Fact]
    public async Task After_that_the_step_waits_for_a_person_and_a_retry_asks_again()
    {
        await using var stage = new Stage(Of(Wipe));
        (await stage.Standing.OfAsync(Grace, "approver", Deploy, CancellationToken.None)).ShouldBe(MayDecide.Yes);
        stage.People.IsAway = true;
        stage.Clock.Advance(TimeSpan.FromMinutes(11));

        stage.Start();
        await stage.UntilAsync(RunState.AwaitingApproval);
        await stage.VoteAsync(Grace);
        await stage.PassUntilAsync(RunState.AwaitingDecision);
        stage.World.Did.ShouldBeEmpty();
        stage.Live.Now.Steps["wipe"].Saw.ShouldContain("Retry the step once it answers");
        stage.Live.Now.Steps["wipe"].Failure!.IsFinal.ShouldBeFalse();

        stage.People.IsAway = false;
        await stage.Live.RecordAsync(Ada, new RunEvent.StepRetried("wipe"));
        await stage.UntilAsync(RunState.Succeeded);
        stage.World.Did.ShouldBe(["wipe"]);
    }

    [Fact]
    public async Task A_bot_that_does_not_know_the_roles_yet_calls_no_approval_void()
    {
        await using var stage = new Stage(Of(Wipe));
        stage.Access.Set(new Dictionary<string, Holders>());
        stage.Start();
        await stage.UntilAsync(RunState.AwaitingApproval);
        await stage.VoteAsync(Grace);

        await stage.UntilAsync(RunState.AwaitingDecision);

        stage.World.Did.ShouldBeEmpty();
        stage.Live.Now.Steps["wipe"].Failure!.IsFinal.ShouldBeFalse();
    }

    [Fact]
    public async Task A_bot_that_is_stopped_while_it_asks_knows_afterwards_that_nothing_had_begun()
    {
        await using var stage = new Stage(Of(Wipe));
        stage.Start();
        await stage.UntilAsync(RunState.AwaitingApproval);
        stage.People.IsAway = true;
        await stage.VoteAsync(Grace);
        await stage.UntilAsync("wipe", StepState.Running);
        await stage.StopAsync();

        stage.People.IsAway = false;
        stage.Restart();

        await stage.UntilAsync(RunState.Succeeded);
        stage.World.Did.ShouldBe(["wipe"]);
        stage.Journal.Entries.ShouldNotContain(entry => entry.What is RunEvent.StepInterrupted);
    }

    [Fact]
    public async Task The_chat_server_is_asked_for_every_destructive_step_and_for_no_other()
    {
        await using var stage = new Stage(
            Of(Wipe, Step("look", "wipe"), Step("again", "look") with { Destructive = "x" })
        );
        stage.Start();
        await stage.UntilAsync(RunState.AwaitingApproval);
        await stage.VoteAsync(Grace);

        await stage.UntilAsync(RunState.Succeeded);

        stage.People.Asked.ShouldBe(2);
    }
}
