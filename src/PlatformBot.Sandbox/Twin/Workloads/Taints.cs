using System.Text.Json.Nodes;
using PlatformBot.Sandbox.Kubernetes;

namespace PlatformBot.Sandbox.Twin.Workloads;

/// <summary>Which pods may run on which nodes.</summary>
internal static class Taints
{
    // What the DaemonSet controller lets its pods tolerate.
    private static readonly string[] ForDaemons =
    [
        "node.kubernetes.io/not-ready",
        "node.kubernetes.io/unreachable",
        "node.kubernetes.io/disk-pressure",
        "node.kubernetes.io/memory-pressure",
        "node.kubernetes.io/unschedulable",
    ];

    /// <summary>The first taint that keeps the pod away from the node, or null.</summary>
    public static JsonObject? Against(JsonObject node, JsonNode? podSpec, bool isDaemon = false) =>
        node.Items("spec", "taints")
            .FirstOrDefault(taint =>
                taint.Text("effect") != "PreferNoSchedule"
                && !(isDaemon && ForDaemons.Contains(taint.Text("key")))
                && !podSpec.Items("tolerations").Any(toleration => Tolerates(toleration, taint))
            );

    public static bool FitsSelector(JsonObject node, JsonNode? podSpec) =>
        podSpec.Texts("nodeSelector").All(pair => node.Label(pair.Key) == pair.Value);

    private static bool Tolerates(JsonObject toleration, JsonObject taint)
    {
        var key = toleration.Text("key");
        var effect = toleration.Text("effect");

        if (effect.Length > 0 && effect != taint.Text("effect"))
            return false;

        if (key.Length == 0)
            return toleration.Text("operator") == "Exists";

        return key == taint.Text("key")
            && (toleration.Text("operator") == "Exists" || toleration.Text("value") == taint.Text("value"));
    }
}
