using PlatformBot.Core.Approvals;
using PlatformBot.Core.Planning;

namespace PlatformBot.Core.Runs;

/// <summary>The one loop that moves a run: look at its state, start what may start, ask who must be asked, write how it ends.</summary>
public sealed class RunEngine(
    LiveRun live,
    IStepActions actions,
    ApprovalGuard guard,
    StepLocks locks,
    TimeProvider clock
) : IDisposable
{
    private readonly Dictionary<string, Task> _working = [];
    private readonly CancellationTokenSource _cancelled = new();
    private readonly SemaphoreSlim _woken = new(0);

    /// <summary>Carries the run to its end, from wherever its journal left it. Returns early only when <paramref name="stopping"/> fires.</summary>
    public async Task ContinueAsync(CancellationToken stopping)
    {
        locks.Released += Wake;

        try
        {
            await MarkInterruptedAsync();

            while (!live.Now.IsOver)
            {
                var changed = live.Changed;
                await SettleFinishedAsync();

                if (await EndIfOverAsync())
                    break;

                await AskForApprovalsAsync();
                StartReady(stopping);
                await SleepAsync(changed, stopping);
            }
        }
        finally
        {
            locks.Released -= Wake;
            await Task.WhenAll(_working.Values).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    /// <summary>A step that the journal shows running, while nothing of ours runs, was cut off by the end of the process before this one.</summary>
    private async Task MarkInterruptedAsync()
    {
        var cut = live.Now.Plan.Steps.Where(step =>
            live.Now.At(step).State is StepState.Running && step.Action is not PlannedAction.Manual
        );

        foreach (var step in cut.ToList())
        {
            // Its tool heard of the bot's death at once, but may not have gone yet; what the tool started may not have heard at all.
            await actions.EndLeftoversAsync(live.Now.At(step).Processes);
            await live.RecordAsync(Person.Bot, new RunEvent.StepInterrupted(step.Id));
        }
    }

    private async Task SettleFinishedAsync()
    {
        foreach (var (id, work) in _working.Where(pair => pair.Value.IsCompleted).ToList())
        {
            _working.Remove(id);
            await work;
        }
    }

    private async Task<bool> EndIfOverAsync()
    {
        var run = live.Now;

        if (run.CancelAsked is not null && !_cancelled.IsCancellationRequested)
            await _cancelled.CancelAsync();

        if (_working.Count > 0 || Ending(run) is not { } ending)
            return false;

        await live.RecordAsync(Person.Bot, ending);
        return true;
    }

    private static RunEvent.Ended? Ending(Run run)
    {
        if (run.CancelAsked is { } cancel)
        {
            var failed = run.Failed.Any();
            var why =
                $"{(failed ? "given up" : "cancelled")} by {cancel.By}{(cancel.Reason is null ? "" : ": " + cancel.Reason)}";
            return new RunEvent.Ended(failed ? RunState.Failed : RunState.Cancelled, why);
        }

        if (Scheduler.Refused(run) is { } refused)
            return new RunEvent.Ended(refused, WhyRefused(run));

        return run.AllSettled ? new RunEvent.Ended(RunState.Succeeded, null) : null;
    }

    private static string WhyRefused(Run run)
    {
        var approval = run.Approvals.Values.First(each => each.State is ApprovalState.Denied or ApprovalState.Expired);
        var denial = approval.Votes.Find(vote => vote.Decision is Decision.Deny);

        return denial is null
            ? $"nobody approved {approval.Phase} before {approval.ExpiresAt:yyyy-MM-dd HH:mm} UTC"
            : $"{approval.Phase} denied by {denial.By}: {denial.Reason}";
    }

    /// <summary>All at the beginning, so that approvers can look while the harmless phases run.</summary>
    private async Task AskForApprovalsAsync()
    {
        var run = live.Now;

        if (Scheduler.IsEnding(run))
            return;

        foreach (
            var phase in run.Plan.Phases.Where(phase =>
                run.NeedsApproval(phase) && !run.Approvals.ContainsKey(phase.Id)
            )
        )
        {
            var expires = clock.GetUtcNow() + run.Plan.Approval.Expires;
            var asked = new RunEvent.ApprovalAsked(phase.Id, run.Plan.Digest, run.Plan.Approval.Quorum, expires);
            await live.RecordAsync(Person.Bot, asked);
        }

        foreach (var approval in run.PendingApprovals.Where(approval => approval.ExpiresAt <= clock.GetUtcNow()))
            await live.RecordAsync(Person.Bot, new RunEvent.ApprovalExpired(approval.Phase));
    }

    private void StartReady(CancellationToken stopping)
    {
        if (stopping.IsCancellationRequested)
            return;

        foreach (var step in Scheduler.Ready(live.Now, _working.Keys.ToHashSet(), locks.IsFree).ToList())
            _working[step.Id] = WorkAsync(new StepRunner(live, actions, guard, locks, clock), step, stopping);
    }

    private async Task WorkAsync(StepRunner runner, PlannedStep step, CancellationToken stopping)
    {
        try
        {
            await runner.RunAsync(step, stopping, _cancelled.Token);
        }
        finally
        {
            Wake();
        }
    }

    private async Task SleepAsync(Task changed, CancellationToken stopping)
    {
        var pending = live
            .Now.PendingApprovals.Select(approval => approval.ExpiresAt)
            .DefaultIfEmpty(DateTimeOffset.MaxValue)
            .Min();
        var until = pending - clock.GetUtcNow();
        using var expiry = CancellationTokenSource.CreateLinkedTokenSource(stopping);
        var nextExpiry =
            until < TimeSpan.FromDays(30)
                ? Task.Delay(until > TimeSpan.Zero ? until : TimeSpan.Zero, clock, expiry.Token)
                : Task.Delay(Timeout.InfiniteTimeSpan, clock, expiry.Token);

        await Task.WhenAny(changed, _woken.WaitAsync(expiry.Token), nextExpiry);
        await expiry.CancelAsync();
        stopping.ThrowIfCancellationRequested();
    }

    private void Wake() => _woken.Release();

    public void Dispose()
    {
        _cancelled.Dispose();
        _woken.Dispose();
    }
}
