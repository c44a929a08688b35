using System.Collections.Immutable;
using PlatformBot.Core.Runs;
using PlatformBot.Core.Statements;

namespace PlatformBot.Core.Approvals;

public enum Decision
{
    Approve,
    Deny,
}

/// <param name="Signed">what the voter signed, where that is how they are known; null for chat</param>
public sealed record Vote(Person By, Decision Decision, string? Reason, DateTimeOffset At, Signed? Signed = null)
{
    /// <summary>Which of the approval's groups the voter was of.</summary>
    public IReadOnlyList<string> Roles { get; init; } = [];
}

/// <summary>One person's approval, in an emergency, of what takes more.</summary>
/// <param name="Role">which lets them</param>
public sealed record LoneVote(Vote Vote, string Role);

/// <summary>A vote that was given for the run before.</summary>
/// <param name="At">when it was given</param>
/// <param name="Roles">which of the approval's groups the voter was of</param>
public sealed record CarriedVote(Person By, DateTimeOffset At, IReadOnlyList<string> Roles);

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
    private static readonly ImmutableDictionary<string, int> NoGroups = ImmutableDictionary<string, int>.Empty;

    public ApprovalState State { get; init; } = ApprovalStates.Table.Start;

    public ImmutableList<Vote> Votes { get; init; } = [];

    /// <summary>Whoever holds one of them may decide.</summary>
    public IReadOnlyList<string> Roles { get; init; } = ["approver"];

    /// <summary>Roles of which so many of the quorum each must be.</summary>
    public IReadOnlyDictionary<string, int> Groups { get; init; } = NoGroups;

    /// <summary>What of the groups nobody has approved yet: role → how many.</summary>
    public IReadOnlyList<KeyValuePair<string, int>> Missing =>
        Seats.Empty(
            Groups,
            [
                .. Votes
                    .Where(vote => vote.Decision is Decision.Approve)
                    .Select(vote => (IReadOnlyCollection<string>)vote.Roles),
            ]
        );

    /// <summary>What its steps read besides their own words, as it was when the approval was asked for; null when nobody looked.</summary>
    public IReadOnlyList<Pin>? Inputs { get; init; }

    /// <summary>What is new since the same was approved last; null when it never was.</summary>
    public Comparison? Since { get; init; }

    /// <summary>The number of the run for which the votes were given; null when it was this one.</summary>
    public long? CarriedFrom { get; init; }

    /// <summary>What was not there then, and is now because of what the run did.</summary>
    public ImmutableList<Pin> Seen { get; init; } = [];

    /// <summary>How one person approved it alone, in an emergency; null where it is as the rule says.</summary>
    public LoneVote? Alone { get; init; }

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
        {
            return new Refusal(
                $"Deciding needs the role {string.Join(" or ", Roles)}, and you do not have it.",
                "`/platform whoami` shows your roles; the approval's post names who can decide."
            );
        }

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
            : IsEnough([.. votes.Where(each => each.Decision is Decision.Approve).Select(each => each.Roles)])
                ? ApprovalTrigger.Approve
            : ApprovalTrigger.Support;

        return Fire(trigger) with
        {
            Votes = votes,
        };
    }

    /// <summary>The approval with the votes that were given for an earlier run.</summary>
    public Approval With(RunEvent.ApprovalCarried carried) =>
        carried.Votes.Aggregate(
            this with
            {
                CarriedFrom = carried.From,
            },
            (now, vote) => now.With(new Vote(vote.By, Decision.Approve, Reason: null, vote.At) { Roles = vote.Roles })
        );

    /// <param name="voters">for each who said yes, which of the groups they are of</param>
    public bool IsEnough(IReadOnlyList<IReadOnlyCollection<string>> voters) =>
        voters.Count >= Quorum && Seats.Empty(Groups, voters).Count == 0;

    /// <summary>What has appeared stays what it was when it was seen first.</summary>
    public Approval WithSeen(IEnumerable<Pin> pins) =>
        this with
        {
            Seen = [.. Seen.Concat(pins).DistinctBy(pin => pin.Input)],
        };

    /// <summary>What the steps' inputs must be.</summary>
    public IReadOnlyList<Pin> MustBe =>
        [.. Seen, .. (Inputs ?? []).Where(pin => !Seen.Exists(seen => seen.Input == pin.Input))];

    /// <summary>Follows the table; a trigger that is not permitted changes nothing.</summary>
    public Approval Fire(ApprovalTrigger trigger) =>
        this with
        {
            State = ApprovalStates.Table.Next(State, trigger) ?? State,
        };
}
