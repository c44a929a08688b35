using System.Collections.Concurrent;
using System.Net.WebSockets;
using System.Text;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using PlatformBot.Sandbox.Chat;
using Xunit;

namespace PlatformBot.Sandbox.Tests.Chat;

/// <summary>A request that reached the integration.</summary>
internal sealed record Received(string Path, string Body, IHeaderDictionary Headers)
{
    public JsonNode Json => JsonNode.Parse(Body)!;

    public IReadOnlyDictionary<string, string> Form =>
        Body.Split('&')
            .Select(pair => pair.Split('='))
            .ToDictionary(pair => pair[0], pair => Uri.UnescapeDataString(pair[1].Replace('+', ' ')));
}

/// <summary>What the integration answers.</summary>
internal sealed record Says(string Body, int Status = 200, string? Type = "application/json");

/// <summary>An answer of the chat server.</summary>
internal sealed record Heard(int Status, string Text, HttpResponseMessage Response)
{
    public JsonNode Json => JsonNode.Parse(Text)!;

    public string Id => (string)Json["id"]!;

    public string ErrorId => (string)Json["id"]!;
}

/// <summary>A chat server, an integration with a real address, and everybody's clients.</summary>
internal sealed class Stage : IAsyncDisposable
{
    private readonly WebApplication _integration;
    private readonly HttpClient _http = new();

    private Stage(ChatServer chat, WebApplication integration) => (Chat, _integration) = (chat, integration);

    public ChatServer Chat { get; }

    public Uri IntegrationUri => new(_integration.Urls.First());

    /// <summary>How the integration answers; "{}" until a test says otherwise.</summary>
    public Func<Received, Task<Says>> Answer { get; set; } = _ => Task.FromResult(new Says("{}"));

    public ConcurrentQueue<Received> Calls { get; } = [];

    public string Ada => Chat.Persons["ada"].Token;

    public string Bot => Chat.BotToken;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public static Task<Stage> SetAsync() => OpenAsync(TimeProvider.System, new ChatOptions());

    public static Task<Stage> OpenAsync(TimeProvider clock) => OpenAsync(clock, new ChatOptions());

    public static async Task<Stage> OpenAsync(TimeProvider clock, ChatOptions options)
    {
        var chat = await ChatServer.StartAsync(options, clock, Token);
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        var integration = builder.Build();
        var stage = new Stage(chat, integration);
        integration.MapFallback(stage.ServeAsync);
        await integration.StartAsync(Token);
        return stage;
    }

    private async Task ServeAsync(HttpContext http)
    {
        using var reader = new StreamReader(http.Request.Body);
        var call = new Received(
            http.Request.Path,
            await reader.ReadToEndAsync(http.RequestAborted),
            new HeaderDictionary(http.Request.Headers.ToDictionary())
        );
        Calls.Enqueue(call);
        var says = await Answer(call);
        http.Response.StatusCode = says.Status;
        http.Response.ContentType = says.Type;
        await http.Response.WriteAsync(says.Body, http.RequestAborted);
    }

    public void AnswerWith(string body, int status = 200, string? type = "application/json") =>
        Answer = _ => Task.FromResult(new Says(body, status, type));

    public Task<Heard> GetAsync(string? token, string path) => SendAsync(HttpMethod.Get, token, path, content: null);

    public Task<Heard> PostAsync(string? token, string path, JsonNode body) =>
        SendAsync(HttpMethod.Post, token, path, Json(body));

    public Task<Heard> PutAsync(string? token, string path, JsonNode body) =>
        SendAsync(HttpMethod.Put, token, path, Json(body));

    public Task<Heard> DeleteAsync(string? token, string path) =>
        SendAsync(HttpMethod.Delete, token, path, content: null);

    private static StringContent Json(JsonNode body) => new(body.ToJsonString(), Encoding.UTF8, "application/json");

    /// <param name="path">below /api/v4, or from the root when it starts with //</param>
    public async Task<Heard> SendAsync(HttpMethod method, string? token, string path, HttpContent? content)
    {
        var url = path.StartsWith("//", StringComparison.Ordinal) ? path[1..] : "/api/v4" + path;
        using var request = new HttpRequestMessage(method, new Uri(Chat.BaseUri, url)) { Content = content };

        if (token is not null)
            request.Headers.TryAddWithoutValidation("Authorization", $"Bearer {token}");

        var response = await _http.SendAsync(request, Token);
        return new Heard((int)response.StatusCode, await response.Content.ReadAsStringAsync(Token), response);
    }

    /// <summary>Registers /platform for the integration's /slash.</summary>
    public async Task<JsonNode> RegisterAsync()
    {
        var heard = await PostAsync(Bot, "/commands", NewCommand());
        Assert.Equal(201, heard.Status);
        return heard.Json;
    }

