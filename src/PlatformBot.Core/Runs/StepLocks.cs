using System.Collections.Concurrent;

namespace PlatformBot.Core.Runs;

/// <summary>Named locks of steps, across all runs of this process: one holder each, first come, first served.</summary>
public sealed class StepLocks : IDisposable
{
    private readonly ConcurrentDictionary<string, SemaphoreSlim> _locks = [];

    /// <summary>Raised when a lock is given back, so that others may look again.</summary>
    public event Action? Released;

    public bool IsFree(string name) => !_locks.TryGetValue(name, out var held) || held.CurrentCount > 0;

    /// <summary>Waits for the lock; no name needs none.</summary>
    public Task TakeAsync(string? name, CancellationToken token) =>
        name is null ? Task.CompletedTask : _locks.GetOrAdd(name, _ => new SemaphoreSlim(1, 1)).WaitAsync(token);

    public void GiveBack(string? name)
    {
        if (name is null)
            return;

        _locks[name].Release();
        Released?.Invoke();
    }

    public void Dispose()
    {
        foreach (var held in _locks.Values)
            held.Dispose();
    }
}
