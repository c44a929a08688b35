using System.Text.Json.Nodes;
using PlatformBot.Sandbox.Kubernetes;

namespace PlatformBot.Sandbox.Twin;

/// <summary>What the store itself writes into an object's metadata.</summary>
internal static class StoreStamp
{
    /// <summary>The object with the identity, times and generation that its history gives it.</summary>
    public static JsonObject Apply(JsonObject json, JsonObject? old, TimeProvider clock)
    {
        var metadata = json["metadata"] as JsonObject;

        if (metadata is null)
            json["metadata"] = metadata = [];

        var before = old?["metadata"];
        metadata["uid"] = (string?)before?["uid"] ?? Guid.NewGuid().ToString();
        metadata["creationTimestamp"] = (string?)before?["creationTimestamp"] ?? Timestamp.Of(clock);
        metadata["resourceVersion"] = (string?)before?["resourceVersion"];
        CountGeneration(json, old, metadata);
        return json;
    }

    /// <summary>True when the object is being deleted and nothing holds it: no finalizer, no grace period.</summary>
    public static bool HasEnded(JsonObject json)
    {
        var metadata = json["metadata"];
        return metadata?["deletionTimestamp"] is not null
            && metadata["finalizers"] is not JsonArray { Count: > 0 }
            && json["spec"]?["finalizers"] is not JsonArray { Count: > 0 }
            && (metadata.Whole("deletionGracePeriodSeconds") ?? 0) == 0;
    }

    private static void CountGeneration(JsonObject json, JsonObject? old, JsonObject metadata)
    {
        // Of the core group only pods count generations.
        if (json["spec"] is null || ((string?)json["apiVersion"] == "v1" && (string?)json["kind"] != "Pod"))
        {
            metadata.Remove("generation");
            return;
        }

        var generation = old.Whole("metadata", "generation") ?? 0;
        var specChanged = old is null || !JsonNode.DeepEquals(old["spec"], json["spec"]);
        metadata["generation"] = specChanged ? generation + 1 : generation;
    }
}
