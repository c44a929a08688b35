using System.Text.Json.Nodes;
using PlatformBot.Sandbox.Kubernetes;

namespace PlatformBot.Sandbox.Twin.Workloads;

/// <summary>
/// Runs the pods of every node: waits for volumes and the network, pulls images, starts containers, and ends them. Where a
/// pod stands follows from the times in its own status.
/// </summary>
internal sealed class KubeletLaw(Faults faults) : IController
{
    private static readonly TimeSpan StopTime = TimeSpan.FromSeconds(2);

    private const string NoNetwork =
        "network is not ready: container runtime network not ready: NetworkReady=false reason:NetworkPluginNotReady"
        + " message:Network plugin returns error: cni plugin not initialized";

    public void Reconcile(TwinCluster cluster)
    {
        var nodes = cluster.Objects.View("v1", "Node").ToDictionary(node => node.Name());

        foreach (var pod in cluster.Objects.View("v1", "Pod"))
        {
            if (nodes.TryGetValue(pod.Node(), out var node))
            {
                // Nobody tends what is on a machine that is away.
                if (!NodePresence.IsUnknown(node))
                    Tend(cluster, pod, node);
            }
            else if (pod.IsEnding() || pod.Node().Length > 0)
            {
                cluster.Objects.Delete(ObjectKey.Of(pod));
            }
        }
    }

    private void Tend(TwinCluster cluster, JsonObject pod, JsonObject node)
    {
        if (pod.IsEnding())
            Stop(cluster, pod);
        else if (pod.Text("status", "startTime").Length == 0)
            Admit(cluster, pod, node);
        else if (pod.IsActive() && !pod.Holds("PodReadyToStartContainers"))
            Prepare(cluster, pod, node);
        else if (pod.IsActive())
            new PodLife(cluster, faults, pod).Advance();
    }

    private static void Stop(TwinCluster cluster, JsonObject pod)
    {
        var grace = TimeSpan.FromSeconds(pod.Whole("metadata", "deletionGracePeriodSeconds") ?? 0);
        var end = Timestamp.Read(pod.Text("metadata", "deletionTimestamp"));
        var asked = end - grace;
        var due = asked + (grace < StopTime ? grace : StopTime);

        // Containers that heed SIGTERM need no full grace period.
        if (due is null || cluster.Clock.GetUtcNow() >= due)
        {
            cluster.Objects.Delete(ObjectKey.Of(pod));
        }
        else
        {
            EventLog.Record(
                cluster,
                pod,
                "kubelet",
                "Killing",
                $"Stopping container {pod.Items("spec", "containers").FirstOrDefault().Text("name")}",
                host: pod.Node()
            );
        }
    }

    private static void Admit(TwinCluster cluster, JsonObject pod, JsonObject node)
    {
        var address = node.Items("status", "addresses")
            .FirstOrDefault(found => found.Text("type") == "InternalIP")
            .Text("address");

        cluster.Objects.Update(
            ObjectKey.Of(pod),
            json =>
            {
                var status = json.Section("status");
                status["phase"] = "Pending";
                status["startTime"] = Timestamp.Of(cluster.Clock);
                status["hostIP"] = address;
                status["containerStatuses"] = PodStatus.Waiting(json, "containers");
                Conditions.Set(json, cluster.Clock, "PodScheduled", holds: true, reason: "");
                Conditions.Set(json, cluster.Clock, "PodReadyToStartContainers", holds: false, reason: "");
                PodStatus.Unready(json, cluster.Clock);

                if (json.Items("spec", "initContainers").Any())
                    status["initContainerStatuses"] = PodStatus.Waiting(json, "initContainers");
            }
        );
    }

    private static void Prepare(TwinCluster cluster, JsonObject pod, JsonObject node)
    {
        if (Mounts.Missing(cluster, pod) is { } mount)
        {
            EventLog.Record(cluster, pod, "kubelet", "FailedMount", mount, isWarning: true, host: pod.Node());
            return;
        }

        if (!pod.UsesHostNetwork() && !node.Holds("Ready"))
        {
            EventLog.Record(cluster, pod, "kubelet", "NetworkNotReady", NoNetwork, isWarning: true, host: pod.Node());
            return;
        }

        cluster.Objects.Update(
            ObjectKey.Of(pod),
            json =>
            {
                var status = json.Section("status");
                var address = pod.UsesHostNetwork() ? status.Text("hostIP") : PodStatus.Address(pod, node);
                status["podIP"] = address;
                status["podIPs"] = new JsonArray(new JsonObject { ["ip"] = address });
                Conditions.Set(json, cluster.Clock, "PodReadyToStartContainers", holds: true, reason: "");
            }
        );
    }
}
