using System.Text.Json.Nodes;

namespace PlatformBot.Sandbox.Twin.Kustomize;

/// <summary>RFC 6902, with the error texts of the library that kustomize uses.</summary>
internal static class JsonPatch
{
    /// <exception cref="KustomizeException">An operation does not apply.</exception>
    public static void Apply(JsonObject target, JsonArray operations)
    {
        foreach (var operation in operations.OfType<JsonObject>())
            Apply(target, operation);
    }

    private static void Apply(JsonObject target, JsonObject operation)
    {
        var name = (string?)operation["op"] ?? "";
        var path = Pointer((string?)operation["path"] ?? "");

        switch (name)
        {
            case "add":
                Put(target, path, operation["value"]?.DeepClone(), "add", mustExist: false);
                break;
            case "replace":
                Put(target, path, operation["value"]?.DeepClone(), "replace", mustExist: true);
                break;
            case "remove":
                Remove(target, path);
                break;
            case "test" when !JsonNode.DeepEquals(Find(target, path), operation["value"]):
                throw new KustomizeException($"testing value {Show(path)} failed: test failed");
            case "test":
                break;
            case "copy" or "move":
                Carry(target, name, Pointer((string?)operation["from"] ?? ""), path);
                break;
            default:
                throw new KustomizeException($"Unexpected kind: {name}");
        }
    }

    private static void Carry(JsonObject target, string name, string[] from, string[] path)
    {
        var value =
            Find(target, from)?.DeepClone()
            ?? throw new KustomizeException(
                $"{name} operation does not apply: doc is missing from path: \"{Show(from)}\": missing value"
            );

        if (name == "move")
            Remove(target, from);

        Put(target, path, value, name, mustExist: false);
    }

    private static void Put(JsonObject target, string[] path, JsonNode? value, string name, bool mustExist)
    {
        var parent =
            Find(target, path[..^1])
            ?? throw new KustomizeException(
                $"{name} operation does not apply: doc is missing path: \"{Show(path)}\": missing value"
            );

        if (mustExist && !Has(parent, path[^1]))
        {
            throw new KustomizeException(
                $"{name} operation does not apply: doc is missing key: {Show(path)}: missing value"
            );
        }

        if (parent is JsonObject mapping)
        {
            mapping[path[^1]] = value;
        }
        else if (parent is JsonArray list && path[^1] == "-")
        {
            list.Add(value);
        }
        else if (parent is JsonArray array && int.TryParse(path[^1], out var index) && index <= array.Count)
        {
            PutAt(array, index, value, mustExist);
        }
        else
        {
            throw new KustomizeException(
                $"{name} operation does not apply: doc is missing key: {Show(path)}: missing value"
            );
        }
    }

    private static void PutAt(JsonArray array, int index, JsonNode? value, bool replace)
    {
        if (replace)
            array[index] = value;
        else
            array.Insert(index, value);
    }

    private static void Remove(JsonObject target, string[] path)
    {
        var parent = Find(target, path[..^1]);

        if (parent is null || !Has(parent, path[^1]))
        {
            throw new KustomizeException(
                $"remove operation does not apply: doc is missing path: \"{Show(path)}\": missing value"
            );
        }

        if (parent is JsonObject mapping)
            mapping.Remove(path[^1]);
        else
            parent.AsArray().RemoveAt(int.Parse(path[^1]));
    }

    private static bool Has(JsonNode parent, string key) =>
        parent switch
        {
            JsonObject mapping => mapping.ContainsKey(key),
            JsonArray list => int.TryParse(key, out var index) && index >= 0 && index < list.Count,
            _ => false,
        };

    private static JsonNode? Find(JsonNode root, string[] path)
    {
        var at = (JsonNode?)root;

        foreach (var key in path)
        {
            if (at is null || !Has(at, key))
                return null;

            at = at is JsonObject mapping ? mapping[key] : at.AsArray()[int.Parse(key)];
        }

        return at;
    }

    private static string[] Pointer(string path) =>
        path.StartsWith('/')
            ?
            [
                .. path[1..]
                    .Split('/')
                    .Select(key =>
                        key.Replace("~1", "/", StringComparison.Ordinal).Replace("~0", "~", StringComparison.Ordinal)
                    ),
            ]
            : throw new KustomizeException($"path must start with '/': \"{path}\"");

    private static string Show(string[] path) => $"/{string.Join('/', path)}";
}
