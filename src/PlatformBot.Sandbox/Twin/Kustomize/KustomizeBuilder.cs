using System.Text.Json.Nodes;
using static PlatformBot.Sandbox.Twin.Kustomize.FileTree;

namespace PlatformBot.Sandbox.Twin.Kustomize;

/// <summary>
/// What `kustomize build` makes of a directory: resources, components, generators, patches, namespace, labels and images.
/// Strict, as the real one: an unknown field is an error.
/// </summary>
/// <param name="files">path with "/" → text</param>
public sealed class KustomizeBuilder(IReadOnlyDictionary<string, string> files)
{
    private static readonly string[] Fields =
    [
        "apiVersion",
        "kind",
        "metadata",
        "resources",
        "components",
        "configMapGenerator",
        "secretGenerator",
        "generatorOptions",
        "patches",
        "namespace",
        "labels",
        "commonLabels",
        "commonAnnotations",
        "images",
    ];

    private static readonly string[] Names = ["kustomization.yaml", "kustomization.yml", "Kustomization"];

    /// <summary>The objects of one directory, in the order in which they are written.</summary>
    /// <param name="directory">"kubernetes/clusters/infra" or "./kubernetes/clusters/infra"</param>
    /// <exception cref="KustomizeException">It does not build.</exception>
    public IReadOnlyList<JsonObject> Build(string directory)
    {
        var path = Normalize(directory);

        if (!files.Keys.Any(file => IsBelow(file, path)))
        {
            throw new KustomizeException(
                $"kustomization path not found: stat /tmp/kustomization/{path}: no such file or directory"
            );
        }

        return FindKustomization(path) is null ? BuildPlain(path) : BuildDirectory(path);
    }

    /// <summary>Flux' behaviour for a directory without a kustomization file: every manifest below it.</summary>
    private List<JsonObject> BuildPlain(string path)
    {
        var built = new List<JsonObject>();

        foreach (
            var file in files.Keys.Where(file => IsBelow(file, path) && IsYaml(file)).Order(StringComparer.Ordinal)
        )
        {
            Add(built, ReadManifests(file), file);
        }

        return built;
    }

    private List<JsonObject> BuildDirectory(string path)
    {
        var kustomization = ReadKustomization(path);
        var built = new List<JsonObject>();

        foreach (var resource in Texts(kustomization["resources"]))
            Add(built, Accumulate(path, resource), resource);

        Generators.AddTo(built, kustomization, name => ReadFile(path, name));

        foreach (var component in Texts(kustomization["components"]))
            Transform(built, ReadKustomization(Join(path, component)), Join(path, component));

        Transform(built, kustomization, path);
        Generators.AddHashes(built);
        return built;
    }

    private void Transform(List<JsonObject> built, JsonObject kustomization, string path)
    {
        Patches.Apply(built, kustomization["patches"] as JsonArray ?? [], name => ReadFile(path, name));
        Transformers.Apply(built, kustomization);
    }

    private List<JsonObject> Accumulate(string path, string resource)
    {
        var target = Join(path, resource);

        if (files.ContainsKey(target))
            return ReadManifests(target);

        if (files.Keys.Any(file => IsBelow(file, target)))
        {
            return FindKustomization(target) is not null
                ? BuildDirectory(target)
                : throw new KustomizeException(
                    $"accumulating resources: accumulation err='accumulating resources from '{resource}': "
                        + $"read /tmp/kustomization/{target}: is a directory': unable to find one of 'kustomization.yaml', "
                        + $"'kustomization.yml' or 'Kustomization' in directory '/tmp/kustomization/{target}'"
                );
        }

        throw new KustomizeException(
            $"accumulating resources: accumulation err='accumulating resources from '{resource}': "
                + $"open /tmp/kustomization/{target}: no such file or directory': must build at directory: "
                + $"not a valid directory: evalsymlink failure on '/tmp/kustomization/{target}' : "
                + $"lstat /tmp/kustomization/{target}: no such file or directory"
        );
    }

    private static void Add(List<JsonObject> built, IEnumerable<JsonObject> more, string from)
    {
        foreach (var json in more)
        {
            var key = ObjectKey.Of(json);

            if (built.Exists(other => ObjectKey.Of(other) == key))
            {
                throw new KustomizeException(
                    $"accumulating resources: accumulation err='merging resources from '{from}': "
                        + $"may not add resource with an already registered id: {Show(key)}'"
                );
            }

            built.Add(json);
        }
    }

    private JsonObject ReadKustomization(string path)
    {
        var file =
            FindKustomization(path)
            ?? throw new KustomizeException(
                $"unable to find one of 'kustomization.yaml', 'kustomization.yml' or 'Kustomization' in directory '{path}'"
            );
        var kustomization = Parse(file).OfType<JsonObject>().FirstOrDefault() ?? [];
        var unknown = kustomization.Select(pair => pair.Key).FirstOrDefault(key => !Fields.Contains(key));

        return unknown is null
            ? kustomization
            : throw new KustomizeException($"invalid Kustomization: json: unknown field \"{unknown}\"");
    }

    private List<JsonObject> ReadManifests(string file)
    {
        var found = Parse(file).OfType<JsonObject>().ToList();
        var nameless = found.Find(json => (string?)json["metadata"]?["name"] is null or "");

        if (nameless is not null)
        {
            throw new KustomizeException(
                $"missing metadata.name in object {{{nameless["apiVersion"]} {nameless["kind"]}}}"
            );
        }

        return found;
    }

    private IReadOnlyList<JsonNode> Parse(string file)
    {
        try
        {
            return YamlText.ReadAll(files[file]);
        }
        catch (FormatException trouble)
        {
            throw new KustomizeException($"MalformedYAMLError: {trouble.Message} in File: {file}");
        }
    }

    private string ReadFile(string path, string name) =>
        files.GetValueOrDefault(Join(path, name))
        ?? throw new KustomizeException(
            $"loading KV pairs: file sources: [{name}]: open /tmp/kustomization/{Join(path, name)}: no such file or directory"
        );

    private string? FindKustomization(string path) =>
        Names.Select(name => Join(path, name)).FirstOrDefault(files.ContainsKey);

    private static string Show(ObjectKey key)
    {
        var parts = key.ApiVersion.Split('/');
        var group = parts.Length == 2 ? parts[0] : "[noGrp]";
        var ns = key.Namespace.Length == 0 ? "[noNs]" : key.Namespace;
        return $"{key.Kind}.{parts[^1]}.{group}/{key.Name}.{ns}";
    }
}
