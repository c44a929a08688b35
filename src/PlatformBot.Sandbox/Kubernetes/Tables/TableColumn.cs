using System.Text.Json.Nodes;

namespace PlatformBot.Sandbox.Kubernetes.Tables;

/// <summary>A column of a server's table.</summary>
/// <param name="Name">"Up-to-date"; kubectl writes it in capitals</param>
/// <param name="Cell">what stands in it; null where there is nothing to say</param>
/// <param name="IsWide">True when only <c>-o wide</c> shows it.</param>
internal sealed record TableColumn(
    string Name,
    Func<JsonObject, DateTimeOffset, JsonNode?> Cell,
    bool IsWide = false,
    string Type = "string"
)
{
    public static TableColumn Text(string name, Func<JsonObject, string> text) => new(name, (json, _) => text(json));

    public static TableColumn Wide(string name, Func<JsonObject, string> text) =>
        new(name, (json, _) => text(json), IsWide: true);

    /// <summary>A number, 0 where it is missing, as counters of a status are.</summary>
    public static TableColumn Number(string name, params string[] path) =>
        new(name, (json, _) => json.Whole(path) ?? 0, Type: "integer");

    /// <summary>The text at a path, with a word for its absence.</summary>
    public static TableColumn At(string name, string[] path, string missing = "<none>") =>
        Text(name, json => json.Text(path) is { Length: > 0 } text ? text : missing);

    /// <summary>How long ago the moment at the path was.</summary>
    public static TableColumn Since(string name, params string[] path) =>
        new(name, (json, now) => Ages.Of(json.Text(path), now));

    public static TableColumn Age => Since("Age", "metadata", "creationTimestamp");
}
