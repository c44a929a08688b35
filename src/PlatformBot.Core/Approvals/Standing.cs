using System.Collections.Concurrent;
using PlatformBot.Core.Chat;
using PlatformBot.Core.Roles;
using PlatformBot.Core.Statements;

namespace PlatformBot.Core.Approvals;

/// <summary>Whether somebody may decide at this moment.</summary>
public enum MayDecide
{
    Yes,

    /// <summary>They do not hold the role.</summary>
    NoRole,

    /// <summary>A bot, a guest, or deactivated.</summary>
    NoAccount,

    /// <summary>Nobody vouches that it was they who said it.</summary>
    NotProven,

    /// <summary>They signed, and their key does not count, or no longer.</summary>
    NoKey,

    /// <summary>The chat server does not answer, and what it said last is too old. Counts as no.</summary>
    CannotTell,
}

/// <summary>Which of some roles somebody holds at this moment.</summary>
/// <param name="May">yes when it is one of them</param>
/// <param name="Unsure">of these the chat server does not tell</param>
public sealed record Held(MayDecide May, IReadOnlyList<string> Roles, IReadOnlyList<string> Unsure)
{
    public static Held None(MayDecide why) => new(why, [], []);
}

/// <summary>
/// Who may decide now. Asks the chat server each time; while it is away, its last word on somebody counts for a while. Of what somebody
/// signed, the key must count at this moment, whatever chat says; while chat says nothing, it is enough.
/// </summary>
/// <param name="trust">how long the last word counts; zero for never</param>
/// <param name="clock">the clock that people live by, whatever the platform's clock does</param>
public sealed class Standing(IPeople people, Access access, TimeSpan trust, TimeProvider clock)
{
    /// <summary>Shorter than the adapter's insistence on an answer that is an internal error: such an answer tells nothing about anybody.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    private readonly ConcurrentDictionary<string, (bool Yes, DateTimeOffset At)> _last = [];

    /// <summary>Judges what people signed; null: nothing that is signed counts.</summary>
    public Witness? Witness { get; init; }

    /// <exception cref="OperationCanceledException"><paramref name="stopping"/> fired.</exception>
    public async Task<MayDecide> OfAsync(Person person, string role, Reach reach, CancellationToken stopping) =>
        (await OfAsync(person, signed: null, [role], reach, stopping)).May;

    /// <summary>Of somebody who acts now.</summary>
    /// <exception cref="OperationCanceledException"><paramref name="stopping"/> fired.</exception>
    public async Task<MayDecide> OfAsync(Caller by, string role, Reach reach, CancellationToken stopping) =>
        (await OfAsync(by, [role], reach, stopping)).May;

    /// <summary>Of somebody who acts now.</summary>
    /// <exception cref="OperationCanceledException"><paramref name="stopping"/> fired.</exception>
    public async Task<Held> OfAsync(Caller by, IReadOnlyList<string> roles, Reach reach, CancellationToken stopping) =>
        by.IsProven
            ? await OfAsync(by.Person, by.Origin.Signed, roles, reach, stopping)
            : Held.None(MayDecide.NotProven);

    /// <summary>Of somebody who has voted.</summary>
    /// <exception cref="OperationCanceledException"><paramref name="stopping"/> fired.</exception>
    public Task<Held> OfAsync(Vote vote, IReadOnlyList<string> roles, Reach reach, CancellationToken stopping) =>
        OfAsync(vote.By, vote.Signed, roles, reach, stopping);

    /// <param name="signed">what the decision stands on; null where chat alone says who decides</param>
    private async Task<Held> OfAsync(
        Person person,
        Signed? signed,
        IReadOnlyList<string> roles,
        Reach reach,
        CancellationToken stopping
    )
    {
        var unfit = await UnfitAsync(person, signed, stopping);
        return unfit is null ? await HoldsAsync(person, roles, reach, stopping)
            : unfit is MayDecide.CannotTell ? new Held(MayDecide.CannotTell, [], roles)
            : Held.None(unfit.Value);
    }

    /// <summary>What stands against this person deciding anything, whatever roles they hold; null when nothing does.</summary>
    private async Task<MayDecide?> UnfitAsync(Person person, Signed? signed, CancellationToken stopping)
    {
        var asking = HasAccountAsync(person, stopping);
        var word = signed is null ? null : await StandsAsync(person, signed, stopping);
        var hasAccount = await asking ?? (word is true ? WasNotGone(person) : null);

        if (signed is not null && word is not true)
            return word is false ? MayDecide.NoKey : MayDecide.CannotTell;

        return hasAccount switch
        {
            false => MayDecide.NoAccount,
            null => MayDecide.CannotTell,
            true => null,
        };
    }

    /// <summary>A key speaks for who somebody is, not for an account that chat has once said to be gone, however long ago.</summary>
    private bool WasNotGone(Person person) => !(_last.TryGetValue(person.Id, out var last) && !last.Yes);

    private Task<bool?> StandsAsync(Person person, Signed signed, CancellationToken stopping) =>
        Witness?.StandsAsync(person, signed, stopping) ?? Task.FromResult<bool?>(false);

    private async Task<Held> HoldsAsync(
        Person person,
        IReadOnlyList<string> roles,
        Reach reach,
        CancellationToken stopping
    )
    {
        var answers = new Dictionary<string, MayDecide>();

        foreach (var role in roles)
            answers[role] = await HoldsAsync(person, role, reach, stopping);

        return new Held(
            answers.ContainsValue(MayDecide.Yes) ? MayDecide.Yes
                : answers.ContainsValue(MayDecide.CannotTell) ? MayDecide.CannotTell
                : MayDecide.NoRole,
            With(MayDecide.Yes),
            With(MayDecide.CannotTell)
        );

        IReadOnlyList<string> With(MayDecide answer) => [.. roles.Where(role => answers[role] == answer)];
    }

    /// <summary>Whether this account can be held to a decision; null when the server does not say.</summary>
    private Task<bool?> HasAccountAsync(Person person, CancellationToken stopping) =>
        AskAsync(
            person.Id,
            async cancellation =>
                await people.AskAsync(person.Id, cancellation) is { CanDecide: true } account
                && account.Person.Id == person.Id,
            stopping
        );

    /// <summary>Who is in a circle changes as people like, so it is asked anew for each decision.</summary>
    private async Task<MayDecide> HoldsAsync(Person person, string role, Reach reach, CancellationToken stopping)
    {
        if (access.HoldsByName(person, role, reach))
            return MayDecide.Yes;

        var answer = MayDecide.NoRole;

        foreach (var circle in access.Circles(role, reach))
        {
            var isIn = await AskAsync(
                $"{person.Id} in {circle.Id}",
                cancellation => people.IsInAsync(circle, person.Id, cancellation),
                stopping
            );

            if (isIn is true)
                return MayDecide.Yes;

            answer = isIn is null ? MayDecide.CannotTell : answer;
        }

        return access.IsKnown ? answer : MayDecide.CannotTell;
    }

    /// <summary>The server's answer, or for a while its last one; null when there is neither.</summary>
    private async Task<bool?> AskAsync(
        string what,
        Func<CancellationToken, Task<bool>> askAsync,
        CancellationToken stopping
    )
    {
        using var patience = new CancellationTokenSource(Patience, clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(patience.Token, stopping);

        try
        {
            var yes = await askAsync(either.Token);
            _last[what] = (yes, clock.GetUtcNow());
            return yes;
        }
        catch (OperationCanceledException) when (!stopping.IsCancellationRequested)
        {
            return _last.TryGetValue(what, out var last) && clock.GetUtcNow() - last.At < trust ? last.Yes : null;
        }
    }
}
