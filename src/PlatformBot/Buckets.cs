using System.Collections.Concurrent;
using System.Threading.RateLimiting;

namespace PlatformBot;

/// <summary>
/// How much of something each of many may do: so many at once, and so many a second in the long run. Filled up when somebody asks, so
/// that it costs nothing while nobody does.
/// </summary>
internal sealed class Buckets(int perSecond, int burst) : IDisposable
{
    private const int Most = 4096;

    private readonly ConcurrentDictionary<string, TokenBucketRateLimiter> _buckets = [];

    public bool Admits(string who)
    {
        // Whoever sends from that many addresses is beyond what counting can stop; memory is not theirs, too.
        if (_buckets.Count > Most)
            _buckets.Clear();

        var bucket = _buckets.GetOrAdd(who, _ => New());
        bucket.TryReplenish();
        using var lease = bucket.AttemptAcquire();
        return lease.IsAcquired;
    }

    public void Dispose()
    {
        foreach (var bucket in _buckets.Values)
            bucket.Dispose();
    }

    private TokenBucketRateLimiter New() =>
        new(
            new TokenBucketRateLimiterOptions
            {
                TokenLimit = burst,
                TokensPerPeriod = perSecond,
                ReplenishmentPeriod = TimeSpan.FromSeconds(1),
                QueueLimit = 0,
                AutoReplenishment = false,
            }
        );
}
