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
                var news = Task.WhenAny(live.Changed, _woken.Next);
                await SettleFinishedAsync();

                if (await EndIfOverAsync(stopping))
                    break;

                await AskForApprovalsAsync(stopping);
                StartReady(stopping);
                await SleepAsync(news, stopping);
            }
        }
        finally
        {
            locks.Released -= _woken.Raise;
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

        if (run.CancelAsked is not null)
            await _cancelled.CancelAsync();

        if (Scheduler.IsEnding(run))
            await _ending.CancelAsync();

        if (_working.Count > 0 || Ending(run) is not { } ending)
            return false;

        await live.NoteAsync(ending, stopping);
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
    private async Task AskForApprovalsAsync(CancellationToken stopping)
    {
        var run = live.Now;

        if (Scheduler.IsEnding(run))
            return;

        foreach (var name in run.NeededApprovals.Where(name => !run.Approvals.ContainsKey(name)))
        {
            var expires = clock.GetUtcNow() + run.Plan.Approval.Expires;
            var asked = new RunEvent.ApprovalAsked(name, run.Plan.Digest, run.Plan.Approval.Quorum, expires);
            await live.NoteAsync(asked, stopping);
        }

        foreach (var approval in run.PendingApprovals.Where(approval => approval.ExpiresAt <= clock.GetUtcNow()))
            await live.NoteAsync(new RunEvent.ApprovalExpired(approval.Phase), stopping);
    }

    private void StartReady(CancellationToken stopping)
    {
        if (stopping.IsCancellationRequested || Draining.IsCancellationRequested)
            return;

        foreach (var step in Scheduler.Ready(live.Now, _working.Keys.ToHashSet(), locks.IsFree).ToList())
            _working[step.Id] = WorkAsync(step, new StopTokens(stopping, _cancelled.Token, _ending.Token, Draining));
    }

    /// <summary>Whatever goes wrong in here is a step that failed and asks for a person; it neither ends the run nor is it lost.</summary>
    private async Task WorkAsync(PlannedStep step, StopTokens tokens)
    {
        try
        {
            using var runner = new StepRunner(live, actions, guard, locks, clock, tokens);
            await runner.RunAsync(step);
        }
        catch (OperationCanceledException) when (tokens.IsLeaving)
        {
            // The next start finds the step as the journal left it.
        }
#pragma warning disable CA1031 // A bug in the work on one step is shown where the step is shown; the log has the rest.
        catch (Exception bug)
        {
            LogBug(bug, step.Id, live.Id);
            await live.NoteAsync(new RunEvent.StepFailed(step.Id, OwnFault(step, bug), RetryAt: null), tokens.Stopping);
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
        await Task.WhenAny(news, Task.Delay(UntilNextExpiry(), clock, awake.Token));
        await awake.CancelAsync();
        stopping.ThrowIfCancellationRequested();
    }

    private TimeSpan UntilNextExpiry()
    {
        var left = live.Now.PendingApprovals.Select(approval => approval.ExpiresAt - clock.GetUtcNow());
        var soonest = left.Append(LongestSleep).Min();
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
