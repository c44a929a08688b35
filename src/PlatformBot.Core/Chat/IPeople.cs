using PlatformBot.Core.Roles;

namespace PlatformBot.Core.Chat;

/// <summary>Who people are, as the chat server knows them now (an answer may be some seconds old).</summary>
public interface IPeople
{
    /// <summary>By user id, or by name with or without the @. Null: the server knows nobody of that id or name.</summary>
    Task<Account?> FindAsync(string idOrName, CancellationToken cancellationToken);

    /// <summary>By user id, as the server answers this very question: for decisions. Waits for it until cancelled.</summary>
    Task<Account?> AskAsync(string id, CancellationToken cancellationToken);

    /// <summary>A channel, team or group with those who are in it now; refused when it is not there, or open to anybody who likes.</summary>
    /// <param name="kind">channel, team or group</param>
    /// <param name="id">what the name was bound to; null when it is new</param>
    Task<Result<Circle>> FindCircleAsync(string kind, string name, string? id, CancellationToken cancellationToken);

    /// <summary>Whether somebody is in a circle, as the server answers this very question: for decisions. Waits for it until cancelled.</summary>
    Task<bool> IsInAsync(Circle circle, string id, CancellationToken cancellationToken);
}

/// <summary>An account of the chat server.</summary>
/// <param name="Active">not deactivated, and still in the team</param>
/// <param name="Guest">invited to single channels only</param>
/// <param name="Remote">of another server, which shares a channel with ours and answers for them</param>
public sealed record Account(Person Person, bool Active, bool Bot, bool Guest, bool Remote = false)
{
    /// <summary>Someone who can be held to a decision: no bot, no guest, nobody of another server, nobody who has left.</summary>
    public bool CanDecide => Active && !Bot && !Guest && !Remote;
}
