using System.Text.Json.Nodes;
using System.Threading.Channels;
using PlatformBot.Core;
using PlatformBot.Core.Chat;

namespace PlatformBot.Mattermost;

/// <summary>Direct messages that follow after the request which caused them has been answered.</summary>
internal sealed partial class Whispers(
    MattermostChat chat,
    MattermostApi api,
    MattermostHome home,
    ILogger<Whispers> logger
) : BackgroundService
{
    private const int Most = 256;

    private readonly Channel<(Person To, string Text)> _waiting = Channel.CreateBounded<(Person, string)>(
        new BoundedChannelOptions(Most) { FullMode = BoundedChannelFullMode.DropOldest }
    );

    public void Say(Person to, string text)
    {
        if (text.Length > 0)
            _waiting.Writer.TryWrite((to, text));
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        await foreach (var (to, text) in _waiting.Reader.ReadAllAsync(stoppingToken))
        {
            try
            {
                var channel = await OpenAsync(to, stoppingToken);
                await chat.PostAsync(
                    channel,
                    thread: null,
                    new Post { Text = text },
                    $"whisper-{Guid.NewGuid():N}",
                    stoppingToken
                );
            }
            catch (ChatRefusedException refused)
            {
                LogRefused(to, refused.Message);
            }
        }
    }

    private async Task<string> OpenAsync(Person to, CancellationToken stopping)
    {
        var bot = (await home.FindAsync(stopping)).Bot;
        var answer = await api.AskAsync(HttpMethod.Post, "channels/direct", new JsonArray(bot.Id, to.Id), stopping);

        return answer.Done ? answer.Text("id") : throw new ChatRefusedException($"no direct channel ({answer})");
    }

    [LoggerMessage(LogLevel.Warning, "A direct message to {Person} was refused: {Reason}")]
    private partial void LogRefused(Person person, string reason);
}
