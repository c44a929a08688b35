using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace PlatformBot.Core.Secrets;

/// <summary>
/// An item of the vault: the JSON that <c>op item create -</c> takes on standard input and that
/// <c>op item get --format json</c> prints. Values pass through memory and pipes only.
/// </summary>
public sealed record VaultItem(string Title, IReadOnlyDictionary<string, string> Fields)
{
    // Pipes, not pages: PEM text and base64 stay readable for the next program.
    private static readonly JsonSerializerOptions Json = new()
    {
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    /// <summary>Fields without a label or a value (an empty note, for example) are left out.</summary>
    public static Result<VaultItem> Parse(string json)
    {
        try
        {
            using var document = JsonDocument.Parse(json);
            var title = document.RootElement.GetProperty("title").GetString() ?? "";
            var fields = new Dictionary<string, string>(StringComparer.Ordinal);

            foreach (var field in document.RootElement.GetProperty("fields").EnumerateArray())
            {
                if (Text(field, "label") is { Length: > 0 } label && Text(field, "value") is { } value)
                    fields[label] = value;
            }

            return new VaultItem(title, fields);
        }
        catch (Exception mistake) when (mistake is JsonException or KeyNotFoundException or InvalidOperationException)
        {
            return new Refusal(
                "standard input is not an item of the vault",
                "pipe `op item get TITLE --vault VAULT --format json` into this command"
            );
        }
    }

    /// <summary>The value of a field, or which one is missing.</summary>
    public Result<string> Field(string label) =>
        Fields.TryGetValue(label, out var value) && value.Length > 0
            ? value
            : new Refusal($"the item \"{Title}\" has no field {label}", "add it to the item in the vault");

    public string ToTemplate()
    {
        var fields = Fields.Select(field =>
            (JsonNode)
                new JsonObject
                {
                    ["id"] = field.Key,
                    ["label"] = field.Key,
                    ["type"] = "CONCEALED",
                    ["value"] = field.Value,
                }
        );

        return new JsonObject
        {
            ["title"] = Title,
            ["category"] = "SECURE_NOTE",
            ["fields"] = new JsonArray([.. fields]),
        }.ToJsonString(Json);
    }

    private static string? Text(JsonElement field, string name) =>
        field.TryGetProperty(name, out var value) && value.ValueKind is JsonValueKind.String ? value.GetString() : null;
}
