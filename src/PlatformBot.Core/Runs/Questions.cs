namespace PlatformBot.Core.Runs;

/// <summary>What a second person must be asked. Pure.</summary>
internal static class Questions
{
    /// <summary>The approvals that the run wants now, by name, and on whose behalf; null: the requester's.</summary>
    public static IEnumerable<(string Name, Person? By)> Of(Run run)
    {
        if (run.CancelAsked is not null)
            yield break;

        if (run.Unlock is { } unlock)
            yield return (unlock.Approval, unlock.By);

        if (run is { Rollback: { } rollback, RollbackNeedsApproval: true })
            yield return (rollback.Approval, rollback.By);

        if (!Scheduler.IsEnding(run) && run.HasItsTurn && run.Rollback is null)
        {
            foreach (var name in run.NeededApprovals)
                yield return (name, null);
        }
    }
}
