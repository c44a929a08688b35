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
    private const string NativeSidecar = "config.beta.linkerd.io/proxy-enable-native-sidecar";

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

        if (pod["spec"]!["initContainers"] is not JsonArray inits)
            pod["spec"]!["initContainers"] = inits = [];

        if (WantsNative(cluster, pod, values))
        {
            proxy["restartPolicy"] = "Always";
            inits.Insert(0, proxy);
        }
        else
        {
            pod["spec"]!["containers"]!.AsArray().Add(proxy);
        }

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

    /// <summary>True when the proxy starts before the pod's own init containers and ends after its programs; of 2.19 this has to be asked for.</summary>
    public static bool IsNative(JsonObject pod) =>
        pod.ItemsAt("spec.initContainers").Any(one => one.TextAt("name") == Pods.Proxy);

    private static bool WantsNative(TwinCluster cluster, JsonObject pod, JsonObject values)
    {
        var ns = cluster.Objects.View(new ObjectKey("v1", "Namespace", "", ObjectKey.Of(pod).Namespace));
        return Mark(pod, NativeSidecar) is { } own ? own == "true"
            : Mark(ns, NativeSidecar) is { } inherited ? inherited == "true"
            : values.FlagAt("proxy.nativeSidecar");
    }

    private static string? Annotation(JsonObject? json) => Mark(json, "linkerd.io/inject");

    private static string? Mark(JsonObject? json, string annotation) =>
        (string?)json?["metadata"]?["annotations"]?[annotation];

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
