namespace PlatformBot.Kubernetes;

/// <summary>May a call that did not end well be sent again, and how long after? Only where doing so cannot do anything twice.</summary>
internal static class Manners
{
    /// <summary>How often a server that asks to wait is asked again.</summary>
    private const int MostWaits = 10;

    /// <summary>A webhook that cannot be called is mostly a pod that is being replaced.</summary>
    private const int MostWebhooks = 4;

    private static readonly TimeSpan Shortest = TimeSpan.FromSeconds(0.5);
    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(8);

    /// <summary>A server that is still overloaded then is the caller's.</summary>
    private static readonly TimeSpan LongestAsked = TimeSpan.FromMinutes(1);

    /// <param name="tries">how often it was sent, at least 1</param>
    /// <param name="elapsed">since it was sent first</param>
    /// <param name="retryFor">how long what cannot be reached is tried</param>
    /// <param name="chance">0 to 1: clients that failed together shall not come back together</param>
    /// <returns>null: it is the caller's</returns>
    public static TimeSpan? WaitBefore(
        ApiCall call,
        ApiException error,
        int tries,
        TimeSpan elapsed,
        TimeSpan retryFor,
        double chance
    )
    {
        var backoff = Backoff(tries, chance);
        var (may, wait, limit) = error switch
        {
            // With that header the server has done nothing. An eviction that a disruption budget forbids is 429, too, and has none.
            { Code: 429 or 503, RetryAfter: { } after } => (
                tries < MostWaits,
                after + (Shortest * chance),
                LongestAsked
            ),
            { IsWebhookDown: true } => (tries < MostWebhooks, backoff, LongestAsked),
            { Silence: Silence.NotSent } => (true, backoff, retryFor),
            { Silence: Silence.Lost } => (call.Repeatable, backoff, retryFor),
            _ => (false, backoff, retryFor),
        };
        return may && elapsed + wait <= limit ? wait : null;
    }

    /// <summary>0.5, 1, 2, 4, 8, 8, … s, each up to a quarter shorter.</summary>
    private static TimeSpan Backoff(int tries, double chance)
    {
        var full = Shortest * Math.Pow(2, Math.Min(tries - 1, 10));
        return (full < Longest ? full : Longest) * (1 - (chance / 4));
    }
}
