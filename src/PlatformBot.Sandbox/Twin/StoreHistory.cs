namespace PlatformBot.Sandbox.Twin;

/// <summary>The newest changes of a store, for watches that resume. Keeps a window, as etcd and the API server's cache do.</summary>
internal sealed class StoreHistory
{
    private const int Window = 20_000;

    private readonly List<StoreEvent> _events = [];
    private long _forgottenUpTo;

    public StoreEvent Add(StoreEvent happened)
    {
        _events.Add(happened);

        // Half at a time, so that forgetting costs little per event.
        if (_events.Count > Window)
        {
            _forgottenUpTo = _events[Window / 2].Version;
            _events.RemoveRange(0, (Window / 2) + 1);
        }

        return happened;
    }

    public void Compact(long version)
    {
        _events.Clear();
        _forgottenUpTo = version;
    }

    /// <summary>Null when events after that version have been forgotten.</summary>
    public IReadOnlyList<StoreEvent>? Since(long version) => version < _forgottenUpTo ? null : After(version);

    public IReadOnlyList<StoreEvent> After(long version)
    {
        // Watches ask for the newest few: from the end is the short way.
        var first = _events.Count;

        while (first > 0 && _events[first - 1].Version > version)
            first--;

        return _events.GetRange(first, _events.Count - first);
    }
}
