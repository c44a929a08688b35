using System.Collections.Immutable;
using PlatformBot.Core.Statements;

namespace PlatformBot.Core.Approvals;

public enum Decision
{
    Approve,
    Deny,
}

/// <param name="Signed">what the voter signed, where that is how they are known; null for chat</param>
public sealed record Vote(Person By, Decision Decision, string? Reason, DateTimeOffset At, Signed? Signed = null);

/// <summary>Four eyes as a pure record: what is approved, who has voted, whether that is enough.</summary>
/// <param name="Phase">the phase's id: "infra/foundation"</param>
/// <param name="Digest">the plan's digest</param>
public sealed record Approval(
    string Phase,
    string Digest,
    Person Requester,
    int Quorum,
    DateTimeOffset AskedAt,
    DateTimeOffset ExpiresAt
)
{
    private static readonly Refusal OwnRun = new(
        "You asked for this run, so someone else must approve it.",
        "Rule: the requester never counts (four eyes). The approval's post names who can decide."
    );
    private static readonly Refusal NoRole = new(
        "Deciding needs the role approver, and you do not have it.",
        "`/platform whoami` shows your roles; the approval's post names who can decide."
    );

    public ApprovalState State { get; init; } = ApprovalStates.Table.Start;

    public ImmutableList<Vote> Votes { get; init; } = [];

    /// <summary>What an approving vote must bring along.</summary>
    public Confirmation MustType { get; init; } = Confirmation.None;

    /// <summary>May this person decide, on what they saw, now? Null means yes.</summary>
    /// <param name="mayDecide">holds the approver's role at this moment</param>
    public Refusal? Objection(Person by, Decision decision, string digest, bool mayDecide, DateTimeOffset now)
    {
        if (State is not ApprovalState.Requested)
            return new Refusal($"The approval of {Phase} is {State} already.", "Its post says by whom.");

        if (now >= ExpiresAt)
            return new Refusal($"The approval of {Phase} expired at {ExpiresAt:HH:mm} UTC.", "Ask for the run again.");

        // Denying one's own request is harmless; approving it is what four eyes are about.
        if (by.Id == Requester.Id && decision is Decision.Approve)
            return OwnRun;

        if (!mayDecide && by.Id != Requester.Id)
            return NoRole;

        if (digest != Digest)
            return new Refusal("The plan has changed since this was posted.", "Look at the newest approval post.");

        return Votes.Exists(vote => vote.By.Id == by.Id)
            ? new Refusal(
                $"You have voted on {Phase} already; one person counts once.",
                "Somebody else who can decide must vote, too."
            )
            : null;
    }

    /// <summary>The approval after a vote that had no objection.</summary>
    public Approval With(Vote vote)
    {
        var votes = Votes.Add(vote);
        var trigger =
            vote.Decision is Decision.Deny ? ApprovalTrigger.Deny
            : votes.Count(each => each.Decision is Decision.Approve) >= Quorum ? ApprovalTrigger.Approve
            : ApprovalTrigger.Support;

        return Fire(trigger) with
        {
            Votes = votes,
        };
    }

    /// <summary>Follows the table; a trigger that is not permitted changes nothing.</summary>
    public Approval Fire(ApprovalTrigger trigger) =>
        this with
        {
            State = ApprovalStates.Table.Next(State, trigger) ?? State,
        };
}
