using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using PlatformBot.Core.Runbooks;

namespace PlatformBot.Core.Planning;

/// <summary>Reads what an apply action applies: Kubernetes objects, each as canonical JSON.</summary>
internal sealed class Manifests(string root, Problems problems)
{
    private static readonly string[] Identity = ["apiVersion", "kind"];

    private readonly Dictionary<string, IReadOnlyList<YamlNode>> _files = [];

    /// <summary>The objects of the action's files, then those that are written in it.</summary>
    public IReadOnlyList<string> Read(YamlMap apply, Scope scope)
    {
        var written =
            from file in apply.Items("files").OfType<YamlScalar>()
            where !file.IsUnknown
            from document in Documents(file)
            select new Filling(scope, problems).Fill(document);

        return [.. written.Concat(apply.Items("objects")).SelectMany(Objects).Select(Written)];
    }

    private static string Written(JsonObject json) => CanonicalJson.Write(JsonSerializer.SerializeToElement(json));

    private IReadOnlyList<YamlNode> Documents(YamlScalar file)
    {
        if (_files.TryGetValue(file.Text, out var known))
            return known;

        if (RootedFile.Find(root, file.Text, out var why) is not { } path)
        {
            problems.Add(file.At, $"The file {file.Sort} {why}");
            return [];
        }

        var source = YamlReader.Open(path, file.Text, problems);
        return _files[file.Text] = source is null ? [] : YamlReader.ReadAll(source, problems);
    }

    private IEnumerable<JsonObject> Objects(YamlNode node)
    {
        // A file may begin or end with a separator.
        if (node is YamlScalar { IsNull: true })
            return [];

        if (node is YamlMap list && list.Text("kind") == "List")
            return list.Items("items").SelectMany(Objects);

        if (node is not YamlMap map)
        {
            problems.Add(node.At, $"Here must be a Kubernetes object, not {node.Sort}.");
            return [];
        }

        var named = map.Map("metadata")?.Has("name") == true;
        var missing = Identity.Where(field => map.Text(field) is null).Concat(named ? [] : ["metadata.name"]);

        foreach (var field in missing)
            problems.Add(map.At, $"This Kubernetes object has no '{field}'.");

        return [Encoded((JsonObject)new YamlToJson(problems).Convert(map)!)];
    }

    /// <summary>
    /// <c>stringData</c> is a convenience of the API server that server-side apply does not own well: fields taken out of it stay.
    /// </summary>
    private static JsonObject Encoded(JsonObject json)
    {
        // Its kind may be anything here: what is wrong with it has been said above.
        if (json["kind"]?.ToString() != "Secret" || json["stringData"] is not JsonObject texts)
            return json;

        var data = json["data"] as JsonObject ?? [];
        json.Remove("stringData");
        json["data"] = data;

        foreach (var (name, text) in texts)
            data[name] = Convert.ToBase64String(Encoding.UTF8.GetBytes(text?.ToString() ?? ""));

        return json;
    }
}
