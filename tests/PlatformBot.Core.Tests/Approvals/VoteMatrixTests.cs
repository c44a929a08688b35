using PlatformBot.Core.Approvals;
using Shouldly;
using Xunit;

namespace PlatformBot.Core.Tests.Approvals;

/// <summary>Everybody × every rule × every state × every moment × what they saw × what they say: who is let, and what it does.</summary>
public sealed class VoteMatrixTests
{
    private static readonly DateTimeOffset Asked = new(2026, 11, 21, 9, 0, 0, TimeSpan.Zero);
    private static readonly DateTimeOffset Expiry = Asked.AddHours(4);

    private static readonly Person Requester = new("u-ada", "ada");
    private static readonly Person Voted = new("u-linus", "linus");

    /// <summary>Name, person, whether they hold the role now.</summary>
    private static readonly (string Who, Person Person, bool HasRole)[] Everybody =
    [
        ("the requester", Requester, true),
        ("the requester, who has lost the role", Requester, false),
        ("the requester under another name", Requester with { Name = "countess" }, true),
        ("an approver", new("u-grace", "grace"), true),
        ("an approver with the requester's name", new("u-eve", "ada"), true),
        ("whoever has voted", Voted, true),
        ("whoever has voted, under another name", Voted with { Name = "torvalds" }, true),
        ("whoever has lost the role", new("u-grace", "grace"), false),
        ("somebody without a role", new("u-mallory", "mallory"), false),
    ];

    private static readonly (string Rule, int Quorum, Dictionary<string, int> Groups)[] Rules =
    [
        ("one", 1, []),
        ("two", 2, []),
        ("one of each", 2, new() { ["platform"] = 1, ["security"] = 1 }),
    ];

    private static readonly (string When, DateTimeOffset At)[] Moments =
    [
        ("at once", Asked),
        ("in the last moment", Expiry.AddTicks(-1)),
        ("at the expiry", Expiry),
        ("after it", Expiry.AddTicks(1)),
        ("with a clock that was set back", Asked.AddHours(-2)),
    ];

    public static TheoryData<string, ApprovalState, Decision> Cells()
    {
        var cells = new TheoryData<string, ApprovalState, Decision>();

        foreach (var rule in Rules)
        {
            foreach (var state in Enum.GetValues<ApprovalState>())
            {
                cells.Add(rule.Rule, state, Decision.Approve);
                cells.Add(rule.Rule, state, Decision.Deny);
            }
        }

        return cells;
    }

    [Theory]
    [MemberData(nameof(Cells))]
    public void A_vote_counts_exactly_when_nothing_stands_against_it(
        string rule,
        ApprovalState state,
        Decision decision
    )
    {
        var approval = Of(rule, state);

        foreach (var (who, person, hasRole) in Everybody)
        {
            foreach (var (when, at) in Moments)
            {
                foreach (var saw in new[] { "d1", "d2" })
                {
                    var isRequester = person.Id == Requester.Id;
                    var may =
                        state is ApprovalState.Requested
                        && at < Expiry
                        && saw == "d1"
                        && person.Id != Voted.Id
                        && (isRequester ? decision is Decision.Deny : hasRole);

                    var objection = approval.Objection(person, decision, saw, hasRole, at);

                    (objection is null).ShouldBe(may, $"{who}, {when}, saw {saw}: {objection?.Reason}");
                    objection?.Hint.ShouldNotBeEmpty();

                    if (may)
                        After(approval, person, decision).ShouldBe(Wanted(rule, decision), $"{who}, {when}");
                    else
                        approval.Votes.ShouldHaveSingleItem();
                }
            }
        }
    }

    /// <summary>In every order of one yes and one no, and whatever else is said, it ends as the first of them says.</summary>
    [Theory]
    [InlineData(Decision.Approve, Decision.Deny, ApprovalState.Approved)]
    [InlineData(Decision.Deny, Decision.Approve, ApprovalState.Denied)]
    public void Of_a_yes_and_a_no_in_the_same_moment_the_first_decides(
        Decision first,
        Decision second,
        ApprovalState end
    )
    {
        var approval = new Approval("infra/foundation", "d1", Requester, 1, Asked, Expiry).With(
            new Vote(Everybody[3].Person, first, null, Asked)
        );

        approval.Objection(Voted, second, "d1", mayDecide: true, Asked).ShouldNotBeNull();
        approval.With(new Vote(Voted, second, null, Asked)).State.ShouldBe(end);
    }

    /// <summary>Somebody has said yes already, as one of platform; what is decided was decided otherwise.</summary>
    private static Approval Of(string rule, ApprovalState state)
    {
        var (_, quorum, groups) = Rules.Single(each => each.Rule == rule);
        return new Approval("infra/foundation", "d1", Requester, quorum, Asked, Expiry)
        {
            State = state,
            Groups = groups,
            Votes = [new Vote(Voted, Decision.Approve, null, Asked) { Roles = ["platform"] }],
        };
    }

    private static ApprovalState After(Approval approval, Person person, Decision decision) =>
        approval.With(new Vote(person, decision, null, Asked) { Roles = ["platform"] }).State;

    /// <summary>A second yes is enough for two, and not for one of each when both are of platform.</summary>
    private static ApprovalState Wanted(string rule, Decision decision) =>
        (rule, decision) switch
        {
            (_, Decision.Deny) => ApprovalState.Denied,
            ("one of each", _) => ApprovalState.Requested,
            _ => ApprovalState.Approved,
        };
}
