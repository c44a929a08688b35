using System.Text.Json.Nodes;
using PlatformBot.Sandbox.Kubernetes;

namespace PlatformBot.Sandbox.Twin;

/// <summary>Asking for an object's end, as a DELETE request does: finalizers and grace periods hold it until they are done.</summary>
public static class Deletion
{
    /// <summary>
    /// Begins the deletion. Gives back the last state of the object, or null when there is none; see
    /// <see cref="ObjectStore.View(ObjectKey)"/> for whether it is gone already.
    /// </summary>
    /// <param name="policy">Background, Foreground or Orphan</param>
    /// <param name="graceSeconds">For pods: how long the kubelet may take; null takes what the pod says.</param>
    public static JsonObject? Begin(
        TwinCluster cluster,
        ObjectKey key,
        string policy = "Background",
        int? graceSeconds = null
    ) =>
        cluster.Objects.Update(
            key,
            json =>
            {
                var metadata = json["metadata"]!.AsObject();

                if (metadata["deletionTimestamp"] is not null && graceSeconds is not 0)
                    return;

                var grace = GraceOf(json, key, graceSeconds);
                metadata["deletionTimestamp"] = Timestamp.Of(cluster.Clock.GetUtcNow().AddSeconds(grace));
                metadata["deletionGracePeriodSeconds"] = grace;
                AddFinalizer(metadata, policy);

                if (key is { ApiVersion: "v1", Kind: "Namespace" })
                    json["status"] = new JsonObject { ["phase"] = "Terminating" };
            }
        );

    private static int GraceOf(JsonObject json, ObjectKey key, int? wanted)
    {
        // A pod without a node has no kubelet that would need time.
        if (key is not { ApiVersion: "v1", Kind: "Pod" } || json["spec"]?["nodeName"] is null)
            return 0;

        return (string?)json["status"]?["phase"] is "Succeeded" or "Failed"
            ? 0
            : wanted ?? (int?)json.Whole("spec", "terminationGracePeriodSeconds") ?? 30;
    }

    private static void AddFinalizer(JsonObject metadata, string policy)
    {
        var finalizer = policy switch
        {
            "Foreground" => "foregroundDeletion",
            "Orphan" => "orphan",
            _ => null,
        };

        if (finalizer is null)
            return;

        var finalizers = metadata["finalizers"] as JsonArray ?? [];

        if (finalizers.Parent is null)
            metadata["finalizers"] = finalizers;

        finalizers.Add(finalizer);
    }
}
