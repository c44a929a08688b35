using System.Collections.Concurrent;
using System.Text.Json;
using Microsoft.Extensions.Logging;
using PlatformBot.Core.Approvals;
using PlatformBot.Core.Freezes;
using PlatformBot.Core.Journals;
using PlatformBot.Core.Planning;

namespace PlatformBot.Core.Runs;

/// <summary>The runs that are under way. Starts new ones, continues those that a restart cut off, forgets those that are over.</summary>
public sealed partial class RunHost(
    IJournal journal,
    IStepActions actions,
    ApprovalGuard guard,
    IEnumerable<IRunView> views,
    RunLocks turns,
    FreezeBook freezes,
    TimeProvider clock,
    ILogger<RunHost> logger
) : IDisposable
{
    private readonly ConcurrentDictionary<RunId, LiveRun> _live = [];
    private readonly ConcurrentDictionary<RunId, Task> _work = [];
    private readonly StepLocks _locks = new();
    private readonly CancellationTokenSource _draining = new();
    private CancellationToken _stopping;

    public IReadOnlyList<LiveRun> Active => [.. _live.Values.OrderBy(live => live.Id.Number)];

    public LiveRun? Find(RunId id) => _live.GetValueOrDefault(id);

    /// <summary>The run, whether it is under way or long over; null when there never was one.</summary>
    public Run? Look(RunId id) => Find(id)?.Now ?? Run.Replay(journal.Read(id));

    /// <summary>Continues what the journal says is not finished. All are known before the first goes on: they may hold locks.</summary>
    public void Resume(CancellationToken stopping)
    {
        _stopping = stopping;
        var found = journal.OpenRuns().Select(TryReplay).OfType<Run>().Where(run => !run.IsClosed);
        var lives = found.Select(run => new LiveRun(run, journal, clock)).ToList();
        lives.ForEach(turns.Enter);
        lives.ForEach(Begin);
    }

    /// <summary>Opens a run. It takes its turn when no other holds one of its locks.</summary>
    /// <exception cref="JournalUnavailableException">There is no such run.</exception>
    public async Task<Result<LiveRun>> StartAsync(Caller by, Plan plan, string channel)
    {
        if (_draining.IsCancellationRequested)
            return new Refusal("PlatformBot is being stopped and takes no new work.", "Ask again when it is back.");

        var opened = await journal.OpenRunAsync(by.Person, new RunEvent.Planned(plan, channel) { Origin = by.Origin });
        var live = new LiveRun(Run.Begin(opened)!, journal, clock);
        turns.Enter(live);
        Begin(live);
        return live;
    }

    private Run? TryReplay(RunId id)
    {
        try
        {
            return Run.Replay(journal.Read(id));
        }
        catch (JsonException broken)
        {
            LogUnreadable(broken, id);
            turns.EnterUnreadable(id, "an entry of it is of no kind that this version knows");
            return null;
        }
    }

    /// <summary>Nothing new begins any more.</summary>
    public bool IsLeaving => _draining.IsCancellationRequested;

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
        _draining.Dispose();
        _locks.Dispose();
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
            turns.Leave(live);
            _live.TryRemove(live.Id, out _);
            _work.TryRemove(live.Id, out _);
        }
    }

    private async Task ContinueAsync(LiveRun live)
    {
        using var engine = new RunEngine(live, actions, guard, _locks, turns, freezes, clock, logger)
        {
            Draining = _draining.Token,
            Precedents = new Precedents(journal),
        };
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

    [LoggerMessage(LogLevel.Error, "Reading the journal of run {Run}")]
    private partial void LogUnreadable(Exception exception, RunId run);

    [LoggerMessage(LogLevel.Information, "Run {Run} is left for the next start")]
    private partial void LogLeft(RunId run);

    [LoggerMessage(LogLevel.Error, "Failed at {What} run {Run}")]
    private partial void LogBroken(Exception exception, string what, RunId run);
}
