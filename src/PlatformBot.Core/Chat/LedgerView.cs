using Microsoft.Extensions.Logging;
using PlatformBot.Core.Freezes;
using PlatformBot.Core.Ledgers;
using PlatformBot.Core.Roles;
using PlatformBot.Core.Runbooks;
using PlatformBot.Core.Runs;

namespace PlatformBot.Core.Chat;

/// <summary>
/// Shows in chat what belongs to no run, each in a post of its own, until it has ended and its post says so. Like a run's view it
/// looks at the newest state only, so that a chat server that was away for hours hears everything once.
/// </summary>
public sealed partial class LedgerView(
    LiveLedger ledger,
    FreezeBook freezes,
    RunHost runs,
    Catalogue catalogue,
    IChat chat,
    Access access,
    TimeProvider clock,
    ILogger<LedgerView> logger
)
{
    private static readonly TimeSpan LongestSleep = TimeSpan.FromMinutes(1);

    private readonly Dictionary<string, string> _shown = [];

    /// <exception cref="OperationCanceledException"><paramref name="stopping"/> fired.</exception>
    public async Task FollowAsync(CancellationToken stopping)
    {
        while (true)
        {
            var changed = ledger.Changed;
            var now = ledger.Now;
            var notices = Notices(now, clock.GetUtcNow()).ToList();

            if (notices.Count > 0)
            {
                var channel = await chat.HomeChannelAsync(stopping);

                foreach (var notice in notices)
                    await ShowAsync(notice, channel, stopping);
            }

            if (ReferenceEquals(now, ledger.Now))
                await News.OrAfterAsync(changed, () => freezes.UntilNext(LongestSleep), clock, stopping);
        }
    }

    private async Task ShowAsync(Notice notice, string channel, CancellationToken stopping)
    {
        var prefix = $"ledger:{notice.Since.ToUnixTimeMilliseconds()}";
        var teller = new Teller<Ledger>(ledger, _ => channel, prefix, _shown, chat, stopping);

        try
        {
            await teller.SayAsync(notice.Key, thread: null, notice.Post);
        }
        catch (ChatRefusedException refused)
        {
            LogRefused(notice.Key, refused.Message);
            return;
        }

        if (notice.IsLast)
        {
            await ledger.NoteAsync(new RunEvent.NoticeClosed(notice.Key), stopping);
            _shown.Remove(notice.Key);
        }
    }

    private IEnumerable<Notice> Notices(Ledger now, DateTimeOffset at)
    {
        foreach (var (number, freeze) in now.Freezes)
        {
            var lifted = now.Lifted.Contains(freeze.Key);
            var ended = lifted || freeze.HasEndedAt(at);
            yield return new Notice(
                $"freeze:{number}",
                freeze.From,
                FreezePosts.Made(number, freeze, lifted, at),
                ended
            );
        }

        foreach (var glass in now.Glasses.Values)
        {
            yield return new Notice(
                $"glass:{glass.Number}",
                glass.At,
                GlassPosts.Broken(glass, access.Holders("approver", glass.Reach(runs))),
                glass.Reviewed is not null
            );
        }

        foreach (var repin in now.Repins.Values)
            yield return new Notice($"repin:{repin.Number}", repin.At, RepinPosts.Of(repin), IsLast: true);

        foreach (var thaw in now.Thaws.Values)
        {
            var isLast = !thaw.IsOpen && (now.Lifted.Contains(thaw.Freeze.Key) || !thaw.IsApproved);
            yield return new Notice(
                $"thaw:{thaw.Number}",
                thaw.Approval.AskedAt,
                FreezePosts.Asking(thaw, access.Holders("approver", thaw.Freeze.Reach(catalogue.Inventory))),
                isLast
            );
        }
    }

    /// <param name="Since">when it began: another journal's notice of the same key began at another time</param>
    /// <param name="IsLast">nothing of it changes any more</param>
    private sealed record Notice(string Key, DateTimeOffset Since, Post Post, bool IsLast);

    [LoggerMessage(LogLevel.Warning, "Showing {Post} in chat: {Reason}")]
    private partial void LogRefused(string post, string reason);
}
