using System.Text.Json.Nodes;
using PlatformBot.Sandbox.Kubernetes;

namespace PlatformBot.Sandbox.Twin.Workloads;

/// <summary>Making a pod from its owner's template.</summary>
internal static class PodBirth
{
    /// <summary>The pod, or in words why it may not be.</summary>
    /// <param name="mark">A label that the owner puts on its pods (pod-template-hash, controller-revision-hash, …).</param>
    /// <param name="node">Where it must run; "" leaves that to the scheduler.</param>
    public static string? Create(
        TwinCluster cluster,
        JsonObject owner,
        string name,
        KeyValuePair<string, string> mark,
        string node = "",
        Action<JsonObject>? adjust = null
    )
    {
        var pod = From(owner, name, mark);

        if (node.Length > 0)
            pod.Section("spec")["nodeName"] = node;

        adjust?.Invoke(pod);

        if (cluster.PodAdmission?.Invoke(pod) is { } refusal)
            return refusal;

        Defaults.FillPod(pod.Section("spec"));
        cluster.Objects.Change(ObjectKey.Of(pod), found => found ?? pod);
        return null;
    }

    /// <summary>Records a refused birth as the owner's controller does.</summary>
    public static void Refused(TwinCluster cluster, JsonObject owner, string component, string refusal) =>
        EventLog.Record(cluster, owner, component, "FailedCreate", $"Error creating: {refusal}", isWarning: true);

    public static void Born(TwinCluster cluster, JsonObject owner, string component, string name) =>
        EventLog.Record(cluster, owner, component, "SuccessfulCreate", $"Created pod: {name}");

    private static JsonObject From(JsonObject owner, string name, KeyValuePair<string, string> mark)
    {
        var template = owner.At("spec", "template") as JsonObject ?? [];
        var metadata = (template["metadata"] as JsonObject ?? []).Copy();
        metadata["name"] = name;
        metadata["namespace"] = owner.Namespace();
        metadata["generateName"] = $"{owner.Name()}-";
        metadata["ownerReferences"] = Owned.Reference(owner);
        metadata.Section("labels")[mark.Key] = mark.Value;

        return new JsonObject
        {
            ["apiVersion"] = "v1",
            ["kind"] = "Pod",
            ["metadata"] = metadata,
            ["spec"] = template["spec"]?.DeepClone() ?? new JsonObject(),
            ["status"] = new JsonObject { ["phase"] = "Pending", ["qosClass"] = "BestEffort" },
        };
    }
}
