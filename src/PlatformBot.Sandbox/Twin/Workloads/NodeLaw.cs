using System.Text.Json.Nodes;
using PlatformBot.Sandbox.Kubernetes;

namespace PlatformBot.Sandbox.Twin.Workloads;

/// <summary>A node is ready once a network plugin runs on it; until then taints keep ordinary pods away.</summary>
internal sealed class NodeLaw : IController
{
    private const string NoNetwork =
        "container runtime network not ready: NetworkReady=false reason:NetworkPluginNotReady message:Network plugin returns"
        + " error: cni plugin not initialized";

    public void Reconcile(TwinCluster cluster)
    {
        foreach (var node in cluster.Objects.View("v1", "Node").Where(node => !NodePresence.IsUnknown(node)))
        {
            // A node's network configuration outlives the agent that wrote it: once ready, an agent may be replaced.
            var ready = node.Holds("Ready") || HasAgent(cluster, node.Name());

            if (ready && node.Holds("Ready") && node.At("spec", "taints") is null)
                continue;

            cluster.Objects.Update(ObjectKey.Of(node), json => Judge(json, ready, cluster.Clock));
        }
    }

    /// <summary>True when Cilium's agent runs there.</summary>
    public static bool HasAgent(TwinCluster cluster, string node) =>
        cluster
            .Objects.View("v1", "Pod")
            .Any(pod => pod.Node() == node && pod.Label("k8s-app") == "cilium" && pod.IsReady());

    private static void Judge(JsonObject node, bool ready, TimeProvider clock)
    {
        if (ready)
            Conditions.Set(node, clock, "Ready", holds: true, "KubeletReady", "kubelet is posting ready status");
        else
            Conditions.Set(node, clock, "Ready", holds: false, "KubeletNotReady", NoNetwork);

        Taint(node, "node.kubernetes.io/not-ready", "NoSchedule", !ready);
        Taint(node, "node.cilium.io/agent-not-ready", "NoExecute", !ready);
    }

    private static void Taint(JsonObject node, string key, string effect, bool wanted)
    {
        var spec = node.Section("spec");
        var taints = spec["taints"] as JsonArray ?? [];
        var has = taints.Any(taint => taint.Text("key") == key);

        if (has == wanted)
            return;

        if (taints.Parent is null)
            spec["taints"] = taints;

        if (wanted)
            taints.Add(new JsonObject { ["key"] = key, ["effect"] = effect });
        else
            taints.RemoveAll(taint => taint.Text("key") == key);

        if (taints.Count == 0)
            spec.Remove("taints");
    }
}
