namespace PlatformBot.Core;

/// <summary>Who did something. Decisions are made on the id; the name is for reading.</summary>
/// <param name="Id">the chat server's user id (26 characters); for the bot itself "platformbot"</param>
public readonly record struct Person(string Id, string Name)
{
    /// <summary>The bot acting by itself: retries, expiry, continuing after a restart.</summary>
    public static Person Bot { get; } = new("platformbot", "platformbot");

    public override string ToString() => $"@{Name}";
}
