using System.Text.Json.Nodes;
using PlatformBot.Sandbox.Kubernetes;

namespace PlatformBot.Sandbox.Twin.Workloads;

/// <summary>Questions about pods.</summary>
internal static class PodFacts
{
    public static bool IsReady(this JsonObject pod) => !pod.IsEnding() && pod.Holds("Ready");

    /// <summary>Neither ending nor ended.</summary>
    public static bool IsActive(this JsonObject pod) =>
        !pod.IsEnding() && pod.Text("status", "phase") is not ("Succeeded" or "Failed");

    public static string Node(this JsonObject pod) => pod.Text("spec", "nodeName");

    public static bool UsesHostNetwork(this JsonObject pod) => pod.Is("spec", "hostNetwork");

    public static string Label(this JsonObject json, string name) => json.Text("metadata", "labels", name);

    /// <summary>The claims that the pod mounts.</summary>
    public static IEnumerable<string> Claims(this JsonObject pod) =>
        pod.Items("spec", "volumes")
            .Select(volume => volume.Text("persistentVolumeClaim", "claimName"))
            .Where(claim => claim.Length > 0);
}
