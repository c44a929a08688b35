using PlatformBot.Core.Ledgers;

namespace PlatformBot.Core.Freezes;

/// <summary>
/// What is frozen, by hand or by the configuration. Worked out anew at each look, from the clock on the wall, which anybody may set.
/// </summary>
/// <param name="windows">as the configuration has them</param>
public sealed class FreezeBook(IReadOnlyList<FreezeWindow> windows, LiveLedger ledger, TimeProvider clock)
{
    /// <summary>Completes when somebody freezes or lifts something. What begins or ends by itself is <see cref="UntilNext"/>.</summary>
    public Task Changed => ledger.Changed;

    public Frost Now => At(clock.GetUtcNow());

    public Frost At(DateTimeOffset now)
    {
        var holding = Between(now, now + TimeSpan.FromTicks(1)).Where(freeze => freeze.HoldsAt(now)).ToList();
        return holding.Count == 0
            ? Frost.None
            : new Frost([.. holding.OrderByDescending(freeze => freeze.Until ?? DateTimeOffset.MaxValue)]);
    }

    /// <summary>Those that will begin within that time and are not lifted, the next first.</summary>
    public IReadOnlyList<Freeze> Coming(TimeSpan within)
    {
        var now = clock.GetUtcNow();
        return [.. Between(now, now + within).Where(freeze => freeze.From > now).OrderBy(freeze => freeze.From)];
    }

    /// <summary>How long until something begins or ends by itself.</summary>
    /// <param name="most">it is never longer</param>
    public TimeSpan UntilNext(TimeSpan most)
    {
        var now = clock.GetUtcNow();
        return Between(now, now + most)
            .Select(freeze => freeze.From > now ? freeze.From : freeze.Until ?? DateTimeOffset.MaxValue)
            .Select(edge => edge - now)
            .Append(most)
            .Min();
    }

    private IEnumerable<Freeze> Between(DateTimeOffset after, DateTimeOffset before)
    {
        var lifted = ledger.Now.Lifted;
        var byHand = ledger.Now.Freezes.Values.Where(freeze => freeze.From < before && !freeze.HasEndedAt(after));
        return windows
            .SelectMany(window => window.Between(after, before))
            .Concat(byHand)
            .Where(freeze => !lifted.Contains(freeze.Key));
    }
}
