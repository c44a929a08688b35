using PlatformBot.Core.Chat;
using PlatformBot.Core.Journals;

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

        try
        {
            await conversation.SuspectAsync(what, Incoming.Sender(http, user), http.RequestAborted);
        }
        catch (JournalUnavailableException away)
        {
            // It is refused all the same; the log is the only place that is left for it.
            LogUnwritten(what, Incoming.Sender(http, user), away.Message);
        }
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

    [LoggerMessage(LogLevel.Warning, "Refused, but not in the journal: {What}, from {From} ({Why})")]
    private partial void LogUnwritten(string what, string from, string why);

    [LoggerMessage(
        LogLevel.Warning,
        "More than {Count} forged, replayed or expired requests in this minute; the rest of them is not recorded"
    )]
    private partial void LogFlood(int count);
}
