using System.Text.Json;
using PlatformBot.Core.Planning;
using PlatformBot.Core.Runs;

namespace PlatformBot.Kubernetes;

/// <summary>
/// One wait on one cluster, for as long as the same client configuration leads there. It reads for itself once, so that nothing older than its
/// own beginning counts, and then lives on what the shared watch tells; while that can tell nothing, it goes on reading for itself.
/// </summary>
internal sealed class WaitSession(ClusterClient cluster, PlannedWait wait, string? uid, TimeProvider clock)
    : IDisposable
{
    /// <summary>How often it reads for itself while the watch cannot tell.</summary>
    private static readonly TimeSpan Unsure = TimeSpan.FromSeconds(1);

    /// <summary>How often it reads for itself although the watch tells: a stream from a restored etcd is silent for ever.</summary>
    private static readonly TimeSpan Sure = TimeSpan.FromMinutes(1);

    /// <summary>How often it looks up without asking anybody: the client configuration may lead elsewhere, patience may be over.</summary>
    private static readonly TimeSpan Turn = TimeSpan.FromSeconds(5);

    private static readonly Task Never = new TaskCompletionSource().Task;

    private readonly LabelSelector? _selector = LabelSelector.Parse(wait.Selector);
    private Follower? _object;
    private Follower? _pods;
    private string? _podsOf;
    private Task _changed = Never;
    private Task _podsChanged = Never;
    private ObjectList? _seen;
    private string? _uid = uid;
    private long _read;

    public ClusterClient Cluster => cluster;

    /// <summary>Another cluster answers than the name is bound to: only a person can help.</summary>
    public bool IsElsewhere { get; private set; }

    /// <summary>Never throws for what the cluster answers.</summary>
    public async Task<CheckOutcome> LookAsync(CancellationToken cancelled)
    {
        (_changed, _podsChanged) = (Never, Never);

        try
        {
            var reference = await cluster.LocateAsync(wait.Object, cancelled);
            Follow(reference);
            _seen = FromWatch() ?? await ReadAsync(reference, cancelled);
            return Explained(Remembering(_seen.Items), _seen.Items);
        }
        catch (UnknownKindException error)
        {
            _seen = null;
            return WaitLook.WithoutKind(wait, error);
        }
        catch (ApiException error)
        {
            _seen = null;
            IsElsewhere = error.IsWrongCluster;
            return error.Unseen(cluster.Name);
        }
    }

    /// <summary>Ends when something has happened that the last look did not see, or when it is time to look again anyway.</summary>
    public async Task ChangedAsync(CancellationToken cancelled)
    {
        using var over = CancellationTokenSource.CreateLinkedTokenSource(cancelled);
        var pause = Task.Delay(IsSure ? Turn : Unsure, clock, over.Token);
        await Task.WhenAny(_changed, _podsChanged, pause);
        await over.CancelAsync();
        cancelled.ThrowIfCancellationRequested();
    }

    public void Dispose()
    {
        _object?.Dispose();
        _pods?.Dispose();
    }

    private bool IsSure => _seen is not null && _object?.IsSure == true;

    private void Follow(ObjectReference reference)
    {
        if (_object is not null && cluster.Watches.Narrow(_object))
        {
            _object.Dispose();
            _object = null;
        }

        // A selector that only the server understands is asked of the server.
        if (_selector is not null)
            _object ??= cluster.Watches.Follow(reference, _selector);

        _changed = _object?.Changed.Next ?? Never;
    }

    /// <summary>null when it must read for itself: at first, and again when what it has seen is too old to go by.</summary>
    private ObjectList? FromWatch() =>
        _seen is null || clock.GetElapsedTime(_read) >= (IsSure ? Sure : Unsure)
            ? null
            : _object?.Look(_seen.Version) ?? _seen;

    private async Task<ObjectList> ReadAsync(ObjectReference reference, CancellationToken cancelled)
    {
        _read = clock.GetTimestamp();
        var told = _object?.Watch.Version;

        try
        {
            var list = await cluster.SnapshotAsync(reference, wait.Selector, cancelled);

            // History never goes back, but for an etcd that was restored: what the watch knows is not what is.
            if (!ResourceVersion.IsAtLeast(list.Version, told))
                _object?.Watch.Distrust();

            return list;
        }
        // Some may read the one object and not list.
        catch (ApiException error) when (error.Code == 403 && reference.Name is not null)
        {
            return new([await cluster.GetAsync(reference, cancelled)], "");
        }
    }

    /// <summary>What waits for an end knows whose: another object of the same name is not the one that was there.</summary>
    private CheckOutcome Remembering(IReadOnlyList<JsonElement> items)
    {
        if (wait is { For: "gone", Object.Name: not null } && items is [var item, ..])
        {
            var there = item.Text("metadata", "uid");
            _uid ??= there;

            if (there != _uid)
                return new(true, $"{wait.Object} is gone; another of its name is there now");
        }

        return WaitLook.Judge(wait, items);
    }

    private CheckOutcome Explained(CheckOutcome look, IReadOnlyList<JsonElement> items)
    {
        if (WaitLook.PodsOf(wait, items, look) is not { } pods)
            return look;

        if (_podsOf != $"{pods}" || (_pods is not null && cluster.Watches.Narrow(_pods)))
        {
            _pods?.Dispose();
            (_pods, _podsOf) = (cluster.Watches.Follow(pods.All, pods.Selector), $"{pods}");
        }

        _podsChanged = _pods!.Changed.Next;
        return WaitLook.Explained(look, _pods.Look("")?.Items ?? []);
    }
}
