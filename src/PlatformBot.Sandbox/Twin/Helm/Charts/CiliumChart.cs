using System.Text.Json.Nodes;
using static PlatformBot.Sandbox.Twin.Helm.Manifest;

namespace PlatformBot.Sandbox.Twin.Helm.Charts;

/// <summary>Cilium: the ConfigMap that the agents read, computed from values, and the workloads around it.</summary>
internal static class CiliumChart
{
    private const string Version = "1.18.3";

    public static Chart Chart { get; } =
        new("cilium", Version, Version, "https://helm.cilium.io", Render)
        {
            Notes = """
                You have successfully installed Cilium with Hubble Relay and Hubble UI.

                Your release version is 1.18.3.

                For any further help, visit https://docs.cilium.io/en/v1.18/gettinghelp
                """,
        };

    private static IEnumerable<JsonObject> Render(ChartInput input)
    {
        var (values, ns) = (input.Values, input.Namespace);
        Validate(values);
        var config = ConfigMap(ns, "cilium-config", Config(values));
        var rollout = values.FlagAt("rollOutCiliumPods")
            ? Map(("cilium.io/cilium-configmap-checksum", Digest(config)))
            : [];

        yield return config;
        yield return ServiceAccount(ns, "cilium");
        yield return Agent(values, ns, rollout);
        yield return Envoy(ns);
        yield return Operator(values, ns, rollout);
        yield return Service(ns, "hubble-peer", Map(("k8s-app", "cilium")), ("peer-service", 443));

        foreach (var json in Hubble(values, ns).Concat(Monitors(values, ns)))
            yield return json;
    }

    private static void Validate(JsonObject values)
    {
        if (values.NodeAt("proxy.prometheus.enabled") is not null || values.NodeAt("proxy.prometheus.port") is not null)
        {
            throw new HelmException(
                "execution error at (cilium/templates/validate.yaml:24:5): proxy.prometheus.enabled and proxy.prometheus.port were deprecated "
                    + "in v1.14 and has been removed in v1.16. For details please refer to https://docs.cilium.io/en/v1.16/operations/upgrade/#helm-options"
            );
        }
    }

    private static (string, string)[] Config(JsonObject values) =>
        [
            ("agent-not-ready-taint-key", "node.cilium.io/agent-not-ready"),
            ("auto-direct-node-routes", Word(values.FlagAt("autoDirectNodeRoutes"))),
            ("bpf-lb-sock-hostns-only", Word(values.FlagAt("socketLB.hostNamespaceOnly"))),
            ("cluster-id", values.TextAt("cluster.id", "0")),
            ("cluster-name", values.TextAt("cluster.name", "default")),
            ("cni-exclusive", Word(values.FlagAt("cni.exclusive", otherwise: true))),
            ("devices", values.TextAt("devices")),
            ("enable-bgp-control-plane", Word(values.FlagAt("bgpControlPlane.enabled"))),
            ("enable-bpf-masquerade", Word(values.FlagAt("bpf.masquerade"))),
            ("enable-gateway-api", Word(values.FlagAt("gatewayAPI.enabled"))),
            ("enable-gateway-api-alpn", Word(values.FlagAt("gatewayAPI.enableAlpn"))),
            ("enable-gateway-api-app-protocol", Word(values.FlagAt("gatewayAPI.enableAppProtocol"))),
            ("enable-hubble", Word(values.FlagAt("hubble.enabled", otherwise: true))),
            ("enable-l2-announcements", Word(values.FlagAt("l2announcements.enabled"))),
            ("ipam", values.TextAt("ipam.mode", "cluster-pool")),
            ("ipv4-native-routing-cidr", values.TextAt("ipv4NativeRoutingCIDR")),
            ("k8s-service-host", values.TextAt("k8sServiceHost")),
            ("k8s-service-port", values.TextAt("k8sServicePort")),
            ("kube-proxy-replacement", values.TextAt("kubeProxyReplacement", "false")),
            ("routing-mode", values.TextAt("routingMode", "tunnel")),
        ];

