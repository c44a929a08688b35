using System.Text.Json;
using PlatformBot.Core;

namespace PlatformBot.Upgrades;

/// <summary>What the nodes of a cluster run, as <c>kubectl get nodes --output json</c> tells it.</summary>
internal static class NodeReleases
{
    /// <summary>What can be asked for → the field of nodeInfo that tells it.</summary>
    private static readonly Dictionary<string, string> Fields = new()
    {
        ["talos"] = "osImage",
        ["kubernetes"] = "kubeletVersion",
    };

    public static string[] Systems { get; } = [.. Fields.Keys];

    /// <param name="system">talos or kubernetes</param>
    public static Result<IReadOnlyList<(string Who, Release Release)>> Read(string json, string system)
    {
        try
        {
            using var document = JsonDocument.Parse(json);
            var found = new List<(string, Release)>();

            foreach (var node in document.RootElement.GetProperty("items").EnumerateArray())
            {
                var name = node.GetProperty("metadata").GetProperty("name").GetString() ?? "";
                var text = node.GetProperty("status").GetProperty("nodeInfo").GetProperty(Fields[system]).GetString();

                if (Release.In(text ?? "") is not { } release)
                    return new Refusal($"{name} says '{text}', which names no release", "look at `kubectl get nodes`");

                found.Add((name, release));
            }

            return found;
        }
        catch (Exception wrong) when (wrong is JsonException or KeyNotFoundException or InvalidOperationException)
        {
            return new Refusal($"that is no list of nodes: {wrong.Message}", "look at `kubectl get nodes`");
        }
    }
}
