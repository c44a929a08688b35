using PlatformBot.Core.Approvals;

namespace PlatformBot.Core.Runs;

/// <summary>Whether and how a run ends, once nothing of it works any more. Pure.</summary>
public static class Endings
{
    /// <summary>Its end, or null when it has not come: something is left to do, or somebody must decide.</summary>
    public static RunEvent.Ended? Of(Run run) =>
        run switch
        {
            // What could not be proven is undone first, however the run ends.
            _ when run.TakingBack.Any() => null,
            { CancelAsked: { } cancel } => Stopped(run, Because(cancel.By, cancel.Reason)),
            { Rollback: { } wish } => Undone(run, Because(wish.By, wish.Reason)),
            _ when Scheduler.Refusing(run) is { } approval => Refused(approval),
            _ when run.AllSettled => new RunEvent.Ended(RunState.Succeeded, null),
            _ => null,
        };

    private static RunEvent.Ended Stopped(Run run, string because) =>
        run.Failed.Any() || run.NotRolledBack.Any()
            ? new RunEvent.Ended(RunState.Failed, $"given up by {because}")
            : new RunEvent.Ended(RunState.Cancelled, $"cancelled by {because}");

    private static RunEvent.Ended? Undone(Run run, string because) =>
        run.MayRollBack && !run.RollbackDue.Any() && !run.NotRolledBack.Any()
            ? new RunEvent.Ended(RunState.RolledBack, $"rolled back by {because}")
            : null;

    private static RunEvent.Ended Refused(Approval approval) =>
        approval.Votes.Find(vote => vote.Decision is Decision.Deny) is { } denial
            ? new RunEvent.Ended(RunState.Denied, $"{approval.Phase} denied by {denial.By}: {denial.Reason}")
            : new RunEvent.Ended(
                RunState.Expired,
                $"nobody approved {approval.Phase} before {Words.Utc(approval.ExpiresAt)}"
            );

    private static string Because(Person by, string? reason) => reason is null ? $"{by}" : $"{by}: {reason}";
}
