using System.Text.Json.Nodes;
using PlatformBot.Sandbox.Twin.Cilium;
using PlatformBot.Sandbox.Twin.Mesh;
using static PlatformBot.Sandbox.Twin.Helm.Manifest;

namespace PlatformBot.Sandbox.Twin.Helm.Charts;

/// <summary>What the four Linkerd charts share.</summary>
internal static class LinkerdRelease
{
    public const string Repository = "https://helm.linkerd.io/edge";
    public const string Chart = "2025.10.7";
    public const string App = "edge-25.10.7";

    /// <summary>A part of an extension: meshed by the injector, like any other workload.</summary>
    public static Workload Meshed(string ns, string name, string image, string component) =>
        new("Deployment", ns, name, name, $"{name}={image}")
        {
            Labels = Map(("component", component), ("linkerd.io/extension", ns["linkerd-".Length..])),
            PodAnnotations = Map(("linkerd.io/inject", "enabled")),
        };
}

internal static class LinkerdCrdsChart
{
    private static readonly (string Group, string Kind, string Plural, string[] Versions)[] Kinds =
    [
        ("policy.linkerd.io", "AuthorizationPolicy", "authorizationpolicies", ["v1alpha1"]),
        ("policy.linkerd.io", "EgressNetwork", "egressnetworks", ["v1alpha1"]),
        ("policy.linkerd.io", "HTTPLocalRateLimitPolicy", "httplocalratelimitpolicies", ["v1alpha1"]),
        ("policy.linkerd.io", "HTTPRoute", "httproutes", ["v1beta3", "v1beta2", "v1beta1"]),
        ("policy.linkerd.io", "MeshTLSAuthentication", "meshtlsauthentications", ["v1alpha1"]),
        ("policy.linkerd.io", "NetworkAuthentication", "networkauthentications", ["v1alpha1"]),
        ("policy.linkerd.io", "ServerAuthorization", "serverauthorizations", ["v1beta1"]),
        ("policy.linkerd.io", "Server", "servers", ["v1beta3", "v1beta2"]),
        ("linkerd.io", "ServiceProfile", "serviceprofiles", ["v1alpha2"]),
        ("workload.linkerd.io", "ExternalWorkload", "externalworkloads", ["v1beta1"]),
    ];

    public static Chart Chart { get; } =
        new("linkerd-crds", LinkerdRelease.Chart, LinkerdRelease.App, LinkerdRelease.Repository, Render);

    private static IEnumerable<JsonObject> Render(ChartInput input)
    {
        if (!Applier.Knows(input.Cluster, GatewayKinds.ApiVersion, "HTTPRoute"))
            throw new HelmException(MeshTexts.GatewayApiMissing);

        return Kinds.Select(kind => Crd(kind.Group, kind.Kind, kind.Plural, namespaced: true, kind.Versions));
    }
}

internal static class LinkerdControlPlaneChart
{
    private const string Proxy = $"linkerd-proxy=ghcr.io/linkerd/proxy:{LinkerdRelease.App}";

    public static Chart Chart { get; } =
        new("linkerd-control-plane", LinkerdRelease.Chart, LinkerdRelease.App, LinkerdRelease.Repository, Render);

    private static IEnumerable<JsonObject> Render(ChartInput input)
    {
        var (values, ns) = (input.Values, input.Namespace);
        var anchors = values.TextAt("identityTrustAnchorsPEM");

        if (anchors.Length == 0)
        {
            throw new HelmException(
                "execution error at (linkerd-control-plane/templates/identity.yaml:19:21): Please provide the identity trust anchors"
            );
        }

        if (!Applier.Knows(input.Cluster, "linkerd.io/v1alpha2", "ServiceProfile"))
        {
            throw new HelmException(
                "unable to build kubernetes objects from release manifest: resource mapping not found for name: \"linkerd-destination\" "
                    + $"namespace: \"{ns}\" from \"\": no matches for kind \"Server\" in version \"policy.linkerd.io/v1beta3\"\nensure CRDs are installed first"
            );
        }

        yield return ConfigMap(
            ns,
            "linkerd-config",
            ("linkerd-crd-gateway", "false"),
            ("values", values.ToJsonString())
        );
        yield return ConfigMap(ns, "linkerd-identity-trust-roots", ("ca-bundle.crt", anchors));

        foreach (var json in Parts(values, ns).Concat(Rights(ns)))
            yield return json;

        if (values.FlagAt("podMonitor.enabled"))
        {
            yield return PodMonitor(ns, "linkerd-controller", "linkerd-controller");
            yield return PodMonitor(ns, "linkerd-proxy", "linkerd-proxy");
        }
    }

