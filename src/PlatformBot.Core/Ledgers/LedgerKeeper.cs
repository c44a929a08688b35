using PlatformBot.Core.Runs;

namespace PlatformBot.Core.Ledgers;

/// <summary>Writes what follows by itself: a request that enough people agreed to takes effect, one that nobody did expires.</summary>
public sealed class LedgerKeeper(LiveLedger ledger, TimeProvider clock)
{
    /// <summary>The clock on the wall may be set meanwhile.</summary>
    private static readonly TimeSpan LongestSleep = TimeSpan.FromMinutes(1);

    /// <exception cref="OperationCanceledException"><paramref name="stopping"/> fired.</exception>
    public async Task KeepAsync(CancellationToken stopping)
    {
        while (true)
        {
            var changed = ledger.Changed;

            foreach (var thaw in ledger.Now.Thaws.Values)
            {
                if (IsDue(ledger.Now, thaw))
                    await ledger.NoteIfAsync(now => IsDue(now, thaw), new RunEvent.Thawed(thaw.Number), stopping);

                if (IsLate(ledger.Now, thaw))
                    await ledger.NoteIfAsync(now => IsLate(now, thaw), new RunEvent.ThawExpired(thaw.Number), stopping);
            }

            await News.OrAfterAsync(changed, UntilNext, clock, stopping);
        }
    }

    private static bool IsDue(Ledger now, Thaw thaw) =>
        now.Thaws.GetValueOrDefault(thaw.Number) is { IsApproved: true } && !now.Lifted.Contains(thaw.Freeze.Key);

    private bool IsLate(Ledger now, Thaw thaw) =>
        now.Thaws.GetValueOrDefault(thaw.Number) is { IsOpen: true } open
        && open.Approval.ExpiresAt <= clock.GetUtcNow();

    private TimeSpan UntilNext()
    {
        var soonest = ledger
            .Now.Thaws.Values.Where(thaw => thaw.IsOpen)
            .Select(thaw => thaw.Approval.ExpiresAt - clock.GetUtcNow())
            .Append(LongestSleep)
            .Min();
        return soonest > TimeSpan.Zero ? soonest : TimeSpan.Zero;
    }
}
