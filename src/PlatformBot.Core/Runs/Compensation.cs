using PlatformBot.Core.Approvals;
using PlatformBot.Core.Freezes;
using PlatformBot.Core.Planning;

namespace PlatformBot.Core.Runs;

/// <summary>
/// Undoes what one step did, once: its start is on disk before it begins, and whatever becomes of it, it does not begin again
/// unless a person wants it to.
/// </summary>
internal sealed class Compensation(
    LiveRun live,
    IStepActions actions,
    ApprovalGuard guard,
    StepLocks locks,
    FreezeBook freezes,
    TimeProvider clock,
    StopTokens tokens
)
{
    private const string Interrupted =
        "The bot stopped while this was being undone, and nothing shows what became of it.";

    private readonly StepWork _work = new(live, actions, clock, tokens);

    public async Task RunAsync(PlannedStep step)
    {
        using var acting = CancellationTokenSource.CreateLinkedTokenSource(tokens.Stopping, tokens.Cancelled);
        using var held = await TakeAsync(step, acting.Token);
        var started = new RunEvent.RollbackStarted(step.Id);

        if (!await live.NoteIfAsync(now => IsDue(now, step), started, tokens.Stopping))
            return;

        var undoing = step.Undoing!;

        if (
            undoing.Destructive is not null
            && await guard.ObjectionAsync(live, undoing, live.Now.Rollback!.Approval, tokens.Stopping) is { } objection
        )
        {
            await FailAsync(step, objection.ToFailure(attempt: 1));
            return;
        }

        try
        {
            var did = await _work.DoAsync(
                undoing,
                undoing.Timeout,
                (progress, limited) => _work.ActAsync(undoing, progress, limited),
                _ => Task.CompletedTask,
                acting.Token
            );

            if (did.Verdict is Verdict.Done or Verdict.AlreadyThere)
                await live.NoteAsync(new RunEvent.StepRolledBack(step.Id, did.Said), tokens.Stopping);
            else
                await FailAsync(step, await _work.FailureAsync(undoing, did, attempt: 1, isDiagnosed: true));
        }
        catch (OperationCanceledException) when (!tokens.Stopping.IsCancellationRequested)
        {
            await FailAsync(step, Failure.Untouched(1, "Stopped half way, because the run was cancelled."));
        }
    }

    /// <summary>The step's lock: what other runs do with the same thing does not meet its undoing.</summary>
    private async Task<IDisposable?> TakeAsync(PlannedStep step, CancellationToken token)
    {
        try
        {
            return await locks.TakeAsync(step.Lock, token);
        }
        catch (OperationCanceledException) when (!tokens.Stopping.IsCancellationRequested)
        {
            // Cancelled before it began: the state no longer lets it begin.
            return null;
        }
    }

    /// <summary>After a crash: what is seen to be undone is; of anything else nobody knows, and a person must look.</summary>
    public async Task JudgeInterruptedAsync(PlannedStep step)
    {
        var looks = await _work.LookAsync(step.Rollback!.Verify, tokens.Stopping);
        var saw = StepWork.Sentence(looks);

        if (looks.Count > 0 && looks.All(look => look.Holds is true))
            await live.NoteAsync(new RunEvent.StepRolledBack(step.Id, saw), tokens.Stopping);
        else
            await FailAsync(step, Failure.Untouched(1, $"{Interrupted} {saw}".TrimEnd()));
    }

    /// <summary>Asked again as long as its start cannot be written.</summary>
    private bool IsDue(Run run, PlannedStep step) =>
        run is { CancelAsked: null, MayRollBack: true, HasItsTurn: true }
        && run.RollbackDue.FirstOrDefault()?.Id == step.Id
        && freezes.Now.OverUndoing(step) is null;

    private Task FailAsync(PlannedStep step, Failure failure) =>
        live.NoteAsync(new RunEvent.RollbackFailed(step.Id, failure), tokens.Stopping);
}
