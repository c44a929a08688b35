using System.Text.Json.Nodes;
using PlatformBot.Sandbox.Kubernetes;

namespace PlatformBot.Sandbox.Twin.Workloads;

/// <summary>Gives pods a node: one that takes them and has the fewest of their kind.</summary>
internal sealed class SchedulerLaw : IController
{
    private const string Component = "default-scheduler";

    public void Reconcile(TwinCluster cluster)
    {
        foreach (var pod in cluster.Objects.View("v1", "Pod").Where(pod => pod.Node().Length == 0 && pod.IsActive()))
            Schedule(cluster, pod);
    }

    private static void Schedule(TwinCluster cluster, JsonObject pod)
    {
        var nodes = cluster.Objects.View("v1", "Node");
        var home = VolumeLaw.HomeOf(cluster, pod);
        var fitting = nodes.Where(node => WhyNot(node, pod, home) is null).ToList();

        if (ClaimTrouble(cluster, pod) is { } claim)
        {
            Fail(
                cluster,
                pod,
                $"0/{nodes.Count} nodes are available: {claim}. preemption: 0/{nodes.Count} nodes are available: {nodes.Count} Preemption is not helpful for scheduling."
            );
        }
        else if (nodes.Count == 0)
        {
            Fail(cluster, pod, "no nodes available to schedule pods");
        }
        else if (fitting.Count == 0)
        {
            Fail(cluster, pod, Reasons(nodes, pod, home));
        }
        else
        {
            Bind(cluster, pod, Best(cluster, pod, fitting));
        }
    }

    private static string Best(TwinCluster cluster, JsonObject pod, IEnumerable<JsonObject> fitting)
    {
        var others = cluster.Objects.View("v1", "Pod").Where(other => other.IsActive()).ToList();
        var owner = Owned.ControllerOf(pod);

        return fitting
            .OrderBy(node => others.Count(other => other.Node() == node.Name() && Owned.ControllerOf(other) == owner))
            .ThenBy(node => others.Count(other => other.Node() == node.Name()))
            .ThenBy(node => node.Name(), StringComparer.Ordinal)
            .First()
            .Name();
    }

    private static void Bind(TwinCluster cluster, JsonObject pod, string node)
    {
        cluster.Objects.Update(
            ObjectKey.Of(pod),
            json =>
            {
                json.Section("spec")["nodeName"] = node;
                Conditions.Set(json, cluster.Clock, "PodScheduled", holds: true, reason: "");
            }
        );
        EventLog.Record(
            cluster,
            pod,
            Component,
            "Scheduled",
            $"Successfully assigned {pod.Namespace()}/{pod.Name()} to {node}"
        );
    }

    private static void Fail(TwinCluster cluster, JsonObject pod, string message)
    {
        cluster.Objects.Update(
            ObjectKey.Of(pod),
            json => Conditions.Set(json, cluster.Clock, "PodScheduled", holds: false, "Unschedulable", message)
        );
        EventLog.Record(cluster, pod, Component, "FailedScheduling", message, isWarning: true);
    }

    private static string Reasons(IReadOnlyList<JsonObject> nodes, JsonObject pod, string home)
    {
        var reasons = nodes.GroupBy(node => WhyNot(node, pod, home)).Select(group => $"{group.Count()} {group.Key}");
        return $"0/{nodes.Count} nodes are available: {string.Join(", ", reasons)}. preemption: 0/{nodes.Count} nodes are"
            + $" available: {nodes.Count} Preemption is not helpful for scheduling.";
    }

    /// <param name="home">the node that holds its volumes; "" when any will do</param>
    private static string? WhyNot(JsonObject node, JsonObject pod, string home)
    {
        if (node.Is("spec", "unschedulable"))
            return "node(s) were unschedulable";

        if (Taints.Against(node, pod["spec"]) is { } taint)
            return $"node(s) had untolerated taint {{{taint.Text("key")}: {taint.Text("value")}}}";

        if (home.Length > 0 && home != node.Name())
            return "node(s) didn't match PersistentVolume's node affinity";

        return Taints.FitsSelector(node, pod["spec"]) ? null : "node(s) didn't match Pod's node affinity/selector";
    }

    private static string? ClaimTrouble(TwinCluster cluster, JsonObject pod)
    {
        foreach (var name in pod.Claims())
        {
            var claim = cluster.Objects.View(new ObjectKey("v1", "PersistentVolumeClaim", pod.Namespace(), name));

            if (claim is null)
                return $"persistentvolumeclaim \"{name}\" not found";

            if (claim.Text("status", "phase") != "Bound" && !VolumeLaw.WaitsForConsumer(cluster, claim))
                return "pod has unbound immediate PersistentVolumeClaims";
        }

        return null;
    }
}