    private static IEnumerable<JsonObject> Parts(JsonObject values, string ns)
    {
        const string image = $"ghcr.io/linkerd/controller:{LinkerdRelease.App}";
        var identity = Part(values, ns, "identity", [$"identity={image}", Proxy]);
        var destination = Part(
            values,
            ns,
            "destination",
            [
                Proxy,
                $"destination={image}",
                $"sp-validator={image}",
                $"policy=ghcr.io/linkerd/policy-controller:{LinkerdRelease.App}",
            ]
        );
        var injector = Part(values, ns, "proxy-injector", [Proxy, $"proxy-injector={image}"]);

        foreach (var part in new[] { identity, destination, injector })
        {
            yield return ServiceAccount(ns, part.Name);
            yield return part.ToJson();
        }

        yield return ServiceAccount(ns, "linkerd-heartbeat");
        yield return Service(ns, "linkerd-identity", identity.Selector, ("grpc", 8080));
        yield return Service(ns, "linkerd-dst", destination.Selector, ("grpc", 8086));
        yield return Service(ns, "linkerd-policy", destination.Selector, ("grpc", 8090));
        yield return Service(ns, "linkerd-sp-validator", destination.Selector, ("sp-validator", 443));
        yield return Service(ns, "linkerd-policy-validator", destination.Selector, ("policy-https", 443));
        yield return Service(ns, "linkerd-proxy-injector", injector.Selector, ("proxy-injector", 443));
    }

    private static Workload Part(JsonObject values, string ns, string component, string[] containers) =>
        new("Deployment", ns, $"linkerd-{component}", component, containers)
        {
            Labels = Map(("linkerd.io/control-plane-component", component), ("linkerd.io/control-plane-ns", ns)),
            Replicas = values.NumberAt("controllerReplicas", 1),
            Init = ($"linkerd-init=ghcr.io/linkerd/proxy-init:v2.4.3", ["NET_ADMIN", "NET_RAW"]),
            Env = values.FlagAt("proxy.tracing.enabled")
                ? [("LINKERD2_PROXY_TRACE_COLLECTOR_SVC_ADDR", values.TextAt("proxy.tracing.collector.endpoint"))]
                : [],
        };

    private static IEnumerable<JsonObject> Rights(string ns)
    {
        foreach (var part in new[] { "destination", "identity", "proxy-injector", "policy" })
        {
            yield return New("rbac.authorization.k8s.io/v1", "ClusterRole", "", $"linkerd-{ns}-{part}")
                .With("rules", new JsonArray());
            yield return New("rbac.authorization.k8s.io/v1", "ClusterRoleBinding", "", $"linkerd-{ns}-{part}")
                .With(
                    "roleRef",
                    Map(
                        ("apiGroup", "rbac.authorization.k8s.io"),
                        ("kind", "ClusterRole"),
                        ("name", $"linkerd-{ns}-{part}")
                    )
                );
        }

        yield return Webhook("MutatingWebhookConfiguration", "linkerd-proxy-injector-webhook-config");
        yield return Webhook("ValidatingWebhookConfiguration", "linkerd-sp-validator-webhook-config");
        yield return Webhook("ValidatingWebhookConfiguration", "linkerd-policy-validator-webhook-config");
    }

    private static JsonObject Webhook(string kind, string name) =>
        New("admissionregistration.k8s.io/v1", kind, "", name).With("webhooks", new JsonArray());
}

internal static class LinkerdVizChart
{
    public static Chart Chart { get; } =
        new("linkerd-viz", LinkerdRelease.Chart, LinkerdRelease.App, LinkerdRelease.Repository, Render);

    private static IEnumerable<JsonObject> Render(ChartInput input)
    {
        var ns = input.Namespace;

        if (!Applier.Knows(input.Cluster, "policy.linkerd.io/v1beta3", "Server"))
        {
            throw new HelmException(
                "unable to build kubernetes objects from release manifest: resource mapping not found for name: \"admin\" "
                    + $"namespace: \"{ns}\" from \"\": no matches for kind \"Server\" in version \"policy.linkerd.io/v1beta3\"\nensure CRDs are installed first"
            );
        }

        foreach (var (name, image, port) in Parts)
        {
            var part = LinkerdRelease.Meshed(ns, name, image, name);
            yield return ServiceAccount(ns, name);
            yield return part.ToJson();
            yield return Service(ns, name, part.Selector, ("http", port));
        }
    }

