using System.Globalization;
using System.Text.Json.Nodes;

namespace PlatformBot.Sandbox.Twin.Flux;

/// <summary>What a Kustomization has applied, in its status: "namespace_name_group_kind" and the version.</summary>
internal static class Inventory
{
    public static JsonObject Of(IEnumerable<JsonObject> objects) =>
        new() { ["entries"] = new JsonArray([.. objects.Select(ObjectKey.Of).Select(Entry)]) };

    public static IEnumerable<ObjectKey> Keys(JsonObject json) =>
        (json["status"]?["inventory"]?["entries"] as JsonArray ?? []).Select(entry => Read(entry!));

    /// <summary>"HelmRelease/monitoring/fluent-bit"; without the middle part for cluster-scoped objects.</summary>
    public static string Show(ObjectKey key) =>
        key.Namespace.Length == 0 ? $"{key.Kind}/{key.Name}" : $"{key.Kind}/{key.Namespace}/{key.Name}";

    private static JsonObject Entry(ObjectKey key)
    {
        var (group, version) = key.ApiVersion.Split('/') is [var left, var right]
            ? (left, right)
            : ("", key.ApiVersion);
        return new JsonObject { ["id"] = $"{key.Namespace}_{key.Name}_{group}_{key.Kind}", ["v"] = version };
    }

    private static ObjectKey Read(JsonNode entry)
    {
        var parts = ((string)entry["id"]!).Split('_');
        var version = (string)entry["v"]!;
        return new ObjectKey(parts[2].Length == 0 ? version : $"{parts[2]}/{version}", parts[3], parts[0], parts[1]);
    }
}

internal static class Durations
{
    /// <summary>As Go prints it: "4m30s", "1h0m0s", "3.2s".</summary>
    public static string Show(TimeSpan span)
    {
        var seconds = (span.TotalSeconds % 60).ToString("0.###", CultureInfo.InvariantCulture);
        return span.TotalHours >= 1 ? $"{(int)span.TotalHours}h{span.Minutes}m{seconds}s"
            : span.TotalMinutes >= 1 ? $"{span.Minutes}m{seconds}s"
            : $"{seconds}s";
    }
}
