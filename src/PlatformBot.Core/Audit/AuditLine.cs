using System.Buffers;
using System.Globalization;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using PlatformBot.Core.Journals;

namespace PlatformBot.Core.Audit;

/// <summary>
/// One entry of the journal in an export: everything that its hash is made of, and a chain over the hashes of the export. The text
/// is a format: there is exactly one way to write an entry, so that any other is not what was exported.
/// </summary>
/// <param name="What">the event, as the journal has it, to the byte</param>
/// <param name="Before">hash of the journal's entry before, which need not be in the export</param>
/// <param name="Chain">SHA-256 over the chain before and this entry's hash, lower-case hex</param>
public sealed record AuditLine(
    long Number,
    long? Run,
    DateTimeOffset At,
    Person By,
    string What,
    string Before,
    string Hash,
    string Chain
)
{
    private static readonly JsonWriterOptions Plain = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };
    private static readonly JsonDocumentOptions Strict = new() { AllowDuplicateProperties = false };

    public static AuditLine Of(StoredEntry entry, string before, string chain) =>
        new(entry.Number, entry.Run, entry.At, entry.By, entry.What, before, entry.Hash, chain);

    /// <summary>The hash follows from what the line says.</summary>
    public bool Follows => EntryJson.Hash(Before, Number, Run, At, By, What) == Hash;

    public string Text()
    {
        var buffer = new ArrayBufferWriter<byte>();

        using (var json = new Utf8JsonWriter(buffer, Plain))
        {
            json.WriteStartObject();
            json.WriteNumber("number", Number);

            if (Run is { } run)
                json.WriteNumber("run", run);

            json.WriteString("at", At.UtcDateTime.ToString("O", CultureInfo.InvariantCulture));
            json.WriteString("byId", By.Id);
            json.WriteString("by", By.Name);
            json.WritePropertyName("what");
            json.WriteRawValue(What, skipInputValidation: true);
            json.WriteString("before", Before);
            json.WriteString("hash", Hash);
            json.WriteString("chain", Chain);
            json.WriteEndObject();
        }

        return Encoding.UTF8.GetString(buffer.WrittenSpan);
    }

    /// <summary>Null when the text is no entry, or not written as <see cref="Text"/> writes it.</summary>
    public static AuditLine? Read(string text)
    {
        try
        {
            using var json = JsonDocument.Parse(text, Strict);
            var root = json.RootElement;
            var line = new AuditLine(
                root.GetProperty("number").GetInt64(),
                root.TryGetProperty("run", out var run) ? run.GetInt64() : null,
                DateTimeOffset.Parse(
                    root.GetProperty("at").GetString()!,
                    CultureInfo.InvariantCulture,
                    DateTimeStyles.AssumeUniversal
                ),
                new Person(root.GetProperty("byId").GetString()!, root.GetProperty("by").GetString()!),
                root.GetProperty("what").GetRawText(),
                root.GetProperty("before").GetString()!,
                root.GetProperty("hash").GetString()!,
                root.GetProperty("chain").GetString()!
            );
            return line.Text() == text ? line : null;
        }
        catch (Exception odd)
            when (odd
                    is JsonException
                        or KeyNotFoundException
                        or InvalidOperationException
                        or FormatException
                        or ArgumentException
            )
        {
            return null;
        }
    }

    /// <summary>The chain after one more entry.</summary>
    public static string Link(string chain, string hash) => Sha256.Of($"{chain}\n{hash}");
}