    private static readonly (string Name, string Image, int Port)[] Parts =
    [
        ("metrics-api", $"ghcr.io/linkerd/metrics-api:{LinkerdRelease.App}", 8085),
        ("prometheus", "prom/prometheus:v2.55.1", 9090),
        ("tap", $"ghcr.io/linkerd/tap:{LinkerdRelease.App}", 8088),
        ("tap-injector", $"ghcr.io/linkerd/tap:{LinkerdRelease.App}", 443),
        ("web", $"ghcr.io/linkerd/web:{LinkerdRelease.App}", 8084),
    ];
}

internal static class LinkerdMulticlusterChart
{
    public static Chart Chart { get; } =
        new("linkerd-multicluster", LinkerdRelease.Chart, LinkerdRelease.App, LinkerdRelease.Repository, Render)
        {
            Crds =
            [
                Crd("multicluster.linkerd.io", "Link", "links", namespaced: true, "v1alpha3", "v1alpha2", "v1alpha1"),
            ],
        };

    private static IEnumerable<JsonObject> Render(ChartInput input)
    {
        var (values, ns) = (input.Values, input.Namespace);

        if (values.FlagAt("gateway.enabled", otherwise: true))
        {
            foreach (var json in Gateway(values, ns))
                yield return json;
        }

        yield return ServiceAccount(ns, "linkerd-service-mirror-remote-access-default");
        yield return New("v1", "Secret", ns, "linkerd-service-mirror-remote-access-default-token")
            .Annotated(("kubernetes.io/service-account.name", "linkerd-service-mirror-remote-access-default"))
            .With("type", "kubernetes.io/service-account-token")
            .With("data", Map(("token", Convert.ToBase64String("sandbox-service-mirror"u8))));

        foreach (var link in values.ItemsAt("controllers").Select(controller => controller.TextAt("link.ref.name")))
        {
            yield return ServiceAccount(ns, $"controller-{link}");
            var controller = LinkerdRelease.Meshed(
                ns,
                $"controller-{link}",
                $"ghcr.io/linkerd/controller:{LinkerdRelease.App}",
                "controller"
            ) with
            {
                Labels = Map(
                    ("component", "controller"),
                    ("mirror.linkerd.io/cluster-name", link),
                    ("linkerd.io/extension", "multicluster")
                ),
            };
            yield return controller.ToJson();
            yield return Service(
                    ns,
                    $"probe-{link}",
                    Map(("component", "controller"), ("mirror.linkerd.io/cluster-name", link)),
                    ("mc-probe", 4191)
                )
                .Labelled(("mirror.linkerd.io/mirrored-gateway", "true"), ("mirror.linkerd.io/cluster-name", link));
        }
    }

    private static IEnumerable<JsonObject> Gateway(JsonObject values, string ns)
    {
        var gateway = LinkerdRelease.Meshed(
            ns,
            "linkerd-gateway",
            values.TextAt("gateway.pauseImage", "gcr.io/google_containers/pause:3.2"),
            "gateway"
        ) with
        {
            Labels = Map(("app", "linkerd-gateway"), ("linkerd.io/extension", "multicluster")),
            Replicas = values.NumberAt("gateway.replicas", 1),
        };
        var service = Service(ns, "linkerd-gateway", gateway.Selector, ("mc-gateway", 4143), ("mc-probe", 4191))
            .Marked("annotations", values.MappingAt("gateway.serviceAnnotations"))
            .Annotated(
                ("mirror.linkerd.io/gateway-identity", MeshTexts.GatewayIdentity),
                ("mirror.linkerd.io/probe-period", "3"),
                ("mirror.linkerd.io/probe-path", "/ready"),
                ("mirror.linkerd.io/multicluster-gateway", "true")
            );
        service["spec"]!["type"] = values.TextAt("gateway.serviceType", "LoadBalancer");
        yield return ServiceAccount(ns, gateway.Name);
        yield return gateway.ToJson();
        yield return service;
    }
}
