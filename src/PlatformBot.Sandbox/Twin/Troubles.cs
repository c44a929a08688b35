using System.Text.Json.Nodes;
using PlatformBot.Sandbox.Twin.Helm;
using PlatformBot.Sandbox.Twin.Mesh;
using PlatformBot.Sandbox.Twin.Security;
using PlatformBot.Sandbox.Twin.Services;

namespace PlatformBot.Sandbox.Twin;

/// <summary>What goes wrong inside programs when something that they need is not there: one rule per program, first hit counts.</summary>
internal static class Troubles
{
    private static readonly Func<TwinCluster, JsonObject, PodTrouble?>[] Rules =
    [
        MissingSecret,
        CiliumAgent,
        CiliumOperator,
        HubbleRelay,
        LinkerdIdentity,
        MeshedProxy,
        ServiceMirrorController,
        Mayastor,
        ServiceTroubles.Buckets,
    ];

    private static readonly Func<TwinWorld, TwinCluster, JsonObject, PodTrouble?>[] Outside =
    [
        CloudflareTroubles.Cloudflared,
        CloudflareTroubles.ExternalDns,
        ServiceTroubles.LostPrimary,
        PostgresRecovery.Trouble,
        Keycloak.Trouble,
    ];

    public static PodTrouble? Of(TwinWorld world, TwinCluster cluster, JsonObject pod) =>
        Rules.Select(rule => rule(cluster, pod)).FirstOrDefault(trouble => trouble is not null)
        ?? Outside.Select(rule => rule(world, cluster, pod)).FirstOrDefault(trouble => trouble is not null);

    private static PodTrouble? MissingSecret(TwinCluster cluster, JsonObject pod)
    {
        foreach (var container in Pods.Containers(pod))
        {
            var missing = container
                .ItemsAt("env")
                .Select(variable => variable.TextAt("valueFrom.secretKeyRef.name"))
                .FirstOrDefault(name =>
                    name.Length > 0
                    && cluster.Objects.View(new ObjectKey("v1", "Secret", ObjectKey.Of(pod).Namespace, name)) is null
                );

            if (missing is not null)
            {
                return new PodTrouble(
                    container.TextAt("name"),
                    Crashes: false,
                    $"Error: secret \"{missing}\" not found"
                );
            }
        }

        return null;
    }

    private static PodTrouble? CiliumAgent(TwinCluster cluster, JsonObject pod)
    {
        // Without kube-proxy nothing answers on the Service address of the API before Cilium itself runs.
        var blind = Has(pod, "cilium-agent") && Env(pod, "KUBERNETES_SERVICE_HOST").Length == 0;
        return blind
            ? new PodTrouble(
                "cilium-agent",
                Crashes: true,
                "level=fatal msg=\"Unable to initialize Kubernetes subsystem\" error=\"unable to create k8s client: Get \\\"https://10.96.0.1:443/api/v1/namespaces/kube-system\\\": dial tcp 10.96.0.1:443: i/o timeout\""
            )
            : null;
    }

    private static PodTrouble? CiliumOperator(TwinCluster cluster, JsonObject pod)
    {
        if (!Has(pod, "cilium-operator"))
            return null;

        var config = cluster.Objects.View(new ObjectKey("v1", "ConfigMap", "kube-system", "cilium-config"))?["data"];

        return (string?)config?["enable-gateway-api"] == "true" && (string?)config["kube-proxy-replacement"] != "true"
            ? new PodTrouble(
                "cilium-operator",
                Crashes: true,
                "level=fatal msg=\"failed to start: Gateway API support requires either kube-proxy-replacement or enable-node-port enabled\""
            )
            : null;
    }

    private static PodTrouble? HubbleRelay(TwinCluster cluster, JsonObject pod) =>
        Has(pod, "hubble-relay") && !Pods.HaveDns(cluster)
            ? new PodTrouble(
                "hubble-relay",
                Crashes: false,
                "level=warning msg=\"Failed to create peer client for peers synchronization; will try again after the timeout has expired\" error=\"context deadline exceeded\" target=\"hubble-peer.kube-system.svc.cluster.local.:443\""
            )
            : null;

    private static PodTrouble? LinkerdIdentity(TwinCluster cluster, JsonObject pod) =>
        Has(pod, "identity") && Component(pod) == "identity" && MeshIdentity.Of(cluster).Problem is { } problem
            ? new PodTrouble(
                "identity",
                Crashes: true,
                $"level=fatal msg=\"Failed to initialize identity service: {problem}\""
            )
            : null;

    /// <summary>A proxy is not ready before it has a certificate, and gets none while the identity service does not run.</summary>
    private static PodTrouble? MeshedProxy(TwinCluster cluster, JsonObject pod) =>
        Pods.IsMeshed(pod) && Component(pod) != "identity" && !Pods.IsAvailable(cluster, "linkerd", "linkerd-identity")
            ? new PodTrouble(
                Pods.Proxy,
                Crashes: false,
                "WARN ThreadId(02) identity:identity{server.addr=linkerd-identity-headless.linkerd.svc.cluster.local:8080}: linkerd_app: Failed to obtain identity error=status: Unknown"
            )
            : null;

    private static PodTrouble? ServiceMirrorController(TwinCluster cluster, JsonObject pod)
    {
        var link = (string?)pod["metadata"]?["labels"]?["mirror.linkerd.io/cluster-name"];

        if (
            link is null
            || Component(pod) is not ""
            || (string?)pod["metadata"]?["labels"]?["component"] != "controller"
        )
        {
            return null;
        }

        return
            cluster.Objects.View(new ObjectKey("v1", "Secret", "linkerd-multicluster", $"cluster-credentials-{link}"))
                is null
            ? new PodTrouble(
                $"controller-{link}",
                Crashes: false,
                $"level=error msg=\"Failed to get remote cluster credentials: secrets \\\"cluster-credentials-{link}\\\" not found\""
            )
            : null;
    }

    private static PodTrouble? Mayastor(TwinCluster cluster, JsonObject pod) =>
        Has(pod, "io-engine")
            ? new PodTrouble("io-engine", Crashes: true, "EAL: No free 2048 kB hugepages reported on node 0")
            : null;

    private static bool Has(JsonObject pod, string container) =>
        Pods.Containers(pod).Any(one => (string?)one["name"] == container);

    private static string Component(JsonObject pod) =>
        (string?)pod["metadata"]?["labels"]?["linkerd.io/control-plane-component"] ?? "";

    private static string Env(JsonObject pod, string name) =>
        Pods.Containers(pod)
            .SelectMany(container => container.ItemsAt("env"))
            .FirstOrDefault(variable => variable.TextAt("name") == name)
            .TextAt("value");
}
