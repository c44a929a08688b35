using System.Text.Json.Nodes;
using PlatformBot.Sandbox.Kubernetes;

namespace PlatformBot.Sandbox.Twin.Workloads;

/// <summary>The parts of a pod's status.</summary>
internal static class PodStatus
{
    /// <summary>Container statuses of a pod that has just arrived on its node.</summary>
    /// <param name="list">containers or initContainers</param>
    public static JsonArray Waiting(JsonObject pod, string list) =>
        [
            .. pod.Items("spec", list)
                .Select(container =>
                    Container(
                        container,
                        new JsonObject { ["waiting"] = new JsonObject { ["reason"] = "ContainerCreating" } },
                        ready: false,
                        restarts: 0
                    )
                ),
        ];

    public static JsonObject Container(JsonObject container, JsonObject state, bool ready, long restarts) =>
        new()
        {
            ["name"] = container.Text("name"),
            ["state"] = state,
            ["lastState"] = new JsonObject(),
            ["ready"] = ready,
            ["restartCount"] = restarts,
            ["image"] = container.Text("image"),
            ["imageID"] = "",
            ["started"] = state.ContainsKey("running"),
        };

    public static JsonObject State(string reason, string message) =>
        new()
        {
            ["waiting"] = new JsonObject { ["reason"] = reason, ["message"] = message },
        };

    public static JsonObject Running(string startedAt) =>
        new() { ["running"] = new JsonObject { ["startedAt"] = startedAt } };

    public static JsonObject Ended(int exitCode, string startedAt, string finishedAt) =>
        new()
        {
            ["terminated"] = new JsonObject
            {
                ["exitCode"] = exitCode,
                ["reason"] = exitCode == 0 ? "Completed" : "Error",
                ["startedAt"] = startedAt,
                ["finishedAt"] = finishedAt,
            },
        };

    /// <summary>The machine under the pod has started anew: its containers are begun again, one restart further.</summary>
    public static void Restarting(JsonObject pod, TimeProvider clock)
    {
        foreach (var list in new[] { "initContainerStatuses", "containerStatuses" })
        {
            foreach (var container in pod.Items("status", list))
            {
                var startedAt = container.Text("state", "running", "startedAt");
                container["lastState"] = Ended(255, startedAt, Timestamp.Of(clock));
                container["state"] = new JsonObject
                {
                    ["waiting"] = new JsonObject { ["reason"] = "ContainerCreating" },
                };
                container["ready"] = false;
                container["started"] = false;
                container["restartCount"] = (container.Whole("restartCount") ?? 0) + 1;
            }
        }

        Conditions.Set(pod, clock, "PodReadyToStartContainers", holds: false, reason: "");
        Conditions.Set(pod, clock, "Initialized", holds: false, reason: "");
        Unready(pod, clock);
    }

    /// <summary>Ready and ContainersReady as the containers' statuses make them.</summary>
    public static void Judge(JsonObject pod, TimeProvider clock)
    {
        if (pod.Items("status", "containerStatuses").All(container => container.Is("ready")))
        {
            Conditions.Set(pod, clock, "ContainersReady", holds: true, reason: "");
            Conditions.Set(pod, clock, "Ready", holds: true, reason: "");
        }
        else
        {
            Unready(pod, clock);
        }
    }

    public static void Unready(JsonObject pod, TimeProvider clock)
    {
        var names = pod.Items("status", "containerStatuses")
            .Where(container => !container.Is("ready"))
            .Select(container => container.Text("name"));
        var message = $"containers with unready status: [{string.Join(' ', names)}]";
        Conditions.Set(pod, clock, "ContainersReady", holds: false, "ContainersNotReady", message);
        Conditions.Set(pod, clock, "Ready", holds: false, "ContainersNotReady", message);
    }

    /// <summary>An address of the node's pod network, always the same for the same pod.</summary>
    public static string Address(JsonObject pod, JsonObject node)
    {
        var network = node.Text("spec", "podCIDR") is { Length: > 0 } own
            ? own
            : $"10.244.{TemplateHash.Number(node.Name(), 250)}.0/24";
        var prefix = network[..network.LastIndexOf('.')];
        return $"{prefix}.{2 + TemplateHash.Number(pod.Uid(), 250)}";
    }
}
