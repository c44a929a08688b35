using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace PlatformBot.Core.Planning;

/// <summary>Plans as JSON: how they are stored, and what their digest is made of.</summary>
public static class PlanJson
{
    private static readonly JsonSerializerOptions Options = new(JsonSerializerDefaults.Web)
    {
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        IgnoreReadOnlyProperties = true,
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
        UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
        NumberHandling = JsonNumberHandling.Strict,
    };

    /// <summary>One line; equal plans are equal text.</summary>
    public static string Write(Plan plan) => CanonicalJson.Write(JsonSerializer.SerializeToElement(plan, Options));

    /// <exception cref="JsonException">The text is not a plan.</exception>
    public static Plan Read(string json) =>
        JsonSerializer.Deserialize<Plan>(json, Options) ?? throw new JsonException("The text is null, not a plan.");

    /// <summary>SHA-256, in lower-case hex, over the canonical JSON of everything but the digest itself.</summary>
    public static string DigestOf(Plan plan) =>
        Sha256.Of(CanonicalJson.WriteBytes(JsonSerializer.SerializeToElement(plan, Options), without: "digest").Span);

    /// <summary>Each field of a plan, or of a part of one, as canonical JSON.</summary>
    internal static IReadOnlyDictionary<string, string> FieldsOf<T>(T part) =>
        JsonSerializer
            .SerializeToElement(part, Options)
            .EnumerateObject()
            .ToDictionary(field => field.Name, field => CanonicalJson.Write(field.Value));

    /// <summary>A part of a plan as canonical JSON: equal parts are equal text.</summary>
    internal static string TextOf<T>(T part) => CanonicalJson.Write(JsonSerializer.SerializeToElement(part, Options));

    internal static Plan WithDigest(Plan plan) => plan with { Digest = DigestOf(plan) };
}
