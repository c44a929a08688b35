using PlatformBot.Sandbox.Twin.Helm;

namespace PlatformBot.Sandbox.Twin.Mesh;

/// <summary>
/// `linkerd check` in its four forms, computed from the cluster's objects. Fault "CLUSTER/linkerd-check" makes the control
/// plane check fail once.
/// </summary>
public static class MeshChecks
{
    private static readonly string[] ControlPlane =
    [
        "linkerd-destination",
        "linkerd-identity",
        "linkerd-proxy-injector",
    ];

    private static readonly string[] Viz = ["metrics-api", "prometheus", "tap", "tap-injector", "web"];

    /// <summary>`linkerd check --pre`</summary>
    public static IReadOnlyList<MeshCheck> BeforeInstall(TwinCluster cluster)
    {
        var exists = cluster.Objects.View(new ObjectKey("v1", "Namespace", "", "linkerd")) is not null;
        var checks = Kubernetes(cluster)
            .In("pre-kubernetes-setup")
            .Add(
                "control plane namespace does not already exist",
                exists ? "The \"linkerd\" namespace already exists" : null,
                "pre-ns"
            )
            .AddAll(
                "can create non-namespaced resources",
                "can create ServiceAccounts",
                "can create Services",
                "can create Deployments",
                "can create CronJobs",
                "can create ConfigMaps",
                "can create Secrets",
                "can read Secrets",
                "can read extension-apiserver-authentication configmap",
                "no clock skew detected"
            );
        return Version(checks).Checks;
    }

    /// <summary>`linkerd check`, without the extensions.</summary>
    public static IReadOnlyList<MeshCheck> Installed(TwinWorld world, TwinCluster cluster) =>
        Installed(cluster, fails: world.Faults.Strikes($"{cluster.Name}/linkerd-check"));

    /// <summary>The same without the fault: what is really so.</summary>
    internal static IReadOnlyList<MeshCheck> Installed(TwinCluster cluster, bool fails = false)
    {
        var checks = Kubernetes(cluster);
        Existence(checks, cluster, fails);
        Config(checks, cluster);
        Identity(checks, cluster, cluster.Clock.GetUtcNow());
        checks
            .In("linkerd-webhooks-and-apisvc-tls")
            .AddAll("proxy-injector webhook has valid cert", "proxy-injector cert is valid for at least 60 days")
            .AddAll("sp-validator webhook has valid cert", "sp-validator cert is valid for at least 60 days")
            .AddAll("policy-validator webhook has valid cert", "policy-validator cert is valid for at least 60 days");
        Version(checks)
            .In("control-plane-version")
            .AddAll(
                "can retrieve the control plane version",
                "control plane is up-to-date",
                "control plane and cli versions match"
            )
            .In("linkerd-control-plane-proxy")
            .AddAll(
                "control plane proxies are healthy",
                "control plane proxies are up-to-date",
                "control plane proxies and cli versions match"
            )
            .In("linkerd-extension-checks")
            .Add("namespace configuration for extensions");
        return checks.Checks;
    }

    /// <summary>`linkerd viz check`</summary>
    public static IReadOnlyList<MeshCheck> OfViz(TwinCluster cluster)
    {
        const string ns = "linkerd-viz";
        var pods = cluster.Objects.View("v1", "Pod", ns);
        var bare = pods.Where(pod => !Pods.IsMeshed(pod)).Select(pod => $"    * {ObjectKey.Of(pod).Name}").ToList();

        return new MeshCheckList()
            .In(ns)
            .Add("linkerd-viz Namespace exists", Exists(cluster, "Namespace", "", ns), "l5d-viz-ns-exists", fatal: true)
            .AddAll(
                "can initialize the client",
                "linkerd-viz ClusterRoles exist",
                "linkerd-viz ClusterRoleBindings exist"
            )
            .AddAll("tap API server has valid cert", "tap API server cert is valid for at least 60 days")
            .Add("tap API service is running", NotRunning(cluster, ns, "tap"), "l5d-tap-api", fatal: true)
            .Add(
                "linkerd-viz pods are injected",
                bare.Count == 0 ? null : $"could not find proxy container for:\n{string.Join('\n', bare)}",
                "l5d-viz-pods-injection"
            )
            .Add("viz extension pods are running", NotRunning(cluster, ns, Viz), "l5d-viz-pods-running", fatal: true)
            .AddAll(
                "viz extension proxies are healthy",
                "viz extension proxies are up-to-date",
                "viz extension proxies and cli versions match"
            )
            .Add(
                "prometheus is installed and configured correctly",
                NotRunning(cluster, ns, "prometheus"),
                "l5d-viz-prometheus"
            )
            .Add("viz extension self-check", NotRunning(cluster, ns, "metrics-api"), "l5d-viz-metrics-api")
            .Checks;
    }

