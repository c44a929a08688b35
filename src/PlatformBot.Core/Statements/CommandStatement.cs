namespace PlatformBot.Core.Statements;

/// <summary>One command, as its author signs it: to this bot, once, now.</summary>
/// <param name="Bot">hash of the first entry of the bot's journal</param>
/// <param name="Person">as in the list of keys</param>
/// <param name="From">where they sit, as their terminal says: for the record only</param>
/// <param name="Nonce">the bot's, for this one use</param>
/// <param name="At">when, as their terminal says: for the record only</param>
public sealed record CommandStatement(
    string Bot,
    string Person,
    string From,
    string Command,
    string Nonce,
    DateTimeOffset At
)
{
    /// <summary>A signature under anything else is none under this.</summary>
    public const string Namespace = "platformbot@console";

    private const string Title = "PlatformBot command, version 1";

    private static readonly string[] Names = ["bot", "person", "from", "command", "nonce", "at"];

    public string Text =>
        StatementText.Write(Title, [.. Names.Zip([Bot, Person, From, Command, Nonce, StatementText.Time(At)])]);

    /// <summary>Null when the text is not exactly what <see cref="Text"/> writes.</summary>
    public static CommandStatement? Parse(string text) =>
        StatementText.Read(text, Title, Names) is [var bot, var person, var from, var command, var nonce, var at]
        && StatementText.IsDigest(bot)
        && Signer.IsName(person)
        && StatementText.IsDigest(nonce)
        && StatementText.Time(at) is { } time
            ? new(bot, person, from, command, nonce, time)
            : null;
}
