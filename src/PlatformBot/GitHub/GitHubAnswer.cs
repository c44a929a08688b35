using System.Globalization;
using System.Net;
using System.Text.Json;

namespace PlatformBot.GitHub;

/// <summary>What came of one request.</summary>
/// <param name="Status">null: no answer; whether GitHub acted is unknown</param>
/// <param name="Wait">what GitHub asks to wait before the next request</param>
internal sealed record GitHubAnswer(HttpStatusCode? Status, JsonElement Body, TimeSpan? Wait)
{
    /// <summary>What GitHub's documentation asks for when it says "secondary rate limit" and no time.</summary>
    private static readonly TimeSpan Minute = TimeSpan.FromMinutes(1);

    public static GitHubAnswer None { get; } = new(null, default, null);

    public bool Done => Status is { } status && (int)status is >= 200 and < 300;

    public bool Unauthorized => Status is HttpStatusCode.Unauthorized;

    /// <summary>No answer, or a server that cannot now.</summary>
    public bool Away => Status is null || (int)Status >= 500;

    /// <summary>A limit, which is a 403 as often as a 429.</summary>
    public bool Busy => Wait is not null && Status is HttpStatusCode.Forbidden or HttpStatusCode.TooManyRequests;

    public string Message =>
        Body.ValueKind == JsonValueKind.Object && Body.TryGetProperty("message", out var message)
            ? message.GetString() ?? ""
            : "";

    public override string ToString() =>
        $"{(Status is { } status ? ((int)status).ToString(CultureInfo.InvariantCulture) : "no answer")} {Message}".TrimEnd();

    public static async Task<GitHubAnswer> ReadAsync(
        HttpResponseMessage response,
        TimeProvider clock,
        CancellationToken stopping
    )
    {
        var answer = new GitHubAnswer(
            response.StatusCode,
            Parse(await response.Content.ReadAsByteArrayAsync(stopping)),
            null
        );
        return answer.Done ? answer : answer with { Wait = WaitOf(response, answer.Message, clock) };
    }

    private static TimeSpan? WaitOf(HttpResponseMessage response, string message, TimeProvider clock)
    {
        if (response.Headers.RetryAfter is { } asked)
            return asked.Delta ?? (asked.Date - clock.GetUtcNow());

        if (Header(response, "X-RateLimit-Remaining") == 0 && Header(response, "X-RateLimit-Reset") is { } reset)
            return DateTimeOffset.FromUnixTimeSeconds(reset) - clock.GetUtcNow() + TimeSpan.FromSeconds(1);

        var isLimit =
            message.Contains("rate limit", StringComparison.OrdinalIgnoreCase)
            || response.StatusCode == HttpStatusCode.TooManyRequests;

        return isLimit ? Minute : null;
    }

    private static long? Header(HttpResponseMessage response, string name) =>
        response.Headers.TryGetValues(name, out var values)
        && long.TryParse(values.First(), NumberStyles.None, CultureInfo.InvariantCulture, out var number)
            ? number
            : null;

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
}
