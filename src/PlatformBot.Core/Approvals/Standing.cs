using System.Collections.Concurrent;
using PlatformBot.Core.Chat;

namespace PlatformBot.Core.Approvals;

/// <summary>Whether somebody may decide at this moment.</summary>
public enum MayDecide
{
    Yes,

    /// <summary>They do not hold the role.</summary>
    NoRole,

    /// <summary>A bot, a guest, or deactivated.</summary>
    NoAccount,

    /// <summary>The chat server does not answer, and what it said last is too old. Counts as no.</summary>
    CannotTell,
}

/// <summary>
/// Who may decide now. Asks the chat server each time; while it is away, its last word on somebody counts for a while.
/// </summary>
/// <param name="trust">how long the last word counts; zero for never</param>
/// <param name="clock">the clock that people live by, whatever the platform's clock does</param>
public sealed class Standing(IPeople people, Access access, TimeSpan trust, TimeProvider clock)
{
    /// <summary>Shorter than the adapter's insistence on an answer that is an internal error: such an answer tells nothing about anybody.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    private readonly ConcurrentDictionary<string, (bool CanDecide, DateTimeOffset At)> _last = [];

    /// <exception cref="OperationCanceledException"><paramref name="stopping"/> fired.</exception>
    public async Task<MayDecide> OfAsync(Person person, string role, CancellationToken stopping)
    {
        var canDecide = await AskAsync(person, stopping);

        return canDecide is false ? MayDecide.NoAccount
            : canDecide is null || !access.IsKnown ? MayDecide.CannotTell
            : access.Holds(person, role) ? MayDecide.Yes
            : MayDecide.NoRole;
    }

    /// <summary>Whether this account can be held to a decision; null when the server does not say.</summary>
    private async Task<bool?> AskAsync(Person person, CancellationToken stopping)
    {
        using var patience = new CancellationTokenSource(Patience, clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(patience.Token, stopping);

        try
        {
            var can =
                await people.AskAsync(person.Id, either.Token) is { CanDecide: true } account
                && account.Person.Id == person.Id;
            _last[person.Id] = (can, clock.GetUtcNow());
            return can;
        }
        catch (OperationCanceledException) when (!stopping.IsCancellationRequested)
        {
            return _last.TryGetValue(person.Id, out var last) && clock.GetUtcNow() - last.At < trust
                ? last.CanDecide
                : null;
        }
    }
}
