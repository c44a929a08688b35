using System.Text.Json.Nodes;
using System.Web;
using PlatformBot.Sandbox.Twin.Applications;
using PlatformBot.Sandbox.Twin.Helm;
using PlatformBot.Sandbox.Twin.Mesh;
using PlatformBot.Sandbox.Twin.Services;

namespace PlatformBot.Sandbox.Twin.Metrics;

/// <summary>What the programs behind Services answer over HTTP; null (503) while no pod behind the Service is ready.</summary>
internal sealed class ServiceAnswers(TwinWorld world)
{
    private const string Json = "application/json";
    private const string Plain = "text/plain; charset=utf-8";

    private readonly ApplicationPrograms _applications = new(world);
    private readonly Lookouts _lookouts = new(world);

    public ServiceAnswer? Answer(TwinCluster cluster, ServiceRequest request)
    {
        var service = cluster.Objects.View(new ObjectKey("v1", "Service", request.Namespace, request.Service));

        if (service is null || Pods.Behind(cluster, service) is not [var pod, ..])
            return null;

        var asked = request.PathAndQuery;

        if ((_applications.Answer(cluster, pod, asked) ?? _lookouts.Answer(cluster, pod, asked)) is { } said)
            return said;

        var parts = request.PathAndQuery.Split('?', 2);
        var query = HttpUtility.ParseQueryString(parts.Length == 2 ? parts[1] : "");

        return (AppOf(pod), parts[0]) switch
        {
            ("vmsingle", "/api/v1/query") => Query(cluster, query["query"] ?? ""),
            ("vmsingle" or "vmagent" or "vmalert" or "victoria-logs-single", "/health") => Text("OK"),
            ("grafana", "/api/health") => new ServiceAnswer(
                200,
                Json,
                """{"commit":"sandbox","database":"ok","version":"12.2.1"}"""
            ),
            ("vmalertmanager", "/-/ready" or "/-/healthy") => Text("OK"),
            ("victoria-logs-single", "/select/logsql/query") => Logs(cluster, query["query"] ?? ""),
            ("jaeger", "/api/services") => Services(cluster),
            ("jaeger", "/") => Text("Jaeger UI"),
            ("jaeger", var path) when path.StartsWith("/api/traces/", StringComparison.Ordinal) => world.Traces.Answer(
                pod,
                path["/api/traces/".Length..]
            ),
            ("keycloak", var path) => Keycloak.Answer(cluster, pod, path),
            _ => Echo(pod),
        };
    }

    private static string AppOf(JsonObject pod) => (string?)pod["metadata"]?["labels"]?["app.kubernetes.io/name"] ?? "";

    private static ServiceAnswer Text(string text) => new(200, Plain, text);

    private ServiceAnswer Query(TwinCluster cluster, string query) =>
        new PolicyMetrics(world).Answer(cluster, query) is { } counted ? ServiceAnswer.Json(200, counted)
        : new MetricStore(world).Count(cluster, query) is { } count
            ? ServiceAnswer.Json(200, MetricStore.Answer(count, world.Clock.GetUtcNow()))
        : new ServiceAnswer(
            422,
            Json,
            new JsonObject
            {
                ["status"] = "error",
                ["errorType"] = "422",
                ["error"] = $"cannot parse \"{query}\"",
            }.ToJsonString()
        );

    /// <summary>One line of a cluster's logs, when its collectors deliver to this cluster.</summary>
    private ServiceAnswer Logs(TwinCluster cluster, string query)
    {
        var source = world.Clusters.Values.FirstOrDefault(one =>
            query.Contains($"cluster:{one.Name}", StringComparison.Ordinal)
        );
        var line =
            source is not null && Delivers(source, cluster) is { } pod
                ? new JsonObject
                {
                    ["_time"] = $"{world.Clock.GetUtcNow():yyyy-MM-ddTHH:mm:ss.fffZ}",
                    ["_msg"] = "[ info] [engine] started",
                    ["cluster"] = source.Name,
                    ["kubernetes_namespace_name"] = ObjectKey.Of(pod).Namespace,
                    ["kubernetes_pod_name"] = ObjectKey.Of(pod).Name,
                }.ToJsonString() + "\n"
                : "";
        return new ServiceAnswer(200, "application/stream+json", line);
    }

    private JsonObject? Delivers(TwinCluster from, TwinCluster to)
    {
        var pods = from.Objects.View("v1", "Pod").Where(pod => Pods.IsReady(pod) && AppOf(pod) == "fluent-bit");

        if (from == to)
            return pods.FirstOrDefault();

        return pods.FirstOrDefault(pod =>
            new MeshTraffic(world).Reach(from, pod, ObjectKey.Of(pod).Namespace, $"victoria-logs-{to.Name}").Trouble
                is null
        );
    }

    private static ServiceAnswer Services(TwinCluster cluster)
    {
        var traced = cluster
            .Objects.View("v1", "Pod")
            .Any(pod =>
                Pods.Containers(pod)
                    .SelectMany(one => one.ItemsAt("env"))
                    .Any(one => one.TextAt("name") == "LINKERD2_PROXY_TRACE_COLLECTOR_SVC_ADDR")
            );
        var names = traced ? new JsonArray("jaeger", "linkerd-proxy") : new JsonArray("jaeger");
        return new ServiceAnswer(
            200,
            Json,
            new JsonObject
            {
                ["data"] = names,
                ["total"] = names.Count,
                ["limit"] = 0,
                ["offset"] = 0,
                ["errors"] = null,
            }.ToJsonString()
        );
    }

    /// <summary>http-echo says what it was told to; anything else says that there is nothing at this path.</summary>
    private static ServiceAnswer Echo(JsonObject pod)
    {
        var text = Pods.Containers(pod)
            .SelectMany(container => container.ItemsAt("args"))
            .Select(argument => (string?)argument ?? "")
            .FirstOrDefault(argument => argument.StartsWith("-text=", StringComparison.Ordinal));
        return text is null
            ? new ServiceAnswer(404, Plain, "404 page not found\n")
            : Text($"{text["-text=".Length..]}\n");
    }
}
