using PlatformBot.Core.Chat;

namespace PlatformBot.Mattermost;

/// <summary>
/// Hands on what is not what it claims to be. At most so many a minute: whoever floods the endpoints must not fill the journal.
/// </summary>
internal sealed partial class Suspicions(IConversation conversation, TimeProvider clock, ILogger<Suspicions> logger)
{
    private const int PerMinute = 60;

    private readonly Lock _gate = new();
    private long _minute;
    private int _count;

    public async Task RaiseAsync(string what, HttpContext http, string user)
    {
        if (!IsWithinLimit())
            return;

        await conversation.SuspectAsync(what, Incoming.Sender(http, user), http.RequestAborted);
    }

    private bool IsWithinLimit()
    {
        lock (_gate)
        {
            var minute = clock.GetUtcNow().ToUnixTimeSeconds() / 60;
            (_minute, _count) = (minute, minute == _minute ? _count + 1 : 1);

            if (_count == PerMinute + 1)
                LogFlood(PerMinute);

            return _count <= PerMinute;
        }
    }

    [LoggerMessage(
        LogLevel.Warning,
        "More than {Count} forged, replayed or expired requests in this minute; the rest of them is not recorded"
    )]
    private partial void LogFlood(int count);
}
