using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;
using PlatformBot.Core.Approvals;
using PlatformBot.Core.Planning;

namespace PlatformBot.Core.Runs;

/// <summary>The one loop that moves a run: look at its state, start what may start, ask who must be asked, write how it ends.</summary>
public sealed partial class RunEngine(
    LiveRun live,
    IStepActions actions,
    ApprovalGuard guard,
    StepLocks locks,
    RunLocks turns,
    TimeProvider clock,
    ILogger logger
) : IDisposable
{
    /// <summary>The clock on the wall may be set while the engine sleeps; what expires by it is looked at at least that often.</summary>
    private static readonly TimeSpan LongestSleep = TimeSpan.FromMinutes(1);

    private readonly Dictionary<string, Task> _working = [];
    private readonly ConcurrentQueue<string> _finished = new();
    private readonly CancellationTokenSource _cancelled = new();
    private readonly CancellationTokenSource _ending = new();
    private readonly Signal _woken = new();
    private readonly Pauses _pauses = new(clock);
    private bool _waited;

    /// <summary>The bot is about to go: when this fires, nothing new begins; what is being done goes on.</summary>
    public CancellationToken Draining { get; init; }

    /// <summary>Carries the run to its end, from wherever its journal left it. Returns early only when <paramref name="stopping"/> fires.</summary>
    public async Task ContinueAsync(CancellationToken stopping)
    {
        locks.Released += _woken.Raise;

        try
        {
            await MarkInterruptedAsync(stopping);

            while (!live.Now.IsOver)
            {
                var news = Task.WhenAny(live.Changed, _woken.Next, turns.Changed);
                await SettleFinishedAsync();

                if (await EndIfOverAsync(stopping))
                    break;

                await TakeTurnAsync(stopping);
                await GiveUpLocksAsync(stopping);
                await AskForApprovalsAsync(stopping);
                StartReady(stopping);
                RollBackNext(stopping);
                await SleepAsync(news, stopping);
            }
        }
        finally
        {
            locks.Released -= _woken.Raise;
            turns.LookAgain();
            await Task.WhenAll(_working.Values).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    /// <summary>A step that the journal shows running, while nothing of ours runs, was cut off by the end of the process before this one.</summary>
    private async Task MarkInterruptedAsync(CancellationToken stopping)
    {
        foreach (var step in live.Now.Acting.ToList())
        {
            // Its tool heard of the bot's death at once, but may not have gone yet; what the tool started may not have heard at all.
            await actions.EndLeftoversAsync(live.Now.At(step).Processes);

            if (live.Now.At(step).State is StepState.RollingBack)
                await Undoing(stopping).JudgeInterruptedAsync(step);
            else
                await live.NoteAsync(new RunEvent.StepInterrupted(step.Id), stopping);
        }
    }

    /// <summary>A step's work says by itself that it is over: its task may end a moment later, and nobody would look again.</summary>
    private async Task SettleFinishedAsync()
    {
        while (_finished.TryDequeue(out var id))
        {
            if (_working.Remove(id, out var work))
                await work;
        }
    }

    private async Task<bool> EndIfOverAsync(CancellationToken stopping)
    {
        var run = live.Now;

        // In this order: whatever is stopped by the cancel knows already that the run ends.
        if (Scheduler.IsEnding(run))
        {
            await _ending.CancelAsync();
            await CancelStepsAsync(at => at.State is StepState.WaitingToRetry, StepRunner.Ended, stopping);
        }

        if (run.CancelAsked is not null)
            await _cancelled.CancelAsync();

        if (_working.Count > 0 || Endings.Of(run) is not { } ending)
            return false;

        await CancelStepsAsync(
            at =>
                at is { StartedAt: not null, State: not StepState.Failed }
                && StepStates.Table.Next(at.State, StepTrigger.Cancel) is not null,
            "the run ended before it did",
            stopping
        );

        // Somebody may have cancelled meanwhile, and then it ends otherwise.
        return await live.NoteIfAsync(now => Endings.Of(now) == ending, ending, stopping);
    }

    /// <summary>What began, has no end of its own and is not worked on ends with the run.</summary>
    private async Task CancelStepsAsync(Func<StepProgress, bool> which, string said, CancellationToken stopping)
    {
        var open = live.Now.Plan.Steps.Where(step => !_working.ContainsKey(step.Id) && which(live.Now.At(step)));

        foreach (var step in open.ToList())
            await live.NoteAsync(new RunEvent.StepCancelled(step.Id, said), stopping);
    }

    private async Task TakeTurnAsync(CancellationToken stopping)
    {
        if (!Draining.IsCancellationRequested)
            await turns.TryTakeAsync(live, stopping);

        // A run that was paused while it waited lets the next one pass.
        if (_waited && !RunLocks.Waits(live.Now))
            turns.LookAgain();

        _waited = RunLocks.Waits(live.Now);
    }

    /// <summary>Others may have the locks as soon as nothing of this run acts any more.</summary>
    private async Task GiveUpLocksAsync(CancellationToken stopping)
    {
        if (!live.Now.MustGiveUpLocks || live.Now.Acting.Any())
            return;

        await live.NoteAsync(new RunEvent.LocksGivenUp(), stopping);
        turns.LookAgain();
    }

    /// <summary>All at the beginning of the run's turn, so that approvers can look while the harmless phases run.</summary>
    private async Task AskForApprovalsAsync(CancellationToken stopping)
    {
        var run = live.Now;

        foreach (var (name, by) in Questions(run).Where(each => !run.Approvals.ContainsKey(each.Name)))
        {
            var expires = clock.GetUtcNow() + run.Plan.Approval.Expires;
            var asked = new RunEvent.ApprovalAsked(name, run.Plan.Digest, run.Plan.Approval.Quorum, expires, by);
            await live.NoteAsync(asked, stopping);
        }

        foreach (var approval in run.PendingApprovals.Where(approval => approval.ExpiresAt <= clock.GetUtcNow()))
            await live.NoteAsync(new RunEvent.ApprovalExpired(approval.Phase), stopping);
    }

    /// <summary>What a second person must be asked now, and on whose behalf; null: the requester's.</summary>
    private static IEnumerable<(string Name, Person? By)> Questions(Run run)
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

    private void StartReady(CancellationToken stopping)
    {
        var run = live.Now;
        var pausing = _pauses.Look(run);

        if (stopping.IsCancellationRequested || Draining.IsCancellationRequested)
            return;

        foreach (var step in Scheduler.Ready(run, _working.Keys.ToHashSet(), pausing, locks.IsFree).ToList())
            _working[step.Id] = WorkAsync(step, RunAsync, stopping);

        async Task RunAsync(PlannedStep step)
        {
            using var runner = new StepRunner(live, actions, guard, locks, clock, Tokens(stopping));
            await runner.RunAsync(step);
        }
    }

    /// <summary>One after the other, the latest first; the first that needs a person stops all before it.</summary>
    private void RollBackNext(CancellationToken stopping)
    {
        var run = live.Now;
        var mayNot =
            stopping.IsCancellationRequested || Draining.IsCancellationRequested || run.CancelAsked is not null;

        if (mayNot || _working.Count > 0 || !run.HasItsTurn || !run.MayRollBack || run.NotRolledBack.Any())
            return;

        if (run.RollbackDue.FirstOrDefault() is { } step)
            _working[step.Id] = WorkAsync(step, Undoing(stopping).RunAsync, stopping);
    }

    private Compensation Undoing(CancellationToken stopping) =>
        new(live, actions, guard, locks, clock, Tokens(stopping));

    private StopTokens Tokens(CancellationToken stopping) => new(stopping, _cancelled.Token, _ending.Token, Draining);

    /// <summary>Whatever goes wrong in here is a step that failed and asks for a person; it neither ends the run nor is it lost.</summary>
    private async Task WorkAsync(PlannedStep step, Func<PlannedStep, Task> work, CancellationToken stopping)
    {
        try
        {
            await work(step);
        }
        catch (OperationCanceledException) when (stopping.IsCancellationRequested || Draining.IsCancellationRequested)
        {
            // The next start finds the step as the journal left it.
        }
#pragma warning disable CA1031 // A bug in the work on one step is shown where the step is shown; the log has the rest.
        catch (Exception bug)
        {
            LogBug(bug, step.Id, live.Id);
            var fault = OwnFault(step, bug);
            RunEvent failed =
                live.Now.At(step).State is StepState.RollingBack
                    ? new RunEvent.RollbackFailed(step.Id, fault)
                    : new RunEvent.StepFailed(step.Id, fault, RetryAt: null);
            await live.NoteAsync(failed, stopping);
        }
#pragma warning restore CA1031
        finally
        {
            _finished.Enqueue(step.Id);
            _woken.Raise();
        }
    }

    /// <summary>Without the exception's text, which nobody has redacted.</summary>
    private Failure OwnFault(PlannedStep step, Exception bug) =>
        new(
            live.Now.At(step).Attempt,
            $"PlatformBot itself failed at this step ({bug.GetType().Name}); what became of it must be looked at. Its log tells more.",
            Command: null,
            ExitCode: null,
            Output: "",
            Explanation: null,
            Diagnosis: ""
        );

    private async Task SleepAsync(Task news, CancellationToken stopping)
    {
        using var awake = CancellationTokenSource.CreateLinkedTokenSource(stopping);
        await Task.WhenAny(news, Task.Delay(UntilNext(), clock, awake.Token));
        await awake.CancelAsync();
        stopping.ThrowIfCancellationRequested();
    }

    /// <summary>Until an approval expires or a pause is over.</summary>
    private TimeSpan UntilNext()
    {
        var left = live.Now.PendingApprovals.Select(approval => approval.ExpiresAt - clock.GetUtcNow());
        var soonest = left.Append(_pauses.UntilNext(LongestSleep)).Min();
        return soonest > TimeSpan.Zero ? soonest : TimeSpan.Zero;
    }

    public void Dispose()
    {
        _cancelled.Dispose();
        _ending.Dispose();
    }

    [LoggerMessage(LogLevel.Error, "Working on {Step} of run {Run}")]
    private partial void LogBug(Exception bug, string step, RunId run);
}
