using System.Text.Json.Nodes;

namespace PlatformBot.Sandbox.Tools.Kube;

/// <summary>An object as a person names it on the command line; no name = all of the kind.</summary>
internal sealed record KubeTarget(KubeResource Resource, string? Namespace, string? Name)
{
    public string Path => Resource.PathOf(Namespace, Name);

    public string Display => $"{Resource.Display}/{Name}";
}

/// <summary>Reads "deployment/web", "node infra-01 infra-02", "pod --selector x=y", "node --all".</summary>
internal static class KubeTargets
{
    public static async Task<IReadOnlyList<KubeTarget>> ReadAsync(KubeAccess access, Flags flags)
    {
        var resources = await access.ResourcesAsync();
        var ns = flags.IsOn("all-namespaces") ? null : flags.Get("namespace", access.DefaultNamespace);

        if (flags.Words.Count == 0)
            throw new ToolException("error: You must specify the type of resource.");

        if (flags.Words[0].Contains('/', StringComparison.Ordinal))
        {
            return
            [
                .. flags
                    .Words.Select(word => word.Split('/', 2))
                    .Select(pair => new KubeTarget(resources.Named(pair[0]), ns, pair.ElementAtOrDefault(1))),
            ];
        }

        var kinds = flags.Words[0].Split(',').Select(resources.Named).ToList();
        return flags.Words.Count == 1
            ? [.. kinds.Select(kind => new KubeTarget(kind, ns, null))]
            : [.. kinds.SelectMany(kind => flags.Words.Skip(1).Select(name => new KubeTarget(kind, ns, name)))];
    }

    /// <summary>The same with every "all of a kind" looked up, by --selector where one is given.</summary>
    public static async Task<IReadOnlyList<KubeTarget>> ExpandAsync(KubeAccess access, Flags flags)
    {
        var expanded = new List<KubeTarget>();

        foreach (var target in await ReadAsync(access, flags))
        {
            if (target.Name is not null)
                expanded.Add(target);
            else
                expanded.AddRange(await ListAsync(access, target, flags.Get("selector")));
        }

        return expanded;
    }

    public static async Task<IEnumerable<KubeTarget>> ListAsync(KubeAccess access, KubeTarget target, string? selector)
    {
        var answer = await access.GetAsync(target.Path + Query(selector));
        return Items(answer.Json)
            .Select(json => target with { Name = Name(json), Namespace = (string?)json["metadata"]?["namespace"] });
    }

    public static string Query(string? selector) =>
        selector is null ? "" : $"?labelSelector={Uri.EscapeDataString(selector)}";

    public static IEnumerable<JsonObject> Items(JsonObject list) =>
        (list["items"] as JsonArray ?? []).OfType<JsonObject>();

    public static string Name(JsonObject json) => (string?)json["metadata"]?["name"] ?? "";
}
