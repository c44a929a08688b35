namespace PlatformBot.Sandbox;

/// <summary>The twin's time: runs a number of times as fast as the real one, timers and delays included.</summary>
/// <param name="start">what it shows now; null: what the real one shows</param>
public sealed class FastClock(TimeProvider real, double speed, DateTimeOffset? start = null) : TimeProvider
{
    private readonly DateTimeOffset _start = start ?? real.GetUtcNow();
    private readonly long _startedAt = real.GetTimestamp();

    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    public override DateTimeOffset GetUtcNow() => _start + real.GetElapsedTime(_startedAt) * speed;

    public override long GetTimestamp() => GetUtcNow().UtcTicks;

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period) =>
        new FastTimer(real.CreateTimer(callback, state, Shorten(dueTime), Shorten(period)), Shorten);

    private TimeSpan Shorten(TimeSpan span) => span <= TimeSpan.Zero ? span : span / speed;

    private sealed class FastTimer(ITimer inner, Func<TimeSpan, TimeSpan> shorten) : ITimer
    {
        public bool Change(TimeSpan dueTime, TimeSpan period) => inner.Change(shorten(dueTime), shorten(period));

        public void Dispose() => inner.Dispose();

        public ValueTask DisposeAsync() => inner.DisposeAsync();
    }
}
