using System.Text.Json.Nodes;
using PlatformBot.Sandbox.Kubernetes;
using PlatformBot.Sandbox.Twin.Helm.Charts;
using PlatformBot.Sandbox.Twin.Workloads;

namespace PlatformBot.Sandbox.Twin.Services;

/// <summary>Names of CloudNativePG, and questions about a Cluster that several of its parts ask.</summary>
internal static class PostgresKinds
{
    public const string ApiVersion = $"{CloudNativePgChart.Group}/v1";
    public const string OperatorNamespace = "cnpg-system";
    public const string Operator = "cnpg-controller-manager";
    public const string ClusterLabel = "cnpg.io/cluster";
    public const string RoleLabel = "cnpg.io/instanceRole";
    public const string Plugin = "barman-cloud.cloudnative-pg.io";
    public const string Healthy = "Cluster in healthy state";

    public static JsonObject? ClusterOf(TwinCluster cluster, string ns, string name) =>
        cluster.Objects.View(new ObjectKey(ApiVersion, "Cluster", ns, name));

    /// <summary>The instances' pods, by name.</summary>
    public static IReadOnlyList<JsonObject> Instances(TwinCluster cluster, string ns, string name) =>
        [.. cluster.Objects.View("v1", "Pod", ns).Where(pod => pod.Label(ClusterLabel) == name && !pod.IsEnding())];

    /// <summary>The pod that takes writes; null while there is none.</summary>
    public static JsonObject? Primary(TwinCluster cluster, string ns, string name) =>
        Instances(cluster, ns, name).FirstOrDefault(pod => pod.Label(RoleLabel) == "primary" && pod.IsReady());

    public static bool UsesPlugin(JsonObject postgres) =>
        postgres.Items("spec", "plugins").Any(plugin => plugin.Text("name") == Plugin);

    public static bool PluginRuns(TwinCluster cluster) => Pods.IsAvailable(cluster, OperatorNamespace, "barman-cloud");

    /// <summary>The roles that the operator has made, and those whose password it cannot find.</summary>
    public static (IReadOnlyList<string> Reconciled, IReadOnlyList<string> Waiting) Roles(
        TwinCluster cluster,
        JsonObject postgres
    )
    {
        var roles = postgres
            .Items("spec", "managed", "roles")
            .ToLookup(role =>
                cluster.Objects.View(
                    new ObjectKey("v1", "Secret", postgres.Namespace(), role.Text("passwordSecret", "name"))
                )
                    is not null
            );
        return (
            [.. roles[true].Select(role => role.Text("name"))],
            [.. roles[false].Select(role => role.Text("name"))]
        );
    }
}
