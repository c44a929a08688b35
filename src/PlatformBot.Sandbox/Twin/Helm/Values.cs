using System.Globalization;
using System.Text.Json.Nodes;

namespace PlatformBot.Sandbox.Twin.Helm;

/// <summary>Reading Helm values by their dotted path, and merging them as Helm does.</summary>
internal static class Values
{
    public static JsonNode? NodeAt(this JsonNode? values, string path)
    {
        foreach (var key in path.Split('.'))
            values = (values as JsonObject)?[key];

        return values;
    }

    public static bool FlagAt(this JsonNode? values, string path, bool otherwise = false) =>
        values.NodeAt(path) is JsonValue value && value.TryGetValue<bool>(out var flag) ? flag : otherwise;

    public static int NumberAt(this JsonNode? values, string path, int otherwise) =>
        values.NodeAt(path) is JsonValue value
        && int.TryParse(value.ToString(), CultureInfo.InvariantCulture, out var number)
            ? number
            : otherwise;

    public static string TextAt(this JsonNode? values, string path, string otherwise = "") =>
        values.NodeAt(path) is JsonValue value && value.ToString() is { Length: > 0 } text ? text : otherwise;

    public static JsonObject MappingAt(this JsonNode? values, string path) => values.NodeAt(path) as JsonObject ?? [];

    public static JsonArray ItemsAt(this JsonNode? values, string path) => values.NodeAt(path) as JsonArray ?? [];

    /// <summary>The second over the first: mappings merge, everything else is replaced, null deletes.</summary>
    public static JsonObject Merge(JsonObject first, JsonObject second)
    {
        var merged = (JsonObject)first.DeepClone();

        foreach (var (key, value) in second)
        {
            if (value is null)
                merged.Remove(key);
            else if (value is JsonObject inner && merged[key] is JsonObject old)
                merged[key] = Merge(old, inner);
            else
                merged[key] = value.DeepClone();
        }

        return merged;
    }
}