    /// <summary>`linkerd multicluster check`</summary>
    public static IReadOnlyList<MeshCheck> OfMulticluster(TwinWorld world, TwinCluster cluster)
    {
        var links = LinkState.All(world, cluster).ToList();
        var crd = Applier.Knows(cluster, MeshTexts.LinkApi, "Link");
        var orphans = links.Where(link => link.IsAlive && !HaveEndpoints(cluster, link.Name)).ToList();

        return OfLinks(links, crd)
            .Add("service mirror controller has required permissions")
            .Add(
                "service mirror controllers are running",
                Problems(links, link => link.ControllerRuns),
                "l5d-multicluster-service-mirror-running"
            )
            .Add("extension is managing controllers")
            .Add(
                "probe services able to communicate with all gateway mirrors",
                links.Find(link => !link.IsAlive) is { } dead ? $"liveness checks failed for {dead.Name}" : null,
                "l5d-multicluster-gateways-endpoints"
            )
            .Add(
                "all mirror services have endpoints",
                Problems(orphans, _ => false),
                "l5d-multicluster-services-endpoints"
            )
            .Add("all mirror services are part of a Link")
            .AddAll(
                "multicluster extension proxies are healthy",
                "multicluster extension proxies are up-to-date",
                "multicluster extension proxies and cli versions match"
            )
            .Checks;
    }

    private static MeshCheckList OfLinks(List<LinkState> links, bool crd) =>
        new MeshCheckList()
            .In("linkerd-multicluster")
            .Add(
                "Link CRD exists",
                crd ? null : "multicluster.linkerd.io/Link CRD is missing",
                "l5d-multicluster-link-crd-exists",
                fatal: true
            )
            .AddAll("Link resources are valid", "Link and CLI versions match")
            .Add(
                "remote cluster access credentials are valid",
                Problems(links, link => link.HasCredentials),
                "l5d-smc-target-clusters-access"
            )
            .Add(
                "clusters share trust anchors",
                Problems(links, link => link.SharesAnchors),
                "l5d-multicluster-clusters-share-anchors"
            );

    /// <summary>`linkerd multicluster gateways`: one row per link.</summary>
    public static IReadOnlyList<(string Cluster, bool Alive, int Services)> Gateways(
        TwinWorld world,
        TwinCluster cluster
    ) =>
        [
            .. LinkState
                .All(world, cluster)
                .Select(link => (link.Name, link.IsAlive, ServiceMirror.Of(cluster, link.Name).Count)),
        ];

    /// <summary>The other clusters' names that a check names below itself ("* infra").</summary>
    public static IReadOnlyList<string> Links(TwinWorld world, TwinCluster cluster) =>
        [.. LinkState.All(world, cluster).Select(link => link.Name)];

    private static MeshCheckList Kubernetes(TwinCluster cluster) =>
        new MeshCheckList()
            .In("kubernetes-api")
            .Add("can initialize the client")
            .Add("can query the Kubernetes API", cluster.ApiIsUp ? null : "connection refused", "k8s-api", fatal: true)
            .In("kubernetes-version")
            .Add("is running the minimum Kubernetes API version");

    private static MeshCheckList Version(MeshCheckList checks) =>
        checks.In("linkerd-version").AddAll("can determine the latest version", "cli is up-to-date");

    private static void Existence(MeshCheckList checks, TwinCluster cluster, bool fails) =>
        checks
            .In("linkerd-existence")
            .Add(
                "'linkerd-config' config map exists",
                Exists(cluster, "ConfigMap", "linkerd", "linkerd-config"),
                "l5d-existence-linkerd-config",
                fatal: true
            )
            .Add(
                "heartbeat ServiceAccount exist",
                Exists(cluster, "ServiceAccount", "linkerd", "linkerd-heartbeat"),
                "l5d-existence-sa",
                fatal: true
            )
            .AddAll("control plane replica sets are ready", "no unschedulable pods")
            .Add(
                "control plane pods are ready",
                fails ? "No running pods for \"linkerd-destination\"" : NotRunning(cluster, "linkerd", ControlPlane),
                "l5d-api-control-ready",
                fatal: true
            )
            .AddAll(
                "cluster networks contains all node podCIDRs",
                "cluster networks contains all pods",
                "cluster networks contains all services"
            );

