using Microsoft.Extensions.Logging;
using PlatformBot.Core.Approvals;
using PlatformBot.Core.Freezes;
using PlatformBot.Core.Planning;

namespace PlatformBot.Core.Runs;

/// <summary>The one loop that moves a run: look at its state, start what may start, ask who must be asked, write how it ends.</summary>
public sealed class RunEngine(
    LiveRun live,
    IStepActions actions,
    ApprovalGuard guard,
    StepLocks locks,
    RunLocks turns,
    FreezeBook freezes,
    TimeProvider clock,
    ILogger logger
) : IDisposable
{
    /// <summary>The clock on the wall may be set while the engine sleeps; what expires by it is looked at at least that often.</summary>
    private static readonly TimeSpan LongestSleep = TimeSpan.FromMinutes(1);

    private readonly CancellationTokenSource _cancelled = new();
    private readonly CancellationTokenSource _ending = new();
    private readonly Signal _unlocked = new();
    private readonly StepTasks _working = new(live, logger);
    private readonly Pauses _pauses = new(clock);
    private bool _waited;

    /// <summary>The bot is about to go: when this fires, nothing new begins; what is being done goes on.</summary>
    public CancellationToken Draining { get; init; }

    /// <summary>Earlier runs; null: there are none to look at.</summary>
    public Precedents? Precedents { get; init; }

    /// <summary>Carries the run to its end, from wherever its journal left it. Returns early only when <paramref name="stopping"/> fires.</summary>
    public async Task ContinueAsync(CancellationToken stopping)
    {
        locks.Released += _unlocked.Raise;

        try
        {
            await MarkInterruptedAsync(stopping);

            while (!live.Now.IsOver)
            {
                var news = Task.WhenAny(live.Changed, _working.Changed, _unlocked.Next, turns.Changed, freezes.Changed);
                await _working.SettleAsync();

                if (await EndIfOverAsync(stopping))
                    break;

                await TakeTurnAsync(stopping);
                await GiveUpLocksAsync(stopping);
                await AskForApprovalsAsync(stopping);
                await TakeBackAsync(stopping);
                StartReady(stopping);
                RollBackNext(stopping);
                await News.OrAfterAsync(news, UntilNext, clock, stopping);
            }
        }
        finally
        {
            locks.Released -= _unlocked.Raise;
            turns.LookAgain();
            await _working.EndAsync();
        }
    }

    /// <summary>A step that the journal shows running, while nothing of ours runs, was cut off by the end of the process before this one.</summary>
    private async Task MarkInterruptedAsync(CancellationToken stopping)
    {
        foreach (var step in live.Now.Acting.ToList())
        {
            // Its tool heard of the bot's death at once, but may not have gone yet; what the tool started may not have heard at all.
            await actions.EndLeftoversAsync(live.Now.At(step).Processes);

            // What is being taken back is begun again, whatever became of it: it may find itself done.
            if (live.Now.At(step).State is StepState.TakingBack)
                continue;

            if (live.Now.At(step).State is StepState.RollingBack)
                await Undoing(stopping).JudgeInterruptedAsync(step);
            else
                await live.NoteAsync(new RunEvent.StepInterrupted(step.Id), stopping);
        }
    }

    private async Task<bool> EndIfOverAsync(CancellationToken stopping)
    {
        var run = live.Now;

        // In this order: whatever is stopped by the cancel knows already that the run ends.
        if (Scheduler.IsEnding(run))
        {
            await _ending.CancelAsync();
            await CancelStepsAsync(
                at => at.State is StepState.WaitingToRetry or StepState.Verifying,
                StepRunner.Ended,
                stopping
            );
        }

        if (run.CancelAsked is not null)
            await _cancelled.CancelAsync();

        if (_working.Any || Endings.Of(run) is not { } ending)
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
        var working = _working.Ids;
        var open = live.Now.Plan.Steps.Where(step => !working.Contains(step.Id) && which(live.Now.At(step)));

        foreach (var step in open.ToList())
            await live.NoteAsync(CutOff(step, said), stopping);
    }

    private RunEvent CutOff(PlannedStep step, string said) =>
        StepRunner.CutOff(step, live.Now.At(step), said, live.Now.At(step).MayStand);

    /// <summary>
    /// What was not proven goes back before anything else, also when the run is paused or ends: it began, and this is how it ends. Here only
    /// what an earlier life of the bot left, and what was waiting for its next attempt when the run ended or stood still.
    /// </summary>
    private async Task TakeBackAsync(CancellationToken stopping)
    {
        foreach (var step in Stranded().ToList())
            await live.NoteAsync(CutOff(step, "the run may not go on now"), stopping);

        foreach (var step in live.Now.TakingBack.Where(step => !_working.Ids.Contains(step.Id)).ToList())
            _working.Start(step, each => RunAsync(each, stopping), Tokens(stopping));
    }

    private IEnumerable<PlannedStep> Stranded() =>
        Draining.IsCancellationRequested ? [] : Scheduler.Stranded(live.Now, _working.Ids, freezes.Now);

    private async Task TakeTurnAsync(CancellationToken stopping)
    {
        if (!Draining.IsCancellationRequested)
            await turns.TryTakeAsync(live, stopping);

        // A run that was paused while it waited lets the next one pass.
        if (_waited && !RunLocks.Waits(live.Now))
            turns.LookAgain();

        _waited = RunLocks.Waits(live.Now);
    }

    /// <summary>Others may have the locks as soon as nothing of this run acts any more, or may have to go back.</summary>
    private async Task GiveUpLocksAsync(CancellationToken stopping)
    {
        if (!live.Now.MustGiveUpLocks || live.Now.Acting.Any() || live.Now.Unproven.Any())
            return;

        await live.NoteAsync(new RunEvent.LocksGivenUp(), stopping);
        turns.LookAgain();
    }

    /// <summary>All at the beginning of the run's turn, so that approvers can look while the harmless phases run.</summary>
    private async Task AskForApprovalsAsync(CancellationToken stopping)
    {
        var run = live.Now;
        var desk = new ApprovalDesk(live, guard, Precedents, clock);

        foreach (var (name, by) in Questions.Of(run).Where(each => !run.Approvals.ContainsKey(each.Name)))
        {
            await desk.AskAsync(name, by, stopping);
        }

        foreach (var approval in run.PendingApprovals.Where(approval => approval.ExpiresAt <= clock.GetUtcNow()))
            await live.NoteAsync(new RunEvent.ApprovalExpired(approval.Phase), stopping);
    }

    private void StartReady(CancellationToken stopping)
    {
        var run = live.Now;
        var pausing = _pauses.Look(run);

        if (stopping.IsCancellationRequested || Draining.IsCancellationRequested)
            return;

        foreach (var step in Scheduler.Ready(run, _working.Ids, pausing, locks.IsFree, freezes.Now).ToList())
            _working.Start(step, each => RunAsync(each, stopping), Tokens(stopping));
    }

    private async Task RunAsync(PlannedStep step, CancellationToken stopping)
    {
        using var runner = new StepRunner(live, actions, guard, locks, freezes, clock, Tokens(stopping));
        await runner.RunAsync(step);
    }

    /// <summary>One after the other, the latest first; the first that needs a person stops all before it.</summary>
    private void RollBackNext(CancellationToken stopping)
    {
        var run = live.Now;
        var mayNot =
            stopping.IsCancellationRequested || Draining.IsCancellationRequested || run.CancelAsked is not null;

        // What waits for its next attempt ends first; when the rollback was asked for a moment ago, that is yet to be written.
        var retries = run.Plan.Steps.Any(step => run.At(step).State is StepState.WaitingToRetry);

        if (mayNot || retries || _working.Any || !run.HasItsTurn || !run.MayRollBack || run.NotRolledBack.Any())
            return;

        if (run.RollbackDue.FirstOrDefault() is { } step && freezes.Now.OverUndoing(step) is null)
            _working.Start(step, Undoing(stopping).RunAsync, Tokens(stopping));
    }

    private Compensation Undoing(CancellationToken stopping) =>
        new(live, actions, guard, locks, freezes, clock, Tokens(stopping));

    private StopTokens Tokens(CancellationToken stopping) => new(stopping, _cancelled.Token, _ending.Token, Draining);

    /// <summary>Until an approval expires, a pause is over, or a freeze begins or ends.</summary>
    private TimeSpan UntilNext()
    {
        var left = live.Now.PendingApprovals.Select(approval => approval.ExpiresAt - clock.GetUtcNow());
        var soonest = left.Append(_pauses.UntilNext(freezes.UntilNext(LongestSleep))).Min();
        return soonest > TimeSpan.Zero ? soonest : TimeSpan.Zero;
    }

    public void Dispose()
    {
        _cancelled.Dispose();
        _ending.Dispose();
    }
}
