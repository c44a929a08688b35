using System.Globalization;
using System.Reflection;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using PlatformBot.Core.Runs;

namespace PlatformBot.Core.Journals;

/// <summary>How an entry's event is written, and how entries are chained. Both are a format: they never change for what is written already.</summary>
public static class EntryJson
{
    /// <summary>The hash before the first entry.</summary>
    public const string Genesis = "0000000000000000000000000000000000000000000000000000000000000000";

    /// <summary>How every text begins.</summary>
    private const string KindIs = "{\"kind\":\"";

    private static readonly HashSet<string> Kinds =
    [
        .. typeof(RunEvent)
            .GetCustomAttributes<JsonDerivedTypeAttribute>()
            .Select(known => (string)known.TypeDiscriminator!),
    ];

    private static readonly JsonSerializerOptions Options = new(JsonSerializerDefaults.Web)
    {
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
        IgnoreReadOnlyProperties = true,
        Converters = { new JsonStringEnumConverter() },
    };

    public static string Write(RunEvent what) => JsonSerializer.Serialize(what, Options);

    /// <exception cref="JsonException">The text is no event of this version.</exception>
    public static RunEvent Read(string body)
    {
        try
        {
            return JsonSerializer.Deserialize<RunEvent>(body, Options)
                ?? throw new JsonException("An entry's body is null.");
        }
        catch (NotSupportedException nameless)
        {
            // So it is told when "kind" is missing.
            throw new JsonException("An entry's body says no kind.", nameless);
        }
    }

    /// <summary>Whether this version knows what kind of event the text is, by its first member; the rest is not looked at.</summary>
    public static bool Knows(string body) =>
        body.StartsWith(KindIs, StringComparison.Ordinal)
        && body.IndexOf('"', KindIs.Length) is var end and > 0
        && Kinds.GetAlternateLookup<ReadOnlySpan<char>>().Contains(body.AsSpan(KindIs.Length..end));

    /// <param name="kind">as it is written: "step-started"</param>
    public static bool IsKind(string body, string kind) =>
        body.StartsWith(KindIs, StringComparison.Ordinal)
        && body.AsSpan(KindIs.Length).StartsWith($"{kind}\"", StringComparison.Ordinal);

    /// <summary>How every text of this kind begins.</summary>
    public static string Beginning(string kind) => $"{KindIs}{kind}\"";

    /// <summary>SHA-256 over the hash before and every field of this entry, each on its own line; lower-case hex.</summary>
    public static string Hash(string before, long number, long? run, DateTimeOffset at, Person by, string body)
    {
        var line = string.Create(
            CultureInfo.InvariantCulture,
            $"{before}\n{number}\n{run}\n{at.UtcDateTime:O}\n{by.Id}\n{by.Name}\n{body}"
        );
        return Sha256.Of(line);
    }
}
