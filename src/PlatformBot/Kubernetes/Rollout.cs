using System.Text.Json;
using PlatformBot.Core.Runs;

namespace PlatformBot.Kubernetes;

/// <summary>Whether a workload has become what its spec says: the rules of <c>kubectl rollout status</c>, looked at once.</summary>
internal static class Rollout
{
    private const string OnlyRolling = "its update strategy is not RollingUpdate: nothing rolls out by itself";

    /// <summary>The words say numbers only; the caller puts the object's name before them.</summary>
    public static CheckOutcome Look(JsonElement workload, string kind) =>
        kind switch
        {
            "Deployment" => Deployment(workload),
            "DaemonSet" => DaemonSet(workload),
            "StatefulSet" => StatefulSet(workload),
            "Job" => Job(workload),
            _ => new(false, $"a {kind} has no rollout", Hopeless: true),
        };

    private static CheckOutcome Deployment(JsonElement workload)
    {
        // Generations first: the conditions may still tell of the spec before this one.
        if (!IsObserved(workload))
            return NotSeenYet;

        if (workload.Condition("Progressing").Text("reason") == "ProgressDeadlineExceeded")
            return new(false, "exceeded its progress deadline", Hopeless: true);

        var wanted = workload.Has("spec", "replicas") ? workload.Number("spec", "replicas") : 1;
        var updated = workload.Number("status", "updatedReplicas");
        var available = workload.Number("status", "availableReplicas");
        var all = workload.Number("status", "replicas");

        if (updated < wanted)
            return Waiting($"{updated} of {wanted} pods updated{Because(workload)}");

        if (all > updated)
            return Waiting($"{all - updated} old pods are still ending");

        return available < updated
            ? Waiting($"{available} of {updated} pods available")
            : Done($"{available} of {wanted} pods available");
    }

    /// <summary>Quota, a missing service account, admission: kubectl is silent about why no pod appears.</summary>
    private static string Because(JsonElement deployment)
    {
        if (deployment.At("spec", "paused").ValueKind == JsonValueKind.True)
            return ": it is paused, and nothing rolls out until somebody resumes it";

        return deployment.Is("ReplicaFailure") ? $": {deployment.Condition("ReplicaFailure").Text("message")}" : "";
    }

    private static CheckOutcome DaemonSet(JsonElement workload)
    {
        if (workload.Text("spec", "updateStrategy", "type") is "OnDelete")
            return new(false, OnlyRolling, Hopeless: true);

        if (!IsObserved(workload))
            return NotSeenYet;

        var wanted = workload.Number("status", "desiredNumberScheduled");
        var updated = workload.Number("status", "updatedNumberScheduled");
        var available = workload.Number("status", "numberAvailable");

        if (updated < wanted)
            return Waiting($"{updated} of {wanted} pods updated");

        return available < wanted
            ? Waiting($"{available} of {wanted} pods ready")
            : Done($"{available} of {wanted} pods ready");
    }

    private static CheckOutcome StatefulSet(JsonElement workload)
    {
        if (workload.Text("spec", "updateStrategy", "type") is "OnDelete")
            return new(false, OnlyRolling, Hopeless: true);

        if (workload.Number("status", "observedGeneration") == 0 || !IsObserved(workload))
            return NotSeenYet;

        var wanted = workload.Has("spec", "replicas") ? workload.Number("spec", "replicas") : 1;
        var ready = workload.Number("status", "readyReplicas");
        var partition = workload.Number("spec", "updateStrategy", "rollingUpdate", "partition");
        var updated = workload.Number("status", "updatedReplicas");

        if (ready < wanted)
            return Waiting($"{ready} of {wanted} pods ready");

        return updated < wanted - partition
            ? Waiting($"{updated} of {wanted - partition} pods updated")
            : Done($"{ready} of {wanted} pods ready");
    }

    private static CheckOutcome Job(JsonElement job)
    {
        if (job.Is("Complete"))
            return Done("complete");

        if (job.Condition("Failed") is var failed && failed.Text("status") == "True")
            return new(false, $"failed: {failed.Text("reason")}: {failed.Text("message")}", Hopeless: true);

        return job.Is("Suspended")
            ? Waiting("suspended")
            : Waiting($"{job.Number("status", "active")} active, {job.Number("status", "failed")} failed");
    }

    private static bool IsObserved(JsonElement workload) =>
        workload.Number("status", "observedGeneration") >= workload.Number("metadata", "generation");

    private static CheckOutcome NotSeenYet => Waiting("its controller has not seen the last change yet");

    private static CheckOutcome Waiting(string saw) => new(false, saw);

    private static CheckOutcome Done(string saw) => new(true, saw);
}
