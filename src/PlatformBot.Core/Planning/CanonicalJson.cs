using System.Buffers;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace PlatformBot.Core.Planning;

/// <summary>JSON with one spelling: keys sorted, no spaces. Equal content is equal text.</summary>
internal static class CanonicalJson
{
    private static readonly JsonWriterOptions Plain = new()
    {
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        SkipValidation = true,
    };

    /// <param name="without">a field of the outermost object that is left out</param>
    /// <returns>UTF-8</returns>
    public static ReadOnlyMemory<byte> WriteBytes(JsonElement json, string? without = null)
    {
        var bytes = new ArrayBufferWriter<byte>();

        using (var writer = new Utf8JsonWriter(bytes, Plain))
            Write(writer, json, without);

        return bytes.WrittenMemory;
    }

    public static string Write(JsonElement json) => Encoding.UTF8.GetString(WriteBytes(json).Span);

    private static void Write(Utf8JsonWriter writer, JsonElement json, string? without)
    {
        switch (json.ValueKind)
        {
            case JsonValueKind.Object:
                writer.WriteStartObject();

                foreach (var field in json.EnumerateObject().OrderBy(field => field.Name, StringComparer.Ordinal))
                {
                    if (field.Name == without)
                        continue;

                    writer.WritePropertyName(field.Name);
                    Write(writer, field.Value, without: null);
                }

                writer.WriteEndObject();
                break;

            case JsonValueKind.Array:
                writer.WriteStartArray();

                foreach (var item in json.EnumerateArray())
                    Write(writer, item, without: null);

                writer.WriteEndArray();
                break;

            default:
                json.WriteTo(writer);
                break;
        }
    }
}
