using System.Text.Json.Nodes;
using PlatformBot.Sandbox.Twin;
using PlatformBot.Sandbox.Twin.Flux;
using PlatformBot.Sandbox.Twin.Helm;
using Shouldly;
using Xunit;

namespace PlatformBot.Sandbox.Tests.Twin;

/// <summary>What Flux calls done, and what it does with what fails.</summary>
public sealed class FluxTests
{
    private const string Namespace = "openebs-system";
    private const string Fault = "infra/helm/openebs";
    private readonly PlatformScene _scene = new();

    private TwinCluster Infra => _scene.Infra;

    [Fact]
    public void A_Kustomization_is_not_Ready_before_the_first_release_that_it_waits_for()
    {
        Begin();

        _scene.Until(() => Kustomization.IsReady(), TimeSpan.FromMinutes(10)).ShouldNotBeNull(_scene.Complaints(Infra));

        Release.IsReady().ShouldBeTrue();
        HelmEngine.Status(Infra, Namespace, "openebs")!.Status.ShouldBe("deployed");
    }

    [Fact]
    public void A_release_that_fails_is_tried_again_and_never_taken_apart()
    {
        _scene.Faults.Arm(Fault);
        Begin();
        _scene.Until(() => History.Count >= 2, TimeSpan.FromMinutes(15)).ShouldNotBeNull(_scene.Complaints(Infra));

        Kustomization.IsReady().ShouldBeFalse();
        Health.IsTrue(Release, "Stalled").ShouldBeFalse();
        History.ShouldAllBe(revision => revision.Status == "failed" || revision.Status == "pending-upgrade");

        _scene.Faults.Clear(Fault);
        _scene.Until(() => Kustomization.IsReady(), TimeSpan.FromMinutes(15)).ShouldNotBeNull(_scene.Complaints(Infra));
        History[^1].Status.ShouldBe("deployed");
    }

    [Fact]
    public void Without_that_strategy_it_is_taken_apart_each_time_and_given_up()
    {
        const string file = "kubernetes/infrastructure/storage/openebs/helmrelease.yaml";
        var text = _scene.File(file);
        _scene.Commit(
            file,
            text.Replace("strategy: { name: RetryOnFailure, retryInterval: 2m }", "", StringComparison.Ordinal)
                .Replace("retries: -1", "retries: 2", StringComparison.Ordinal)
        );
        _scene.Faults.Arm(Fault);
        Begin();

        _scene
            .Until(() => Health.IsTrue(Release, "Stalled"), TimeSpan.FromMinutes(15))
            .ShouldNotBeNull(_scene.Complaints(Infra));
        ((string?)Health.ConditionOf(Release, "Stalled")?["message"]).ShouldBe("Failed to install after 3 attempt(s)");

        _scene.Faults.Clear(Fault);
        _scene.Pass(TimeSpan.FromMinutes(10));
        Release.IsReady().ShouldBeFalse();
    }

    /// <summary>An empty object before there is one.</summary>
    private JsonObject Kustomization => View(FluxKinds.Kustomize, "Kustomization", "flux-system");

    private JsonObject Release => View(FluxKinds.Helm, "HelmRelease", Namespace);

    private IReadOnlyList<HelmRelease> History => HelmEngine.History(Infra, Namespace, "openebs");

    private JsonObject View(string apiVersion, string kind, string ns) =>
        Infra.Objects.View(new ObjectKey(apiVersion, kind, ns, "openebs")) ?? [];

    private void Begin()
    {
        _scene.Foundation(Infra);
        _scene.BootstrapFlux(Infra);
        _scene.Release(Infra, "20-openebs");
    }
}
