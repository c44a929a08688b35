using System.Collections.Concurrent;

namespace PlatformBot.Core.Runs;

/// <summary>
/// Whose turn it is: named locks ("cluster/infra") that a run takes all at once and holds until it ends, first come, first
/// served. The journal knows who holds what; this only looks at the runs that are under way.
/// </summary>
public sealed class RunLocks : IDisposable
{
    private readonly ConcurrentDictionary<RunId, LiveRun> _runs = [];
    private readonly ConcurrentDictionary<RunId, string> _unreadable = [];
    private readonly SemaphoreSlim _gate = new(1, 1);
    private readonly Signal _changed = new();

    /// <summary>Completes when it may be somebody else's turn.</summary>
    public Task Changed => _changed.Next;

    /// <summary>Runs whose journal cannot be read, and why: they may hold anything, so nobody else takes a lock.</summary>
    public IReadOnlyDictionary<RunId, string> Unreadable => _unreadable;

    public void Enter(LiveRun live) => _runs[live.Id] = live;

    public void EnterUnreadable(RunId id, string why) => _unreadable[id] = why;

    public void Leave(LiveRun live)
    {
        _runs.TryRemove(live.Id, out _);
        _changed.Raise();
    }

    /// <summary>Says that a run has ended, was paused while it waited, or has given up its locks.</summary>
    public void LookAgain() => _changed.Raise();

    /// <summary>Runs that hold a lock which the run needs, and those that have waited for one longer; the oldest first.</summary>
    public IReadOnlyList<Run> Before(Run run) =>
        [
            .. _runs
                .Values.Select(live => live.Now)
                .Where(other => other.Id != run.Id && !other.IsOver && Shares(other, run))
                .Where(other => other.HasItsTurn || (other.Id.Number < run.Id.Number && Waits(other)))
                .OrderByDescending(other => other.HasItsTurn)
                .ThenBy(other => other.Id.Number),
        ];

    /// <summary>Takes all the run's locks if it is its turn.</summary>
    public async Task TryTakeAsync(LiveRun live, CancellationToken stopping)
    {
        await _gate.WaitAsync(stopping);

        try
        {
            if (Waits(live.Now) && _unreadable.IsEmpty && Before(live.Now).Count == 0)
                await live.NoteIfAsync(Waits, new RunEvent.LocksTaken(live.Now.Plan.Locks), stopping);
        }
        finally
        {
            _gate.Release();
        }
    }

    public void Dispose() => _gate.Dispose();

    /// <summary>It wants its locks and has not got them.</summary>
    public static bool Waits(Run run) =>
        !run.HasItsTurn && !run.IsOver && run.CancelAsked is null && run.State is not RunState.Paused;

    private static bool Shares(Run one, Run other) =>
        one.Plan.Locks.Intersect(other.Plan.Locks, StringComparer.Ordinal).Any();
}
