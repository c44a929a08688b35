using System.Text;
using System.Text.Json;

namespace PlatformBot.Kubernetes;

/// <summary>One request to an API server.</summary>
/// <param name="Path">starts with '/', already escaped, with its query</param>
internal sealed record ApiCall(HttpMethod Method, string Path)
{
    public string? Body { get; init; }

    /// <summary>Of the body: "application/json", "application/apply-patch+yaml", ….</summary>
    public string? ContentType { get; init; }

    /// <summary>Media types as they stand in the header; null asks for plain JSON.</summary>
    public string? Accept { get; init; }

    /// <summary>An ETag of an earlier answer: 304 without a body when nothing has changed since.</summary>
    public string? IfNoneMatch { get; init; }

    /// <summary>
    /// May be sent again when its answer was lost, because doing it twice is doing it once: reads, apply, and PUT or DELETE with preconditions.
    /// </summary>
    public bool Repeatable { get; init; }

    /// <summary>Without the query, which may hold what somebody typed.</summary>
    public string Route => Path.Split('?')[0];

    public static ApiCall Get(string path) => new(HttpMethod.Get, path) { Repeatable = true };

    public override string ToString() => $"{Method} {Route}";
}

/// <summary>What an API server answered: 2xx, or 304 to a call that asked for it.</summary>
/// <param name="ContentType">with its parameters; discovery tells its own format by them</param>
/// <param name="Body">the whole of it, unpacked; nobody else writes to it</param>
/// <param name="Warnings">texts of the Warning headers, without code and quotes</param>
/// <param name="AuditId">by which the server's audit log knows the request</param>
internal sealed record ApiReply(
    int Code,
    string? ContentType,
    ReadOnlyMemory<byte> Body,
    IReadOnlyList<string> Warnings,
    string? AuditId,
    string? ETag
)
{
    private readonly Lazy<JsonElement> _json = new(() => Parse(Body.Span));

    /// <summary>Parsed at the first use and once; safe to keep.</summary>
    /// <exception cref="ApiException">What answered speaks no JSON.</exception>
    public JsonElement Json => _json.Value;

    public string Text => Encoding.UTF8.GetString(Body.Span);

    /// <summary>A body may hold a Secret.</summary>
    public override string ToString() => $"{Code}, {Body.Length} bytes";

    private static JsonElement Parse(ReadOnlySpan<byte> utf8)
    {
        try
        {
            return JsonElement.Parse(utf8);
        }
        catch (JsonException)
        {
            throw ApiException.Unreachable("what answers there is no API server");
        }
    }
}
