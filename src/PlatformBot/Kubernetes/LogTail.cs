using System.Text.Json;

namespace PlatformBot.Kubernetes;

/// <summary>The end of what a container has written.</summary>
/// <param name="Whose">"container app", "container app before it was started anew"</param>
/// <param name="Text">"" when it has written nothing</param>
internal sealed record LogTail(string Whose, string Text)
{
    private const int Lines = 20;

    /// <summary>Of the container that is in trouble, init containers first; of its life before this one when it keeps crashing.</summary>
    /// <returns>null when no container has ever run: then there is nothing to read, and its state says why.</returns>
    public static async Task<LogTail?> OfTroubledAsync(
        ClusterClient cluster,
        JsonElement pod,
        CancellationToken cancelled
    )
    {
        var container = PodHealth.Containers(pod).FirstOrDefault(each => IsTroubled(each) && HasRun(each));

        if (container.Text("name") is not { } name)
            return null;

        var previous = container.Has("state", "waiting");
        return await ReadAsync(cluster, pod, name, previous, cancelled);
    }

    private static async Task<LogTail?> ReadAsync(
        ClusterClient cluster,
        JsonElement pod,
        string container,
        bool previous,
        CancellationToken cancelled
    )
    {
        var path =
            $"/api/v1/namespaces/{Uri.EscapeDataString(pod.Namespace() ?? "default")}/pods/{Uri.EscapeDataString(pod.Name())}/log"
            + $"?container={Uri.EscapeDataString(container)}&tailLines={Lines}{(previous ? "&previous=true" : "")}";

        try
        {
            // A pod that no node has taken yet answers 204 and nothing.
            var text = await cluster.RawAsync(path, cancelled);
            return new($"container {container}{(previous ? " before it was started anew" : "")}", text.TrimEnd());
        }
        catch (ApiException error) when (error.Code is 400 or 404)
        {
            // "waiting to start", "previous terminated container not found": it has changed since the pod was read.
            return null;
        }
    }

    /// <summary>A finished init container is not ready either, and well.</summary>
    private static bool IsTroubled(JsonElement container) =>
        container.At("ready").ValueKind != JsonValueKind.True
        && !(container.Has("state", "terminated") && container.Number("state", "terminated", "exitCode") == 0);

    private static bool HasRun(JsonElement container) =>
        container.Has("state", "running")
        || container.Has("state", "terminated")
        || container.Number("restartCount") > 0;
}
