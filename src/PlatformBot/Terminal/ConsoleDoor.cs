using PlatformBot.Core;
using PlatformBot.Core.Chat;
using PlatformBot.Core.Journals;
using PlatformBot.Core.Statements;

namespace PlatformBot.Terminal;

/// <summary>
/// Lets in what is signed: by somebody whose key the list has under the name of a person that the bot knows, for this bot, for this one
/// time. Everything else is journaled and answered alike. Behind it the rules are those of chat.
/// </summary>
internal sealed class ConsoleDoor(IConversation conversation, Witness witness, Nonces nonces, IJournal journal)
{
    private const int LongestQuote = 200;
    private const string Way = "console";

    private static readonly Refusal Unreadable = new(
        "That is no statement that PlatformBot has made.",
        "Use `platformbot console` of the bot's own version, and send what it made unchanged."
    );
    private static readonly Refusal Stale = new(
        "That was signed for another moment, or was sent twice. Nothing was done.",
        "Say it again; a touch or a passphrase may take as long as the setting Console:NonceLife."
    );
    private static readonly Refusal Elsewhere = new(
        "That was signed for another bot. Nothing was done.",
        "Each bot has its own console and its own requests."
    );

    /// <summary>The same for an unknown key and for somebody else's.</summary>
    private static readonly Refusal Unproven = new(
        "The signature does not prove who you are. Nothing was done.",
        "Your key must be in the bot's list (Console:AllowedSigners), valid now, under one name: the one that you give with --as. The journal says what is wrong with it."
    );

    /// <summary>Null while the journal has no entry.</summary>
    public Hello? Hello() => journal.Identity is { } bot ? new(bot, nonces.Give()) : null;

    /// <param name="address">who connected</param>
    public async Task<Reply> HearAsync(Signed signed, string address, CancellationToken stopping)
    {
        if (CommandStatement.Parse(signed.Statement) is not { } said)
            return await SuspectAsync("what is no command", signed, address, Unreadable, stopping);

        // Whatever becomes of it: it is not tried again.
        if (!nonces.Take(said.Nonce))
            return await SuspectAsync("a command that was sent twice, or too late", signed, address, Stale, stopping);

        if (said.Bot != journal.Identity)
            return await SuspectAsync("a command to another bot", signed, address, Elsewhere, stopping);

        var (caller, refused) = await KnowAsync(signed, said.Person, said.From, address, stopping);
        return caller is null
            ? refused!
            : await conversation.HearAsync(
                new ChatCommand(caller, TeamId: "", ChannelId: "", Unslashed(said.Command), Dialogs: null),
                stopping
            );
    }

    /// <summary>Whoever hands it in: the vote is of whoever signed it.</summary>
    public async Task<Reply> VoteAsync(Signed signed, string address, CancellationToken stopping)
    {
        if (VoteStatement.Parse(signed.Statement) is not { } vote)
            return await SuspectAsync("what is no vote", signed, address, Unreadable, stopping);

        if (vote.Bot != journal.Identity)
            return await SuspectAsync("a vote to another bot", signed, address, Elsewhere, stopping);

        var (caller, refused) = await KnowAsync(signed, vote.Person, from: null, address, stopping);
        return caller is null ? refused! : await conversation.VoteAsync(caller, vote, stopping);
    }

    private async Task<(Caller? Caller, Reply? Refused)> KnowAsync(
        Signed signed,
        string name,
        string? from,
        string address,
        CancellationToken stopping
    )
    {
        var finding = await witness.CheckAsync(signed, stopping);

        if (finding.Holds is null)
        {
            var cannot = new Refusal(
                $"The bot cannot check signatures now: {Markdown.Inline(finding.Saw)}",
                "Mend that on the bot's host, then say it again."
            );
            return (null, await SuspectAsync($"unchecked, {finding.Saw}", signed, address, cannot, stopping));
        }

        if (finding.Holds is false)
            return (null, await SuspectAsync($"not signed so, {finding.Saw}", signed, address, Unproven, stopping));

        return witness.PersonOf(name) is { } person
            ? (new Caller(person, new Origin(Way, from, address, signed)), null)
            : (
                null,
                await SuspectAsync(
                    $"signed by {name}, whom the bot does not know",
                    signed,
                    address,
                    Unknown(name),
                    stopping
                )
            );
    }

    private static Refusal Unknown(string name) =>
        new(
            $"Your key is in the list as {Markdown.Code(name)}, and the bot knows no person of that name.",
            "The name must stand in Access:Roles as well, and the chat server must have told the bot once whose it is."
        );

    private async Task<Reply> SuspectAsync(
        string what,
        Signed signed,
        string address,
        Refusal refusal,
        CancellationToken stopping
    )
    {
        try
        {
            var quote = Words.Cut(signed.Statement.ReplaceLineEndings("; "), LongestQuote);
            await conversation.SuspectAsync($"console: {what}: {quote}", $"{Way}, {address}", stopping);
        }
        catch (JournalUnavailableException away)
        {
            return Reply.Refuse(
                new Refusal($"{refusal.Reason} It cannot be written down: {away.Message}", refusal.Hint)
            );
        }

        return Reply.Refuse(refusal);
    }

    /// <summary>Fingers are used to it.</summary>
    private static string Unslashed(string command) =>
        command.StartsWith("/platform", StringComparison.Ordinal) ? command["/platform".Length..] : command;
}
