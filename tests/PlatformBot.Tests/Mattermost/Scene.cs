using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using PlatformBot.Core;
using PlatformBot.Core.Chat;
using PlatformBot.Core.Statements;
using PlatformBot.Mattermost;
using PlatformBot.Sandbox.Chat;
using PlatformBot.TestKit;
using Shouldly;
using Xunit;

namespace PlatformBot.Tests.Mattermost;

/// <summary>A chat server, the bot's chat adapter on the real wire, and a conversation that notes what it hears.</summary>
internal sealed class Scene : IAsyncDisposable
{
    private static readonly CancellationToken Now = TestContext.Current.CancellationToken;

    private readonly HttpClient _http = new();
    private readonly string _folder = Directory.CreateTempSubdirectory("platformbot-").FullName;

    private Scene(FakeClock clock, ChatServer chat) => (Clock, Chat) = (clock, chat);

    public FakeClock Clock { get; }

    public ChatServer Chat { get; }

    public Notes Heard { get; } = new();

    /// <summary>What the chat server answers wrongly.</summary>
    public OddAnswers Odd { get; } = new();

    public WebApplication Bot { get; private set; } = null!;

    public IChat Voice => Bot.Services.GetRequiredService<IChat>();

    public Seals Seals => Bot.Services.GetRequiredService<Seals>();

    public string Ops => Chat.OpsChannelId;

    public Uri BotUri => new(Bot.Urls.First());

    public static async Task<Scene> StartAsync(RateLimit? limit = null)
    {
        var clock = new FakeClock(new DateTimeOffset(2026, 11, 21, 9, 0, 0, TimeSpan.Zero));
        var chat = await ChatServer.StartAsync(new ChatOptions { RateLimit = limit }, clock, Now);
        var scene = new Scene(clock, chat);
        await scene.StartBotAsync();
        await scene.FindHomeAsync();

        return scene;
    }

    public async Task RestartBotAsync()
    {
        await RestartHomelessBotAsync();
        await FindHomeAsync();
    }

    /// <summary>The bot listens, but has not found its channel and its command yet.</summary>
    public async Task RestartHomelessBotAsync()
    {
        await Bot.DisposeAsync();
        Clock.Advance(TimeSpan.FromSeconds(1));
        await StartBotAsync();
    }

    public Task<JsonElement> SaysAsync(string person, string text) =>
        text.StartsWith('/')
            ? CallAsync(person, "commands/execute", new { channel_id = Ops, command = text })
            : CallAsync(person, "posts", new { channel_id = Ops, message = text });

    /// <summary>Says it again and again: where the server cannot tell what was said before the bot listened, only that is lost.</summary>
    public async Task SaysUntilHeardAsync(string person, string text)
    {
        for (var times = 0; times < 100 && Heard.Commands.Count == 0; times++)
        {
            await SaysAsync(person, text);
            await Task.Delay(TimeSpan.FromMilliseconds(50), TimeProvider.System, Now);
            Clock.Advance(TimeSpan.FromSeconds(1));
        }

        Heard.Commands.ShouldNotBeEmpty();
    }

    public Task ClicksAsync(string person, string post, string button) =>
        CallAsync(person, $"posts/{post}/actions/{button}", new { });

    /// <summary>As every team administrator can read it.</summary>
    public async Task<string> CommandTokenAsync()
    {
        var path = $"commands?team_id={Chat.TeamId}&custom_only=true";
        return (await AskAsync(Chat.AdminToken, path, body: null))[0].GetProperty("token").GetString()!;
    }

    public Task<JsonElement> CallAsync(string person, string path, object? body) =>
        AskAsync(Chat.Persons[person].Token, path, body);

    private async Task<JsonElement> AskAsync(string token, string path, object? body)
    {
        using var request = new HttpRequestMessage(
            body is null ? HttpMethod.Get : HttpMethod.Post,
            new Uri(Chat.BaseUri, $"api/v4/{path}")
        );
        request.Content = body is null ? null : JsonContent.Create(body);
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token);