    public JsonObject NewCommand(string trigger = "platform") =>
        new()
        {
            ["team_id"] = Chat.TeamId,
            ["trigger"] = trigger,
            ["method"] = "P",
            ["url"] = new Uri(IntegrationUri, "/slash").ToString(),
            ["auto_complete"] = true,
            ["auto_complete_hint"] = "[command]",
        };

    public Task<Heard> ExecuteAsync(string token, string command, string rootId = "") =>
        PostAsync(
            token,
            "/commands/execute",
            new JsonObject
            {
                ["channel_id"] = Chat.OpsChannelId,
                ["team_id"] = Chat.TeamId,
                ["command"] = command,
                ["root_id"] = rootId,
            }
        );

    public Task<Heard> SayAsync(string token, string message, JsonObject? more = null)
    {
        var post = new JsonObject { ["channel_id"] = Chat.OpsChannelId, ["message"] = message };

        foreach (var (name, value) in more ?? [])
            post[name] = value?.DeepClone();

        return PostAsync(token, "/posts", post);
    }

    /// <summary>A post of the bot with one button, "approve".</summary>
    public async Task<string> PostButtonAsync(string id = "approve")
    {
        var heard = await SayAsync(Bot, "Deploy?", new JsonObject { ["props"] = Button(id) });
        Assert.Equal(201, heard.Status);
        return heard.Id;
    }

    public JsonObject Button(string id = "approve", string type = "button") =>
        new()
        {
            ["attachments"] = new JsonArray(
                new JsonObject
                {
                    ["text"] = "needs one approval",
                    ["actions"] = new JsonArray(
                        new JsonObject
                        {
                            ["id"] = id,
                            ["name"] = "Approve",
                            ["type"] = type,
                            ["integration"] = new JsonObject
                            {
                                ["url"] = new Uri(IntegrationUri, "/action").ToString(),
                                ["context"] = new JsonObject { ["request"] = "r-1" },
                            },
                        }
                    ),
                }
            ),
        };

    public Task<Heard> ClickAsync(string token, string postId, string action = "approve", JsonObject? click = null) =>
        PostAsync(token, $"/posts/{postId}/actions/{action}", click ?? []);

    /// <summary>A WebSocket, authenticated by header, after its first frame.</summary>
    public async Task<Ear> ListenAsync(string token, string query = "")
    {
        var ear = await Ear.OpenAsync(Chat.BaseUri, token, query);
        await ear.NextAsync();
        return ear;
    }

    public async ValueTask DisposeAsync()
    {
        _http.Dispose();
        await Chat.DisposeAsync();
        await _integration.DisposeAsync();
    }
}

/// <summary>A client's WebSocket.</summary>
internal sealed class Ear : IDisposable
{
    private readonly ClientWebSocket _socket = new();

    /// <summary>The last frame that was read.</summary>
    public JsonNode Last { get; private set; } = new JsonObject();

    public string ConnectionId => (string)Last["data"]!["connection_id"]!;

    public static async Task<Ear> OpenAsync(Uri server, string? token, string query = "")
    {
        var ear = new Ear();

        if (token is not null)
            ear._socket.Options.SetRequestHeader("Authorization", $"Bearer {token}");

        var url = new UriBuilder(server)
        {
            Scheme = "ws",
            Path = "/api/v4/websocket",
            Query = query,
        };
        await ear._socket.ConnectAsync(url.Uri, TestContext.Current.CancellationToken);
        return ear;
    }

    public async Task<JsonNode> NextAsync() =>
        await TryNextAsync() ?? throw new InvalidOperationException("The connection ended.");

    /// <summary>Null when the server ended the connection.</summary>
    public async Task<JsonNode?> TryNextAsync()
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        patience.CancelAfter(TimeSpan.FromSeconds(20));
        using var text = new MemoryStream();
        var buffer = new byte[4096];

        try
        {
            while (true)
            {
                var part = await _socket.ReceiveAsync(buffer.AsMemory(), patience.Token);

                if (part.MessageType is WebSocketMessageType.Close)
                    return null;

                await text.WriteAsync(buffer.AsMemory(0, part.Count), patience.Token);

                if (part.EndOfMessage)
                    return Last = JsonNode.Parse(Encoding.UTF8.GetString(text.ToArray()))!;
            }
        }
        catch (WebSocketException)
        {
            return null;
        }
    }

    /// <summary>Reads on until an event of this name; gives the JSON that is packed as a string in its data.</summary>
    public async Task<JsonNode> NextAsync(string name, string packed)
    {
        while ((string?)(await NextAsync())["event"] != name) { }

        return JsonNode.Parse((string)Last["data"]![packed]!)!;
    }

    public Task SayAsync(JsonObject request) =>
        _socket.SendAsync(
            Encoding.UTF8.GetBytes(request.ToJsonString()),
            WebSocketMessageType.Text,
            endOfMessage: true,
            TestContext.Current.CancellationToken
        );

    public void Cut() => _socket.Abort();

    public void Dispose() => _socket.Dispose();
}
