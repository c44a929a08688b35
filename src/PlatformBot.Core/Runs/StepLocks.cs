namespace PlatformBot.Core.Runs;

/// <summary>Named locks of steps, across all runs of this process: one holder each.</summary>
public sealed class StepLocks
{
    private readonly Lock _gate = new();
    private readonly HashSet<string> _held = [];

    /// <summary>Raised when a lock is given back, so that others may look again.</summary>
    public event Action? Released;

    public bool IsFree(string name)
    {
        lock (_gate)
            return !_held.Contains(name);
    }

    public bool TryTake(string? name)
    {
        lock (_gate)
            return name is null || _held.Add(name);
    }

    public void GiveBack(string? name)
    {
        if (name is null)
            return;

        lock (_gate)
            _held.Remove(name);

        Released?.Invoke();
    }
}
