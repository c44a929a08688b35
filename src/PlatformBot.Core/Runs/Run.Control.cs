using PlatformBot.Core.Approvals;
using PlatformBot.Core.Journals;
using PlatformBot.Core.Planning;

namespace PlatformBot.Core.Runs;

/// <summary>What people do with a run as a whole: its turn, pause, rollback.</summary>
public sealed partial record Run
{
    /// <summary>It needs no lock, or holds all that it needs.</summary>
    public bool HasItsTurn => Plan.Locks.Count == 0 || LockedSince is not null;

    /// <summary>Steps that began in this run and that the bot knows how to undo, the latest first: whatever needs a step began after it.</summary>
    public IEnumerable<PlannedStep> Undoable =>
        Plan
            .Steps.Where(step => step.Rollback is not null && At(step) is { StartedAt: not null, IsTakenBack: false })
            .Reverse()
            .OrderByDescending(step => At(step).StartedAt);

    /// <summary>Those that are still to be undone. A compensation that did not work is among them only when a person wants it again.</summary>
    public IEnumerable<PlannedStep> RollbackDue =>
        Undoable.Where(step =>
            StepStates.Table.Next(At(step).State, StepTrigger.RollBack) is not null
            && (At(step).State is not StepState.RollbackFailed || At(step).UndoAgain)
        );

    /// <summary>Steps that began and cannot be undone by the bot, in the plan's order: what they did stays.</summary>
    public IEnumerable<PlannedStep> RollbackCannot =>
        Plan.Steps.Where(step => step.Rollback is null && At(step).StartedAt is not null);

    /// <summary>Undoing it destroys something, so that a second person must agree.</summary>
    public bool RollbackNeedsApproval =>
        Plan.Approval.Quorum > 0
        && Plan.Steps.Any(step =>
            step.Rollback?.Destructive is not null && At(step) is { StartedAt: not null, IsTakenBack: false }
        );

    /// <summary>A rollback was asked for, and nothing stands against it.</summary>
    public bool MayRollBack => Rollback is { } wish && (!RollbackNeedsApproval || IsApproved(wish));

    /// <summary>A second person agreed that others may have the locks. What is being undone keeps them to its end, which is near.</summary>
    public bool MustGiveUpLocks => Rollback is null && Unlock is { } wish && IsApproved(wish);

    private bool IsApproved(RunWish wish) =>
        Approvals.GetValueOrDefault(wish.Approval) is { State: ApprovalState.Approved };

    private Run ApplyControl(Entry entry) =>
        entry.What switch
        {
            RunEvent.LocksTaken => IsOver ? this : this with { LockedSince = entry.At },
            RunEvent.LocksGivenUp => this with
            {
                State = RunStates.Table.Next(State, RunTrigger.Pause) ?? State,
                LockedSince = null,
                Unlock = null,
                PausedBy = Unlock is { } wish ? (wish.By, wish.Reason) : PausedBy,
            },
            RunEvent.UnlockAsked asked => IsOver ? this : this with { Unlock = Wish("unlock", entry.By, asked.Reason) },
            RunEvent.Paused paused => When(RunTrigger.Pause, run => run with { PausedBy = (entry.By, paused.Reason) }),
            RunEvent.Resumed => When(RunTrigger.Resume, run => run with { PausedBy = null }),
            RunEvent.RollbackAsked asked => When(
                RunTrigger.RollBack,
                run => run with { Rollback = run.Wish("rollback", entry.By, asked.Reason), PausedBy = null }
            ),
            _ => ApplyRollback(entry),
        };

    private Run ApplyRollback(Entry entry) =>
        entry.What switch
        {
            RunEvent.RollbackStarted e => Step(
                e.Step,
                StepTrigger.RollBack,
                s => s with { Saw = "", Processes = [], RetryAt = null }
            ),
            RunEvent.StepRolledBack e => Undone(e.Step, e.Saw, entry.At),
            RunEvent.RollbackFailed e => Step(
                e.Step,
                StepTrigger.FailToUndo,
                s => s with { Saw = e.Failure.Said, Failure = e.Failure, EndedAt = entry.At, UndoAgain = false },
                run => run.Detect(e.Step, e.Failure, entry.At)
            ),
            _ => ApplyToStep(entry),
        };

    /// <summary>A fault of the compensation is healed with it; the fault for which the run was rolled back is not.</summary>
    private Run Undone(string step, string saw, DateTimeOffset at)
    {
        var wasStuck = Steps.TryGetValue(step, out var progress) && progress.UndoAgain;
        return Step(
            step,
            StepTrigger.Undo,
            s => s with { Saw = saw, EndedAt = at, UndoAgain = false, MayStand = false },
            run => wasStuck ? run.Heal(step) : run
        );
    }

    private RunWish Wish(string name, Person by, string? reason)
    {
        var before = Approvals.Keys.Count(each =>
            each == name || each.StartsWith($"{name}-", StringComparison.Ordinal)
        );
        return new RunWish(by, reason, before == 0 ? name : $"{name}-{before + 1}");
    }

    /// <summary>A rollback that is refused leaves the run paused; locks that are refused stay.</summary>
    private Run AfterDecision(string approval)
    {
        if (
            Approvals.GetValueOrDefault(approval)
            is not { State: ApprovalState.Denied or ApprovalState.Expired } refused
        )
        {
            return this;
        }

        if (Rollback?.Approval == approval)
        {
            return Fire(RunTrigger.Pause) with
            {
                Rollback = null,
                PausedBy = (Rollback.By, $"the rollback was {refused.State.ToString().ToLowerInvariant()}"),
            };
        }

        return Unlock?.Approval == approval ? this with { Unlock = null } : this;
    }
}
