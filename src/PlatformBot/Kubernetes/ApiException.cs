using System.Net;
using System.Text.Json;
using PlatformBot.Core;
using PlatformBot.Core.Runs;

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

    /// <summary>By which the server's audit log knows the request; null when nothing was answered.</summary>
    public string? AuditId { get; private init; }

    /// <summary>What to do about it; null when nobody knows.</summary>
    public string? Cure { get; init; }

    /// <summary>What became of a request that was not answered.</summary>
    public Silence Silence { get; init; }

    public bool IsUnreachable => Code == 0 && !IsWrongCluster;

    /// <summary>Nothing may be done until a person has looked: the name means another cluster than the one that answers.</summary>
    /// <summary>No answer tells whether the server did what it was asked.</summary>
    public bool MayBeDone => Silence is Silence.Lost or Silence.TimedOut || Code == 504;

    public bool IsWrongCluster => Silence is Silence.WrongCluster;

    /// <summary>Admission did not get as far as doing anything.</summary>
    public bool IsWebhookDown => Code == 500 && Message.Contains("failed calling webhook", StringComparison.Ordinal);

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

    /// <param name="auditId">of the answer's header</param>
    public static ApiException From(
        int code,
        string? contentType,
        string body,
        TimeSpan? retryAfter,
        string? auditId = null
    )
    {
        var text = body.Trim();

        if (contentType == "application/json" && text.StartsWith('{'))
        {
            try
            {
                using var status = JsonDocument.Parse(text);
                return FromStatus(code, status.RootElement, retryAfter, auditId);
            }
            catch (JsonException)
            {
                // Not what it claims to be: shown as text.
            }
        }

        var words = text.Length is > 0 and < 500 ? text : $"HTTP {code} {(HttpStatusCode)code}";
        return new(code, "", words, []) { RetryAfter = retryAfter, AuditId = auditId };
    }

    public static ApiException Unreachable(string why, Silence silence = Silence.Lost) =>
        new(0, "", why, []) { Silence = silence };

    /// <summary>There was nothing to ask with: no request was sent, and the same again would not help.</summary>
    public static ApiException NotAsked(Refusal refusal) =>
        new(0, "", refusal.Reason, []) { Silence = Silence.NotAsked, Cure = refusal.Hint };

    /// <summary>"API server of infra does not answer: connection refused", or what it answered.</summary>
    public string For(string cluster) =>
        this switch
        {
            { IsWrongCluster: true } => Message,
            { Silence: Silence.NotAsked } => $"API server of {cluster} cannot be asked: {Message}",
            { Silence: Silence.Untrusted } => $"API server of {cluster} is not trusted: {Message}",
            { IsUnreachable: true } => $"API server of {cluster} does not answer: {Message}",
            _ => $"API server of {cluster} answers {Code}: {Message}",
        };

    /// <summary>What a look saw that got no answer: nobody can tell. Another cluster's answer is none, and stays none.</summary>
    public CheckOutcome Unseen(string cluster) => new(null, For(cluster), Hopeless: IsWrongCluster);

    /// <summary>A Status that is told inside a stream, where no HTTP code goes with it.</summary>
    public static ApiException FromStatus(JsonElement status) =>
        FromStatus((int)status.Number("code"), status, retryAfter: null, auditId: null);

    private static ApiException FromStatus(int code, JsonElement status, TimeSpan? retryAfter, string? auditId)
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
            AuditId = auditId,
            MissingKind = details.Text("name") is null ? null : details.Text("kind"),
        };
    }
}

/// <summary>What became of a request that was not answered.</summary>
internal enum Silence
{
    /// <summary>It was answered.</summary>
    None,

    /// <summary>There was nothing to ask with.</summary>
    NotAsked,

    /// <summary>There was no connection: nothing was asked.</summary>
    NotSent,

    /// <summary>Who answers is not believed: nothing was asked.</summary>
    Untrusted,

    /// <summary>Another cluster answers than the one that is meant: nothing was asked.</summary>
    WrongCluster,

    /// <summary>The connection broke: it may have been done.</summary>
    Lost,

    /// <summary>Nothing came in time: it may have been done, or be done yet.</summary>
    TimedOut,
}

/// <summary>One of the details of a refusal.</summary>
internal sealed record ApiCause(string Reason, string Field, string Message);
