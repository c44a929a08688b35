using System.Collections.Concurrent;

namespace PlatformBot.Core.Runs;

/// <summary>Named locks of steps, across all runs of this process: one holder each.</summary>
public sealed class StepLocks : IDisposable
{
    private readonly ConcurrentDictionary<string, SemaphoreSlim> _locks = [];

    /// <summary>Raised when a lock is given back, so that others may look again.</summary>
    public event Action? Released;

    public bool IsFree(string name) => !_locks.TryGetValue(name, out var held) || held.CurrentCount > 0;

    /// <summary>Waits for the lock; no name needs none. Disposing what comes back, even twice, gives it back once.</summary>
    public async Task<IDisposable> TakeAsync(string? name, CancellationToken token)
    {
        if (name is null)
            return new Held(() => { });

        var one = Lock(name);
        await one.WaitAsync(token);
        return Holding(one);
    }

    /// <summary>Takes the lock if it is free; null when it is not.</summary>
    public IDisposable? TryTake(string? name)
    {
        if (name is null)
            return new Held(() => { });

        var one = Lock(name);
        return one.Wait(TimeSpan.Zero) ? Holding(one) : null;
    }

    public void Dispose()
    {
        foreach (var held in _locks.Values)
            held.Dispose();
    }

    private SemaphoreSlim Lock(string name) => _locks.GetOrAdd(name, _ => new SemaphoreSlim(1, 1));

    private Held Holding(SemaphoreSlim one) =>
        new(() =>
        {
            one.Release();
            Released?.Invoke();
        });

    private sealed class Held(Action giveBack) : IDisposable
    {
        private Action? _giveBack = giveBack;

        public void Dispose() => Interlocked.Exchange(ref _giveBack, null)?.Invoke();
    }
}
