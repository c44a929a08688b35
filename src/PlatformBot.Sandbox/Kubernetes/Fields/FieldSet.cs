using System.Text.Json.Nodes;

namespace PlatformBot.Sandbox.Kubernetes.Fields;

/// <summary>
/// The fields of an object that somebody cares about, as paths of FieldsV1 elements (<c>f:spec</c>, <c>k:{"name":"c"}</c>,
/// <c>v:"x"</c>, and <c>.</c> for "the item itself"), joined by a separator that no name contains.
/// </summary>
internal static class FieldSet
{
    public const char Separator = '\u0001';

    /// <summary>Every leaf of the object with its value; items of keyed lists also count themselves.</summary>
    public static Dictionary<string, JsonNode?> Of(JsonObject json, bool custom)
    {
        var leaves = new Dictionary<string, JsonNode?>();

        foreach (var (name, value) in json.Where(pair => pair.Key is not ("apiVersion" or "kind")))
            Add(leaves, $"f:{name}", name, value, custom, parent: "");

        foreach (var kept in KeptByServer)
            leaves.Remove(kept);

        return leaves;
    }

    // csharpier-ignore - a table
    private static readonly string[] KeptByServer =
    [
        .. new[] { "name", "namespace", "uid", "resourceVersion", "creationTimestamp", "generation", "managedFields",
            "deletionTimestamp", "deletionGracePeriodSeconds", "generateName", "selfLink" }
            .Select(name => $"f:metadata{Separator}f:{name}"),
        "f:metadata",
    ];

    /// <summary>The set as FieldsV1 JSON.</summary>
    public static JsonObject ToFieldsV1(IEnumerable<string> paths)
    {
        var root = new JsonObject();

        foreach (var path in paths.Order(StringComparer.Ordinal))
        {
            var node = root;

            foreach (var element in path.Split(Separator))
                node = node.Section(element);
        }

        return root;
    }

    /// <summary>The paths of FieldsV1 JSON.</summary>
    public static HashSet<string> FromFieldsV1(JsonNode? fields)
    {
        var paths = new HashSet<string>(StringComparer.Ordinal);

        if (fields is JsonObject root)
            Collect(root, "", paths);

        return paths;
    }

    private static void Collect(JsonObject node, string at, HashSet<string> paths)
    {
        foreach (var (element, below) in node)
        {
            var path = at.Length == 0 ? element : $"{at}{Separator}{element}";

            if (below is JsonObject { Count: > 0 } more)
                Collect(more, path, paths);
            else
                paths.Add(path);
        }
    }

    private static void Add(
        Dictionary<string, JsonNode?> leaves,
        string path,
        string field,
        JsonNode? value,
        bool custom,
        string parent
    )
    {
        switch (value)
        {
            case JsonObject { Count: > 0 } section:
                foreach (var (name, below) in section)
                    Add(leaves, $"{path}{Separator}f:{name}", name, below, custom, field);

                break;
            case JsonArray { Count: > 0 } items
                when ListKeys.For(field, items, custom, parent == "metadata") is { } rule:
                foreach (var item in items)
                    AddItem(leaves, $"{path}{Separator}{rule.ElementOf(item)}", item, custom);

                break;
            default:
                leaves[path] = value;
                break;
        }
    }

    private static void AddItem(Dictionary<string, JsonNode?> leaves, string path, JsonNode? item, bool custom)
    {
        if (item is not JsonObject fields)
        {
            leaves[path] = item;
            return;
        }

        leaves[$"{path}{Separator}."] = null;

        foreach (var (name, below) in fields)
            Add(leaves, $"{path}{Separator}f:{name}", name, below, custom, parent: "");
    }
}
