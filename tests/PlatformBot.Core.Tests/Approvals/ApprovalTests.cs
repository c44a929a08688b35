using PlatformBot.Core.Approvals;
using Shouldly;
using Xunit;

namespace PlatformBot.Core.Tests.Approvals;

/// <summary>Who may decide on what, when; and when that is enough.</summary>
public sealed class ApprovalTests
{
    private static readonly Person Ada = new("u-ada", "ada");
    private static readonly Person Grace = new("u-grace", "grace");
    private static readonly Person Edsger = new("u-edsger", "edsger");
    private static readonly DateTimeOffset Nine = new(2026, 11, 21, 9, 0, 0, TimeSpan.Zero);

    private static readonly Approval OfAda = new("infra/foundation", "d1", Ada, 1, Nine, Nine.AddHours(4));

    [Fact]
    public void A_second_person_with_the_role_may_approve_or_deny()
    {
        Objection(Grace, Decision.Approve).ShouldBeNull();
        Objection(Grace, Decision.Deny).ShouldBeNull();
    }

    [Fact]
    public void The_requester_never_approves_and_a_role_does_not_change_that()
    {
        Objection(Ada, Decision.Approve, mayDecide: true)
            .ShouldBe(
                new Refusal(
                    "You asked for this run, so someone else must approve it.",
                    "Rule: the requester never counts (four eyes). The approval's post names who can decide."
                )
            );
        Objection(Ada, Decision.Approve, mayDecide: false)!.Reason.ShouldStartWith("You asked for this run");
    }

    [Fact]
    public void It_is_the_id_that_makes_the_requester_and_not_the_name()
    {
        Objection(Ada with { Name = "renamed" }, Decision.Approve)!.Reason.ShouldStartWith("You asked for this run");
        Objection(Grace with { Name = "ada" }, Decision.Approve).ShouldBeNull();
    }

    [Fact]
    public void Whoever_asked_may_say_no_even_without_the_role() =>
        Objection(Ada, Decision.Deny, mayDecide: false).ShouldBeNull();

    [Theory]
    [InlineData(Decision.Approve)]
    [InlineData(Decision.Deny)]
    public void Without_the_role_nobody_else_decides(Decision decision) =>
        Objection(Grace, decision, mayDecide: false)
            .ShouldBe(
                new Refusal(
                    "Deciding needs the role approver, and you do not have it.",
                    "`/platform whoami` shows your roles; the approval's post names who can decide."
                )
            );

    [Fact]
    public void Only_what_was_seen_can_be_approved() =>
        Objection(Grace, Decision.Approve, digest: "d2")
            .ShouldBe(new Refusal("The plan has changed since this was posted.", "Look at the newest approval post."));

    [Fact]
    public void The_last_moment_is_before_the_expiry()
    {
        Objection(Grace, Decision.Approve, at: OfAda.ExpiresAt.AddTicks(-1)).ShouldBeNull();
        Objection(Grace, Decision.Approve, at: OfAda.ExpiresAt)
            .ShouldBe(new Refusal("The approval of infra/foundation expired at 13:00 UTC.", "Ask for the run again."));
    }

    [Theory]
    [InlineData(Decision.Approve)]
    [InlineData(Decision.Deny)]
    public void One_person_counts_once(Decision second)
    {
        var waiting = (OfAda with { Quorum = 2 }).With(Vote(Grace));

        waiting
            .Objection(Grace with { Name = "other name" }, second, "d1", mayDecide: true, Nine)!
            .Reason.ShouldBe("You have voted on infra/foundation already; one person counts once.");
        waiting.Objection(Edsger, second, "d1", mayDecide: true, Nine).ShouldBeNull();
    }

    [Theory]
    [InlineData(ApprovalTrigger.Approve, "Approved")]
    [InlineData(ApprovalTrigger.Deny, "Denied")]
    [InlineData(ApprovalTrigger.Expire, "Expired")]
    [InlineData(ApprovalTrigger.Withdraw, "Withdrawn")]
    public void What_is_decided_stays_decided(ApprovalTrigger trigger, string state)
    {
        var decided = OfAda.Fire(trigger);

        decided
            .Objection(Grace, Decision.Deny, "d1", mayDecide: true, Nine)!
            .Reason.ShouldBe($"The approval of infra/foundation is {state} already.");
        decided.With(Vote(Grace, Decision.Deny)).State.ShouldBe(decided.State);
        decided.With(Vote(Grace)).State.ShouldBe(decided.State);
    }

    [Fact]
    public void Fewer_than_the_quorum_are_not_enough_and_no_vote_is_forgotten()
    {
        var one = (OfAda with { Quorum = 2 }).With(Vote(Grace));
        var two = one.With(Vote(Edsger));

        (one.State, two.State).ShouldBe((ApprovalState.Requested, ApprovalState.Approved));
        two.Votes.Select(vote => vote.By).ShouldBe([Grace, Edsger]);
    }

    [Fact]
    public void Each_group_must_have_approved_and_one_person_is_of_one_group()
    {
        var asked = OfAda with
        {
            Quorum = 2,
            Groups = new Dictionary<string, int> { ["platform"] = 1, ["security"] = 1 },
        };
        var both = asked.With(Vote(Grace, roles: ["platform", "security"]));
        var twice = both.With(Vote(Edsger, roles: ["platform"]));
        var lacking = asked.With(Vote(Grace, roles: ["platform"])).With(Vote(Edsger, roles: ["platform"]));

        (both.State, twice.State, lacking.State).ShouldBe(
            (ApprovalState.Requested, ApprovalState.Approved, ApprovalState.Requested)
        );
        Seats.Words(both.Missing).ShouldBe("1 of security");
        Seats.Words(lacking.Missing).ShouldBe("1 of security");
    }

    [Fact]
    public void One_no_is_enough_whoever_said_yes_before() =>
        (OfAda with { Quorum = 3 })
            .With(Vote(Grace))
            .With(Vote(Edsger, Decision.Deny))
            .State.ShouldBe(ApprovalState.Denied);

    private static Refusal? Objection(
        Person by,
        Decision decision,
        bool mayDecide = true,
        string digest = "d1",
        DateTimeOffset? at = null
    ) => OfAda.Objection(by, decision, digest, mayDecide, at ?? Nine);

    private static Vote Vote(Person by, Decision decision = Decision.Approve, IReadOnlyList<string>? roles = null) =>
        new(by, decision, null, Nine) { Roles = roles ?? [] };
}
