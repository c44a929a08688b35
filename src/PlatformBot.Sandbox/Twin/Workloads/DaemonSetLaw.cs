using System.Text.Json.Nodes;
using PlatformBot.Sandbox.Kubernetes;

namespace PlatformBot.Sandbox.Twin.Workloads;

/// <summary>One pod on every node that takes it; a new template replaces them one by one.</summary>
internal sealed class DaemonSetLaw : IController
{
    private const string Component = "daemonset-controller";
    private const string HashLabel = "controller-revision-hash";

    public void Reconcile(TwinCluster cluster)
    {
        foreach (var set in cluster.Objects.View("apps/v1", "DaemonSet").Where(set => !set.IsEnding()))
            Keep(cluster, set);
    }

    private static void Keep(TwinCluster cluster, JsonObject set)
    {
        var hash = TemplateHash.Of(set.At("spec", "template"));
        var nodes = cluster
            .Objects.View("v1", "Node")
            .Where(node => Takes(node, set))
            .Select(node => node.Name())
            .ToList();
        var pods = Owned.By(cluster, set, "v1", "Pod");

        foreach (var pod in pods.Where(pod => pod.IsActive() && !nodes.Contains(pod.Node())))
            Deletion.Begin(cluster, ObjectKey.Of(pod));

        foreach (var node in nodes.Where(node => pods.TrueForAll(pod => pod.Node() != node)))
            Start(cluster, set, node, hash);

        if (set.Text("spec", "updateStrategy", "type") != "OnDelete")
            ReplaceOne(cluster, pods, hash);

        var now = Owned.By(cluster, set, "v1", "Pod");
        cluster.Objects.Update(ObjectKey.Of(set), json => Count(json, now, nodes.Count, hash));
    }

    private static bool Takes(JsonObject node, JsonObject set)
    {
        var spec = set.At("spec", "template", "spec");
        return Taints.FitsSelector(node, spec) && Taints.Against(node, spec, isDaemon: true) is null;
    }

    private static void Start(TwinCluster cluster, JsonObject set, string node, string hash)
    {
        var name = $"{set.Name()}-{Naming.Suffix()}";

        if (PodBirth.Create(cluster, set, name, KeyValuePair.Create(HashLabel, hash), node) is { } refusal)
        {
            PodBirth.Refused(cluster, set, Component, refusal);
            return;
        }

        PodBirth.Born(cluster, set, Component, name);
    }

    private static void ReplaceOne(TwinCluster cluster, IReadOnlyList<JsonObject> pods, string hash)
    {
        var old = pods.Where(pod => pod.IsActive() && pod.Label(HashLabel) != hash).ToList();

        // A pod that does not run is no loss; a running one may only go while all others run.
        var next = old.Find(pod => !pod.IsReady()) ?? (pods.All(pod => pod.IsReady()) ? old.FirstOrDefault() : null);

        if (next is not null)
            Deletion.Begin(cluster, ObjectKey.Of(next));
    }

    private static void Count(JsonObject set, IReadOnlyList<JsonObject> pods, int wanted, string hash)
    {
        var active = pods.Where(pod => pod.IsActive()).ToList();
        var ready = active.Count(pod => pod.IsReady());
        var status = set.Section("status");
        status["desiredNumberScheduled"] = wanted;
        status["currentNumberScheduled"] = active.Count;
        status["numberMisscheduled"] = 0;
        status["numberReady"] = ready;
        status["numberAvailable"] = ready;
        status["numberUnavailable"] = Math.Max(wanted - ready, 0);
        status["updatedNumberScheduled"] = active.Count(pod => pod.Label(HashLabel) == hash);
        status["observedGeneration"] = set.Whole("metadata", "generation") ?? 1;

        foreach (var absent in new[] { "numberAvailable", "numberUnavailable", "updatedNumberScheduled" })
        {
            if (status.Whole(absent) == 0)
                status.Remove(absent);
        }
    }
}
