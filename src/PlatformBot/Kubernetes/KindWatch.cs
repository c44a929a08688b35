using System.Text.Json;
using PlatformBot.Core;
using PlatformBot.Core.Planning;

namespace PlatformBot.Kubernetes;

/// <summary>
/// All objects of one kind as the server tells them: listed once, then watched. It goes on by itself through ends of streams, lost
/// connections and versions that are too old, and reads the list again and again where watching is not allowed.
/// </summary>
internal sealed class KindWatch(ClusterClient cluster, ObjectReference all, TimeProvider clock) : IDisposable
{
    /// <summary>Where a list is all one may have.</summary>
    private static readonly TimeSpan ListEvery = TimeSpan.FromSeconds(5);

    /// <summary>A stream that ends sooner without having said anything would be asked for in a tight loop.</summary>
    private static readonly TimeSpan TooShort = TimeSpan.FromSeconds(1);

    /// <summary>However long a server asks for.</summary>
    private static readonly TimeSpan LongestRest = TimeSpan.FromMinutes(1);

    private readonly Lock _gate = new();
    private readonly Dictionary<(string Namespace, string Name), JsonElement> _items = [];
    private readonly HashSet<Follower> _followers = [];
    private readonly CancellationTokenSource _stop = new();
    private CancellationTokenSource? _round;
    private Backoff _backoff = new();
    private string _version = "";

    /// <summary>Why it cannot tell what is there now; null when it can.</summary>
    public Exception? Trouble { get; private set; }

    /// <summary>null is all namespaces.</summary>
    public string? Namespace => all.Namespace;

    public void Start() => _ = RunAsync(_stop.Token);

    public void Add(Follower follower)
    {
        lock (_gate)
            _followers.Add(follower);
    }

    public void Remove(Follower follower)
    {
        lock (_gate)
            _followers.Remove(follower);
    }

    public bool IsFollowed
    {
        get
        {
            lock (_gate)
                return _followers.Count > 0;
        }
    }

    /// <summary>How far it is; "" before its first list.</summary>
    public string Version
    {
        get
        {
            lock (_gate)
                return _version;
        }
    }

    /// <summary>What it knows is not of this cluster's history: it is read anew, and until then nobody is told of it.</summary>
    public void Distrust()
    {
        lock (_gate)
        {
            _version = "";
            _ = _round?.CancelAsync();
        }
    }

    /// <summary>Whether it hears of every change now.</summary>
    public bool IsSure
    {
        get
        {
            lock (_gate)
                return Trouble is null && _version.Length > 0;
        }
    }

    /// <summary>What concerns this follower; null when it is not known to be newer than what it has seen itself.</summary>
    public ObjectList? Look(Follower follower, string since)
    {
        lock (_gate)
        {
            return _version.Length > 0 && ResourceVersion.IsAtLeast(_version, since)
                ? new([.. Of(follower)], _version)
                : null;
        }
    }

    public void Dispose()
    {
        _stop.Cancel();

        lock (_gate)
            _round?.Dispose();

        _stop.Dispose();
    }

    private IEnumerable<JsonElement> Of(Follower follower)
    {
        if (follower.Object.Name is { } name)
            return _items.TryGetValue((follower.Object.Namespace ?? "", name), out var item) ? [item] : [];

        return _items.Where(each => follower.Concerns(each.Key)).Select(each => each.Value).Where(follower.Selects);
    }

    private async Task RunAsync(CancellationToken stop)
    {
        try
        {
            while (true)
                await RestAsync(await RoundAsync(stop), stop);
        }
        catch (Exception error) when (error is OperationCanceledException or ObjectDisposedException)
        {
            // Nobody waits any more, or the client configuration has changed and whoever waits goes on with the new one.
        }
    }

    /// <summary>Lists, and watches until that does not work any more.</summary>
    /// <returns>how long the server asked to be left alone</returns>
    private async Task<TimeSpan> RoundAsync(CancellationToken stop)
    {
        using var round = CancellationTokenSource.CreateLinkedTokenSource(stop);

        lock (_gate)
            _round = round;

        try
        {
            Replace(await cluster.SnapshotAsync(all, selector: null, round.Token));
            await FollowAsync(round.Token);
        }
        catch (OperationCanceledException) when (!stop.IsCancellationRequested)
        {
            // Somebody saw that history went back.
        }
        catch (ApiException error) when (error.Code == 410)
        {
            // The version is too old to go on from: listed again, and nobody need know.
        }
        catch (Exception error) when (error is ApiException or UnknownKindException)
        {
            Tell(error);
            return error is ApiException { RetryAfter: { } asked } ? asked : TimeSpan.Zero;
        }
#pragma warning disable CA1031 // Nobody awaits this: whoever waits must hear of it, and reads for itself from then on.
        catch (Exception bug) when (bug is not (OperationCanceledException or ObjectDisposedException))
        {
            Tell(ApiException.Unreachable($"what it sends cannot be read ({bug.GetType().Name})"));
        }
#pragma warning restore CA1031
        finally
        {
            lock (_gate)
                _round = null;
        }

        return TimeSpan.Zero;
    }

    /// <summary>Watches from where it is, again after each end of a stream, until that does not work any more.</summary>
    private async Task FollowAsync(CancellationToken stop)
    {
        while (true)
        {
            var begun = clock.GetTimestamp();
            var heard = false;

            try
            {
                await foreach (var happened in cluster.WatchAsync(all, _version, stop))
                {
                    heard = true;
                    _backoff = new();
                    Take(happened);
                }
            }
            // The stream had begun, so only the connection was lost: the same place is asked for again.
            catch (ApiException error) when (error.IsUnreachable && heard)
            {
                continue;
            }
            // Not allowed to watch, or nothing that can be watched: a list every few seconds is all there is.
            catch (ApiException error) when (error.Code is 403 or 405)
            {
                await Task.Delay(ListEvery, clock, stop);
                return;
            }

            if (!heard && clock.GetElapsedTime(begun) < TooShort)
                await RestAsync(TimeSpan.Zero, stop);
        }
    }

    /// <param name="asked">what the server asked for</param>
    private Task RestAsync(TimeSpan asked, CancellationToken stop)
    {
        var pause = _backoff.Next();
        var longest = asked < LongestRest ? asked : LongestRest;
        return Task.Delay(longest > pause ? longest : pause, clock, stop);
    }

    private void Replace(ObjectList list)
    {
        lock (_gate)
        {
            _items.Clear();

            foreach (var item in list.Items)
                _items[KeyOf(item)] = item;

            (_version, Trouble) = (list.Version, null);
            Raise(_followers);
        }
    }

    private void Take(WatchEvent happened)
    {
        lock (_gate)
        {
            _version = happened.Version;

            if (happened.Type == "BOOKMARK")
                return;

            var key = KeyOf(happened.Object);

            if (happened.Type == "DELETED")
                _items.Remove(key);
            else
                _items[key] = happened.Object;

            Raise(_followers.Where(follower => follower.Concerns(key)));
        }
    }

    private void Tell(Exception error)
    {
        lock (_gate)
        {
            Trouble = error;
            Raise(_followers);
        }
    }

    private static void Raise(IEnumerable<Follower> followers)
    {
        foreach (var follower in followers)
            follower.Changed.Raise();
    }

    private static (string, string) KeyOf(JsonElement item) => (item.Namespace() ?? "", item.Name());
}
