using PlatformBot.Core.Approvals;
using PlatformBot.Core.Freezes;
using PlatformBot.Core.Planning;

namespace PlatformBot.Core.Runs;

/// <summary>What may start now. Pure: the same state gives the same answer, in the plan's order.</summary>
public static class Scheduler
{
    /// <param name="busy">ids of steps that are being worked on</param>
    /// <param name="pausing">ids of steps whose next attempt has to wait</param>
    /// <param name="lockIsFree">whether a named step lock could be taken now</param>
    /// <param name="frost">what is frozen now</param>
    public static IEnumerable<PlannedStep> Ready(
        Run run,
        IReadOnlySet<string> busy,
        IReadOnlySet<string> pausing,
        Func<string, bool> lockIsFree,
        Frost frost
    )
    {
        if (IsEnding(run))
            yield break;

        var mayBegin = MayBegin(run);
        var places = new Places(run, busy);
        var taken = new HashSet<string>();
        var waiting = run
            .Plan.Phases.Where(phase => run.Phases[phase.Id] is not PhaseState.Complete && run.MayTouch(phase))
            .SelectMany(phase => phase.Steps)
            .Where(step => CanStart(run, step) && !busy.Contains(step.Id) && !pausing.Contains(step.Id))
            // A crash left it without its proof, which begins nothing.
            .Where(step => mayBegin || run.At(step).State is StepState.Verifying)
            .Where(step => Kept(run, step, frost) is null);

        // What a person is at already, as after a restart, needs no place; and its lock is theirs before it is anybody else's.
        foreach (var step in waiting.OrderByDescending(run.IsWithPerson))
        {
            if (!run.IsWithPerson(step) && !places.HasOneFor(step))
                continue;

            if (LockOf(run, step) is { } name && (!lockIsFree(name) || !taken.Add(name)))
                continue;

            places.Take(step);
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

    /// <summary>The freeze that keeps the step from being started; null when none does. What began before it ends as it would have.</summary>
    public static Freeze? Kept(Run run, PlannedStep step, Frost frost) =>
        run.At(step).State is StepState.Pending or StepState.Interrupted or StepState.WaitingToRetry
            ? frost.Over(step)
            : null;

    /// <summary>
    /// Steps that undo themselves, have begun and may not go on now: a crash or a failed attempt left them half done, and nobody knows for how
    /// long the run stands still.
    /// </summary>
    /// <param name="busy">ids of steps that are being worked on</param>
    public static IEnumerable<PlannedStep> Stranded(Run run, IReadOnlySet<string> busy, Frost frost) =>
        run.Unproven.Where(step =>
            run.At(step).State is not StepState.Verifying
            && !busy.Contains(step.Id)
            && (!MayBegin(run) || Kept(run, step, frost) is not null)
        );

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
        && step.Needs.All(run.IsSettled);

    /// <summary>
    /// The lock that the step has to have to go on. What is done already, and only wants its proof, changes nothing any more; unless it goes
    /// back when it is red.
    /// </summary>
    internal static string? LockOf(Run run, PlannedStep step) =>
        run.At(step).State is StepState.Verifying && !step.UndoesItself ? null : step.Lock;

    /// <summary>What is left of the run's limits. A step that a person is at takes nothing of them.</summary>
    private sealed class Places
    {
        private readonly Run _run;
        private readonly Dictionary<string, int> _inCluster = [];
        private int _inRun;

        public Places(Run run, IReadOnlySet<string> busy)
        {
            _run = run;

            foreach (var step in run.Plan.Steps.Where(step => busy.Contains(step.Id)))
                Take(step);
        }

        public bool HasOneFor(PlannedStep step) =>
            _inRun < _run.Plan.Parallel
            && (
                step.Cluster is not { } cluster || _inCluster.GetValueOrDefault(cluster) < _run.Plan.ParallelPerCluster
            );

        public void Take(PlannedStep step)
        {
            if (_run.IsWithPerson(step))
                return;

            _inRun++;

            if (step.Cluster is { } cluster)
                _inCluster[cluster] = _inCluster.GetValueOrDefault(cluster) + 1;
        }
    }
}
