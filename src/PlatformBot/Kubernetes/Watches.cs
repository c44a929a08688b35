using System.Text.Json;
using PlatformBot.Core.Planning;
using PlatformBot.Core.Runs;

namespace PlatformBot.Kubernetes;

/// <summary>
/// The watches of one cluster: one per kind, however many wait for something of that kind, and none when nobody does. Where a kind may only be
/// read in single namespaces, one per kind and namespace.
/// </summary>
internal sealed class Watches(ClusterClient cluster, TimeProvider clock) : IDisposable
{
    /// <summary>The next step often waits for the same kind: a watch is kept that long for it.</summary>
    private static readonly TimeSpan Linger = TimeSpan.FromSeconds(10);

    private readonly Lock _gate = new();
    private readonly Dictionary<ObjectReference, KindWatch> _watches = [];
    private readonly Dictionary<KindWatch, ITimer> _ends = [];
    private readonly HashSet<(string, string)> _byNamespace = [];
    private bool _over;

    /// <summary>How many streams are kept now.</summary>
    public int Count
    {
        get
        {
            lock (_gate)
                return _watches.Count;
        }
    }

    /// <summary>Follows one object, or those of a kind that a selector chooses.</summary>
    public Follower Follow(ObjectReference what, LabelSelector selector)
    {
        lock (_gate)
        {
            var all = ScopeOf(what);

            if (!_watches.TryGetValue(all, out var watch))
            {
                watch = new(cluster, all, clock);
                _watches[all] = watch;

                if (!_over)
                    watch.Start();
            }

            var follower = new Follower(this, watch, what, selector);
            watch.Add(follower);
            return follower;
        }
    }

    /// <summary>Whoever may not read all namespaces reads the one it waits in.</summary>
    /// <returns>true when following anew will look there</returns>
    public bool Narrow(Follower follower)
    {
        if (
            follower is not { Object.Namespace: not null, Watch.Namespace: null }
            || follower.Watch.Trouble is not ApiException { Code: 403 }
        )
        {
            return false;
        }

        lock (_gate)
            _byNamespace.Add((follower.Object.ApiVersion, follower.Object.Kind));

        return true;
    }

    public void Dispose()
    {
        lock (_gate)
        {
            _over = true;

            foreach (var timer in _ends.Values)
                timer.Dispose();

            foreach (var watch in _watches.Values)
                watch.Dispose();

            _ends.Clear();
            _watches.Clear();
        }
    }

    internal void End(Follower follower)
    {
        var watch = follower.Watch;
        watch.Remove(follower);

        if (watch.IsFollowed)
            return;

        lock (_gate)
        {
            _ends.GetValueOrDefault(watch)?.Dispose();
            _ends[watch] = clock.CreateTimer(_ => EndIfUnused(watch), state: null, Linger, Timeout.InfiniteTimeSpan);
        }
    }

    /// <summary>Somebody may have come back meanwhile.</summary>
    private void EndIfUnused(KindWatch watch)
    {
        lock (_gate)
        {
            if (_ends.Remove(watch, out var timer))
                timer.Dispose();

            if (watch.IsFollowed || _watches.FirstOrDefault(each => each.Value == watch).Key is not { } all)
                return;

            _watches.Remove(all);
            watch.Dispose();
        }
    }

    private ObjectReference ScopeOf(ObjectReference what) =>
        what with
        {
            Name = null,
            // Nobody reads all secrets of a cluster to wait for one.
            Namespace =
                what.Kind == "Secret" || _byNamespace.Contains((what.ApiVersion, what.Kind)) ? what.Namespace : null,
        };
}

/// <summary>Somebody who waits for one object, or for several of a kind.</summary>
internal sealed class Follower(Watches watches, KindWatch watch, ObjectReference what, LabelSelector selector)
    : IDisposable
{
    public ObjectReference Object => what;

    public KindWatch Watch => watch;

    /// <summary>Raised when something that concerns it has changed, or when the watch can or cannot tell any more.</summary>
    public Signal Changed { get; } = new();

    /// <summary>Whether it would be told of every change.</summary>
    public bool IsSure => watch.IsSure;

    /// <summary>What is there now; null while nothing is known that is newer than what was seen.</summary>
    /// <param name="since">the version of what was seen; "" is nothing yet</param>
    public ObjectList? Look(string since) => watch.Look(this, since);

    public bool Concerns((string Namespace, string Name) key) =>
        (what.Namespace is null || what.Namespace == key.Namespace) && (what.Name is null || what.Name == key.Name);

    public bool Selects(JsonElement item) => selector.Matches(item);

    public void Dispose() => watches.End(this);
}
