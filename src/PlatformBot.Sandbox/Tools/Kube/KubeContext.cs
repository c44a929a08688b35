using System.Text.Json.Nodes;
using PlatformBot.Sandbox.Kubernetes;
using PlatformBot.Sandbox.Twin.Kustomize;

namespace PlatformBot.Sandbox.Tools.Kube;

/// <summary>One context of a kubeconfig with what it refers to.</summary>
/// <param name="Cluster">the name that the kubeconfig gives to the cluster</param>
/// <param name="CaPem">the API server's authority</param>
internal sealed record KubeContext(
    string Name,
    string Cluster,
    string Server,
    string CaPem,
    string Token,
    string Namespace
);

/// <summary>The files of KUBECONFIG (or --kubeconfig), read as one: the first file that names a thing wins.</summary>
internal sealed class KubeConfigFiles
{
    private readonly List<(string Path, JsonObject Json)> _files;

    private KubeConfigFiles(List<(string Path, JsonObject Json)> files) => _files = files;

    public IReadOnlyList<string> ContextNames => [.. Entries("contexts").Select(entry => (string?)entry["name"] ?? "")];

    public string? CurrentContext =>
        _files.Select(file => (string?)file.Json["current-context"]).FirstOrDefault(name => name?.Length > 0);

    public bool AreEmpty => _files.Count == 0;

    public static async Task<KubeConfigFiles> ReadAsync(ToolCall call, string? file)
    {
        var variable = call.Variable("KUBECONFIG") is { Length: > 0 } set
            ? set
            : $"{call.Variable("HOME")}/.kube/config";
        var files = new List<(string, JsonObject)>();

        // Files of the list that do not exist (yet) are passed over.
        foreach (var path in (file ?? variable).Split(':', StringSplitOptions.RemoveEmptyEntries))
        {
            if (File.Exists(call.PathOf(path)))
                files.Add((path, YamlText.ReadMapping(await call.ReadAsync(path))));
        }

        return new KubeConfigFiles(files);
    }

    /// <summary>The context of that name, or the current one; null when there is none.</summary>
    public KubeContext? Find(string? name)
    {
        name ??= CurrentContext;

        if (Entry("contexts", name)?["context"] is not JsonObject context)
            return null;

        var cluster = (string?)context["cluster"] ?? "";
        var server = Entry("clusters", cluster)?["cluster"];
        var user = Entry("users", (string?)context["user"])?["user"];
        return new KubeContext(
            name!,
            cluster,
            (string?)server?["server"] ?? "",
            SecretText.Decode((string?)server?["certificate-authority-data"] ?? ""),
            (string?)user?["token"] ?? "",
            (string?)context["namespace"] ?? "default"
        );
    }

    /// <summary>Renames a context in the file that holds it; null when none does, else that file with its new text.</summary>
    public (string Path, string Text)? Rename(string from, string to)
    {
        foreach (var (path, json) in _files)
        {
            var entry = (json["contexts"] as JsonArray ?? []).FirstOrDefault(context =>
                (string?)context?["name"] == from
            );

            if (entry is null)
                continue;

            entry["name"] = to;

            if ((string?)json["current-context"] == from)
                json["current-context"] = to;

            return (path, YamlText.Write(json)[4..]);
        }

        return null;
    }

    private JsonNode? Entry(string list, string? name) =>
        Entries(list).FirstOrDefault(entry => (string?)entry["name"] == name);

    private IEnumerable<JsonNode> Entries(string list) =>
        _files.SelectMany(file => file.Json[list] as JsonArray ?? []).OfType<JsonNode>();
}
