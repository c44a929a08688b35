using System.Collections.Concurrent;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace PlatformBot.Sandbox.Kubernetes;

/// <summary>The weather at one API server: what is made to go wrong, who watches, what has been asked for.</summary>
internal sealed class ApiConditions(Faults faults, string cluster)
{
    private readonly ConcurrentDictionary<string, int> _counts = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<Watches, HttpContext> _watches = [];

    public TimeSpan BookmarkEvery { get; set; } = TimeSpan.FromSeconds(60);

    /// <summary>"GET /api/v1/pods" → how often; watches are "WATCH …", lists and reads "GET …".</summary>
    public IReadOnlyDictionary<string, int> Counts => _counts.ToDictionary(StringComparer.Ordinal);

    public int Watching => _watches.Count;

    /// <summary>True while watches are silent: what is open or opened then stays open, and nothing comes through it again.</summary>
    public bool WatchesHang => faults.Lasts($"{cluster}/watch/hangs");

    /// <summary>True when a watch ends now, after what it had to tell so far.</summary>
    public bool WatchEnds => faults.Strikes($"{cluster}/watch/ends");

    public static ApiConditions Of(HttpContext http) => http.Features.GetRequiredFeature<ApiConditions>();

    public void Arrive(HttpContext http)
    {
        http.Features.Set(this);
        var verb = IsWatch(http.Request) ? "WATCH" : http.Request.Method;
        _counts.AddOrUpdate($"{verb} {http.Request.Path}", 1, (_, count) => count + 1);
    }

    /// <exception cref="StatusException">401, as for a token that has run out.</exception>
    public void CheckToken()
    {
        if (faults.Strikes($"{cluster}/api/unauthorized"))
            throw new StatusException(401, "Unauthorized", "Unauthorized");
    }

    /// <summary>429 as flow control answers: plain text, with the seconds to wait; null when there is room.</summary>
    public ApiAnswer? Crowd(HttpResponse response)
    {
        if (!faults.Strikes($"{cluster}/api/busy"))
            return null;

        response.Headers.RetryAfter = "1";
        return ApiAnswer.Plain("Too many requests, please try again later.\n", 429);
    }

    /// <exception cref="StatusException">403: who asks may list, but not watch.</exception>
    public void CheckWatch(ApiRequest request)
    {
        if (!faults.Lasts($"{cluster}/watch/forbidden"))
            return;

        var where = request.Namespace.Length > 0 ? $"in the namespace \"{request.Namespace}\"" : "at the cluster scope";
        throw new StatusException(
            403,
            "Forbidden",
            $"{request.Resource.FullName} is forbidden: User \"admin\" cannot watch resource \"{request.Resource.Plural}\""
                + $" in API group \"{request.Resource.Group}\" {where}",
            new() { ["kind"] = request.Resource.Plural }
        );
    }

    public void Open(Watches watch, HttpContext http) => _watches[watch] = http;

    public void Close(Watches watch) => _watches.TryRemove(watch, out _);

    /// <param name="abruptly">the connections break; otherwise the streams end as they do when their time is over</param>
    public void EndWatches(bool abruptly)
    {
        foreach (var (watch, http) in _watches)
        {
            if (abruptly)
                http.Abort();
            else
                watch.End();
        }
    }

    private static bool IsWatch(HttpRequest request) => request.Query["watch"].ToString() is "1" or "true";
}
