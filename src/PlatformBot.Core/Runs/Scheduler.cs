using PlatformBot.Core.Approvals;
using PlatformBot.Core.Planning;

namespace PlatformBot.Core.Runs;

/// <summary>What may start now. Pure: the same state gives the same answer, in the plan's order.</summary>
public static class Scheduler
{
    /// <param name="busy">ids of steps that are being worked on</param>
    /// <param name="lockIsFree">whether a named step lock could be taken now</param>
    public static IEnumerable<PlannedStep> Ready(Run run, IReadOnlySet<string> busy, Func<string, bool> lockIsFree)
    {
        if (!MayBegin(run))
            yield break;

        var places = run.Plan.Parallel - busy.Count;
        var perCluster = run
            .Plan.Steps.Where(step => busy.Contains(step.Id) && step.Cluster is not null)
            .CountBy(step => step.Cluster!)
            .ToDictionary();
        var taken = new HashSet<string>();

        foreach (var step in run.Plan.Steps.Where(step => CanStart(run, step) && !busy.Contains(step.Id)))
        {
            if (places == 0)
                yield break;

            var inCluster = step.Cluster is { } cluster ? perCluster.GetValueOrDefault(cluster) : 0;

            if (step.Cluster is not null && inCluster >= run.Plan.ParallelPerCluster)
                continue;

            if (step.Lock is { } name && (!lockIsFree(name) || !taken.Add(name)))
                continue;

            if (step.Cluster is { } its)
                perCluster[its] = inCluster + 1;

            places--;
            yield return step;
        }
    }

    /// <summary>Steps may begin: it is the run's turn, and nobody has paused it, ended it or wants it undone.</summary>
    public static bool MayBegin(Run run) =>
        !IsEnding(run)
        && run.HasItsTurn
        && run.State is not (RunState.Paused or RunState.RollingBack)
        && !run.MustGiveUpLocks
        && !(run.Plan.StopsAtFailure is true && run.Failed.Any());

    /// <summary>It only goes backwards from here: somebody cancelled, a phase was denied or has expired, a rollback may begin.</summary>
    public static bool IsEnding(Run run) =>
        run.IsOver || run.CancelAsked is not null || run.MayRollBack || Refusing(run) is not null;

    /// <summary>The approval of a phase, or of the whole run, that was not given.</summary>
    public static Approval? Refusing(Run run) =>
        run.Rollback is null
            ? run
                .NeededApprovals.Select(name => run.Approvals.GetValueOrDefault(name))
                .FirstOrDefault(each => each?.State is ApprovalState.Denied or ApprovalState.Expired)
            : null;

    private static bool CanStart(Run run, PlannedStep step) =>
        run.At(step).State
            is StepState.Pending
                or StepState.Interrupted
                or StepState.WaitingToRetry
                or StepState.Running
                or StepState.Verifying
        && run.MayTouch(step.Phase)
        && step.Needs.All(run.IsSettled);
}
