using System.Text.Json.Nodes;
using PlatformBot.Sandbox.Kubernetes;
using PlatformBot.Sandbox.Twin.Helm;
using PlatformBot.Sandbox.Twin.Helm.Charts;
using PlatformBot.Sandbox.Twin.Workloads;

namespace PlatformBot.Sandbox.Twin.Services;

/// <summary>The Dragonfly operator: a StatefulSet, one of whose pods is the master, and a Service that follows it.</summary>
internal sealed class DragonflyLaw(TwinWorld world)
    : OperatorLaw(world, "dragonfly-operator-system", "dragonfly-operator")
{
    private const string RoleLabel = "role";
    private static readonly TimeSpan Look = TimeSpan.FromSeconds(2);

    protected override void Act(TwinCluster cluster)
    {
        foreach (var dragonfly in Due(cluster, DragonflyOperatorChart.ApiVersion, "Dragonfly", Look))
            Keep(cluster, dragonfly);
    }

    private static void Keep(TwinCluster cluster, JsonObject dragonfly)
    {
        var (ns, name) = (dragonfly.Namespace(), dragonfly.Name());
        Ensure(cluster, dragonfly);
        var pods = cluster
            .Objects.View("v1", "Pod", ns)
            .Where(pod => pod.Label("app") == name && pod.IsReady())
            .ToList();
        var master = pods.Find(pod => pod.Label(RoleLabel) == "master") ?? pods.FirstOrDefault();

        foreach (var pod in pods)
        {
            var role = pod == master ? "master" : "replica";

            if (pod.Label(RoleLabel) != role)
                cluster.Objects.Update(ObjectKey.Of(pod), json => json.Section("metadata", "labels")[RoleLabel] = role);
        }

        var phase = pods.Count >= (dragonfly.Whole("spec", "replicas") ?? 1) ? "Ready" : "Configuring";
        cluster.Objects.Update(ObjectKey.Of(dragonfly), json => json.Section("status")["phase"] = phase);
    }

    private static void Ensure(TwinCluster cluster, JsonObject dragonfly)
    {
        var (ns, name) = (dragonfly.Namespace(), dragonfly.Name());

        if (cluster.Objects.View(new ObjectKey("apps/v1", "StatefulSet", ns, name)) is not null)
            return;

        var labels = Manifest.Map(("app", name), ("app.kubernetes.io/name", "dragonfly"));
        var secret = dragonfly.At("spec", "authentication", "passwordFromSecret");
        var claim = dragonfly.At("spec", "snapshot", "persistentVolumeClaimSpec");
        var set = new Workload("StatefulSet", ns, name, "dragonfly", $"dragonfly={dragonfly.Text("spec", "image")}")
        {
            Labels = labels,
            Replicas = (int)(dragonfly.Whole("spec", "replicas") ?? 1),
            PodAnnotations = dragonfly.MappingAt("spec.podMetadata.annotations"),
            Claim = claim is null
                ? null
                : ("df", claim.Text("storageClassName"), claim.TextAt("resources.requests.storage", "1Gi")),
            SecretEnv = secret is null ? [] : [("DFLY_requirepass", secret.Text("name"), secret.Text("key"))],
        }.ToJson();
        Applier.Apply(cluster, set.OwnedBy(dragonfly));

        var service = Manifest
            .Service(ns, name, Manifest.Map(("app", name), (RoleLabel, "master")), ("redis", 6379))
            .Marked("labels", dragonfly.MappingAt("spec.serviceSpec.labels"))
            .Marked("annotations", dragonfly.MappingAt("spec.serviceSpec.annotations"));
        Applier.Apply(cluster, service.OwnedBy(dragonfly));
    }
}
