using System.Text.Json.Nodes;

namespace PlatformBot.Sandbox.Twin.Machines;

/// <summary>The Node that a machine's kubelet registers: not ready, because nobody has brought a pod network yet.</summary>
internal static class NodeObject
{
    private const string NoNetwork =
        "container runtime network not ready: NetworkReady=false reason:NetworkPluginNotReady "
        + "message:Network plugin returns error: cni plugin not initialized";

    public static JsonObject Of(Machine machine, int index)
    {
        var podCidr = PodCidr(machine.Config?.PodSubnet ?? "10.244.0.0/16", index);

        return new JsonObject
        {
            ["apiVersion"] = "v1",
            ["kind"] = "Node",
            ["metadata"] = new JsonObject
            {
                ["name"] = machine.Hostname,
                ["labels"] = Labels(machine),
                ["annotations"] = new JsonObject { ["talos.dev/owned-labels"] = "[\"topology.kubernetes.io/region\"]" },
            },
            ["spec"] = new JsonObject
            {
                ["podCIDR"] = podCidr,
                ["podCIDRs"] = new JsonArray(podCidr),
                ["taints"] = new JsonArray(
                    new JsonObject { ["effect"] = "NoSchedule", ["key"] = "node.kubernetes.io/not-ready" }
                ),
            },
            ["status"] = Status(machine),
        };
    }

    private static JsonObject Labels(Machine machine) =>
        new()
        {
            ["beta.kubernetes.io/arch"] = "amd64",
            ["beta.kubernetes.io/os"] = "linux",
            ["kubernetes.io/arch"] = "amd64",
            ["kubernetes.io/hostname"] = machine.Hostname,
            ["kubernetes.io/os"] = "linux",
            ["node-role.kubernetes.io/control-plane"] = "",
            ["platform.monosense.io/cluster"] = machine.Config?.ClusterName,
            ["topology.kubernetes.io/region"] = machine.Config?.ClusterName,
        };

    private static JsonObject Status(Machine machine) =>
        new()
        {
            ["addresses"] = new JsonArray(
                new JsonObject { ["address"] = machine.Address, ["type"] = "InternalIP" },
                new JsonObject { ["address"] = machine.Hostname, ["type"] = "Hostname" }
            ),
            ["capacity"] = Capacity(),
            ["allocatable"] = Capacity(),
            ["conditions"] = new JsonArray(
                Condition("MemoryPressure", "KubeletHasSufficientMemory", "kubelet has sufficient memory available"),
                Condition("DiskPressure", "KubeletHasNoDiskPressure", "kubelet has no disk pressure"),
                Condition("PIDPressure", "KubeletHasSufficientPID", "kubelet has sufficient PID available"),
                Condition("Ready", "KubeletNotReady", NoNetwork)
            ),
            ["nodeInfo"] = Info(machine),
        };

    /// <summary>What the kubelet says that it runs on.</summary>
    public static JsonObject Info(Machine machine) =>
        new()
        {
            ["architecture"] = "amd64",
            ["containerRuntimeVersion"] = "containerd://2.1.4",
            ["kernelVersion"] = "6.12.48-talos",
            ["kubeletVersion"] = $"v{machine.Kubelet}",
            ["operatingSystem"] = "linux",
            ["osImage"] = $"Talos (v{machine.Talos})",
        };

    /// <summary>As the kubelet reports it first: no pressure, and not ready.</summary>
    private static JsonObject Condition(string type, string reason, string message) =>
        new()
        {
            ["type"] = type,
            ["status"] = "False",
            ["reason"] = reason,
            ["message"] = message,
        };

    private static JsonObject Capacity() =>
        new()
        {
            ["cpu"] = "12",
            ["memory"] = "65680384Ki",
            ["pods"] = "110",
        };

    private static string PodCidr(string subnet, int index)
    {
        var parts = subnet.Split('.', '/');
        return $"{parts[0]}.{parts[1]}.{index}.0/24";
    }
}
