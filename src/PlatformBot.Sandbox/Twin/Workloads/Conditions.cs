using System.Text.Json.Nodes;
using PlatformBot.Sandbox.Kubernetes;

namespace PlatformBot.Sandbox.Twin.Workloads;

/// <summary>Writing status.conditions: the transition time moves only when the status does.</summary>
internal static class Conditions
{
    /// <summary>Sets one condition; true when its status changed.</summary>
    public static bool Set(
        JsonObject json,
        TimeProvider clock,
        string type,
        bool holds,
        string reason,
        string message = ""
    ) => Set(json, clock, type, holds ? "True" : "False", reason, message);

    public static bool Set(
        JsonObject json,
        TimeProvider clock,
        string type,
        string status,
        string reason,
        string message
    )
    {
        var condition = json.Condition(type);
        var changed = condition.Text("status") != status;

        if (condition is null)
        {
            var all = json.Section("status");

            if (all["conditions"] is not JsonArray list)
                all["conditions"] = list = [];

            list.Add(condition = new JsonObject { ["type"] = type });
        }

        condition["status"] = status;

        if (changed)
            condition["lastTransitionTime"] = Timestamp.Of(clock);

        SetOrRemove(condition, "reason", reason);
        SetOrRemove(condition, "message", message);
        return changed;
    }

    public static void Remove(JsonObject json, string type)
    {
        if (json.Condition(type) is { } found)
            ((JsonArray)json.At("status", "conditions")!).Remove(found);
    }

    private static void SetOrRemove(JsonObject condition, string name, string text)
    {
        if (text.Length > 0)
            condition[name] = text;
        else
            condition.Remove(name);
    }
}
