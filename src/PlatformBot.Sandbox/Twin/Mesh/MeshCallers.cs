using System.Text.Json.Nodes;
using PlatformBot.Sandbox.Kubernetes;
using PlatformBot.Sandbox.Twin.Services;
using PlatformBot.Sandbox.Twin.Workloads;

namespace PlatformBot.Sandbox.Twin.Mesh;

/// <summary>A connection that is made again and again.</summary>
/// <param name="Identity">who makes it</param>
/// <param name="Pod">to whom</param>
internal sealed record MeshCall(string Identity, JsonObject Pod, int Port);

/// <summary>Who uses the databases all day long: what an audit sees.</summary>
internal static class MeshCallers
{
    /// <summary>A caller of whom nobody thought; there while the fault CLUSTER/authz-too-strict lasts.</summary>
    private const string Forgotten = "reports.observability.serviceaccount.identity.linkerd.cluster.local";

    private static readonly (string Service, int Port)[] Databases = [("postgres-rw", 5432), ("dragonfly", 6379)];

    public static IEnumerable<MeshCall> Of(TwinWorld world, TwinCluster cluster) =>
        Databases.SelectMany(one => Of(world, cluster, one.Service, one.Port));

    private static IEnumerable<MeshCall> Of(TwinWorld world, TwinCluster cluster, string service, int port)
    {
        var key = new ObjectKey("v1", "Service", "databases", service);

        if (cluster.Objects.View(key) is not { } found || Pods.Behind(cluster, found) is not [var pod, ..])
            return [];

        var callers = Replicas(cluster, pod).Select(MeshPolicy.IdentityOf);

        if (IsUsedElsewhere(world, cluster, found))
            callers = callers.Append(MeshTexts.GatewayIdentity);

        if (service == "postgres-rw")
            callers = callers.Concat(KeycloakPods(cluster).Select(MeshPolicy.IdentityOf));

        if (service == "postgres-rw" && world.Faults.Lasts($"{cluster.Name}/authz-too-strict"))
            callers = callers.Append(Forgotten);

        return callers.Where(identity => identity.Length > 0).Distinct().Select(one => new MeshCall(one, pod, port));
    }

    /// <summary>The other instances of the same database, which follow the one that is called.</summary>
    private static IEnumerable<JsonObject> Replicas(TwinCluster cluster, JsonObject pod) =>
        cluster
            .Objects.View("v1", "Pod", pod.Namespace())
            .Where(other =>
                other.Uid() != pod.Uid()
                && Pods.IsReady(other)
                && (
                    pod.Label(PostgresKinds.ClusterLabel) is { Length: > 0 } name
                        ? other.Label(PostgresKinds.ClusterLabel) == name
                        : other.Label("app") == pod.Label("app") && pod.Label("app").Length > 0
                )
            );

    private static IEnumerable<JsonObject> KeycloakPods(TwinCluster cluster) =>
        cluster.Objects.View("v1", "Pod", Keycloak.Namespace).Where(pod => pod.Label("app") == "keycloak");

    private static bool IsUsedElsewhere(TwinWorld world, TwinCluster cluster, JsonObject service) =>
        world
            .Clusters.Values.Where(other => other != cluster)
            .Any(other =>
                other.Objects.View(ObjectKey.Of(service) with { Name = $"{service.Name()}-{cluster.Name}" }) is not null
            );
}
