using System.Text.Json.Nodes;

namespace PlatformBot.Sandbox.Twin;

/// <summary>How far an object is, in the words of kstatus: Current, InProgress, Failed, Terminating, NotFound.</summary>
internal sealed record Health(string Status, string Message)
{
    public static readonly Health Current = new("Current", "Resource is current");

    public bool IsCurrent => Status == "Current";

    public static Health Of(TwinCluster cluster, ObjectKey key) =>
        cluster.Objects.View(key) is { } json ? Of(json) : new Health("NotFound", "Resource not found");

    public static Health Of(JsonObject json)
    {
        if (json["metadata"]?["deletionTimestamp"] is not null)
            return new Health("Terminating", "Resource scheduled for deletion");

        var generation = (long?)json["metadata"]?["generation"];

        if (json["status"]?["observedGeneration"] is { } observed && (long)observed < generation)
            return Waiting($"{json["kind"]} generation is {generation}, but latest observed generation is {observed}");

        return (string?)json["kind"] switch
        {
            "Deployment" => OfDeployment(json),
            "StatefulSet" => OfReplicas(json, "readyReplicas", (int?)json["spec"]?["replicas"] ?? 1),
            "DaemonSet" => OfDaemonSet(json),
            "PersistentVolumeClaim" => Phase(json, "Bound"),
            "Pod" => OfPod(json),
            "Job" => OfJob(json),
            "Service" => OfService(json),
            "CustomResourceDefinition" => Condition(json, "Established"),
            _ => OfConditions(json),
        };
    }

    public static JsonNode? ConditionOf(JsonObject json, string type) =>
        (json["status"]?["conditions"] as JsonArray)?.FirstOrDefault(one => (string?)one?["type"] == type);

    public static bool IsTrue(JsonObject json, string type) => (string?)ConditionOf(json, type)?["status"] == "True";

    private static Health Waiting(string message) => new("InProgress", message);

    private static Health OfDeployment(JsonObject json)
    {
        if ((string?)ConditionOf(json, "Progressing")?["reason"] == "ProgressDeadlineExceeded")
            return new Health("Failed", "Progress deadline exceeded");

        var wanted = (int?)json["spec"]?["replicas"] ?? 1;
        var status = json["status"];

        if (((int?)status?["updatedReplicas"] ?? 0) < wanted)
            return Waiting($"Updated: {(int?)status?["updatedReplicas"] ?? 0}/{wanted}");

        return ((int?)status?["replicas"] ?? 0) > wanted
            ? Waiting($"Pending termination: {(int?)status?["replicas"] - wanted}")
            : OfReplicas(json, "availableReplicas", wanted);
    }

    private static Health OfReplicas(JsonObject json, string field, int wanted)
    {
        var status = json["status"];

        if (status?["observedGeneration"] is null)
            return Waiting($"{json["kind"]} not yet observed");

        return ((int?)status[field] ?? 0) >= wanted
            ? Current
            : Waiting($"Available: {(int?)status[field] ?? 0}/{wanted}");
    }

    private static Health OfDaemonSet(JsonObject json)
    {
        var status = json["status"];
        var wanted = (int?)status?["desiredNumberScheduled"];

        if (status?["observedGeneration"] is null || wanted is null)
            return Waiting("Missing .status.desiredNumberScheduled");

        var updated = (int?)status["updatedNumberScheduled"] ?? 0;
        var ready = (int?)status["numberReady"] ?? 0;
        return updated < wanted ? Waiting($"Updated: {updated}/{wanted}")
            : ready < wanted ? Waiting($"Ready: {ready}/{wanted}")
            : Current;
    }

    private static Health OfPod(JsonObject json) =>
        (string?)json["status"]?["phase"] == "Succeeded" ? Current : Condition(json, "Ready");

    private static Health OfJob(JsonObject json) =>
        IsTrue(json, "Failed") ? new Health("Failed", "Job failed") : Condition(json, "Complete");

    private static Health OfService(JsonObject json) =>
        (string?)json["spec"]?["type"] != "LoadBalancer"
        || json["status"]?["loadBalancer"]?["ingress"] is JsonArray { Count: > 0 }
            ? Current
            : Waiting("NoIPAssigned");

    private static Health Phase(JsonObject json, string wanted) =>
        (string?)json["status"]?["phase"] == wanted ? Current : Waiting($"{json["kind"]} is not {wanted}");

    private static Health Condition(JsonObject json, string type) =>
        IsTrue(json, type) ? Current : Waiting($"{json["kind"]} is not {type}");

    private static Health OfConditions(JsonObject json)
    {
        if (IsTrue(json, "Stalled"))
            return new Health("Failed", (string?)ConditionOf(json, "Stalled")?["message"] ?? "Stalled");

        if (IsTrue(json, "Reconciling"))
            return Waiting((string?)ConditionOf(json, "Reconciling")?["message"] ?? "Reconciling");

        return ConditionOf(json, "Ready") is { } ready && (string?)ready["status"] != "True"
            ? Waiting((string?)ready["message"] ?? "Not ready")
            : Current;
    }
}
