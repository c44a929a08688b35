namespace PlatformBot.Core.Runs;

/// <summary>Tells whoever waits that something has changed. Nothing to dispose, so that a late caller harms nobody.</summary>
public sealed class Signal
{
    private volatile TaskCompletionSource _next = New();

    /// <summary>Completes at the next change. Take it before looking, so that no change is missed.</summary>
    public Task Next => _next.Task;

    public void Raise() => Interlocked.Exchange(ref _next, New()).SetResult();

    private static TaskCompletionSource New() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}
