using System.Text.Json;
using System.Text.Json.Nodes;

namespace PlatformBot.Sandbox.Kubernetes;

/// <summary>Reading JSON objects of Kubernetes by path, without a check at every dot.</summary>
internal static class JsonReading
{
    /// <summary>The node at the path; null where anything on the way is missing or no object.</summary>
    public static JsonNode? At(this JsonNode? node, params ReadOnlySpan<string> path)
    {
        foreach (var name in path)
            node = (node as JsonObject)?[name];

        return node;
    }

    /// <summary>The text at the path; "" when there is none.</summary>
    public static string Text(this JsonNode? node, params ReadOnlySpan<string> path) =>
        node.At(path) is JsonValue value && value.TryGetValue<string>(out var text) ? text : "";

    /// <summary>The whole number at the path, or null.</summary>
    public static long? Whole(this JsonNode? node, params ReadOnlySpan<string> path)
    {
        if (node.At(path) is not JsonValue value || value.GetValueKind() != JsonValueKind.Number)
            return null;

        return value.TryGetValue<long>(out var big) ? big
            : value.TryGetValue<int>(out var small) ? small
            : null;
    }

    public static bool Is(this JsonNode? node, params ReadOnlySpan<string> path) =>
        node.At(path) is JsonValue value && value.GetValueKind() == JsonValueKind.True;

    /// <summary>The objects in the list at the path; none when there is no list.</summary>
    public static IEnumerable<JsonObject> Items(this JsonNode? node, params ReadOnlySpan<string> path) =>
        node.At(path) is JsonArray items ? items.OfType<JsonObject>() : [];

    /// <summary>The name → text pairs of the object at the path (labels, annotations).</summary>
    public static IEnumerable<KeyValuePair<string, string>> Texts(
        this JsonNode? node,
        params ReadOnlySpan<string> path
    ) =>
        node.At(path) is JsonObject texts ? texts.Select(pair => KeyValuePair.Create(pair.Key, pair.Value.Text())) : [];

    /// <summary>The object at the path, made where it is missing.</summary>
    public static JsonObject Section(this JsonObject json, params ReadOnlySpan<string> path)
    {
        foreach (var name in path)
        {
            if (json[name] is not JsonObject section)
                json[name] = section = [];

            json = section;
        }

        return json;
    }

    /// <summary>The condition of that type in status.conditions, or null.</summary>
    public static JsonObject? Condition(this JsonObject json, string type) =>
        json.Items("status", "conditions").FirstOrDefault(condition => condition.Text("type") == type);

    public static bool Holds(this JsonObject json, string type) => json.Condition(type).Text("status") == "True";

    public static string Name(this JsonObject json) => json.Text("metadata", "name");

    public static string Namespace(this JsonObject json) => json.Text("metadata", "namespace");

    public static string Uid(this JsonObject json) => json.Text("metadata", "uid");

    public static bool IsEnding(this JsonObject json) => json.At("metadata", "deletionTimestamp") is not null;

    public static JsonObject Copy(this JsonObject json) => (JsonObject)json.DeepClone();
}
