using System.Net;
using System.Net.Sockets;
using System.Text.Json;

namespace PlatformBot.Kubernetes;

/// <summary>The API server said no, or did not answer.</summary>
/// <param name="code">HTTP status; 0 when there was no answer</param>
/// <param name="reason">Status.reason: "Conflict", "NotFound"; "" when the body was no Status</param>
internal sealed class ApiException(int code, string reason, string message, IReadOnlyList<ApiCause> causes)
    : Exception(message)
{
    public int Code { get; } = code;

    public string Reason { get; } = reason;

    public IReadOnlyList<ApiCause> Causes { get; } = causes;

    /// <summary>What the details name: the kind that is missing.</summary>
    public string? MissingKind { get; private init; }

    public TimeSpan? RetryAfter { get; init; }

    public bool IsUnreachable => Code == 0;

    public bool IsNotFound => Code == 404;

    /// <summary>404 without a name: right after its CRD was established, a kind's storage is still coming up.</summary>
    public bool IsStorageComingUp => Code == 404 && MissingKind is null;

    /// <summary>Another manager owns what we want to set: a person must decide who is right.</summary>
    public bool IsOwnershipConflict => Code == 409 && Causes.Any(cause => cause.Reason == "FieldManagerConflict");

    /// <summary>
    /// Worth another try: not there, overloaded, or a change came between. Server-side apply answers mistakes in the manifest with 500,
    /// and those never get better.
    /// </summary>
    public bool IsTransient =>
        IsUnreachable
        || Code is 429 or 502 or 503 or 504
        || (Code == 500 && !Message.StartsWith("failed to create typed patch object", StringComparison.Ordinal))
        || (Code == 409 && !IsOwnershipConflict && Reason != "AlreadyExists")
        || (Code == 403 && Causes.Any(cause => cause.Reason == "NamespaceTerminating"))
        || (Code == 403 && Message.Contains("serviceaccount \"default\" not found", StringComparison.Ordinal));

    public static ApiException From(int code, string? contentType, string body, TimeSpan? retryAfter)
    {
        var text = body.Trim();

        if (contentType == "application/json" && text.StartsWith('{'))
        {
            try
            {
                using var status = JsonDocument.Parse(text);
                return FromStatus(code, status.RootElement, retryAfter);
            }
            catch (JsonException)
            {
                // Not what it claims to be: shown as text.
            }
        }

        var words = text.Length is > 0 and < 500 ? text : $"HTTP {code} {(HttpStatusCode)code}";
        return new(code, "", words, []) { RetryAfter = retryAfter };
    }

    public static ApiException Unreachable(string why) => new(0, "", why, []);

    public static ApiException Unreachable(HttpRequestException error) => Unreachable(WordsFor(error));

    private static ApiException FromStatus(int code, JsonElement status, TimeSpan? retryAfter)
    {
        var details = status.At("details");
        var causes = details
            .Items("causes")
            .Select(cause => new ApiCause(
                cause.Text("reason") ?? "",
                cause.Text("field") ?? "",
                cause.Text("message") ?? ""
            ))
            .ToList();

        return new(code, status.Text("reason") ?? "", status.Text("message") ?? $"HTTP {code}", causes)
        {
            RetryAfter = retryAfter,
            MissingKind = details.Text("name") is null ? null : details.Text("kind"),
        };
    }

    private static string WordsFor(HttpRequestException error) =>
        error switch
        {
            { InnerException: SocketException { SocketErrorCode: SocketError.ConnectionRefused } } =>
                "connection refused",
            { InnerException: SocketException socket } => socket.Message.ToLowerInvariant(),
            { HttpRequestError: HttpRequestError.NameResolutionError } => "its name cannot be resolved",
            { HttpRequestError: HttpRequestError.SecureConnectionError } =>
                "its certificate is not the one that the client configuration trusts",
            { HttpRequestError: HttpRequestError.ResponseEnded } => "the connection was cut",
            _ => error.Message,
        };
}

/// <summary>One of the details of a refusal.</summary>
internal sealed record ApiCause(string Reason, string Field, string Message);
