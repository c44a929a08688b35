namespace PlatformBot.Mattermost;

/// <summary>
/// The one writer of one post. Of many states that come while it waits or writes, only the newest is sent: each edit leaves a
/// full hidden copy on the server, and two edits under way at once could end in the wrong order.
/// </summary>
internal sealed class PostWriter(TimeSpan interval, TimeProvider clock) : IDisposable
{
    private readonly SemaphoreSlim _turn = new(1, 1);
    private readonly Lock _gate = new();
    private string _newest = "";
    private long _version;
    private long _written;
    private long _writtenAt;
    private string? _writtenText;

    /// <summary>How long ago it was last written.</summary>
    public TimeSpan Age => clock.GetElapsedTime(_writtenAt);

    public bool HasWritten => _writtenText is not null;

    /// <summary>Returns when this state, or a newer one, is on the server.</summary>
    public async Task WriteAsync(string state, Func<string, CancellationToken, Task> send, CancellationToken stopping)
    {
        var version = Offer(state);
        await _turn.WaitAsync(stopping);

        try
        {
            if (_written >= version)
                return;

            var pause = HasWritten ? interval - Age : TimeSpan.Zero;

            if (pause > TimeSpan.Zero)
                await Task.Delay(pause, clock, stopping);

            var (newest, text) = Newest();

            if (text != _writtenText)
                await send(text, stopping);

            (_written, _writtenText, _writtenAt) = (newest, text, clock.GetTimestamp());
        }
        finally
        {
            _turn.Release();
        }
    }

    public void Dispose() => _turn.Dispose();

    private long Offer(string state)
    {
        lock (_gate)
        {
            _newest = state;
            return ++_version;
        }
    }

    private (long Version, string State) Newest()
    {
        lock (_gate)
            return (_version, _newest);
    }
}
