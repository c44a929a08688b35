using System.Text.Json.Nodes;
using PlatformBot.Sandbox.Kubernetes;

namespace PlatformBot.Sandbox.Twin.Workloads;

/// <summary>Events about objects, as the scheduler, the controllers and the kubelets write them.</summary>
internal static class EventLog
{
    private static readonly TimeSpan Repeat = TimeSpan.FromSeconds(10);

    /// <summary>Writes the event, or counts it when it is there; not more often than every ten seconds.</summary>
    /// <param name="host">The node whose kubelet speaks, or "".</param>
    public static void Record(
        TwinCluster cluster,
        JsonObject about,
        string component,
        string reason,
        string message,
        bool isWarning = false,
        string host = ""
    )
    {
        var name = $"{about.Name()}.{Hash($"{about.Uid()}{component}{reason}{message}")}";
        var inNamespace = about.Namespace() is { Length: > 0 } own ? own : "default";

        cluster.Objects.Change(
            new ObjectKey("v1", "Event", inNamespace, name),
            found =>
                found is null
                    ? New(cluster, about, component, reason, message, isWarning, host, inNamespace, name)
                    : Again(cluster, found)
        );
    }

    private static JsonObject? Again(TwinCluster cluster, JsonObject found)
    {
        var last = Timestamp.Read(found.Text("lastTimestamp")) ?? Timestamp.Read(found.Text("eventTime"));

        if (last is null || cluster.Clock.GetUtcNow() - last < Repeat)
            return null;

        // The scheduler's events count in a series, the others in a field.
        if (found.Text("eventTime").Length > 0)
        {
            var series = found.Section("series");
            series["count"] = (series.Whole("count") ?? 1) + 1;
            series["lastObservedTime"] = Timestamp.Micro(cluster.Clock.GetUtcNow());
            return (series.Whole("count") ?? 0) > 50 ? null : found;
        }

        found["count"] = (found.Whole("count") ?? 1) + 1;
        found["lastTimestamp"] = Timestamp.Of(cluster.Clock);
        return found;
    }

    private static JsonObject New(
        TwinCluster cluster,
        JsonObject about,
        string component,
        string reason,
        string message,
        bool isWarning,
        string host,
        string inNamespace,
        string name
    )
    {
        var scheduler = component == "default-scheduler";
        var now = Timestamp.Of(cluster.Clock);

        return new JsonObject
        {
            ["apiVersion"] = "v1",
            ["kind"] = "Event",
            ["metadata"] = new JsonObject { ["name"] = name, ["namespace"] = inNamespace },
            ["involvedObject"] = Reference(about),
            ["reason"] = reason,
            ["message"] = message,
            ["source"] = scheduler ? [] : Source(component, host),
            ["firstTimestamp"] = scheduler ? null : now,
            ["lastTimestamp"] = scheduler ? null : now,
            ["count"] = scheduler ? null : 1,
            ["type"] = isWarning ? "Warning" : "Normal",
            ["eventTime"] = scheduler ? Timestamp.Micro(cluster.Clock.GetUtcNow()) : null,
            ["action"] = scheduler ? "Scheduling" : null,
            ["reportingComponent"] = component,
            ["reportingInstance"] = host,
        };
    }

    private static JsonObject Reference(JsonObject about) =>
        new()
        {
            ["kind"] = about.Text("kind"),
            ["namespace"] = about.Namespace(),
            ["name"] = about.Name(),
            ["uid"] = about.Uid(),
            ["apiVersion"] = about.Text("apiVersion"),
            ["resourceVersion"] = about.Text("metadata", "resourceVersion"),
        };

    private static JsonObject Source(string component, string host) =>
        host.Length == 0
            ? new JsonObject { ["component"] = component }
            : new JsonObject { ["component"] = component, ["host"] = host };

    private static string Hash(string text) => TemplateHash.Of(text)[..8];
}
