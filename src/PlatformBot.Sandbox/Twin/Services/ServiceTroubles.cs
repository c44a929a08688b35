using System.Text.Json.Nodes;
using PlatformBot.Sandbox.Kubernetes;
using PlatformBot.Sandbox.Twin.Helm;
using PlatformBot.Sandbox.Twin.Workloads;

namespace PlatformBot.Sandbox.Twin.Services;

/// <summary>What goes wrong in the programs of the services.</summary>
internal static class ServiceTroubles
{
    public static PodTrouble? LostPrimary(TwinWorld world, TwinCluster cluster, JsonObject pod) =>
        pod.Label("cnpg.io/instanceName") is { Length: > 0 } name
        && name.EndsWith("-1", StringComparison.Ordinal)
        && world.Faults.Lasts($"{cluster.Name}/postgres-primary-lost")
            ? new PodTrouble("postgres", Crashes: true, "PANIC:  could not locate a valid checkpoint record")
            : null;

    /// <summary>A Job that makes buckets ends well only when the store answers and knows its key.</summary>
    public static PodTrouble? Buckets(TwinCluster cluster, JsonObject pod)
    {
        var container = pod.Items("spec", "containers").FirstOrDefault(one => one.Text("name") == "s3");

        if (container is null || !pod.Name().StartsWith("create-buckets-", StringComparison.Ordinal))
            return null;

        var secret = container.Items("envFrom").FirstOrDefault().TextAt("secretRef.name");
        var key = SecretText.Of(cluster.Objects, pod.Namespace(), secret, "AWS_ACCESS_KEY_ID") ?? "";
        return ObjectStoreLaw.ClientTrouble(cluster, key) is { } log ? new PodTrouble("s3", Crashes: true, log) : null;
    }
}
