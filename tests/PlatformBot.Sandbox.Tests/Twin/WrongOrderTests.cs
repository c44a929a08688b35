using System.Text.Json.Nodes;
using PlatformBot.Sandbox.Twin;
using PlatformBot.Sandbox.Twin.Flux;
using PlatformBot.Sandbox.Twin.Helm;
using PlatformBot.Sandbox.Twin.Mesh;
using Shouldly;
using Xunit;

namespace PlatformBot.Sandbox.Tests.Twin;

/// <summary>What the real platform does when somebody does things in the wrong order, or one thing is missing.</summary>
public sealed class WrongOrderTests
{
    private const string CoreDnsValues = "kubernetes/infrastructure/networking/coredns/base/values.yaml";
    private readonly PlatformScene _scene = new();

    private TwinCluster Infra => _scene.Infra;

    [Fact]
    public void CoreDNS_before_the_Prometheus_CRDs_is_refused_as_helm_words_it() =>
        Should
            .Throw<HelmException>(() => _scene.Helm(Infra, "coredns", "kube-system", "1.45.0", CoreDnsValues))
            .Message.ShouldContain(
                "no matches for kind \"ServiceMonitor\" in version \"monitoring.coreos.com/v1\"\nensure CRDs are installed first"
            );

    [Fact]
    public void A_chart_version_that_was_never_published_is_not_found() =>
        Should
            .Throw<HelmException>(() => _scene.Helm(Infra, "cilium", "kube-system", "1.18.99"))
            .Message.ShouldBe("chart \"cilium\" version \"1.18.99\" not found in any repository");

    [Fact]
    public void Linkerd_before_the_Gateway_API_is_refused_in_its_own_words()
    {
        _scene.Apply(Infra, "{apiVersion: v1, kind: Namespace, metadata: {name: linkerd}}");

        Should
            .Throw<HelmException>(() => _scene.Helm(Infra, "linkerd-crds", "linkerd", "2025.10.7"))
            .Message.ShouldStartWith("The Gateway API CRDs must be installed prior to installing Linkerd");
    }

    [Fact]
    public void A_HelmRelease_before_Flux_is_a_kind_that_nobody_knows() =>
        Applier
            .Apply(
                Infra,
                new JsonObject
                {
                    ["apiVersion"] = "helm.toolkit.fluxcd.io/v2",
                    ["kind"] = "HelmRelease",
                    ["metadata"] = new JsonObject { ["name"] = "cilium", ["namespace"] = "kube-system" },
                }
            )
            .ShouldBe("no matches for kind \"HelmRelease\" in version \"helm.toolkit.fluxcd.io/v2\"");

    [Fact]
    public void The_relay_waits_for_DNS_and_the_nodes_wait_for_Cilium()
    {
        _scene.Pass(TimeSpan.FromMinutes(1));
        Infra.Objects.View("v1", "Node").ShouldAllBe(node => !Health.IsTrue(node, "Ready"));

        _scene.Apply(Infra, GatewayApi.StandardInstall);
        _scene.Helm(Infra, "prometheus-operator-crds", "kube-system", "24.0.1");
        _scene.Pass(TimeSpan.FromSeconds(5));
        _scene.Helm(
            Infra,
            "cilium",
            "kube-system",
            "1.18.3",
            "kubernetes/infrastructure/networking/cilium/base/values.yaml"
        );
        _scene.Pass(TimeSpan.FromMinutes(3));

        Infra.Objects.View("v1", "Node").ShouldAllBe(node => Health.IsTrue(node, "Ready"));
        Pods.IsAvailable(Infra, "kube-system", "hubble-relay").ShouldBeFalse();
    }

    [Fact]
    public void A_fault_fails_one_install_and_says_so_in_the_release()
    {
        _scene.Faults.Arm("infra/helm/prometheus-operator-crds:times=1");
        var engine = new HelmEngine(_scene.World);
        var request = new HelmRequest(
            "prometheus-operator-crds",
            "kube-system",
            "prometheus-operator-crds",
            "24.0.1",
            []
        );

        var first = engine.Begin(Infra, request);
        engine.Fails(Infra, first).ShouldBeTrue();
        HelmEngine.Finish(Infra, first, "context deadline exceeded");
        HelmEngine.Status(Infra, "kube-system", "prometheus-operator-crds")!.Status.ShouldBe("failed");

        var second = engine.Begin(Infra, request);
        engine.Fails(Infra, second).ShouldBeFalse();
        HelmEngine.Finish(Infra, second, error: null).Status.ShouldBe("deployed");
    }

    [Fact]
    public void A_second_helm_while_the_first_is_at_work_is_refused()
    {
        var engine = new HelmEngine(_scene.World);
        var request = new HelmRequest(
            "prometheus-operator-crds",
            "kube-system",
            "prometheus-operator-crds",
            "24.0.1",
            []
        );
        engine.Begin(Infra, request);

        Should
            .Throw<HelmException>(() => engine.Begin(Infra, request))
            .Message.ShouldContain("another operation (install/upgrade/rollback) is in progress");
    }

    [Fact]
    public void The_control_plane_without_its_issuer_does_not_come_up()
    {
        _scene.Foundation(Infra);
        Mesh(Infra, withIssuer: false);

        Pods.IsAvailable(Infra, "linkerd", "linkerd-identity").ShouldBeFalse();
        var bad = MeshChecks.Installed(_scene.World, Infra)[^1];
        bad.Result.ShouldBe("error");
        bad.Error.ShouldBe("No running pods for \"linkerd-destination\"");
    }

