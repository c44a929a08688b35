using System.Text.Json.Nodes;
using PlatformBot.Sandbox.Twin.Helm;
using PlatformBot.Sandbox.Twin.Workloads;

namespace PlatformBot.Sandbox.Twin;

/// <summary>Questions about pods and what stands behind them, as everything built on top of Kubernetes asks them.</summary>
internal static class Pods
{
    public const string Proxy = "linkerd-proxy";

    /// <summary>True when at least one replica of the Deployment is available.</summary>
    public static bool IsAvailable(TwinCluster cluster, string ns, string deployment) =>
        (int?)
            cluster
                .Objects.View(new ObjectKey("apps/v1", "Deployment", ns, deployment))
                ?["status"]?["availableReplicas"] > 0;

    /// <summary>True when every node that should runs a ready pod of the DaemonSet.</summary>
    public static bool RunsEverywhere(TwinCluster cluster, string ns, string daemonSet) =>
        cluster.Objects.View(new ObjectKey("apps/v1", "DaemonSet", ns, daemonSet)) is { } found
        && Health.Of(found).IsCurrent;

    /// <summary>True when the cluster's DNS answers.</summary>
    public static bool HaveDns(TwinCluster cluster) =>
        cluster.Objects.View(new ObjectKey("v1", "Service", "kube-system", "kube-dns")) is { } service
        && Behind(cluster, service).Count > 0;

    /// <summary>The ready pods that a Service chooses.</summary>
    public static IReadOnlyList<JsonObject> Behind(TwinCluster cluster, JsonObject service) =>
        service["spec"]?["selector"] is JsonObject selector
            ?
            [
                .. cluster
                    .Objects.View("v1", "Pod", ObjectKey.Of(service).Namespace)
                    .Where(pod => Fits(pod, selector) && IsReady(pod)),
            ]
            : [];

    public static bool Fits(JsonObject json, JsonObject labels) =>
        labels.All(label => (string?)json["metadata"]?["labels"]?[label.Key] == (string?)label.Value);

    public static bool IsReady(JsonObject pod) =>
        Health.IsTrue(pod, "Ready") && pod["metadata"]?["deletionTimestamp"] is null;

    /// <summary>A ready pod with that label; null when there is none.</summary>
    public static JsonObject? FirstReady(TwinCluster cluster, string ns, string label, string value) =>
        cluster.Objects.View("v1", "Pod", ns).FirstOrDefault(pod => pod.Label(label) == value && IsReady(pod));

    public static bool IsMeshed(JsonObject pod) =>
        Containers(pod).Any(container => (string?)container["name"] == Proxy);

    public static IEnumerable<JsonObject> Containers(JsonObject pod) =>
        pod.ItemsAt("spec.containers").Concat(pod.ItemsAt("spec.initContainers")).OfType<JsonObject>();
}
