using System.Collections.Concurrent;
using System.Text.Json;
using Microsoft.Extensions.Options;
using PlatformBot.Core;
using PlatformBot.Core.Chat;

namespace PlatformBot.Mattermost;

/// <summary>
/// Turns "@platformbot …" at the start of a post, and direct messages, into commands, and answers in the thread.
/// A post is heard once, whether it came over the socket, twice over the socket, or from catching up.
/// </summary>
internal sealed partial class Mentions(
    MattermostHome home,
    MattermostPeople people,
    MattermostChat chat,
    IConversation conversation,
    PersonLimit limit,
    IOptions<MattermostOptions> options,
    TimeProvider clock,
    ILogger<Mentions> logger
)
{
    private const int MostRemembered = 4096;
    private const string Late =
        ":zzz: I was away when you wrote this, so I have not done it. Please say it again if you still want it.";

    private readonly ConcurrentDictionary<string, DateTimeOffset> _heard = new();

    /// <param name="post">a post of Mattermost's</param>
    /// <param name="isDirect">the channel is between two people: all of the text is meant for the bot</param>
    public async Task HearAsync(JsonElement post, bool isDirect, CancellationToken stopping)
    {
        var place = await home.FindAsync(stopping);

        if (CommandIn(post, isDirect, place) is not { } text || !IsNew(Incoming.Text(post, "id")))
            return;

        if (!limit.Admits(Incoming.Text(post, "user_id")))
            return;

        // Webhooks and other bots post under somebody's id; only people give commands.
        if (await people.FindAsync(Incoming.Text(post, "user_id"), stopping) is not { Bot: false } account)
            return;

        try
        {
            var reply = await ReplyAsync(post, account.Person, text, place, stopping);
            await SayAsync(post, reply, stopping);
        }
        catch (ChatRefusedException refused)
        {
            LogRefused(Incoming.Text(post, "id"), refused.Message);
        }
    }

    private async Task<Reply> ReplyAsync(
        JsonElement post,
        Person by,
        string text,
        Home place,
        CancellationToken stopping
    )
    {
        var age = clock.GetUtcNow() - DateTimeOffset.FromUnixTimeMilliseconds(Incoming.Number(post, "create_at"));

        if (age > options.Value.MentionLife)
            return new Reply(Late);

        var command = new ChatCommand(
            new Caller(by, new Origin("mention", $"post {Incoming.Text(post, "id")}")),
            place.TeamId,
            Incoming.Text(post, "channel_id"),
            text,
            Dialogs: null
        );
        return await conversation.HearAsync(command, stopping);
    }

    private async Task SayAsync(JsonElement post, Reply reply, CancellationToken stopping)
    {
        if (reply.Text.Length == 0)
            return;

        var id = Incoming.Text(post, "id");
        var root = Incoming.Text(post, "root_id");
        var thread = root.Length > 0 ? root : id;

        await chat.PostAsync(
            Incoming.Text(post, "channel_id"),
            thread,
            // Everybody in the channel reads this answer, so it may call nobody: not by a name in it, not by a word it quotes.
            new Post { Text = Markdown.Hush(reply.Text) },
            $"reply-{id}",
            stopping
        );
    }

    /// <summary>What is said to the bot, or null when nothing is: it must be addressed first, not just named or quoted.</summary>
    private static string? CommandIn(JsonElement post, bool isDirect, Home place)
    {
        var isPlain =
            Incoming.Text(post, "type").Length == 0
            && Incoming.Number(post, "delete_at") == 0
            && Incoming.Text(post, "original_id").Length == 0
            && Incoming.Text(post, "user_id") != place.Bot.Id
            && !IsFromWebhook(post);

        if (!isPlain)
            return null;

        var text = Incoming.Text(post, "message").TrimStart();
        var name = $"@{place.Bot.Name}";
        var isAddressed =
            text.StartsWith(name, StringComparison.OrdinalIgnoreCase)
            && (text.Length == name.Length || !IsPartOfName(text[name.Length]));

        if (isAddressed)
            return text[name.Length..].TrimStart(':', ',', ' ');

        return isDirect ? text : null;
    }

    private static bool IsPartOfName(char next) => char.IsLetterOrDigit(next) || next is '-' or '_' or '.';

    private static bool IsFromWebhook(JsonElement post) =>
        Incoming.Field(post, "props") is var props
        && (Incoming.Text(props, "from_webhook").Length > 0 || Incoming.Text(props, "override_username").Length > 0);

    private bool IsNew(string post)
    {
        if (_heard.Count > MostRemembered)
        {
            foreach (var (id, _) in _heard.OrderBy(pair => pair.Value).Take(MostRemembered / 2))
                _heard.TryRemove(id, out _);
        }

        return _heard.TryAdd(post, clock.GetUtcNow());
    }

    [LoggerMessage(LogLevel.Warning, "The answer to post {Post} was refused: {Reason}")]
    private partial void LogRefused(string post, string reason);
}
