using System.Security.Cryptography;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using PlatformBot.Sandbox.Kubernetes;

namespace PlatformBot.Sandbox.Twin.Kustomize;

/// <summary>configMapGenerator and secretGenerator, and the hash that they put behind the name.</summary>
internal static class Generators
{
    private const string NeedsHash = "internal.config.kubernetes.io/needsHashSuffix";
    private static readonly JsonSerializerOptions Plain = new()
    {
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    public static void AddTo(List<JsonObject> built, JsonObject kustomization, Func<string, string> read)
    {
        foreach (var kind in new[] { "ConfigMap", "Secret" })
        {
            var field = kind == "ConfigMap" ? "configMapGenerator" : "secretGenerator";

            foreach (var entry in (kustomization[field] as JsonArray ?? []).OfType<JsonObject>())
                Add(built, kind, entry, kustomization["generatorOptions"] as JsonObject, read);
        }
    }

    private static void Add(
        List<JsonObject> built,
        string kind,
        JsonObject entry,
        JsonObject? common,
        Func<string, string> read
    )
    {
        var made = Make(kind, entry, common, read);
        var old = built.Find(json => ObjectKey.Of(json) == ObjectKey.Of(made));

        switch ((string?)entry["behavior"] ?? "create")
        {
            case "create" when old is not null:
                throw new KustomizeException(
                    $"may not add resource with an already registered id: {kind}.v1.[noGrp]/{entry["name"]}"
                );
            case "merge" when old is not null:
                MergePatch.Apply(old, made);
                break;
            case "replace" when old is not null:
                built[built.IndexOf(old)] = made;
                break;
            case "create":
                built.Add(made);
                break;
            default:
                throw new KustomizeException(
                    $"id {kind}.v1.[noGrp]/{entry["name"]} does not exist; cannot merge or replace"
                );
        }
    }

    private static JsonObject Make(string kind, JsonObject entry, JsonObject? common, Func<string, string> read)
    {
        var options = entry["options"] as JsonObject ?? [];
        var metadata = new JsonObject { ["name"] = (string?)entry["name"] };

        if ((string?)entry["namespace"] is { } ns)
            metadata["namespace"] = ns;

        foreach (var field in new[] { "labels", "annotations" })
        {
            var pairs = (JsonObject)(common?[field]?.DeepClone() ?? new JsonObject());
            MergePatch.Apply(pairs, options[field] as JsonObject ?? []);

            if (pairs.Count > 0)
                metadata[field] = pairs;
        }

        if ((bool?)(options["disableNameSuffixHash"] ?? common?["disableNameSuffixHash"]) is not true)
            ((JsonObject)(metadata["annotations"] ??= new JsonObject()))[NeedsHash] = "true";

        var json = new JsonObject
        {
            ["apiVersion"] = "v1",
            ["kind"] = kind,
            ["metadata"] = metadata,
        };

        if (kind == "Secret")
            json["type"] = (string?)entry["type"] ?? "Opaque";

        json["data"] = Data(kind, entry, read);
        return json;
    }

    private static JsonObject Data(string kind, JsonObject entry, Func<string, string> read)
    {
        var pairs = FileTree
            .Texts(entry["files"])
            .Select(file => file.Split('=', 2) is [var key, var path] ? (key, path) : (Path.GetFileName(file), file))
            .Select(file => (Key: file.Item1, Value: read(file.Item2)))
            .Concat(FileTree.Texts(entry["literals"]).Select(Literal))
            .Concat(
                FileTree.Texts(entry["envs"]).SelectMany(file => read(file).Split('\n')).Where(IsPair).Select(Literal)
            );
        var data = new JsonObject();

        foreach (var (key, value) in pairs.OrderBy(pair => pair.Key, StringComparer.Ordinal))
            data[key] = kind == "Secret" ? SecretText.Encode(value) : value;

        return data;
    }

    private static bool IsPair(string line) => line.Contains('=', StringComparison.Ordinal) && !line.StartsWith('#');

    private static (string Key, string Value) Literal(string text) =>
        text.Split('=', 2) is [var key, var value]
            ? (key, value.Trim('"', '\''))
            : throw new KustomizeException($"invalid literal source {text}, expected key=value");

    /// <summary>Puts the content's hash behind the names that ask for it, and into every reference to them.</summary>
    public static void AddHashes(List<JsonObject> built)
    {
        foreach (
            var json in built.Where(json => (string?)json["metadata"]?["annotations"]?[NeedsHash] == "true").ToList()
        )
        {
            var annotations = json["metadata"]!["annotations"]!.AsObject();
            annotations.Remove(NeedsHash);

            if (annotations.Count == 0)
                json["metadata"]!.AsObject().Remove("annotations");

            var name = (string)json["metadata"]!["name"]!;
            var hashed = $"{name}-{Hash(json)}";
            json["metadata"]!["name"] = hashed;

            foreach (var other in built)
                Rename(other, (string)json["kind"]!, name, hashed);
        }
    }

    private static void Rename(JsonNode? node, string kind, string name, string hashed)
    {
        if (node is JsonArray list)
        {
            foreach (var item in list)
                Rename(item, kind, name, hashed);
        }
        else if (node is JsonObject mapping)
        {
            foreach (var (key, value) in mapping.ToList())
            {
                if (
                    value is JsonObject reference
                    && Refers(key, kind) is { } field
                    && (string?)reference[field] == name
                )
                {
                    reference[field] = hashed;
                }
                else
                {
                    Rename(value, kind, name, hashed);
                }
            }
        }
    }

    /// <summary>Which field of a reference holds the name, for the references of a pod.</summary>
    private static string? Refers(string key, string kind) =>
        (kind, key) switch
        {
            ("ConfigMap", "configMapRef" or "configMapKeyRef" or "configMap") => "name",
            ("Secret", "secretRef" or "secretKeyRef") => "name",
            ("Secret", "secret") => "secretName",
            _ => null,
        };

    private static string Hash(JsonObject json)
    {
        var content = new JsonObject { ["data"] = json["data"]?.DeepClone(), ["kind"] = (string?)json["kind"] };
        content["name"] = (string?)json["metadata"]?["name"];

        if (json["type"] is { } type)
            content["type"] = (string?)type;

        var digest = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(content.ToJsonString(Plain))));

        // kustomize swaps vowels and look-alikes, so that no hash spells a word.
        return string.Concat(
            digest[..10]
                .Select(c =>
                    c switch
                    {
                        '0' => 'g',
                        '1' => 'h',
                        '3' => 'k',
                        'a' => 'm',
                        'e' => 't',
                        _ => c,
                    }
                )
        );
    }
}
