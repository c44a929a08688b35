using PlatformBot.Core.Approvals;
using PlatformBot.Core.Planning;
using PlatformBot.Core.Runs;
using PlatformBot.Core.Tests.Runs;
using Shouldly;
using Xunit;
using static PlatformBot.Core.Tests.Runs.Plans;
using static PlatformBot.Core.Tests.Runs.Stage;

namespace PlatformBot.Core.Tests.Approvals;

/// <summary>When what was approved for one run counts for the next.</summary>
public sealed class CarryingTests
{
    private static readonly Plan Wipe = Of(Step("wipe") with { Destructive = "wipes it" });
    private static readonly DateTimeOffset Nine = new(2026, 11, 21, 9, 0, 0, TimeSpan.Zero);

    [Fact]
    public void What_its_own_requester_cancelled_need_not_be_approved_again() =>
        Until(Earlier(Yes, Cancelled(Ada))).ShouldBe(Nine.AddHours(4));

    [Fact]
    public void It_counts_no_longer_than_it_would_have()
    {
        Until(Earlier(Yes, Cancelled(Ada)), Nine.AddHours(4).AddTicks(-1)).ShouldNotBeNull();
        Until(Earlier(Yes, Cancelled(Ada)), Nine.AddHours(4)).ShouldBeNull();
        var shorter = Wipe with { Approval = Wipe.Approval with { Expires = TimeSpan.FromHours(1) } };
        Until(Earlier(Yes, Cancelled(Ada)), now: shorter).ShouldBe(Nine.AddHours(1));
    }

    [Fact]
    public void What_somebody_else_ended_may_have_been_meant_as_a_no() =>
        Until(Earlier(Yes, Cancelled(Grace))).ShouldBeNull();

    [Fact]
    public void Nothing_is_taken_over_from_a_run_that_is_not_over_succeeded_or_was_denied()
    {
        Until(Earlier(Yes)).ShouldBeNull();
        Until(Earlier(Yes, [(Ada, new RunEvent.CancelAsked(null))])).ShouldBeNull();
        Until(Earlier([(Grace, Vote(Decision.Deny))], Cancelled(Ada))).ShouldBeNull();
        Until(Earlier([], Cancelled(Ada))).ShouldBeNull();
    }

    [Fact]
    public void Somebody_elses_run_is_another_one() =>
        Until(Earlier(Yes, Cancelled(Ada)), requester: Grace).ShouldBeNull();

    [Fact]
    public void A_vote_of_the_requester_counts_for_neither() =>
        Until(Earlier([(Ada, Vote(Decision.Approve))], Cancelled(Ada))).ShouldBeNull();

    [Fact]
    public void What_one_person_approved_alone_was_for_that_run() =>
        Until(
                Earlier(
                    [(Grace, new RunEvent.ApprovedAlone("foundation", "d1", "everything burns", 1, "emergency"))],
                    Cancelled(Ada)
                )
            )
            .ShouldBeNull();

    [Fact]
    public void Anything_new_is_asked() =>
        Until(Earlier(Yes, Cancelled(Ada)), now: Of(Wipe.Steps.First() with { Attempts = 2 })).ShouldBeNull();

    [Fact]
    public void What_is_new_since_the_last_approval_is_told_whoever_asked_then()
    {
        var now = Of(Wipe.Steps.First(), Step("drop") with { Destructive = "drops it" });

        Carrying
            .Since([Earlier(Yes, Cancelled(Grace))], RunOf(now, Grace), "foundation", null)!
            .Lines.ShouldBe(["+ drop: drop"]);
        Carrying.Since([Earlier([], Cancelled(Ada))], RunOf(now, Ada), "foundation", null).ShouldBeNull();
    }

    private static readonly (Person, RunEvent)[] Yes = [(Grace, Vote(Decision.Approve))];

    private static RunEvent.Voted Vote(Decision decision) => new("foundation", decision, "d1", null, "test");

    private static (Person, RunEvent)[] Cancelled(Person by) =>
        [(by, new RunEvent.CancelAsked(null)), (Person.Bot, new RunEvent.Ended(RunState.Cancelled, "cancelled"))];

    private static DateTimeOffset? Until(
        Run earlier,
        DateTimeOffset? at = null,
        Plan? now = null,
        Person? requester = null
    ) => Carrying.Until(earlier, RunOf(now ?? Wipe, requester ?? Ada), "foundation", null, at ?? Nine);

    private static Run Earlier(params (Person By, RunEvent What)[][] entries) =>
        entries
            .SelectMany(each => each)
            .Aggregate(
                new Chronicle(Wipe, Ada).Then(new RunEvent.ApprovalAsked("foundation", "d1", 1, Nine.AddHours(4))),
                (told, entry) => told.Then(entry.By, entry.What)
            )
            .Run;

    private static Run RunOf(Plan plan, Person requester) => new Chronicle(plan, requester).Run;
}
