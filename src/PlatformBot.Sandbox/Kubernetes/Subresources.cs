using System.Text.Json.Nodes;
using PlatformBot.Sandbox.Twin;

namespace PlatformBot.Sandbox.Kubernetes;

/// <summary>What hangs below an object and is not its status: scale, log, eviction, proxy.</summary>
internal static class Subresources
{
    public static async Task<ApiAnswer> HandleAsync(ApiRequest request, KubeRegistry registry)
    {
        // A Service's name stands with its port in a proxy's path; everything else must be served as a subresource.
        if (!request.Resource.Subresources.Contains(request.Subresource))
            throw Refusals.NoSuchResource();

        return (request.Resource.Kind, request.Subresource, request.Verb) switch
        {
            ("Service", "proxy", _) => await ProxyAsync(request),
            ("Pod", "log", "GET") => PodLogs.Read(request),
            ("Pod", "exec", "GET") when request.Http.WebSockets.IsWebSocketRequest => await PodExec.RunAsync(request),
            ("Pod", "exec", _) => throw Refusals.BadRequest("Upgrade request required"),
            ("Pod", "eviction", "POST") => Evict(request),
            (_, "scale", "GET") => ApiAnswer.Json(Scale(Lists.Get(request))),
            (_, "scale", "PUT" or "PATCH") => await SetScaleAsync(request, registry),
            _ => throw Refusals.MethodNotAllowed(),
        };
    }

    private static async Task<ApiAnswer> ProxyAsync(ApiRequest request)
    {
        // "name", "name:port" or "https:name:port"
        var parts = request.Name.Split(':');
        var (service, port) = parts.Length == 3 ? (parts[1], parts[2]) : (parts[0], parts.Length == 2 ? parts[1] : "");

        if (request.Cluster.Objects.View(new ObjectKey("v1", "Service", request.Namespace, service)) is null)
            throw Refusals.NotFound(request.Resource, service);

        var asked = new ServiceRequest(
            request.Namespace,
            service,
            port,
            request.Verb,
            request.Rest + request.Http.Request.QueryString,
            await request.BodyAsync()
        );

        var answer =
            request.Cluster.ServiceProxy?.Invoke(asked)
            ?? throw new StatusException(
                503,
                "ServiceUnavailable",
                $"no endpoints available for service \"{request.Name}\""
            );
        return ApiAnswer.Text(answer.Status, answer.ContentType, answer.Body);
    }

    private static ApiAnswer Evict(ApiRequest request)
    {
        var key = new ObjectKey("v1", "Pod", request.Namespace, request.Name);

        if (Deletion.Begin(request.Cluster, key) is null)
            throw Refusals.NotFound(request.Resource, request.Name);

        var done = new JsonObject
        {
            ["kind"] = "Status",
            ["apiVersion"] = "v1",
            ["metadata"] = new JsonObject(),
            ["status"] = "Success",
            ["code"] = 201,
        };
        return ApiAnswer.Json(done, 201);
    }

    private static async Task<ApiAnswer> SetScaleAsync(ApiRequest request, KubeRegistry registry)
    {
        var wanted = (await request.ObjectAsync()).Whole("spec", "replicas") ?? 0;
        var written = registry.Patch(
            request.Resource,
            request.Namespace,
            request.Name,
            json =>
            {
                json.Section("spec")["replicas"] = wanted;
                return json;
            },
            request.WriteOptions()
        );
        return ApiAnswer.Json(Scale(written.Object));
    }

    private static JsonObject Scale(JsonObject json)
    {
        var labels = json.Texts("spec", "selector", "matchLabels").Select(pair => $"{pair.Key}={pair.Value}");

        return new JsonObject
        {
            ["kind"] = "Scale",
            ["apiVersion"] = "autoscaling/v1",
            ["metadata"] = new JsonObject
            {
                ["name"] = json.Name(),
                ["namespace"] = json.Namespace(),
                ["uid"] = json.Uid(),
                ["resourceVersion"] = json.Text("metadata", "resourceVersion"),
                ["creationTimestamp"] = json.Text("metadata", "creationTimestamp"),
            },
            ["spec"] = new JsonObject { ["replicas"] = json.Whole("spec", "replicas") ?? 0 },
            ["status"] = new JsonObject
            {
                ["replicas"] = json.Whole("status", "replicas") ?? 0,
                ["selector"] = string.Join(',', labels),
            },
        };
    }
}
