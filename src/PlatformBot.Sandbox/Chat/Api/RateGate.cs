using Microsoft.AspNetCore.Http;

namespace PlatformBot.Sandbox.Chat.Api;

/// <summary>The optional limit on everything under <c>/api</c> and <c>/hooks</c>: a generic cell rate algorithm, one cell for all.</summary>
internal sealed class RateGate(RateLimit limit, TimeProvider clock)
{
    private readonly Lock _gate = new();
    private readonly TimeSpan _each = TimeSpan.FromSeconds(1) / limit.PerSecond;

    /// <summary>When the bucket will be full again.</summary>
    private DateTimeOffset _full;

    public async Task AroundAsync(HttpContext http, RequestDelegate next)
    {
        var (allowed, remaining, reset, retry) = Take();
        var headers = http.Response.Headers;
        headers["X-Ratelimit-Limit"] = (limit.MaxBurst + 1).ToString();
        headers["X-Ratelimit-Remaining"] = remaining.ToString();
        headers["X-Ratelimit-Reset"] = Seconds(reset);

        if (allowed)
        {
            await next(http);
            return;
        }

        headers.RetryAfter = Seconds(retry);
        await Call.WriteAsync(http, 429, "limit exceeded\n", "text/plain; charset=utf-8");
    }

    private (bool Allowed, int Remaining, TimeSpan Reset, TimeSpan Retry) Take()
    {
        lock (_gate)
        {
            var now = clock.GetUtcNow();
            var full = (_full > now ? _full : now) + _each;
            var excess = full - now - (_each * (limit.MaxBurst + 1));

            if (excess > TimeSpan.Zero)
                return (false, 0, _full - now, excess);

            _full = full;
            return (true, (int)(-excess / _each), full - now, TimeSpan.Zero);
        }
    }

    private static string Seconds(TimeSpan span) => ((int)Math.Ceiling(span.TotalSeconds)).ToString();
}
