using System.Globalization;
using System.Text.Json.Nodes;

namespace PlatformBot.Sandbox.Kubernetes.Tables;

/// <summary>What stands in the cells of the built-in kinds, in the server's words.</summary>
internal static class CellTexts
{
    public static string Ready(JsonObject json, long? ready) => $"{ready ?? 0}/{json.Whole("spec", "replicas") ?? 0}";

    public static IEnumerable<JsonObject> Containers(JsonObject json) =>
        json.Items("spec", "template", "spec", "containers");

    public static string Join(IEnumerable<JsonObject> items, string field) =>
        string.Join(',', items.Select(item => item.Text(field)));

    public static string SelectorOf(JsonObject json) => Pairs(json.Texts("spec", "selector", "matchLabels"));

    public static string Pairs(IEnumerable<KeyValuePair<string, string>> pairs) =>
        Or(string.Join(',', pairs.Select(pair => $"{pair.Key}={pair.Value}")));

    public static string Or(string text) => text.Length > 0 ? text : "<none>";

    public static string Known(string text) => text.Length > 0 ? text : "<unknown>";

    public static string LastSeen(JsonObject json) =>
        new[]
        {
            json.Text("series", "lastObservedTime"),
            json.Text("lastTimestamp"),
            json.Text("eventTime"),
        }.FirstOrDefault(text => text.Length > 0)
        ?? json.Text("metadata", "creationTimestamp");

    public static string About(JsonObject json) =>
        $"{json.Text("involvedObject", "kind").ToLowerInvariant()}/{json.Text("involvedObject", "name")}";

    public static string JobState(JsonObject json) =>
        json.Holds("Complete") ? "Complete"
        : json.Holds("Failed") ? "Failed"
        : json.Is("spec", "suspend") ? "Suspended"
        : "Running";

    public static string? Duration(JsonObject json, DateTimeOffset now)
    {
        var (start, end) = (json.Text("status", "startTime"), json.Text("status", "completionTime"));

        if (start.Length == 0)
            return null;

        return Ages.Of(start, end.Length > 0 ? DateTimeOffset.Parse(end, CultureInfo.InvariantCulture) : now);
    }

    public static string NodeState(JsonObject json) =>
        (
            json.Condition("Ready").Text("status") switch
            {
                "True" => "Ready",
                "" => "Unknown",
                _ => "NotReady",
            }
        ) + (json.Is("spec", "unschedulable") ? ",SchedulingDisabled" : "");

    public static string Roles(JsonObject json)
    {
        const string Role = "node-role.kubernetes.io/";
        var roles = json.Texts("metadata", "labels")
            .Where(label => label.Key.StartsWith(Role, StringComparison.Ordinal))
            .Select(label => label.Key[Role.Length..])
            .Order(StringComparer.Ordinal);
        return Or(string.Join(',', roles));
    }

    public static string Address(JsonObject json, string type) =>
        Or(json.Items("status", "addresses").FirstOrDefault(address => address.Text("type") == type).Text("address"));

    public static string AccessModes(JsonObject json) =>
        string.Join(
            ',',
            ((json.At("status", "accessModes") as JsonArray) ?? [])
                .Select(mode => mode.Text())
                .Select(mode =>
                    mode is "ReadWriteOncePod" ? "RWOP" : string.Concat(mode.Where(char.IsAsciiLetterUpper))
                )
        );

    public static string ExternalAddress(JsonObject json)
    {
        var given = json.Items("status", "loadBalancer", "ingress").Select(address => address.Text("ip"));
        return string.Join(',', given) is { Length: > 0 } all ? all
            : json.Text("spec", "type") == "LoadBalancer" ? "<pending>"
            : "<none>";
    }

    public static string Ports(JsonObject json) =>
        Or(
            string.Join(
                ',',
                json.Items("spec", "ports")
                    .Select(port =>
                        port.Whole("nodePort") is { } node
                            ? $"{port.Whole("port")}:{node}/{Protocol(port)}"
                            : $"{port.Whole("port")}/{Protocol(port)}"
                    )
            )
        );

    private static string Protocol(JsonObject port) => port.Text("protocol") is { Length: > 0 } given ? given : "TCP";
}
