using System.Text.Json.Nodes;
using PlatformBot.Sandbox.Kubernetes;
using PlatformBot.Sandbox.Twin.Cilium;

namespace PlatformBot.Sandbox.Twin.Applications;

/// <summary>What is behind a public name: a Gateway with its certificate, a route, a Service, a pod that is ready.</summary>
internal sealed class PublicNames(TwinWorld world)
{
    /// <summary>Why nobody reaches the name, in the words of an HTTP client; null when somebody does.</summary>
    public string? Trouble(string host)
    {
        foreach (var cluster in world.Clusters.Values)
        {
            if (RouteOf(cluster, host) is null)
                continue;

            return !Listens(cluster) ? $"dial tcp: lookup {host}: connect: connection refused"
                : PodBehind(cluster, host) is null ? "response status code 503: Service Unavailable"
                : null;
        }

        return $"dial tcp: lookup {host}: no such host";
    }

    /// <summary>A pod that answers to the name; null when there is none.</summary>
    public (TwinCluster? Cluster, JsonObject? Pod) Behind(string host) =>
        world
            .Clusters.Values.Select(cluster => ((TwinCluster?)cluster, PodBehind(cluster, host)))
            .FirstOrDefault(one => one.Item2 is not null);

    private static JsonObject? RouteOf(TwinCluster cluster, string host) =>
        cluster
            .Objects.View(GatewayKinds.ApiVersion, "HTTPRoute")
            .FirstOrDefault(route =>
                route.At("spec", "hostnames") is JsonArray names && names.Any(name => name.Text() == host)
            );

    private static bool Listens(TwinCluster cluster) =>
        cluster
            .Objects.View(GatewayKinds.ApiVersion, "Gateway")
            .Any(gateway =>
                gateway
                    .Items("status", "listeners")
                    .SelectMany(listener => listener.Items("conditions"))
                    .All(condition => condition.Text("status") == "True") && gateway.Items("status", "addresses").Any()
            );

    private static JsonObject? PodBehind(TwinCluster cluster, string host)
    {
        if (RouteOf(cluster, host) is not { } route || !Listens(cluster))
            return null;

        var name = route.Items("spec", "rules").LastOrDefault().Items("backendRefs").FirstOrDefault().Text("name");
        var service = cluster.Objects.View(new ObjectKey("v1", "Service", route.Namespace(), name));
        return service is not null && Pods.Behind(cluster, service) is [var pod, ..] ? pod : null;
    }
}
