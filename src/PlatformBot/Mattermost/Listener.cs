using System.Text.Json;
using System.Threading.Channels;
using PlatformBot.Core;

namespace PlatformBot.Mattermost;

/// <summary>
/// Follows the server's events. The socket may die without a word at any time; what it missed is fetched over REST, so nothing
/// that was said to the bot while it runs gets lost.
/// </summary>
internal sealed partial class Listener(
    MattermostHome home,
    MattermostApi api,
    Mentions mentions,
    CatchUp catchUp,
    TimeProvider clock,
    ILogger<Listener> logger
) : BackgroundService
{
    private const int MostWaiting = 1024;

    private readonly Channel<Heard> _waiting = Channel.CreateBounded<Heard>(MostWaiting);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        await home.FindAsync(stoppingToken);
        await Task.WhenAll(ReceiveAsync(stoppingToken), HearAsync(stoppingToken));
    }

    private async Task ReceiveAsync(CancellationToken stopping)
    {
        var since = clock.GetUtcNow();
        var session = new Session();
        var backoff = new Backoff();

        while (true)
        {
            using var socket = new EventSocket(api, clock);

            if (await socket.ConnectAsync(session, stopping))
            {
                LogListening();
                backoff = new Backoff();

                // Whatever was missed since the last event, whether or not the server could replay it.
                await QueueAsync(await catchUp.ReadAsync(since, stopping), stopping);
                since = await FollowAsync(socket, session, since, stopping);
                LogLost();
            }

            await Task.Delay(backoff.Next(), clock, stopping);
        }
    }

    /// <summary>Returns, when the connection ends, the time from which something may be missing.</summary>
    private async Task<DateTimeOffset> FollowAsync(
        EventSocket socket,
        Session session,
        DateTimeOffset since,
        CancellationToken stopping
    )
    {
        while (await socket.NextAsync(stopping) is { } frame)
        {
            if (session.HasGap(frame))
                await QueueAsync(await catchUp.ReadAsync(since, stopping), stopping);

            session.Note(frame);
            since = clock.GetUtcNow();

            if (Heard.In(frame) is { } heard)
                await _waiting.Writer.WriteAsync(heard, stopping);
        }

        return since;
    }

    private async Task QueueAsync(IEnumerable<Heard> missed, CancellationToken stopping)
    {
        foreach (var heard in missed)
            await _waiting.Writer.WriteAsync(heard, stopping);
    }

    private async Task HearAsync(CancellationToken stopping)
    {
        await foreach (var (post, isDirect) in _waiting.Reader.ReadAllAsync(stopping))
            await HearAsync(post, isDirect, stopping);
    }

    /// <summary>Whatever goes wrong with one post, the next one is heard.</summary>
    private async Task HearAsync(JsonElement post, bool isDirect, CancellationToken stopping)
    {
        try
        {
            await mentions.HearAsync(post, isDirect, stopping);
        }
#pragma warning disable CA1031 // A bug in what one post leads to would make the bot deaf for everybody.
        catch (Exception bug) when (!stopping.IsCancellationRequested)
        {
            LogBug(bug, Incoming.Text(post, "id"));
        }
#pragma warning restore CA1031
    }

    [LoggerMessage(LogLevel.Information, "Listening to Mattermost")]
    private partial void LogListening();

    [LoggerMessage(LogLevel.Information, "The connection to Mattermost's events was lost; connecting again")]
    private partial void LogLost();

    [LoggerMessage(LogLevel.Error, "Hearing post {Post}")]
    private partial void LogBug(Exception bug, string post);
}

/// <summary>A post that reached the bot.</summary>
internal sealed record Heard(JsonElement Post, bool IsDirect)
{
    /// <summary>The new post in this event, or null. Edits do not count: nobody commands by rewriting what they said.</summary>
    public static Heard? In(JsonElement frame)
    {
        if (Incoming.Text(frame, "event") != "posted")
            return null;

        var data = Incoming.Field(frame, "data");

        try
        {
            // The post is JSON inside a string.
            return new(JsonElement.Parse(Incoming.Text(data, "post")), Incoming.Text(data, "channel_type") == "D");
        }
        catch (JsonException)
        {
            return null;
        }
    }
}
