using System.Text.Json.Nodes;
using PlatformBot.Sandbox.Kubernetes;
using PlatformBot.Sandbox.Twin.Workloads;

namespace PlatformBot.Sandbox.Twin.Storage;

/// <summary>What is written on volumes, as far as programs that the twin understands write and read it: the smoke tests'.</summary>
internal static class VolumeData
{
    /// <summary>What is written on the claim's volume; "" for nothing.</summary>
    public static string Of(TwinCluster cluster, string ns, string claim) =>
        cluster.Written.GetValueOrDefault(VolumeOf(cluster, ns, claim), "");

    public static void Write(TwinCluster cluster, string ns, string claim, string text)
    {
        if (VolumeOf(cluster, ns, claim) is { Length: > 0 } volume)
            cluster.Written[volume] = text;
    }

    /// <summary>A shell that echoes a word into files writes it on every volume that it mounts; a grep wants to find its word there.</summary>
    public static PodTrouble? Program(TwinCluster cluster, JsonObject pod)
    {
        foreach (var container in pod.Items("spec", "containers"))
        {
            string[] words = [.. (container["command"] as JsonArray ?? []).Select(word => word.Text())];

            if (
                words is ["sh", "-c", var script]
                && script.Split(' ').SkipWhile(word => word != "echo").Skip(1).FirstOrDefault() is { } said
            )
            {
                WriteAll(cluster, pod, said);
            }
            else if (words is ["grep", "-q", var wanted, var file] && !AllHave(cluster, pod, wanted))
            {
                return new PodTrouble(
                    container.Text("name"),
                    Crashes: true,
                    $"grep: {file}: No such file or directory"
                );
            }
        }

        return null;
    }

    private static void WriteAll(TwinCluster cluster, JsonObject pod, string text)
    {
        foreach (var claim in pod.Claims())
            Write(cluster, pod.Namespace(), claim, text);
    }

    private static bool AllHave(TwinCluster cluster, JsonObject pod, string text) =>
        pod.Claims().All(claim => Of(cluster, pod.Namespace(), claim).Contains(text, StringComparison.Ordinal));

    private static string VolumeOf(TwinCluster cluster, string ns, string claim) =>
        cluster.Objects.View(new ObjectKey("v1", "PersistentVolumeClaim", ns, claim)).Text("spec", "volumeName");
}
