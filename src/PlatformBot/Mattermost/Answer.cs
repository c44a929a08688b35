using System.Net;
using System.Text.Json;

namespace PlatformBot.Mattermost;

/// <summary>What came of one request.</summary>
/// <param name="Status">null: no answer; whether the server acted is unknown</param>
/// <param name="Error">Mattermost's error id, or ""; never its message, which is translated</param>
internal sealed record Answer(HttpStatusCode? Status, JsonElement Body, string Error, TimeSpan? RetryAfter)
{
    public static Answer None { get; } = new(null, default, "", null);

    public bool Done => Status is { } status && (int)status is >= 200 and < 300;

    public bool Busy => Status is HttpStatusCode.TooManyRequests;

    public bool Unauthorized => Status is HttpStatusCode.Unauthorized;

    /// <summary>The server itself failed and says so in its own words; that may be for good, unlike a proxy's 502.</summary>
    public bool Broken => Status is HttpStatusCode.InternalServerError && Error.Length > 0 && !IsPending;

    /// <summary>No answer, or a server that cannot now. What it was not made for (501: no licence) it never can.</summary>
    public bool Away => Status is null || ((int)Status >= 500 && Status is not HttpStatusCode.NotImplemented);

    /// <summary>A create with the same pending_post_id is still in work.</summary>
    private bool IsPending => Error is "api.post.deduplicate_create_post.pending";

    public string Text(string name) =>
        Body.ValueKind == JsonValueKind.Object
        && Body.TryGetProperty(name, out var value)
        && value.ValueKind == JsonValueKind.String
            ? value.GetString()!
            : "";

    public override string ToString() =>
        $"{(Status is { } status ? ((int)status).ToString() : "no answer")} {Error}".TrimEnd();

    public static async Task<Answer> ReadAsync(
        HttpResponseMessage response,
        TimeProvider clock,
        CancellationToken stopping
    )
    {
        var bytes = await response.Content.ReadAsByteArrayAsync(stopping);
        var body = Parse(bytes);
        var answer = new Answer(response.StatusCode, body, "", Pause(response, clock));

        return answer.Done ? answer : answer with { Error = answer.Text("id") };
    }

    /// <summary>Not everything is JSON: a 429 is plain text, a proxy answers in HTML.</summary>
    private static JsonElement Parse(byte[] bytes)
    {
        try
        {
            return JsonElement.Parse(bytes);
        }
        catch (JsonException)
        {
            return default;
        }
    }

    private static TimeSpan? Pause(HttpResponseMessage response, TimeProvider clock) =>
        response.Headers.RetryAfter switch
        {
            { Delta: { } delta } => delta,
            { Date: { } date } => date - clock.GetUtcNow(),
            _ => null,
        };
}
