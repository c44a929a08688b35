using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;
using System.Threading.Channels;
using Microsoft.AspNetCore.Http;
using PlatformBot.Sandbox.Kubernetes.Fields;
using PlatformBot.Sandbox.Kubernetes.Tables;
using PlatformBot.Sandbox.Twin;

namespace PlatformBot.Sandbox.Kubernetes;

/// <summary>
/// A watch: one JSON document per line as things happen. Its times (timeoutSeconds, bookmarks) are the asker's, so they run
/// on the real clock, whatever the speed of the simulation.
/// </summary>
internal sealed class Watches(ApiRequest request) : IDisposable
{
    private static readonly TimeSpan Longest = TimeSpan.FromMinutes(30);

    private readonly Selectors _selectors = new(
        request.Resource,
        request.Query("labelSelector"),
        request.Query("fieldSelector")
    );

    private readonly Representation _shown = Representation.Of(request);

    private readonly ApiConditions _conditions = ApiConditions.Of(request.Http);
    private readonly CancellationTokenSource _end = CancellationTokenSource.CreateLinkedTokenSource(
        request.Http.RequestAborted
    );
    private bool _isFirst = true;
    private bool _hangs;

    private HttpResponse Response => request.Http.Response;

    private ObjectStore Store => request.Cluster.Objects;

    public async Task RunAsync()
    {
        _conditions.CheckWatch(request);
        var asked = AskedVersion();
        _conditions.Open(this, request.Http);
        _hangs = _conditions.WatchesHang;
        Response.ContentType = "application/json";
        await Response.StartAsync(request.Aborted);
        await Response.Body.FlushAsync(request.Aborted);

        var signal = Channel.CreateBounded<bool>(
            new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite }
        );
        void Wake(StoreEvent happened) => signal.Writer.TryWrite(true);
        Store.Changed += Wake;

        try
        {
            await FollowAsync(asked, signal.Reader);
        }
        catch (OperationCanceledException) when (!request.Aborted.IsCancellationRequested)
        {
            // The asked time is over: the stream ends normally.
        }
        finally
        {
            Store.Changed -= Wake;
        }
    }

    /// <summary>The stream ends now, as it does when its time is over.</summary>
    public void End() => _end.Cancel();

    public void Dispose()
    {
        _conditions.Close(this);
        _end.Dispose();
    }

    private async Task FollowAsync(long asked, ChannelReader<bool> signal)
    {
        _end.CancelAfter(Limit());
        var version = asked > 0 && !request.IsSet("sendInitialEvents") ? asked : await SendInitialAsync(_end.Token);

        while (request.Cluster.ApiIsUp)
        {
            if (Store.Since(version) is not { } events)
            {
                await SendAsync("ERROR", TooOld(version), _end.Token);
                return;
            }

            version = await SendAsync(events, version, _end.Token);

            if (_conditions.WatchEnds)
                return;

            await WaitAsync(signal, version, _end.Token);
        }

        request.Http.Abort();
    }

    private async Task WaitAsync(ChannelReader<bool> signal, long version, CancellationToken cancellationToken)
    {
        using var bookmark = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        bookmark.CancelAfter(_conditions.BookmarkEvery);

        try
        {
            await signal.ReadAsync(bookmark.Token);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            if (request.IsSet("allowWatchBookmarks"))
                await SendAsync("BOOKMARK", Bookmark(version), cancellationToken);
        }
    }

    private async Task<long> SendInitialAsync(CancellationToken cancellationToken)
    {
        var version = Store.Version;

        foreach (var json in Lists.Selected(request).ToList())
            await SendAsync("ADDED", json, cancellationToken);

        if (request.IsSet("sendInitialEvents"))
        {
            var end = Bookmark(version);
            end.Section("metadata", "annotations")["k8s.io/initial-events-end"] = "true";
            await SendAsync("BOOKMARK", end, cancellationToken);
        }

        return version;
    }

    private async Task<long> SendAsync(
        IReadOnlyList<StoreEvent> events,
        long version,
        CancellationToken cancellationToken
    )
    {
        foreach (var happened in events.Where(Concerns))
        {
            if (TypeFor(happened) is { } type)
                await SendAsync(type, happened.Object, cancellationToken);
        }

        return events.Count == 0 ? version : events[^1].Version;
    }

    private bool Concerns(StoreEvent happened) =>
        happened.Key.Kind == request.Resource.Kind
        && happened.Key.ApiVersion == request.Resource.StorageApiVersion
        && (request.Namespace.Length == 0 || happened.Key.Namespace == request.Namespace);

    /// <summary>An object that enters or leaves the selection by its change is added or deleted as far as the watch goes.</summary>
    private string? TypeFor(StoreEvent happened)
    {
        var was = happened.Before is not null && _selectors.Match(happened.Before);
        var isNow = happened.Type != "DELETED" && _selectors.Match(happened.Object);

        return (was, isNow) switch
        {
            (true, true) => "MODIFIED",
            (false, true) => "ADDED",
            (true, false) => "DELETED",
            (false, false) => null,
        };
    }

    private async Task SendAsync(string type, JsonObject json, CancellationToken cancellationToken)
    {
        _hangs |= _conditions.WatchesHang;

        if (_hangs)
            await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, request.Aborted);

        var shown = type == "ERROR" ? json : Shown(json, type);
        var line = $"{{\"type\":\"{type}\",\"object\":{JsonText.Compact(shown)}}}\n";
        await Response.Body.WriteAsync(Encoding.UTF8.GetBytes(line), cancellationToken);
        await Response.Body.FlushAsync(cancellationToken);
    }

    private JsonObject Shown(JsonObject json, string type)
    {
        var isFirst = _isFirst;
        _isFirst = false;
        return _shown.Event(KubeRegistry.Present(json, request.Resource), isFirst, type == "BOOKMARK");
    }

    private JsonObject Bookmark(long version) =>
        new()
        {
            ["kind"] = request.Resource.Kind,
            ["apiVersion"] = request.Resource.StorageApiVersion,
            ["metadata"] = new JsonObject { ["resourceVersion"] = $"{version}" },
        };

    private JsonObject TooOld(long version) =>
        new StatusException(410, "Expired", $"too old resource version: {version} ({Store.Version})").ToStatus();

    private long AskedVersion()
    {
        var text = request.Query("resourceVersion");

        if (text.Length == 0 || long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out _))
            return text.Length == 0 ? 0 : long.Parse(text, CultureInfo.InvariantCulture);

        throw new StatusException(
            500,
            reason: null,
            $"resourceVersion: Invalid value: \"{text}\": strconv.ParseUint: parsing \"{text}\": invalid syntax"
        );
    }

    private TimeSpan Limit() =>
        int.TryParse(request.Query("timeoutSeconds"), out var seconds) && seconds > 0
            ? TimeSpan.FromSeconds(seconds)
            : Longest;
}
