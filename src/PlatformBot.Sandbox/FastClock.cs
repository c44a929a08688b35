namespace PlatformBot.Sandbox;

/// <summary>The twin's time: runs a number of times as fast as the real one, timers and delays included.</summary>
/// <param name="start">what it shows now; null: what the real one shows</param>
public sealed class FastClock(TimeProvider real, double speed, DateTimeOffset? start = null) : TimeProvider
{
    private Pace _pace = new(start ?? real.GetUtcNow(), real.GetTimestamp(), speed);

    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    public override DateTimeOffset GetUtcNow()
    {
        var pace = _pace;
        return pace.From + real.GetElapsedTime(pace.At) * pace.Speed;
    }

    public override long GetTimestamp() => GetUtcNow().UtcTicks;

    /// <summary>
    /// From now on as many times as fast: slower where what is measured must not be the host's own work. What is waited for already is
    /// not affected.
    /// </summary>
    public void RunAt(double times) => _pace = new Pace(GetUtcNow(), real.GetTimestamp(), times);

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period) =>
        new FastTimer(real.CreateTimer(callback, state, Shorten(dueTime), Shorten(period)), Shorten);

    private TimeSpan Shorten(TimeSpan span) => span <= TimeSpan.Zero ? span : span / _pace.Speed;

    /// <param name="At">of the real clock</param>
    private sealed record Pace(DateTimeOffset From, long At, double Speed);

    private sealed class FastTimer(ITimer inner, Func<TimeSpan, TimeSpan> shorten) : ITimer
    {
        public bool Change(TimeSpan dueTime, TimeSpan period) => inner.Change(shorten(dueTime), shorten(period));

        public void Dispose() => inner.Dispose();

        public ValueTask DisposeAsync() => inner.DisposeAsync();
    }
}
