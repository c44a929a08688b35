using System.Globalization;
using System.Text.Json.Nodes;

namespace PlatformBot.Sandbox.Kubernetes.Fields;

/// <summary>JSON patch (RFC 6902).</summary>
internal static class JsonPatch
{
    /// <summary>The patched document.</summary>
    /// <exception cref="FormatException">A path does not exist, a test fails, or an operation is unknown.</exception>
    public static JsonObject Apply(JsonObject document, JsonArray operations)
    {
        JsonNode root = document.Copy();

        foreach (var operation in operations.OfType<JsonObject>())
            Apply(root, operation);

        return root.AsObject();
    }

    private static void Apply(JsonNode root, JsonObject operation)
    {
        var path = Steps(operation.Text("path"));

        switch (operation.Text("op"))
        {
            case "add":
                Add(Parent(root, path), path[^1], operation["value"]?.DeepClone());
                break;
            case "remove":
                Remove(Parent(root, path), path[^1]);
                break;
            case "replace":
                Remove(Parent(root, path), path[^1]);
                Add(Parent(root, path), path[^1], operation["value"]?.DeepClone());
                break;
            case "test":
                if (!JsonNode.DeepEquals(Find(Parent(root, path), path[^1]), operation["value"]))
                    throw new FormatException($"testing path {operation.Text("path")} failed");

                break;
            case "copy" or "move":
                Carry(root, operation, path);
                break;
            default:
                throw new FormatException($"unexpected kind: {operation.Text("op")}");
        }
    }

    private static void Carry(JsonNode root, JsonObject operation, string[] path)
    {
        var from = Steps(operation.Text("from"));
        var value = Find(Parent(root, from), from[^1])?.DeepClone();

        if (operation.Text("op") == "move")
            Remove(Parent(root, from), from[^1]);

        Add(Parent(root, path), path[^1], value);
    }

    private static string[] Steps(string pointer)
    {
        if (!pointer.StartsWith('/'))
            throw new FormatException($"'{pointer}' is not a JSON pointer");

        return
        [
            .. pointer[1..]
                .Split('/')
                .Select(step =>
                    step.Replace("~1", "/", StringComparison.Ordinal).Replace("~0", "~", StringComparison.Ordinal)
                ),
        ];
    }

    private static JsonNode Parent(JsonNode root, string[] path)
    {
        foreach (var step in path[..^1])
            root = Find(root, step) ?? throw Missing(path);

        return root;
    }

    private static JsonNode? Find(JsonNode node, string step) =>
        node switch
        {
            JsonObject section => section[step],
            JsonArray items => items[Index(items, step)],
            _ => null,
        };

    private static void Add(JsonNode parent, string step, JsonNode? value)
    {
        if (parent is JsonObject section)
            section[step] = value;
        else if (parent is JsonArray items && step == "-")
            items.Add(value);
        else if (parent is JsonArray list)
            list.Insert(Index(list, step, end: 1), value);
    }

    private static void Remove(JsonNode parent, string step)
    {
        if (parent is JsonArray items)
            items.RemoveAt(Index(items, step));
        else if (parent is not JsonObject section || !section.Remove(step))
            throw Missing([step]);
    }

    private static int Index(JsonArray items, string step, int end = 0) =>
        int.TryParse(step, NumberStyles.None, CultureInfo.InvariantCulture, out var index) && index < items.Count + end
            ? index
            : throw Missing([step]);

    private static FormatException Missing(string[] path) => new($"nonexistent path: {string.Join('/', path)}");
}