    private static string Word(bool flag) => flag ? "true" : "false";

    private static string Digest(JsonObject json) =>
        Convert.ToHexStringLower(
            System.Security.Cryptography.SHA256.HashData(System.Text.Encoding.UTF8.GetBytes(json.ToJsonString()))
        );

    private static JsonObject Agent(JsonObject values, string ns, JsonObject rollout) =>
        new Workload("DaemonSet", ns, "cilium", "cilium-agent", $"cilium-agent=quay.io/cilium/cilium:v{Version}")
        {
            Labels = Map(("k8s-app", "cilium"), ("app.kubernetes.io/part-of", "cilium")),
            PodAnnotations = rollout,
            HostNetwork = true,
            HostPaths = ["/var/run/cilium", values.TextAt("cgroup.hostRoot", "/run/cilium/cgroupv2")],
            ServiceAccount = "cilium",
            Env =
            [
                ("KUBERNETES_SERVICE_HOST", values.TextAt("k8sServiceHost")),
                ("KUBERNETES_SERVICE_PORT", values.TextAt("k8sServicePort")),
            ],
        }.ToJson();

    private static JsonObject Envoy(string ns) =>
        new Workload(
            "DaemonSet",
            ns,
            "cilium-envoy",
            "cilium-envoy",
            "cilium-envoy=quay.io/cilium/cilium-envoy:v1.34.10"
        )
        {
            Labels = Map(("k8s-app", "cilium-envoy"), ("app.kubernetes.io/part-of", "cilium")),
            HostNetwork = true,
            ServiceAccount = "cilium",
        }.ToJson();

    private static JsonObject Operator(JsonObject values, string ns, JsonObject rollout) =>
        new Workload(
            "Deployment",
            ns,
            "cilium-operator",
            "cilium-operator",
            $"cilium-operator=quay.io/cilium/operator-generic:v{Version}"
        )
        {
            Labels = Map(("io.cilium/app", "operator"), ("name", "cilium-operator")),
            Replicas = values.NumberAt("operator.replicas", 2),
            PodAnnotations = rollout,
            HostNetwork = true,
            ServiceAccount = "cilium",
        }.ToJson();

    private static IEnumerable<JsonObject> Hubble(JsonObject values, string ns)
    {
        if (values.FlagAt("hubble.relay.enabled"))
        {
            var relay = Map(("k8s-app", "hubble-relay"));
            yield return new Workload(
                "Deployment",
                ns,
                "hubble-relay",
                "hubble-relay",
                $"hubble-relay=quay.io/cilium/hubble-relay:v{Version}"
            )
            {
                Labels = relay,
            }.ToJson();
            yield return Service(ns, "hubble-relay", relay, ("grpc", 80));
        }

        if (values.FlagAt("hubble.ui.enabled"))
        {
            var ui = Map(("k8s-app", "hubble-ui"));
            yield return new Workload(
                "Deployment",
                ns,
                "hubble-ui",
                "hubble-ui",
                "frontend=quay.io/cilium/hubble-ui:v0.13.3",
                "backend=quay.io/cilium/hubble-ui-backend:v0.13.3"
            )
            {
                Labels = ui,
            }.ToJson();
            yield return Service(ns, "hubble-ui", ui, ("http", 80));
        }
    }

    private static IEnumerable<JsonObject> Monitors(JsonObject values, string ns)
    {
        if (values.FlagAt("prometheus.serviceMonitor.enabled"))
            yield return ServiceMonitor(ns, "cilium-agent", "cilium-agent");

        if (values.FlagAt("operator.prometheus.serviceMonitor.enabled"))
            yield return ServiceMonitor(ns, "cilium-operator", "cilium-operator");

        if (values.FlagAt("hubble.metrics.serviceMonitor.enabled"))
            yield return ServiceMonitor(ns, "hubble", "hubble");
    }
}
