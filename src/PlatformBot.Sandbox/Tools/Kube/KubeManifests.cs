using System.Text.Json.Nodes;
using PlatformBot.Sandbox.Twin.Flux;
using PlatformBot.Sandbox.Twin.Kustomize;

namespace PlatformBot.Sandbox.Tools.Kube;

/// <summary>Where manifests come from: files, folders, stdin, kustomizations, and the one URL that the twin knows.</summary>
internal static class KubeManifests
{
    /// <summary>The objects of -f and -k, each with the place it came from.</summary>
    public static async Task<IReadOnlyList<(string Source, JsonObject Object)>> ReadAsync(ToolCall call, Flags flags)
    {
        var objects = new List<(string, JsonObject)>();

        foreach (var source in flags.Many("filename"))
        {
            foreach (var (place, text) in await TextsAsync(call, source))
                objects.AddRange(Flatten(Parse(place, text)).Select(json => (place, json)));
        }

        foreach (var folder in flags.All("kustomize"))
            objects.AddRange(Build(call, folder).Select(json => (folder, json)));

        return objects.Count > 0
            ? objects
            : throw new ToolException(
                flags.Given("filename") || flags.Given("kustomize")
                    ? "error: no objects passed to apply"
                    : "error: must specify one of -f and -k"
            );
    }

    /// <summary>What a kustomization builds; the files around it come from the checkout that it lies in.</summary>
    public static IReadOnlyList<JsonObject> Build(ToolCall call, string folder)
    {
        var target = call.PathOf(folder);

        if (!Directory.Exists(target))
            throw new ToolException($"error: lstat {target}: no such file or directory");

        var root = CheckoutOf(target);
        var files = Directory
            .EnumerateFiles(root, "*", SearchOption.AllDirectories)
            .Select(file => Path.GetRelativePath(root, file))
            .Where(file => !file.StartsWith(".git", StringComparison.Ordinal))
            .ToDictionary(file => file, file => File.ReadAllText(Path.Combine(root, file)));

        try
        {
            return new KustomizeBuilder(files).Build(Path.GetRelativePath(root, target));
        }
        catch (KustomizeException wrong)
        {
            throw new ToolException($"error: {wrong.Message}");
        }
    }

    private static string CheckoutOf(string folder)
    {
        for (var at = folder; at is not null; at = Path.GetDirectoryName(at))
        {
            if (Directory.Exists(Path.Combine(at, ".git")))
                return at;
        }

        return folder;
    }

    private static async Task<IEnumerable<(string Place, string Text)>> TextsAsync(ToolCall call, string source)
    {
        if (source.StartsWith("https://", StringComparison.Ordinal))
            return [(source, Download(source))];

        if (source is not "-" && Directory.Exists(call.PathOf(source)))
        {
            return Directory
                .EnumerateFiles(call.PathOf(source), "*.yaml")
                .Order(StringComparer.Ordinal)
                .Select(file => (file, File.ReadAllText(file)));
        }

        try
        {
            return [(source is "-" ? "STDIN" : source, await call.ReadAsync(source))];
        }
        catch (IOException)
        {
            throw new ToolException($"error: the path \"{source}\" does not exist");
        }
    }

    private static string Download(string url) =>
        url == GatewayApi.InstallUrl
            ? GatewayApi.StandardInstall
            : throw new ToolException(
                $"error: unable to read URL \"{url}\", server reported 404 Not Found, status code=404"
            );

    private static IReadOnlyList<JsonObject> Parse(string place, string text)
    {
        try
        {
            return YamlText.ReadObjects(text);
        }
        catch (FormatException wrong)
        {
            throw new ToolException($"error: error parsing {place}: error converting YAML to JSON: {wrong.Message}");
        }
    }

    private static IEnumerable<JsonObject> Flatten(IEnumerable<JsonObject> objects) =>
        objects.SelectMany(json =>
            (string?)json["kind"] == "List" ? (json["items"] as JsonArray ?? []).OfType<JsonObject>() : [json]
        );
}
