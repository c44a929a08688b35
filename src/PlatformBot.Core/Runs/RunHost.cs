using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;
using PlatformBot.Core.Approvals;
using PlatformBot.Core.Journals;
using PlatformBot.Core.Planning;

namespace PlatformBot.Core.Runs;

/// <summary>The runs that are under way. Starts new ones, continues those that a restart cut off, forgets those that are over.</summary>
public sealed partial class RunHost(
    IJournal journal,
    IStepActions actions,
    ApprovalGuard guard,
    IEnumerable<IRunView> views,
    TimeProvider clock,
    ILogger<RunHost> logger
) : IDisposable
{
    private readonly ConcurrentDictionary<RunId, LiveRun> _live = [];
    private readonly ConcurrentDictionary<RunId, Task> _work = [];
    private readonly StepLocks _locks = new();
    private readonly SemaphoreSlim _starting = new(1, 1);
    private readonly CancellationTokenSource _draining = new();
    private CancellationToken _stopping;

    public IReadOnlyList<LiveRun> Active => [.. _live.Values.OrderBy(live => live.Id.Number)];

    public LiveRun? Find(RunId id) => _live.GetValueOrDefault(id);

    /// <summary>The run, whether it is under way or long over; null when there never was one.</summary>
    public Run? Look(RunId id) => Find(id)?.Now ?? Run.Replay(journal.Read(id));

    /// <summary>Continues what the journal says is not finished.</summary>
    public void Resume(CancellationToken stopping)
    {
        _stopping = stopping;

        foreach (var id in journal.OpenRuns())
        {
            if (Run.Replay(journal.Read(id)) is { IsClosed: false } run)
                Begin(new LiveRun(run, journal, clock));
        }
    }

    /// <summary>Opens a run, unless another one holds one of its locks.</summary>
    public async Task<Result<LiveRun>> StartAsync(Person by, Plan plan, string channel)
    {
        await _starting.WaitAsync(CancellationToken.None);

        try
        {
            if (_draining.IsCancellationRequested)
                return new Refusal("PlatformBot is being stopped and takes no new work.", "Ask again when it is back.");

            if (Blocking(plan) is { } refusal)
                return refusal;

            var opened = await journal.OpenRunAsync(by, new RunEvent.Planned(plan, channel));
            var live = new LiveRun(Run.Begin(opened)!, journal, clock);
            Begin(live);
            return live;
        }
        finally
        {
            _starting.Release();
        }
    }

    /// <summary>
    /// From now on nothing new begins: no run, no step, no further attempt. Returns when nothing acts any more, and what did is written;
    /// what only waits or looks needs nobody to wait for it.
    /// </summary>
    public async Task DrainAsync()
    {
        await _draining.CancelAsync();
        await Task.WhenAll(Active.Select(AtRestAsync));
    }

    /// <summary>Waits until everything under way has noticed the end of the process.</summary>
    public Task StopAsync() => Task.WhenAll(_work.Values);

    public void Dispose()
    {
        _starting.Dispose();
        _draining.Dispose();
        _locks.Dispose();
    }

    private Refusal? Blocking(Plan plan)
    {
        var holders =
            from live in Active
            where !live.Now.IsOver
            from name in live.Now.Plan.Locks.Intersect(plan.Locks, StringComparer.Ordinal)
            select new Refusal(
                $"Run {live.Id} ({live.Now.Title}, by {live.Now.Requester}) holds the lock {name}.",
                $"Wait until it ends, or cancel it: `/platform cancel {live.Id}`."
            );

        return holders.FirstOrDefault();
    }

    private static async Task AtRestAsync(LiveRun live)
    {
        while (true)
        {
            var changed = live.Changed;

            if (!live.Now.Acting.Any())
                return;

            await changed;
        }
    }

    private void Begin(LiveRun live)
    {
        _live[live.Id] = live;
        _work[live.Id] = CarryAsync(live);
    }

    private async Task CarryAsync(LiveRun live)
    {
        // The caller gets its answer before the run's first step is looked at.
        await Task.Yield();

        try
        {
            await Task.WhenAll(ShowAsync(live), PatientlyAsync(live, "going on with", () => ContinueAsync(live)));
            await live.NoteAsync(new RunEvent.Closed(), _stopping);
        }
        catch (OperationCanceledException) when (_stopping.IsCancellationRequested)
        {
            LogLeft(live.Id);
        }
        finally
        {
            _live.TryRemove(live.Id, out _);
            _work.TryRemove(live.Id, out _);
        }
    }

    private async Task ContinueAsync(LiveRun live)
    {
        using var engine = new RunEngine(live, actions, guard, _locks, clock, logger) { Draining = _draining.Token };
        await engine.ContinueAsync(_stopping);
    }

    /// <summary>Until nobody has anything to add: what one view writes last (an issue was closed), another may have to show.</summary>
    private async Task ShowAsync(LiveRun live)
    {
        long seen;

        do
        {
            seen = live.Now.Version;
            await Task.WhenAll(
                views.Select(view => PatientlyAsync(live, "showing", () => view.FollowAsync(live, _stopping)))
            );
        } while (live.Now.Version != seen);
    }

    /// <summary>A bug neither ends a run nor hides it: it is logged, shown where the run is shown, and tried again, ever more slowly.</summary>
    private async Task PatientlyAsync(LiveRun live, string what, Func<Task> work)
    {
        var backoff = new Backoff();

        while (true)
        {
            try
            {
                await work();
                return;
            }
            catch (OperationCanceledException) when (_stopping.IsCancellationRequested)
            {
                throw;
            }
            catch (JournalUnavailableException away)
            {
                LogBroken(away, what, live.Id);
                live.Report(away.Message);
            }
#pragma warning disable CA1031 // One of the places where bugs end: logged with the run's number, and tried again.
            catch (Exception exception)
            {
                LogBroken(exception, what, live.Id);
                live.Report($"PlatformBot itself failed at {what} this run; it tries again. Its log tells more.");
            }
#pragma warning restore CA1031

            await Task.Delay(backoff.Next(), clock, _stopping);
        }
    }

    [LoggerMessage(LogLevel.Information, "Run {Run} is left for the next start")]
    private partial void LogLeft(RunId run);

    [LoggerMessage(LogLevel.Error, "Failed at {What} run {Run}")]
    private partial void LogBroken(Exception exception, string what, RunId run);
}
