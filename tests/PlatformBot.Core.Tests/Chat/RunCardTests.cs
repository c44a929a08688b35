using PlatformBot.Core.Chat;
using PlatformBot.Core.Runs;
using PlatformBot.Core.Tests.Runs;
using PlatformBot.TestKit;
using Shouldly;
using Xunit;
using static PlatformBot.Core.Tests.Chat.PlatformRuns;

namespace PlatformBot.Core.Tests.Chat;

/// <summary>The card of a run in each of its states.</summary>
public sealed class RunCardTests
{
    [Theory]
    [InlineData(RunState.Planned)]
    [InlineData(RunState.AwaitingApproval)]
    [InlineData(RunState.Running)]
    [InlineData(RunState.AwaitingDecision)]
    [InlineData(RunState.Cancelling)]
    [InlineData(RunState.Paused)]
    [InlineData(RunState.RollingBack)]
    [InlineData(RunState.RolledBack)]
    [InlineData(RunState.Succeeded)]
    [InlineData(RunState.Failed)]
    [InlineData(RunState.Cancelled)]
    [InlineData(RunState.Denied)]
    [InlineData(RunState.Expired)]
    public void A_card_shows_where_the_run_stands(RunState state)
    {
        var told = In(state);

        told.Run.State.ShouldBe(state);
        Rendered.Of(RunCard.Render(told.Run, told.Now)).ShouldMatchSnapshot($"card-{state}");
    }

    [Fact]
    public void A_card_says_what_keeps_the_bot_from_going_on()
    {
        var told = UnderWay();

        Rendered
            .Of(RunCard.Render(told.Run, told.Now, "The journal's disk is full (/var/lib/platformbot)."))
            .ShouldMatchSnapshot("card-standing-still");
    }

    [Fact]
    public void A_card_asks_a_person_for_a_manual_step()
    {
        var told = AtTheRouter();

        Rendered.Of(RunCard.Render(told.Run, told.Now)).ShouldMatchSnapshot("card-manual");
    }

    [Fact]
    public void A_card_of_many_troubles_names_the_first_and_counts_the_rest()
    {
        var told = Approved();

        foreach (var step in told.Run.Plan.Steps.Take(10))
            told.Then(new RunEvent.StepFailed(step.Id, Unreachable, RetryAt: null));

        Rendered.Of(RunCard.Render(told.Run, told.Now)).ShouldMatchSnapshot("card-many-troubles");
    }

    private static Chronicle In(RunState state) =>
        state switch
        {
            RunState.Planned => Planned("all"),
            RunState.AwaitingApproval => Asked(),
            RunState.Running => UnderWay(),
            RunState.AwaitingDecision => Failed(),
            RunState.Paused => UnderWay().Then(Ada, new RunEvent.Paused("the switch is being replaced")),
            RunState.RollingBack => Failed().Then(Ada, new RunEvent.RollbackAsked("wrong version")),
            RunState.RolledBack => Failed()
                .Then(Ada, new RunEvent.RollbackAsked("wrong version"))
                .Then(new RunEvent.Ended(RunState.RolledBack, "rolled back by @ada: wrong version")),
            RunState.Cancelling => UnderWay().Then(Ada, new RunEvent.CancelAsked("wrong window")),
            RunState.Succeeded => Succeeded(),
            RunState.Failed => Failed()
                .Then(Ada, new RunEvent.CancelAsked("the node is broken"))
                .Then(
                    new RunEvent.StepCancelled("apps/convert-node/apps-01", "stopped because the run was cancelled"),
                    new RunEvent.Ended(RunState.Failed, "given up by @ada: the node is broken")
                ),
            RunState.Cancelled => Asked()
                .After(TimeSpan.FromMinutes(1))
                .Then(Ada, new RunEvent.CancelAsked(null))
                .Then(new RunEvent.Ended(RunState.Cancelled, "cancelled by @ada")),
            RunState.Denied => Asked()
                .After(TimeSpan.FromMinutes(1))
                .Then(Grace, No("infra/foundation", "not before the backup"))
                .Then(new RunEvent.Ended(RunState.Denied, "infra/foundation denied by @grace: not before the backup")),
            RunState.Expired => Asked()
                .After(TimeSpan.FromHours(4))
                .Then(
                    new RunEvent.ApprovalExpired("infra/foundation"),
                    new RunEvent.Ended(RunState.Expired, "nobody approved infra/foundation before 2026-11-21 13:00 UTC")
                ),
        };
}
