namespace PlatformBot.Core.Runs;

/// <summary>Waiting for something to change, or for time to go by.</summary>
internal static class News
{
    /// <param name="left">how long at most; asked again once the timer runs, because time may have gone by before it did, as on a host that was suspended just then</param>
    /// <exception cref="OperationCanceledException"><paramref name="stopping"/> fired.</exception>
    public static async Task OrAfterAsync(
        Task news,
        Func<TimeSpan> left,
        TimeProvider clock,
        CancellationToken stopping
    )
    {
        using var awake = CancellationTokenSource.CreateLinkedTokenSource(stopping);
        var sleep = Task.Delay(left(), clock, awake.Token);

        if (left() > TimeSpan.Zero)
            await Task.WhenAny(news, sleep);

        await awake.CancelAsync();
        stopping.ThrowIfCancellationRequested();
    }
}
