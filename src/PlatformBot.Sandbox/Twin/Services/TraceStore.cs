using System.Collections.Concurrent;
using System.Text.Json.Nodes;
using PlatformBot.Sandbox.Kubernetes;
using PlatformBot.Sandbox.Twin.Helm;
using PlatformBot.Sandbox.Twin.Workloads;

namespace PlatformBot.Sandbox.Twin.Services;

/// <summary>Which traces have reached Jaeger; in memory it forgets them when it starts anew, on a volume it does not.</summary>
public sealed class TraceStore(TimeProvider clock)
{
    private readonly ConcurrentDictionary<string, DateTimeOffset> _seen = [];

    /// <summary>A request with a traceparent header went through the mesh: "00-TRACE-SPAN-01".</summary>
    internal void Note(IReadOnlyList<string> command)
    {
        var header = command.FirstOrDefault(word =>
            word.StartsWith("traceparent:", StringComparison.OrdinalIgnoreCase)
        );

        if (header?.Split(':', 2)[1].Trim().Split('-') is [_, var trace, _, _])
            _seen[trace] = clock.GetUtcNow();
    }

    /// <summary>What Jaeger's API answers for a trace.</summary>
    /// <param name="pod">Jaeger's</param>
    internal ServiceAnswer Answer(JsonObject pod, string trace)
    {
        var started = Timestamp.Read(pod.Text("status", "startTime")) ?? clock.GetUtcNow();
        var kept = _seen.TryGetValue(trace, out var at) && (pod.Claims().Any() || at >= started);
        var data = kept
            ? new JsonArray(
                new JsonObject
                {
                    ["traceID"] = trace,
                    ["spans"] = new JsonArray(Manifest.Map(("traceID", trace), ("operationName", "/"))),
                }
            )
            : [];
        var body = new JsonObject
        {
            ["data"] = data,
            ["total"] = 0,
            ["limit"] = 0,
            ["offset"] = 0,
            ["errors"] = kept ? null : new JsonArray(new JsonObject { ["code"] = 404, ["msg"] = "trace not found" }),
        };
        return ServiceAnswer.Json(kept ? 200 : 404, body);
    }
}
