using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using PlatformBot.Sandbox.Chat.Api;
using PlatformBot.Sandbox.Chat.Integrations;
using PlatformBot.Sandbox.Chat.Posts;
using PlatformBot.Sandbox.Chat.Slash;
using PlatformBot.Sandbox.Chat.Sockets;

namespace PlatformBot.Sandbox.Chat;

/// <summary>
/// A chat server that speaks Mattermost's REST API v4 and WebSocket as a bot and a web client see them (5.37), with a page to chat
/// as several people. Everything is in memory. It knows the protocol, and nothing of the bot.
/// </summary>
public sealed class ChatServer : IAsyncDisposable
{
    internal const string Version = "5.37.0";
    internal const string VersionId = "5.37.0.5.37.0.sandbox.false";

    private readonly CancellationTokenSource _stopping = new();
    private readonly Cable _cable = new();
    private readonly ChatState _state;
    private readonly Hub _hub;
    private readonly Triggers _triggers;
    private readonly Callbacks _callbacks;
    private readonly Cookies _cookies = new();
    private readonly WebApplication _app;

    private ChatServer(ChatOptions options, TimeProvider clock)
    {
        _state = new ChatState(clock);
        _hub = new Hub(_state);
        _triggers = new Triggers(_state);
        _callbacks = new Callbacks(clock, options.CallbackTimeout);
        (TeamId, OpsChannelId, BotUserId, BotToken, AdminToken, Persons) = FirstDay.Arrange(_state, options.People);
        _app = Build(options, clock);
    }

    /// <summary>http://127.0.0.1:port</summary>
    public Uri BaseUri => new(_app.Urls.First());

    public string TeamId { get; }

    /// <summary>The team's name in URLs.</summary>
    public string TeamName { get; } = FirstDay.TeamName;

    public string OpsChannelId { get; }

    public string BotUserId { get; }

    /// <summary>The bot account's access token. The account is a team administrator, so that it may register commands.</summary>
    public string BotToken { get; }

    /// <summary>A session of the system administrator, who is in every channel.</summary>
    public string AdminToken { get; }

    /// <summary>By user name.</summary>
    public IReadOnlyDictionary<string, ChatPerson> Persons { get; }

    public static async Task<ChatServer> StartAsync(
        ChatOptions options,
        TimeProvider clock,
        CancellationToken cancellationToken
    )
    {
        var server = new ChatServer(options, clock);
        await server._app.StartAsync(cancellationToken);
        return server;
    }

    /// <summary>The network to the server is gone: every connection is cut, and no new one gets an answer.</summary>
    public void Down() => _cable.Cut();

    /// <summary>The network is back. Nothing was lost, and WebSockets can be resumed.</summary>
    public void Up() => _cable.Mend();

    /// <summary>Cuts every connection and forgets the WebSockets, as a restart of the server does; posts and commands are kept.</summary>
    public void Restart()
    {
        lock (_state.Gate)
            _hub.Forget();

        Down();
        Up();
    }

    private WebApplication Build(ChatOptions options, TimeProvider clock)
    {
        var app = _cable.NewServer(options.Port).Build();
        app.UseLoss("chat", options.Loses);
        app.Use((http, next) => ErrorAnswers.AroundAsync(http, _ => next()));

        if (options.RateLimit is { } limit)
        {
            var gate = new RateGate(limit, clock);
            app.Use((http, next) => IsLimited(http) ? gate.AroundAsync(http, _ => next()) : next());
        }

        // What is cut off without a PONG for 100 s is what a real server would have dropped.
        app.UseWebSockets(
            new WebSocketOptions
            {
                KeepAliveInterval = TimeSpan.FromSeconds(60),
                KeepAliveTimeout = TimeSpan.FromSeconds(40),
            }
        );
        app.UseRouting();

        foreach (var route in Routes(options))
            app.MapMethods(route.Path, [route.Method], http => route.Serve(new Call(http, _state)));

        app.MapFallback(ErrorAnswers.UnknownRouteAsync);
        return app;
    }

    private static bool IsLimited(HttpContext http) =>
        http.Request.Path.StartsWithSegments("/api", StringComparison.Ordinal)
        || http.Request.Path.StartsWithSegments("/hooks", StringComparison.Ordinal);

    private IEnumerable<Route> Routes(ChatOptions options)
    {
        var book = new PostBook(_state, _hub);
        var commands = new CommandBook(_state);
        var hooks = new ResponseUrls(_state, commands);
        var answers = new CommandAnswers(_state, book, _cookies);
        var sockets = new SocketEndpoint(_state, _hub, _stopping.Token);

        return
        [
            new Route("GET", "/api/v4/websocket", sockets.ServeAsync),
            .. new CommandRoutes(_state, commands).Routes,
            .. new ExecuteRoutes(_state, commands, hooks, answers, _triggers, _callbacks).Routes,
            .. new PostRoutes(_state, book).Routes,
            .. new ActionRoutes(_state, book, _cookies, _triggers, _callbacks).Routes,
            .. new DialogRoutes(_state, _hub, _triggers, _callbacks).Routes,
            .. new ReactionRoutes(_state, _hub).Routes,
            .. new FileRoutes(_state).Routes,
            .. new ChannelRoutes(_state, _hub).Routes,
            .. new ChannelMemberRoutes(_state, _hub).Routes,
            .. new TeamRoutes(_state).Routes,
            .. new UserRoutes(_state).Routes,
            .. new SystemRoutes(_state, _triggers).Routes,
            .. new PageRoutes(this, options).Routes,
        ];
    }

    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync();
        Down();
        await _app.DisposeAsync();
        _callbacks.Dispose();
        _triggers.Dispose();
        _cookies.Dispose();
        _stopping.Dispose();
    }
}