    private static void Config(MeshCheckList checks, TwinCluster cluster) =>
        checks
            .In("linkerd-config")
            .Add(
                "control plane Namespace exists",
                Exists(cluster, "Namespace", "", "linkerd"),
                "l5d-existence-ns",
                fatal: true
            )
            .AddAll(
                "control plane ClusterRoles exist",
                "control plane ClusterRoleBindings exist",
                "control plane ServiceAccounts exist"
            )
            .Add(
                "control plane CustomResourceDefinitions exist",
                Applier.Knows(cluster, "linkerd.io/v1alpha2", "ServiceProfile")
                    ? null
                    : "missing CustomResourceDefinitions: serviceprofiles.linkerd.io",
                "l5d-existence-crd",
                fatal: true
            )
            .AddAll(
                "control plane MutatingWebhookConfigurations exist",
                "control plane ValidatingWebhookConfigurations exist"
            )
            .Add("proxy-init container runs as root user if docker container runtime is used");

    private static void Identity(MeshCheckList checks, TwinCluster cluster, DateTimeOffset now)
    {
        var identity = MeshIdentity.Of(cluster);
        checks
            .In("linkerd-identity")
            .Add(
                "certificate config is valid",
                identity.IssuerUntil is null ? identity.Problem : null,
                "l5d-identity-cert-config-valid",
                fatal: true
            )
            .Add("trust anchors are using supported crypto algorithm")
            .Add(
                "trust anchors are within their validity period",
                Expired(identity.AnchorsUntil, now),
                "l5d-identity-trustAnchors-are-time-valid",
                fatal: true
            )
            .Add(
                "trust anchors are valid for at least 60 days",
                Soon(identity.AnchorsUntil, now),
                "l5d-identity-trustAnchors-not-expiring-soon",
                warns: true
            );
        Issuer(checks, identity, now);
    }

    private static void Issuer(MeshCheckList checks, MeshIdentity identity, DateTimeOffset now) =>
        checks
            .Add("issuer cert is using supported crypto algorithm")
            .Add(
                "issuer cert is within its validity period",
                Expired(identity.IssuerUntil, now),
                "l5d-identity-issuer-cert-is-time-valid",
                fatal: true
            )
            .Add(
                "issuer cert is valid for at least 60 days",
                Soon(identity.IssuerUntil, now),
                "l5d-identity-issuer-cert-not-expiring-soon",
                warns: true
            )
            .Add(
                "issuer cert is issued by the trust anchor",
                identity.Problem,
                "l5d-identity-issuer-cert-issued-by-trust-anchor"
            );

    private static string? Expired(DateTimeOffset? until, DateTimeOffset now) =>
        until is { } end && now > end
            ? $"certificate is not valid anymore. Expired on {end:yyyy-MM-ddTHH:mm:ssZ}"
            : null;

    private static string? Soon(DateTimeOffset? until, DateTimeOffset now) =>
        until is { } end && now + TimeSpan.FromDays(60) > end
            ? $"certificate will expire on {end:yyyy-MM-ddTHH:mm:ssZ}"
            : null;

    private static string? Exists(TwinCluster cluster, string kind, string ns, string name) =>
        cluster.Objects.View(new ObjectKey("v1", kind, ns, name)) is null
            ? $"{kind.ToLowerInvariant()}s \"{name}\" not found"
            : null;

    private static string? NotRunning(TwinCluster cluster, string ns, params string[] deployments) =>
        deployments.FirstOrDefault(name => !Pods.IsAvailable(cluster, ns, name)) is { } missing
            ? $"No running pods for \"{missing}\""
            : null;

    private static string? Problems(List<LinkState> links, Func<LinkState, bool> holds)
    {
        var bad = links.Where(link => !holds(link)).Select(link => $"    * {link.Name}").ToList();
        return bad.Count == 0 ? null : $"Problematic clusters:\n{string.Join('\n', bad)}";
    }

    private static bool HaveEndpoints(TwinCluster cluster, string link) =>
        ServiceMirror
            .Of(cluster, link)
            .All(service =>
                cluster.Objects.View(ObjectKey.Of(service) with { Kind = "Endpoints" }).ItemsAt("subsets").Count > 0
            );
}
