using System.Text.Json.Nodes;
using PlatformBot.Sandbox.Kubernetes;
using PlatformBot.Sandbox.Twin.Machines;

namespace PlatformBot.Sandbox.Twin.Workloads;

/// <summary>
/// A node whose machine is away: its kubelet posts nothing, so nobody knows how it is, and what ran there serves nobody. When the
/// machine is back, its containers start anew, and Talos takes away the cordon that it had put there itself.
/// </summary>
internal sealed class NodePresence(TwinWorld world) : IController
{
    private const string Unreachable = "node.kubernetes.io/unreachable";

    public void Reconcile(TwinCluster cluster)
    {
        if (world.Machines is not { } machines)
            return;

        foreach (var node in cluster.Objects.View("v1", "Node"))
        {
            var isAway = machines.Silent(cluster, node.Name()) is not null;

            if (isAway && !IsUnknown(node))
                Leave(cluster, node);
            else if (!isAway && IsUnknown(node))
                Return(cluster, node, machines.Behind(cluster, node.Name()));
            else if (!isAway && machines.Behind(cluster, node.Name()) is { } machine && Differs(node, machine))
                Tell(cluster, node, machine);
        }
    }

    /// <summary>True when its kubelet is not heard.</summary>
    public static bool IsUnknown(JsonObject node) => node.Condition("Ready").Text("status") == "Unknown";

    private static bool Differs(JsonObject node, Machine machine) =>
        node.Text("status", "nodeInfo", "kubeletVersion") != $"v{machine.Kubelet}";

    private static void Tell(TwinCluster cluster, JsonObject node, Machine machine) =>
        cluster.Objects.Update(
            ObjectKey.Of(node),
            json => json.Section("status")["nodeInfo"] = NodeObject.Info(machine)
        );

    private static void Leave(TwinCluster cluster, JsonObject node)
    {
        cluster.Objects.Update(
            ObjectKey.Of(node),
            json =>
            {
                Conditions.Set(
                    json,
                    cluster.Clock,
                    "Ready",
                    "Unknown",
                    "NodeStatusUnknown",
                    "Kubelet stopped posting node status."
                );
                var spec = json.Section("spec");

                if (spec["taints"] is not JsonArray taints)
                    spec["taints"] = taints = [];

                taints.Add(new JsonObject { ["key"] = Unreachable, ["effect"] = "NoSchedule" });
            }
        );
        EventLog.Record(
            cluster,
            node,
            "node-controller",
            "NodeNotReady",
            $"Node {node.Name()} status is now: NodeNotReady"
        );

        foreach (var pod in On(cluster, node).Where(pod => pod.Holds("Ready")))
        {
            cluster.Objects.Update(
                ObjectKey.Of(pod),
                json => Conditions.Set(json, cluster.Clock, "Ready", holds: false, "NodeNotReady")
            );
        }
    }

    private static void Return(TwinCluster cluster, JsonObject node, Machine? machine)
    {
        cluster.Objects.Update(
            ObjectKey.Of(node),
            json =>
            {
                Conditions.Set(
                    json,
                    cluster.Clock,
                    "Ready",
                    holds: true,
                    "KubeletReady",
                    "kubelet is posting ready status"
                );
                Clear(json.Section("spec"));

                if (machine is not null)
                    json.Section("status")["nodeInfo"] = NodeObject.Info(machine);

                if (json.At("metadata", "annotations") is JsonObject notes && notes.Remove(MachineUpgrades.Cordoned))
                    json.Section("spec").Remove("unschedulable");
            }
        );

        foreach (var pod in On(cluster, node).Where(pod => pod.IsActive()))
            cluster.Objects.Update(ObjectKey.Of(pod), json => PodStatus.Restarting(json, cluster.Clock));
    }

    private static void Clear(JsonObject spec)
    {
        if (spec["taints"] is not JsonArray taints)
            return;

        taints.RemoveAll(taint => taint.Text("key") == Unreachable);

        if (taints.Count == 0)
            spec.Remove("taints");
    }

    private static IEnumerable<JsonObject> On(TwinCluster cluster, JsonObject node) =>
        cluster.Objects.View("v1", "Pod").Where(pod => pod.Node() == node.Name());
}