    [Fact]
    public void A_meshed_pod_in_a_baseline_namespace_is_forbidden()
    {
        _scene.Foundation(Infra);
        Mesh(Infra, withIssuer: true);
        var pod = JsonNode
            .Parse(
                """{"apiVersion":"v1","kind":"Pod","metadata":{"name":"web-1","namespace":"default","annotations":{"linkerd.io/inject":"enabled"}},"spec":{"containers":[{"name":"web","image":"web"}]}}"""
            )!
            .AsObject();

        Infra
            .PodAdmission!(pod)
            .ShouldBe(
                "pods \"web-1\" is forbidden: violates PodSecurity \"baseline:latest\": non-default capabilities (container \"linkerd-init\" must not include \"NET_ADMIN\", \"NET_RAW\" in securityContext.capabilities.add)"
            );
    }

    [Fact]
    public void Two_trust_anchors_make_a_dead_link()
    {
        foreach (var cluster in _scene.World.Clusters.Values)
        {
            _scene.Foundation(cluster);
            _scene.Apply(
                cluster,
                $"{{apiVersion: cilium.io/v2, kind: CiliumLoadBalancerIPPool, metadata: {{name: pool}}, spec: {{blocks: [{{start: 10.25.11.{(cluster.Name == "infra" ? 100 : 150)}, stop: 10.25.11.{(cluster.Name == "infra" ? 149 : 199)}}}]}}}}"
            );
            Mesh(cluster, withIssuer: true);
            Install(
                cluster,
                "linkerd-multicluster",
                "linkerd-multicluster",
                "controllers: [{link: {ref: {name: infra}}}]"
            );
            _scene.Pass(TimeSpan.FromMinutes(2));
        }

        var (yaml, error) = LinkGen.Render(Infra, "infra", "https://infra.k8s.monosense.io:6443");
        error.ShouldBeNull();
        _scene.Apply(_scene.Apps, yaml!);
        _scene.Pass(TimeSpan.FromMinutes(1));

        var checks = MeshChecks.OfMulticluster(_scene.World, _scene.Apps);
        checks
            .Where(check => check.Result == "error")
            .Select(check => check.Description)
            .ShouldBe(["clusters share trust anchors", "probe services able to communicate with all gateway mirrors"]);
        MeshChecks.Gateways(_scene.World, _scene.Apps).Single().Alive.ShouldBeFalse();
    }

    [Fact]
    public void A_phase_file_that_does_not_exist_stops_the_root_with_the_builders_words()
    {
        _scene.Foundation(Infra);
        _scene.BootstrapFlux(Infra);
        _scene.Release(Infra, "99-nothing");
        _scene
            .Until(
                () => ReadyMessage("flux-system").StartsWith("kustomize build failed", StringComparison.Ordinal),
                TimeSpan.FromMinutes(5)
            )
            .ShouldNotBeNull();

        ReadyMessage("flux-system").ShouldContain("phases/99-nothing.yaml");
    }

    [Fact]
    public void Metrics_before_storage_wait_for_it()
    {
        _scene.Foundation(Infra);
        _scene.BootstrapFlux(Infra);
        _scene.Release(Infra, "30-monitoring");
        _scene.Until(() => _scene.IsReconciled(Infra), TimeSpan.FromMinutes(10)).ShouldBeNull();

        ReadyMessage("victoria-metrics").ShouldStartWith("dependency 'flux-system/openebs'");
    }

    private string ReadyMessage(string kustomization) =>
        Infra.Objects.View(new ObjectKey(FluxKinds.Kustomize, "Kustomization", "flux-system", kustomization))
            is { } found
            ? (string?)Health.ConditionOf(found, "Ready")?["message"] ?? ""
            : "";

    /// <summary>Linkerd's control plane by hand, each call with an anchor of its own.</summary>
    private void Mesh(TwinCluster cluster, bool withIssuer)
    {
        _scene.Apply(cluster, _scene.File("kubernetes/infrastructure/linkerd/namespaces/namespaces.yaml"));
        using var anchor = _scene.NewAnchor();
        _scene.TrustAnchor(cluster, anchor);

        if (!withIssuer)
            cluster.Objects.Delete(new ObjectKey("v1", "Secret", "linkerd", "linkerd-identity-issuer"));

        _scene.Helm(cluster, "linkerd-crds", "linkerd", "2025.10.7");
        _scene.Pass(TimeSpan.FromSeconds(5));
        Install(
            cluster,
            "linkerd-control-plane",
            "linkerd",
            (string)
                cluster.Objects.View(new ObjectKey("v1", "ConfigMap", "linkerd", "linkerd-trust-anchor"))!["data"]![
                    "values.yaml"
                ]!
        );
        _scene.Pass(TimeSpan.FromMinutes(2));
    }

    private void Install(TwinCluster cluster, string chart, string ns, string values)
    {
        var release = new HelmEngine(_scene.World).Begin(
            cluster,
            new HelmRequest(chart, ns, chart, "2025.10.7", Sandbox.Twin.Kustomize.YamlText.ReadMapping(values))
        );
        HelmEngine.Finish(cluster, release, error: null);
    }
}
