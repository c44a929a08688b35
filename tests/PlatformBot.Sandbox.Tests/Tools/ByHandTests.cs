using System.Runtime.CompilerServices;
using Shouldly;
using Xunit;

namespace PlatformBot.Sandbox.Tests.Tools;

/// <summary>A person builds a cluster from registered nodes to Flux with the tools alone, from the tree that we ship.</summary>
public sealed class ByHandTests : IAsyncLifetime
{
    private const string Networking = "gitops/kubernetes/infrastructure/networking";

    private const string Cilium =
        "helm upgrade --install cilium cilium --repo https://helm.cilium.io/ --version 1.18.3 --namespace kube-system "
        + $"--kube-context infra --values {Networking}/cilium/base/values.yaml --values {Networking}/cilium/overlays/infra/values.yaml --timeout 10m";

    private const string Bootstrap =
        "flux bootstrap github --context infra --owner monosense-io --repository k8s-gitops --branch main "
        + "--path kubernetes/clusters/infra --version v2.7.2 --read-write-key=false --timeout 10m";

    private Workbench _bench = null!;

    public async ValueTask InitializeAsync()
    {
        _bench = await Workbench.StartAsync(ShippedTree());
        _bench.BringUpInfra();
        _bench.LetTimePass();
    }

    public ValueTask DisposeAsync() => _bench.DisposeAsync();

    [Fact]
    public async Task In_the_right_order_the_cluster_takes_its_orders_from_git()
    {
        await SucceedsAsync(
            "kubectl --context infra apply --server-side --field-manager=platformbot -f https://github.com/kubernetes-sigs/gateway-api/releases/download/v1.4.0/standard-install.yaml"
        );
        await SucceedsAsync(
            "helm upgrade --install prometheus-operator-crds prometheus-operator-crds --repo https://prometheus-community.github.io/helm-charts --version 24.0.1 --namespace kube-system --kube-context infra --timeout 5m"
        );
        await SucceedsAsync(
            "kubectl --context infra wait --for=condition=Established --timeout=60s crd/gatewayclasses.gateway.networking.k8s.io crd/servicemonitors.monitoring.coreos.com"
        );
        (await SucceedsAsync(Cilium)).Out.ShouldStartWith(
            "Release \"cilium\" does not exist. Installing it now.\nNAME: cilium\n"
        );
        (
            await SucceedsAsync(
                "kubectl --context infra --namespace kube-system rollout status daemonset/cilium --timeout=10m"
            )
        ).Out.ShouldEndWith("daemon set \"cilium\" successfully rolled out\n");
        await SucceedsAsync("kubectl --context infra wait --for=condition=Ready node --all --timeout=5m");
        await SucceedsAsync(
            $"helm upgrade --install coredns coredns --repo https://coredns.github.io/helm --version 1.45.0 --namespace kube-system --kube-context infra --values {Networking}/coredns/base/values.yaml --values {Networking}/coredns/overlays/infra/values.yaml --wait --timeout 5m"
        );
        (
            await SucceedsAsync("cilium --context infra status --wait --wait-duration 5m --interactive=false")
        ).Out.ShouldContain("Hubble Relay:       OK");
        (
            await SucceedsAsync(
                "helm list --namespace kube-system --kube-context infra --filter ^cilium$ --output json"
            )
        ).Out.ShouldContain("\"chart\":\"cilium-1.18.3\"");
        await SucceedsAsync("flux --context infra check --pre");

        _bench.Box.Environment["GITHUB_TOKEN"] = _bench.Vault.Find("Infra", "github-flux")[0].Fields["token"];
        (await SucceedsAsync(Bootstrap)).Error.ShouldEndWith("✔ all components are healthy\n");
        await SucceedsAsync("git -C gitops pull --rebase origin main");
        File.Exists(_bench.PathOf("gitops/kubernetes/clusters/infra/flux-system/gotk-sync.yaml")).ShouldBeTrue();
        (
            await SucceedsAsync("flux --context infra reconcile kustomization flux-system --with-source --timeout 5m")
        ).Error.ShouldContain("✔ applied revision main@sha1:");
        await SucceedsAsync(
            "kubectl --context infra --namespace flux-system wait kustomization/cilium kustomization/coredns --for=condition=Ready --timeout=10m"
        );
        (await SucceedsAsync("flux --context infra get helmreleases --all-namespaces")).Out.ShouldContain(
            "kube-system\tcilium"
        );
        await SucceedsAsync("linkerd --context infra check --pre --wait 1m --output json");
    }

    [Fact]
    public async Task Cilium_before_the_crds_that_its_chart_needs_is_refused()
    {
        var said = await _bench.RunAsync(Cilium);

        said.ExitCode.ShouldBe(1);
        said.Error.ShouldContain("ensure CRDs are installed first");
    }

    [Fact]
    public async Task Without_a_token_flux_asks_for_one_and_gets_no_answer()
    {
        var said = await _bench.RunAsync(Bootstrap);

        said.ExitCode.ShouldBe(1);
        said.Out.ShouldBe("Please enter your GitHub personal access token (PAT): ");
        said.Error.ShouldBe("✗ could not read token: inappropriate ioctl for device\n");
    }

    private async Task<Said> SucceedsAsync(string commandLine)
    {
        var said = await _bench.RunAsync(commandLine);
        said.ExitCode.ShouldBe(0, $"{commandLine}\n{said}");
        return said;
    }

    private static string ShippedTree([CallerFilePath] string here = "") =>
        Path.GetFullPath("../../../deploy/platform", Path.GetDirectoryName(here)!);
}
