using System.Text.Json.Nodes;
using PlatformBot.Sandbox.Kubernetes;
using PlatformBot.Sandbox.Twin.Applications;
using PlatformBot.Sandbox.Twin.Flux;
using PlatformBot.Sandbox.Twin.Helm;
using PlatformBot.Sandbox.Twin.Mesh;
using PlatformBot.Sandbox.Twin.Security;
using PlatformBot.Sandbox.Twin.Services;
using PlatformBot.Sandbox.Twin.Storage;

namespace PlatformBot.Sandbox.Twin;

/// <summary>One thing that must be true of a finished platform.</summary>
/// <param name="What">"infra: 3 nodes are Ready"</param>
/// <param name="Saw">What was found.</param>
public sealed record TwinFact(string What, bool Holds, string Saw);

/// <summary>The twin's own word on whether the platform is what it should be, whatever a bot believes.</summary>
public static class TwinVerdict
{
    private static readonly (string Key, string Value)[] CiliumWanted =
    [
        ("kube-proxy-replacement", "true"),
        ("cni-exclusive", "false"),
        ("bpf-lb-sock-hostns-only", "true"),
        ("enable-bgp-control-plane", "true"),
        ("enable-gateway-api", "true"),
    ];

    public static IReadOnlyList<TwinFact> Of(TwinWorld world) =>
        [
            .. world.Clusters.Values.SelectMany(cluster => OfCluster(world, cluster)),
            .. OfLink(world),
            .. ServiceFacts.Of(world),
            .. ApplicationFacts.Of(world),
            .. LookoutFacts.Of(world),
            .. PolicyFacts.Of(world),
        ];

    private static IEnumerable<TwinFact> OfCluster(TwinWorld world, TwinCluster cluster)
    {
        var nodes = cluster.Objects.View("v1", "Node");
        var ready = nodes.Count(node => Health.IsTrue(node, "Ready"));
        yield return new TwinFact(
            $"{cluster.Name}: three nodes are Ready",
            nodes.Count == 3 && ready == 3,
            $"{ready} of {nodes.Count} Ready"
        );
        yield return Cilium(cluster);
        yield return Flux(cluster);
        yield return Clean($"{cluster.Name}: linkerd check", MeshChecks.Installed(cluster));
        yield return Clean($"{cluster.Name}: linkerd viz check", MeshChecks.OfViz(cluster));
        yield return Clean($"{cluster.Name}: linkerd multicluster check", MeshChecks.OfMulticluster(world, cluster));

        foreach (var fact in StorageVerdict.Of(world, cluster).Concat(SecurityFacts.Of(world, cluster)))
            yield return fact;
    }

    private static TwinFact Cilium(TwinCluster cluster)
    {
        var config = cluster.Objects.View(new ObjectKey("v1", "ConfigMap", "kube-system", "cilium-config"))?["data"];
        var wrong = CiliumWanted
            .Append(("cluster-name", cluster.Name))
            .Where(pair => (string?)config?[pair.Item1] != pair.Item2)
            .Select(pair => $"{pair.Item1}={(string?)config?[pair.Item1] ?? "missing"}")
            .ToList();
        var runs = Pods.RunsEverywhere(cluster, "kube-system", "cilium");
        return new TwinFact(
            $"{cluster.Name}: Cilium runs as configured",
            runs && wrong.Count == 0,
            wrong.Count > 0 ? string.Join(", ", wrong)
                : runs ? "an agent on every node, all settings right"
                : "not every agent is ready"
        );
    }

    private static TwinFact Flux(TwinCluster cluster)
    {
        var all = cluster
            .Objects.View(FluxKinds.Kustomize, "Kustomization")
            .Concat(cluster.Objects.View(FluxKinds.Helm, "HelmRelease"))
            .ToList();
        var waiting = all.Where(json => !json.IsReady() && !IsLookedAtAgain(json))
            .Select(json => Inventory.Show(ObjectKey.Of(json)))
            .ToList();
        return new TwinFact(
            $"{cluster.Name}: Flux has reconciled everything",
            all.Count > 0 && waiting.Count == 0,
            all.Count == 0 ? "Flux has nothing to reconcile"
                : waiting.Count == 0 ? $"{all.Count} of {all.Count} Ready"
                : $"not Ready: {string.Join(", ", waiting)}"
        );
    }

    /// <summary>At every interval a Kustomization is under way for a moment, with nothing new to apply.</summary>
    private static bool IsLookedAtAgain(JsonObject json) =>
        Health.IsTrue(json, "Reconciling")
        && json.Text("status", "lastAppliedRevision") is { Length: > 0 } applied
        && applied == json.Text("status", "lastAttemptedRevision")
        && json.Whole("status", "observedGeneration") == json.Whole("metadata", "generation");

    private static TwinFact Clean(string what, IReadOnlyList<MeshCheck> checks)
    {
        var bad = checks.FirstOrDefault(check => check.Result == "error");
        return new TwinFact(
            $"{what} is clean",
            bad is null,
            bad is null ? $"{checks.Count} checks √" : $"× {bad.Description}: {bad.Error}"
        );
    }

    private static IEnumerable<TwinFact> OfLink(TwinWorld world)
    {
        var apps = world.Clusters["apps"];
        var gateways = MeshChecks.Gateways(world, apps);
        var infra = gateways.FirstOrDefault(gateway => gateway.Cluster == "infra");
        yield return new TwinFact(
            "the link from apps to infra is alive",
            infra.Alive,
            infra.Cluster is null ? "there is no link"
                : infra.Alive ? "its gateway answers"
                : "its gateway does not answer"
        );

        var mirrored = apps.Objects.View(new ObjectKey("v1", "Service", "demo", "backend-infra"));
        yield return new TwinFact(
            "infra's exported demo service is mirrored on apps",
            mirrored is not null
                && apps.Objects.View(ObjectKey.Of(mirrored) with { Kind = "Endpoints" }).ItemsAt("subsets").Count > 0,
            mirrored is null ? "demo/backend-infra is missing" : "demo/backend-infra has the gateway as its endpoint"
        );
    }
}
