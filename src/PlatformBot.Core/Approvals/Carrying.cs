using PlatformBot.Core.Planning;
using PlatformBot.Core.Runs;

namespace PlatformBot.Core.Approvals;

/// <summary>When a run takes over what was approved for the one before it, so that nobody is asked the same twice. Pure.</summary>
public static class Carrying
{
    /// <summary>
    /// Until when the earlier approval counts for this run, too; null when it does not. The run before must have failed or been cancelled by
    /// whoever asked for both: anybody else who ended it may have meant no. What one person approved alone was for one emergency. Nothing may be new, and no vote counts longer than it would have.
    /// </summary>
    /// <param name="earlier">the newest run that asked for an approval of this name</param>
    public static DateTimeOffset? Until(
        Run earlier,
        Run run,
        string name,
        IReadOnlyList<Pin>? inputs,
        DateTimeOffset now
    )
    {
        if (
            earlier is not { State: RunState.Failed or RunState.Cancelled, CancelAsked: { } cancel }
            || cancel.By.Id != run.Requester.Id
            || earlier.Requester.Id != run.Requester.Id
            || earlier.Approvals.GetValueOrDefault(name) is not { State: ApprovalState.Approved, Alone: null } approval
            || !Counts(approval, run)
            || Coverage.NewIn(run.Plan, inputs, earlier.Plan, approval.Inputs is null ? null : approval.MustBe).Count
                > 0
        )
        {
            return null;
        }

        var until = approval.Votes.Min(vote => vote.At) + run.Plan.Approval.Expires;
        var earliest = until < approval.ExpiresAt ? until : approval.ExpiresAt;
        return now < earliest ? earliest : null;
    }

    /// <summary>A vote that was signed was signed for the other run.</summary>
    private static bool Counts(Approval approval, Run run) =>
        approval.Votes.Count > 0
        && approval.Votes.TrueForAll(vote =>
            vote is { Decision: Decision.Approve, Signed: null } && vote.By.Id != run.Requester.Id
        )
        && approval.IsEnough([.. approval.Votes.Select(vote => vote.Roles)]);

    /// <summary>What is new of it since the last time that it was approved.</summary>
    public static Comparison? Since(IEnumerable<Run> earlier, Run run, string name, IReadOnlyList<Pin>? inputs)
    {
        if (earlier.FirstOrDefault(each => each.Approvals[name].State is ApprovalState.Approved) is not { } last)
            return null;

        var (was, now) = (Of(last, name), Of(run, name));
        var approval = last.Approvals[name];
        var news = Coverage.NewIn(now, inputs, was, approval.Inputs is null ? inputs : approval.MustBe);
        return new Comparison(last.Id.Number, [.. news, .. Coverage.GoneFrom(now, was)]);
    }

    private static Plan Of(Run run, string approval) =>
        run.Plan with
        {
            Phases = [.. run.Plan.Phases.Where(phase => run.ApprovalFor(phase) == approval)],
        };
}

/// <summary>What differs from the last run in which the same was approved.</summary>
/// <param name="Run">its number</param>
/// <param name="Lines">"+ step", "~ step: action", "- step", inputs; none when nothing does</param>
public sealed record Comparison(long Run, IReadOnlyList<string> Lines);
