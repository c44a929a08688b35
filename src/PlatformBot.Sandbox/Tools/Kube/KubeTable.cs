using System.Globalization;
using System.Text.Json.Nodes;

namespace PlatformBot.Sandbox.Tools.Kube;

/// <summary>kubectl's tables: the kinds that people look at most in their own columns, all others by name and age.</summary>
internal static class KubeTable
{
    private sealed record Column(string Title, Func<JsonObject, string> Of);

    private static readonly Dictionary<string, Column[]> Columns = new()
    {
        ["Node"] =
        [
            new("STATUS", node => Condition(node, "Ready") == "True" ? "Ready" : "NotReady"),
            new("ROLES", _ => "control-plane"),
            new("VERSION", node => Text(node, "status", "nodeInfo", "kubeletVersion")),
        ],
        ["Pod"] =
        [
            new("READY", pod => $"{Statuses(pod).Count(IsReady)}/{Items(pod, "spec", "containers").Count()}"),
            new("STATUS", PodStatus),
            new("RESTARTS", pod => $"{Statuses(pod).Sum(status => (int?)status["restartCount"] ?? 0)}"),
        ],
        ["Namespace"] = [new("STATUS", ns => Text(ns, "status", "phase"))],
        ["Deployment"] =
        [
            new("READY", json => $"{Number(json, "readyReplicas")}/{(int?)json["spec"]?["replicas"] ?? 1}"),
            new("UP-TO-DATE", json => Number(json, "updatedReplicas")),
            new("AVAILABLE", json => Number(json, "availableReplicas")),
        ],
        ["DaemonSet"] =
        [
            new("DESIRED", json => Number(json, "desiredNumberScheduled")),
            new("READY", json => Number(json, "numberReady")),
            new("AVAILABLE", json => Number(json, "numberAvailable")),
        ],
        ["Service"] =
        [
            new("TYPE", json => Text(json, "spec", "type")),
            new("CLUSTER-IP", json => Text(json, "spec", "clusterIP")),
            new("EXTERNAL-IP", ExternalAddress),
        ],
    };

    public static string Write(
        IReadOnlyList<JsonObject> objects,
        DateTimeOffset now,
        bool withNamespace,
        bool noHeaders
    )
    {
        var columns = Columns.GetValueOrDefault(Text(objects[0], "kind"), []);
        var rows = objects.Select(json =>
            (IReadOnlyList<string>)
                [
                    .. withNamespace ? [Text(json, "metadata", "namespace")] : Array.Empty<string>(),
                    Text(json, "metadata", "name"),
                    .. columns.Select(column => column.Of(json)),
                    Age(json, now),
                ]
        );
        IReadOnlyList<string> header =
        [
            .. withNamespace ? ["NAMESPACE"] : Array.Empty<string>(),
            "NAME",
            .. columns.Select(column => column.Title),
            "AGE",
        ];
        return TextTable.Write(noHeaders ? [.. rows] : [header, .. rows]);
    }

    private static string PodStatus(JsonObject pod) =>
        Statuses(pod)
            .Select(status => (string?)status["state"]?["waiting"]?["reason"])
            .FirstOrDefault(reason => reason is not null)
        ?? (pod["metadata"]?["deletionTimestamp"] is null ? Text(pod, "status", "phase") : "Terminating");

    private static string ExternalAddress(JsonObject service) =>
        Items(service, "status", "loadBalancer", "ingress").Select(address => (string?)address["ip"]).FirstOrDefault()
        ?? (Text(service, "spec", "type") == "LoadBalancer" ? "<pending>" : "<none>");

    private static bool IsReady(JsonObject status) => (bool?)status["ready"] == true;

    private static IEnumerable<JsonObject> Statuses(JsonObject pod) => Items(pod, "status", "containerStatuses");

    private static string Condition(JsonObject json, string type) =>
        Items(json, "status", "conditions")
            .Where(condition => (string?)condition["type"] == type)
            .Select(condition => (string?)condition["status"])
            .FirstOrDefault()
        ?? "";

    private static string Number(JsonObject json, string field) => $"{(int?)json["status"]?[field] ?? 0}";

    private static string Age(JsonObject json, DateTimeOffset now) =>
        DateTimeOffset.TryParse(Text(json, "metadata", "creationTimestamp"), CultureInfo.InvariantCulture, out var made)
            ? Durations.Age(now > made ? now - made : TimeSpan.Zero)
            : "<unknown>";

    private static IEnumerable<JsonObject> Items(JsonObject json, params string[] path) =>
        (At(json, path) as JsonArray ?? []).OfType<JsonObject>();

    private static string Text(JsonObject json, params string[] path) => At(json, path)?.ToString() ?? "";

    private static JsonNode? At(JsonObject json, string[] path) =>
        path.Aggregate((JsonNode?)json, (node, part) => (node as JsonObject)?[part]);
}
