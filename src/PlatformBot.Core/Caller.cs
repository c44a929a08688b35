using PlatformBot.Core.Statements;

namespace PlatformBot.Core;

/// <summary>How and from where somebody acted, as it stands in the journal beside what they did.</summary>
/// <param name="Via">slash, button, dialog, mention or console</param>
/// <param name="Place">"channel ID" or "post ID" of the chat server; in the console what the terminal says of itself; null where there is none</param>
/// <param name="Address">who connected to the bot, an IP address: the chat server's own for all that comes through it; in the console the host's user; null where nobody did</param>
/// <param name="Signed">what they signed, where they are known by their signature (console)</param>
public sealed record Origin(string Via, string? Place = null, string? Address = null, Signed? Signed = null);

/// <summary>Who acts, and how they came in.</summary>
/// <param name="IsProven">the chat server, or a key of their own, vouches for this person; false where only a shared token does</param>
public sealed record Caller(Person Person, Origin Origin, bool IsProven = true)
{
    /// <summary>Decisions are made on it.</summary>
    public string Id => Person.Id;

    public override string ToString() => $"{Person}";
}
