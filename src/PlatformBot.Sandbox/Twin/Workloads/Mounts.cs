using System.Text.Json.Nodes;
using PlatformBot.Sandbox.Kubernetes;

namespace PlatformBot.Sandbox.Twin.Workloads;

/// <summary>What a pod needs before its containers can start.</summary>
internal static class Mounts
{
    /// <summary>Why the first volume that cannot be mounted cannot, in the kubelet's words; null when all can.</summary>
    public static string? Missing(TwinCluster cluster, JsonObject pod)
    {
        foreach (var volume in pod.Items("spec", "volumes"))
        {
            if (Trouble(cluster, pod, volume) is { } trouble)
                return trouble;
        }

        return null;
    }

    /// <summary>Why a container's environment cannot be made; null when it can.</summary>
    public static string? MissingInEnvironment(TwinCluster cluster, JsonObject pod, JsonObject container)
    {
        foreach (var from in container.Items("env").Select(variable => variable["valueFrom"]))
        {
            var trouble =
                Reference(cluster, pod, "Secret", from?["secretKeyRef"], "name")
                ?? Reference(cluster, pod, "ConfigMap", from?["configMapKeyRef"], "name");

            if (trouble is not null)
                return trouble;
        }

        return null;
    }

    private static string? Trouble(TwinCluster cluster, JsonObject pod, JsonObject volume)
    {
        var missing =
            Reference(cluster, pod, "Secret", volume["secret"], "secretName")
            ?? Reference(cluster, pod, "ConfigMap", volume["configMap"], "name");

        if (missing is not null)
            return $"MountVolume.SetUp failed for volume \"{volume.Text("name")}\" : {missing}";

        var claim = volume.Text("persistentVolumeClaim", "claimName");

        if (claim.Length == 0)
            return null;

        var found = cluster.Objects.View(new ObjectKey("v1", "PersistentVolumeClaim", pod.Namespace(), claim));
        return found.Text("status", "phase") == "Bound"
            ? null
            : $"Unable to attach or mount volumes: unmounted volumes=[{volume.Text("name")}]: timed out waiting for the condition";
    }

    private static string? Reference(
        TwinCluster cluster,
        JsonObject pod,
        string kind,
        JsonNode? reference,
        string nameField
    )
    {
        var name = reference.Text(nameField);

        if (name.Length == 0 || reference.Is("optional"))
            return null;

        return cluster.Objects.View(new ObjectKey("v1", kind, pod.Namespace(), name)) is null
            ? $"{kind.ToLowerInvariant()} \"{name}\" not found"
            : null;
    }
}
