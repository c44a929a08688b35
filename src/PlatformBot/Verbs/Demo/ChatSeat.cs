using System.Net.Http.Headers;
using System.Net.WebSockets;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Threading.Channels;

namespace PlatformBot.Verbs.Demo;

/// <summary>One person in front of the chat server, over Mattermost's own protocol: types, presses, fills in, and sees what appears.</summary>
internal sealed class ChatSeat : IAsyncDisposable
{
    private static readonly string[] Folded = ["post", "dialog"];

    private readonly HttpClient _http;
    private readonly Uri _server;
    private readonly string _token;
    private readonly ClientWebSocket _socket = new();
    private readonly CancellationTokenSource _leaving = new();
    private readonly Channel<JsonObject> _events = Channel.CreateUnbounded<JsonObject>();
    private Task _reading = Task.CompletedTask;

    /// <param name="name">as others see it</param>
    public ChatSeat(Uri server, string name, string id, string token, string team, string channel)
    {
        (Name, Id, Team, ChannelId) = (name, id, team, channel);
        (_server, _token) = (server, token);
        _http = new HttpClient { BaseAddress = new Uri(server, "/api/v4/") };
        _http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", token);
    }

    public string Name { get; }

    public string Id { get; }

    public string Team { get; }

    public string ChannelId { get; }

    /// <summary>What the server says, as it says it: events with their data already parsed.</summary>
    public ChannelReader<JsonObject> Events => _events.Reader;

    public async Task SitDownAsync(CancellationToken cancellationToken)
    {
        _socket.Options.SetRequestHeader("Authorization", $"Bearer {_token}");
        await _socket.ConnectAsync(new Uri($"ws://{_server.Authority}/api/v4/websocket"), cancellationToken);
        _reading = ReadAsync();
    }

    public Task TypeAsync(string command, CancellationToken cancellationToken) =>
        PostAsync(
            "commands/execute",
            new
            {
                channel_id = ChannelId,
                team_id = Team,
                command,
            },
            cancellationToken
        );

    public Task PressAsync(string post, string action, CancellationToken cancellationToken) =>
        PostAsync($"posts/{post}/actions/{action}", new { }, cancellationToken);

    /// <summary>Fills in the one text field of a dialog that the server has opened.</summary>
    /// <returns>why the dialog stays open; "" when it has closed</returns>
    public async Task<string> FillInAsync(JsonObject opened, string text, CancellationToken cancellationToken)
    {
        var dialog = opened["dialog"]!;
        var field = (string)dialog["elements"]![0]!["name"]!;
        var submission = new Dictionary<string, string> { [field] = text };
        var body = new
        {
            url = (string)opened["url"]!,
            callback_id = (string?)dialog["callback_id"],
            state = (string?)dialog["state"],
            channel_id = ChannelId,
            team_id = Team,
            submission,
            cancelled = false,
        };
        var answer = JsonNode.Parse(await PostAsync("actions/dialogs/submit", body, cancellationToken));
        return (string?)answer?["error"] ?? (string?)answer?["errors"]?[field] ?? "";
    }

    public async ValueTask DisposeAsync()
    {
        await _leaving.CancelAsync();
        await _reading.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _socket.Dispose();
        _http.Dispose();
        _leaving.Dispose();
    }

    private async Task<string> PostAsync(string path, object body, CancellationToken cancellationToken)
    {
        using var answer = await _http.PostAsJsonAsync(path, body, cancellationToken);
        var said = await answer.Content.ReadAsStringAsync(cancellationToken);
        return answer.IsSuccessStatusCode
            ? said
            : throw new DemoException($"{Name}: {path} was answered {(int)answer.StatusCode}: {said}");
    }

    private async Task ReadAsync()
    {
        var buffer = new byte[64 * 1024];

        while (!_leaving.IsCancellationRequested)
        {
            using var frame = new MemoryStream();
            ValueWebSocketReceiveResult part;

            do
            {
                part = await _socket.ReceiveAsync(buffer.AsMemory(), _leaving.Token);
                await frame.WriteAsync(buffer.AsMemory(0, part.Count), _leaving.Token);
            } while (!part.EndOfMessage);

            if (part.MessageType is WebSocketMessageType.Close)
                return;

            if (
                JsonNode.Parse(Encoding.UTF8.GetString(frame.ToArray())) is JsonObject said
                && said["event"] is not null
            )
            {
                _events.Writer.TryWrite(Unfolded(said));
            }
        }
    }

    /// <summary>Posts and dialogs come as JSON inside a string.</summary>
    private static JsonObject Unfolded(JsonObject said)
    {
        if (said["data"] is JsonObject data)
        {
            foreach (
                var name in Folded.Where(name =>
                    data[name] is JsonValue value && value.GetValueKind() is JsonValueKind.String
                )
            )
            {
                data[name] = JsonNode.Parse((string)data[name]!);
            }
        }

        return said;
    }
}

/// <summary>The demo cannot go on; the message is for whoever watches.</summary>
internal sealed class DemoException(string message) : Exception(message);
