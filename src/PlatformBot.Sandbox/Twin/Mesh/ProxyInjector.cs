using System.Text.Json.Nodes;
using PlatformBot.Sandbox.Twin.Helm;

namespace PlatformBot.Sandbox.Twin.Mesh;

/// <summary>
/// Linkerd's webhook: while its injector runs, pods that ask for it (or whose namespace does) get a proxy. Pods that exist
/// already stay as they are.
/// </summary>
internal static class ProxyInjector
{
    private const string Injector = "linkerd-proxy-injector";

    public static void Inject(TwinCluster cluster, JsonObject pod)
    {
        if (!Wants(cluster, pod) || !Pods.IsAvailable(cluster, "linkerd", Injector))
            return;

        var values = ConfigOf(cluster);
        var proxy = new JsonObject { ["name"] = Pods.Proxy, ["image"] = $"ghcr.io/linkerd/proxy:{MeshTexts.Version}" };

        if (values.FlagAt("proxy.tracing.enabled"))
        {
            proxy["env"] = new JsonArray(
                new JsonObject
                {
                    ["name"] = "LINKERD2_PROXY_TRACE_COLLECTOR_SVC_ADDR",
                    ["value"] = values.TextAt("proxy.tracing.collector.endpoint"),
                }
            );
        }

        pod["spec"]!["containers"]!.AsArray().Add(proxy);

        if (pod["spec"]!["initContainers"] is not JsonArray inits)
            pod["spec"]!["initContainers"] = inits = [];

        inits.Insert(0, Init());
        pod.Labelled(("linkerd.io/control-plane-ns", "linkerd"))
            .Annotated(
                ("linkerd.io/proxy-version", MeshTexts.Version),
                ("linkerd.io/trust-root-sha256", TrustRoot(cluster))
            );
    }

    private static bool Wants(TwinCluster cluster, JsonObject pod)
    {
        var ns = cluster.Objects.View(new ObjectKey("v1", "Namespace", "", ObjectKey.Of(pod).Namespace));
        var asked = Annotation(pod) ?? Annotation(ns);

        return asked is "enabled" or "ingress"
            && (string?)ns?["metadata"]?["labels"]?["config.linkerd.io/admission-webhooks"] != "disabled"
            && (bool?)pod["spec"]?["hostNetwork"] is not true
            && !Pods.IsMeshed(pod);
    }

    private static string? Annotation(JsonObject? json) =>
        (string?)json?["metadata"]?["annotations"]?["linkerd.io/inject"];

    private static JsonObject ConfigOf(TwinCluster cluster) =>
        cluster.Objects.View(new ObjectKey("v1", "ConfigMap", "linkerd", "linkerd-config")) is { } config
            ? JsonNode.Parse(config.TextAt("data.values", "{}"))!.AsObject()
            : [];

    private static string TrustRoot(TwinCluster cluster) => MeshIdentity.Of(cluster).AnchorsDigest ?? "";

    private static JsonObject Init() =>
        new()
        {
            ["name"] = "linkerd-init",
            ["image"] = "ghcr.io/linkerd/proxy-init:v2.4.3",
            ["securityContext"] = new JsonObject
            {
                ["capabilities"] = new JsonObject { ["add"] = new JsonArray("NET_ADMIN", "NET_RAW") },
            },
        };
}
