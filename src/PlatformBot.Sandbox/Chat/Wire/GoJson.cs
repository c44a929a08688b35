using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace PlatformBot.Sandbox.Chat.Wire;

/// <summary>JSON as Go's encoder writes it, and as leniently read as the real server reads it.</summary>
internal static class GoJson
{
    private static readonly JsonSerializerOptions Relaxed = new()
    {
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    public static string Text(JsonNode? node)
    {
        var text = node is null ? "null" : node.ToJsonString(Relaxed);

        // Go escapes these three, which JSON has nowhere but in strings.
        return text.Replace("<", "\\u003c", StringComparison.Ordinal)
            .Replace(">", "\\u003e", StringComparison.Ordinal)
            .Replace("&", "\\u0026", StringComparison.Ordinal);
    }

    /// <summary>Null when the text is not JSON, or JSON's null.</summary>
    public static JsonNode? TryParse(string text)
    {
        try
        {
            return JsonNode.Parse(text);
        }
        catch (JsonException)
        {
            return null;
        }
    }

    /// <summary>A wrong type reads like an absent value.</summary>
    public static string String(this JsonNode? node, string name) =>
        node is JsonObject o && o[name] is JsonValue v && v.TryGetValue<string>(out var text) ? text : "";

    public static bool Flag(this JsonNode? node, string name) =>
        node is JsonObject o && o[name] is JsonValue v && v.TryGetValue<bool>(out var flag) && flag;

    public static bool Has(this JsonNode? node, string name) => node is JsonObject o && o[name] is not null;

    public static IReadOnlyList<string> Strings(this JsonNode? node) =>
        node is JsonArray array
            ?
            [
                .. array
                    .OfType<JsonValue>()
                    .Where(v => v.GetValueKind() == JsonValueKind.String)
                    .Select(v => (string)v!),
            ]
            : [];

    public static JsonArray Array(IEnumerable<JsonNode> items) => [.. items];

    /// <summary>Length as the server counts it: in code points.</summary>
    public static int Runes(string text) => text.EnumerateRunes().Count();
}
