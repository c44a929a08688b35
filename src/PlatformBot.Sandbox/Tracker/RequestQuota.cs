using System.Globalization;
using Microsoft.AspNetCore.Http;

namespace PlatformBot.Sandbox.Tracker;

/// <summary>GitHub's limits: so many requests an hour, told in headers, and a sudden "slow down" for those who write.</summary>
internal sealed class RequestQuota(int perHour, TimeProvider clock)
{
    private readonly Lock _gate = new();
    private DateTimeOffset _reset = DateTimeOffset.MinValue;
    private int _used;

    public bool LoseNextAnswer { get; set; }

    public TimeSpan? LimitNextWrite { get; set; }

    public void Count(HttpContext http)
    {
        var used = Next();
        var headers = http.Response.Headers;
        headers["X-RateLimit-Limit"] = Text(perHour);
        headers["X-RateLimit-Remaining"] = Text(Math.Max(0, perHour - used));
        headers["X-RateLimit-Reset"] = Text(_reset.ToUnixTimeSeconds());
        headers["X-RateLimit-Used"] = Text(used);
        headers["X-RateLimit-Resource"] = "core";
        headers["X-GitHub-Media-Type"] = "github.v3; format=json";

        if (used > perHour)
            throw new ApiException(StatusCodes.Status403Forbidden, "API rate limit exceeded for user ID 1.");

        if (LimitNextWrite is { } wait && !HttpMethods.IsGet(http.Request.Method))
        {
            LimitNextWrite = null;
            headers.RetryAfter = Text((long)wait.TotalSeconds);
            throw new ApiException(
                StatusCodes.Status403Forbidden,
                "You have exceeded a secondary rate limit. Please wait a few minutes before you try again."
            );
        }
    }

    private int Next()
    {
        lock (_gate)
        {
            if (clock.GetUtcNow() >= _reset)
                (_reset, _used) = (clock.GetUtcNow().AddHours(1), 0);

            return ++_used;
        }
    }

    private static string Text(long number) => number.ToString(CultureInfo.InvariantCulture);
}
