using System.Text.Json.Nodes;
using PlatformBot.Sandbox.Kubernetes;

namespace PlatformBot.Sandbox.Twin.Workloads;

/// <summary>What a Deployment says about its rollout: counters, and the conditions Available, Progressing, ReplicaFailure.</summary>
internal static class DeploymentStatus
{
    /// <param name="hash">Of the template that is being rolled out.</param>
    /// <param name="born">True when its ReplicaSet was made just now.</param>
    public static void Write(
        JsonObject json,
        IReadOnlyList<JsonObject> sets,
        string hash,
        bool born,
        TimeProvider clock
    )
    {
        var before = (json["status"] as JsonObject)?.Copy();
        var newest = sets.FirstOrDefault(set => set.Label(ReplicaSetLaw.HashLabel) == hash);
        var wanted = (int)(json.Whole("spec", "replicas") ?? 1);
        var ready = Sum(sets, "readyReplicas");
        var status = json.Section("status");

        status["observedGeneration"] = json.Whole("metadata", "generation") ?? 1;
        SetCount(status, "replicas", Sum(sets, "replicas"));
        SetCount(status, "updatedReplicas", (int)(newest.Whole("status", "replicas") ?? 0));
        SetCount(status, "readyReplicas", ready);
        SetCount(status, "availableReplicas", ready);
        SetCount(status, "unavailableReplicas", Math.Max(Math.Max(wanted, Sum(sets, "replicas")) - ready, 0));
        status["terminatingReplicas"] = Sum(sets, "terminatingReplicas");

        Available(json, wanted, ready, clock);
        Progressing(json, before, newest, wanted, born, clock);
        ReplicaFailure(json, newest, clock);
    }

    private static void Available(JsonObject json, int wanted, int ready, TimeProvider clock)
    {
        var holds = ready >= wanted - MaxUnavailable(json, wanted);
        Update(
            json,
            clock,
            "Available",
            holds ? "True" : "False",
            holds ? "MinimumReplicasAvailable" : "MinimumReplicasUnavailable",
            holds ? "Deployment has minimum availability." : "Deployment does not have minimum availability."
        );
    }

    private static void Progressing(
        JsonObject json,
        JsonObject? before,
        JsonObject? newest,
        int wanted,
        bool born,
        TimeProvider clock
    )
    {
        var set = $"ReplicaSet \"{newest?.Name()}\"";
        void Say(string status, string reason, string message, bool touch = false) =>
            Update(json, clock, "Progressing", status, reason, message, touch);

        if (json.Is("spec", "paused"))
            Say("Unknown", "DeploymentPaused", "Deployment is paused");
        else if (born)
            Say("True", "NewReplicaSetCreated", $"Created new replica set \"{newest?.Name()}\"", touch: true);
        else if (IsComplete(json, wanted))
            Say("True", "NewReplicaSetAvailable", $"{set} has successfully progressed.");
        else if (HasMoved(json, before))
            Say("True", "ReplicaSetUpdated", $"{set} is progressing.", touch: true);
        else if (IsOverdue(json, clock))
            Say("False", "ProgressDeadlineExceeded", $"{set} has timed out progressing.");
    }

    private static bool IsComplete(JsonObject json, int wanted) =>
        Count(json["status"], "updatedReplicas") == wanted
        && Count(json["status"], "replicas") == wanted
        && Count(json["status"], "availableReplicas") == wanted;

    private static bool HasMoved(JsonObject json, JsonObject? before)
    {
        var now = json["status"];
        return Count(now, "updatedReplicas") > Count(before, "updatedReplicas")
            || Count(now, "readyReplicas") > Count(before, "readyReplicas")
            || Count(now, "replicas") - Count(now, "updatedReplicas")
                < Count(before, "replicas") - Count(before, "updatedReplicas");
    }

    private static bool IsOverdue(JsonObject json, TimeProvider clock)
    {
        var progressing = json.Condition("Progressing");

        // A finished rollout has no deadline: pods that fall over later are not its business.
        if (progressing.Text("reason") == "NewReplicaSetAvailable")
            return false;

        var deadline = TimeSpan.FromSeconds(json.Whole("spec", "progressDeadlineSeconds") ?? 600);
        return clock.GetUtcNow() - Timestamp.Read(progressing.Text("lastUpdateTime")) > deadline;
    }

    private static void ReplicaFailure(JsonObject json, JsonObject? newest, TimeProvider clock)
    {
        if (newest?.Condition("ReplicaFailure") is { } failure)
            Update(json, clock, "ReplicaFailure", "True", "FailedCreate", failure.Text("message"));
        else
            Conditions.Remove(json, "ReplicaFailure");
    }

    private static void Update(
        JsonObject json,
        TimeProvider clock,
        string type,
        string status,
        string reason,
        string message,
        bool touch = false
    )
    {
        var old = json.Condition(type).Text("reason");
        Conditions.Set(json, clock, type, status, reason, message);

        if (touch || old != reason)
            json.Condition(type)!["lastUpdateTime"] = Timestamp.Of(clock);
    }

    private static int MaxUnavailable(JsonObject json, int wanted)
    {
        if (json.Text("spec", "strategy", "type") == "Recreate")
            return 0;

        var rule = json.At("spec", "strategy", "rollingUpdate");
        return rule.Whole("maxUnavailable") is { } number ? (int)Math.Min(number, wanted) : wanted / 4;
    }

    // Counters that are zero are left out, as the API does.
    private static void SetCount(JsonObject status, string name, int count)
    {
        if (count > 0)
            status[name] = count;
        else
            status.Remove(name);
    }

    private static int Sum(IEnumerable<JsonObject> sets, string name) => sets.Sum(set => Count(set["status"], name));

    private static int Count(JsonNode? status, string name) => (int)(status.Whole(name) ?? 0);
}
