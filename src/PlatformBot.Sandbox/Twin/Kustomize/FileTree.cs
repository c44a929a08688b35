using System.Text.Json.Nodes;

namespace PlatformBot.Sandbox.Twin.Kustomize;

/// <summary>Paths inside a tree of files: "/" between the parts, no "./", no "..", nothing outside the tree.</summary>
internal static class FileTree
{
    public static string Normalize(string path) => Join("", path);

    /// <exception cref="KustomizeException">The path leads out of the tree.</exception>
    public static string Join(string directory, string relative)
    {
        var parts = new List<string>();

        foreach (var part in $"{directory}/{relative}".Split('/', StringSplitOptions.RemoveEmptyEntries))
        {
            if (part == ".")
                continue;

            if (part != "..")
                parts.Add(part);
            else if (parts.Count > 0)
                parts.RemoveAt(parts.Count - 1);
            else
                throw new KustomizeException($"security; file '{relative}' is not in or below the root of the tree");
        }

        return string.Join('/', parts);
    }

    public static bool IsBelow(string file, string directory) =>
        directory.Length == 0 || file.StartsWith($"{directory}/", StringComparison.Ordinal);

    public static bool IsYaml(string file) =>
        file.EndsWith(".yaml", StringComparison.Ordinal) || file.EndsWith(".yml", StringComparison.Ordinal);

    public static IEnumerable<string> Texts(JsonNode? list) =>
        (list as JsonArray ?? []).Select(item => (string?)item).OfType<string>();
}