        using var answer = await _http.SendAsync(request, Now);
        return await answer.Content.ReadFromJsonAsync<JsonElement>(Now);
    }

    /// <summary>Straight to the bot, as anybody on the network could.</summary>
    public Task<HttpResponseMessage> ForgesAsync(string path, HttpContent body) =>
        _http.PostAsync(new Uri(BotUri, $"mattermost/{path}"), body, Now);

    /// <summary>The messages of the bot's own posts, oldest first.</summary>
    public async Task<IReadOnlyList<JsonElement>> PostsAsync()
    {
        var answer = await CallAsync("ada", $"channels/{Ops}/posts", body: null);
        return
        [
            .. answer
                .GetProperty("posts")
                .EnumerateObject()
                .Select(post => post.Value)
                .Where(post => post.GetProperty("user_id").GetString() == Chat.BotUserId)
                .Where(post => post.GetProperty("type").GetString() is { Length: 0 })
                .OrderBy(post => post.GetProperty("create_at").GetInt64()),
        ];
    }

    /// <summary>Waits for so many posts of the bot.</summary>
    public async Task<IReadOnlyList<JsonElement>> SeesPostsAsync(int count)
    {
        IReadOnlyList<JsonElement> posts = [];

        for (var turn = 0; turn < 500 && posts.Count < count; turn++)
        {
            posts = await PostsAsync();
            Clock.Advance(TimeSpan.FromSeconds(0.2));
        }

        return posts;
    }

    public async Task<string> PostWithButtonAsync(string value = "approve 42") =>
        await Voice.PostAsync(Ops, null, WithButton(value), $"key {value}", Now);

    public static Post WithButton(string value) =>
        new()
        {
            Text = "May I?",
            Box = new Box("#888888", "Approval", "text", [new Button("approve", "Approve", "primary", value)]),
        };

    /// <summary>Lets time pass until it is done.</summary>
    public async Task<T> DoneAsync<T>(Task<T> work)
    {
        await UntilAsync(() => work.IsCompleted);
        return await work;
    }

    public async Task UntilAsync(Func<bool> happened)
    {
        for (var turn = 0; turn < 1000 && !happened(); turn++)
        {
            await Task.Delay(TimeSpan.FromMilliseconds(5), TimeProvider.System, Now);
            Clock.Advance(TimeSpan.FromSeconds(0.2));
        }

        happened().ShouldBeTrue();
    }

    public async ValueTask DisposeAsync()
    {
        await Bot.DisposeAsync();
        await Chat.DisposeAsync();
        _http.Dispose();
        Odd.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    private async Task StartBotAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Configuration.Sources.Clear();
        builder.Configuration.AddInMemoryCollection(
            new Dictionary<string, string?>
            {
                ["Urls"] = "http://127.0.0.1:0",
                ["Mattermost:Url"] = Chat.BaseUri.ToString(),
                ["Mattermost:Token"] = Chat.BotToken,
                ["Mattermost:Team"] = Chat.TeamName,
                ["Mattermost:Channel"] = "ops",
                ["Mattermost:SigningKeyFile"] = Path.Combine(_folder, "mattermost.key"),
            }
        );

        builder.Services.AddSingleton<TimeProvider>(Clock).AddSingleton<IConversation>(Heard);
        builder.Services.AddMattermost(builder.Configuration);
        builder.Services.AddSingleton(provider =>
            ActivatorUtilities.CreateInstance<MattermostApi>(provider, new HttpClient(Odd, disposeHandler: false))
        );
        Bot = builder.Build();
        Bot.MapMattermost();
        await Bot.StartAsync(Now);
    }

    private async Task FindHomeAsync()
    {
        var home = Bot.Services.GetRequiredService<MattermostHome>();
        await UntilAsync(() => home.Known is not null);
        home.Findings.ShouldBeEmpty();
    }
}

/// <summary>Notes what reaches it and answers what the test wants.</summary>
internal sealed class Notes : IConversation
{
    public List<ChatCommand> Commands { get; } = [];

    public List<ButtonClick> Clicks { get; } = [];

    public List<DialogSubmission> Submissions { get; } = [];

    public List<string> Suspicions { get; } = [];

    public Reply Answer { get; set; } = Reply.Silent;

    /// <summary>A command that leads to a bug.</summary>
    public string? FailsAt { get; set; }

    public Task<Reply> HearAsync(ChatCommand command, CancellationToken cancellationToken) =>
        command.Text == FailsAt ? throw new InvalidOperationException("a bug") : Note(Commands, command);

    public Task<Reply> PressAsync(ButtonClick click, CancellationToken cancellationToken) => Note(Clicks, click);

    public Task<Reply> SubmitAsync(DialogSubmission submission, CancellationToken cancellationToken) =>
        Note(Submissions, submission);

    public Task<Reply> VoteAsync(Caller by, VoteStatement vote, CancellationToken cancellationToken) =>
        Task.FromResult(Answer);

    public Task SuspectAsync(string what, string from, CancellationToken cancellationToken)
    {
        Suspicions.Add(what);
        return Task.CompletedTask;
    }

    private Task<Reply> Note<T>(List<T> list, T what)
    {
        list.Add(what);
        return Task.FromResult(Answer);
    }
}
