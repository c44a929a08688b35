using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.Logging;
using PlatformBot.Hosting;
using PlatformBot.Sandbox;
using PlatformBot.Sandbox.Chat;
using PlatformBot.Sandbox.Tracker;
using PlatformBot.Verbs.Demo;
using Shouldly;

namespace PlatformBot.Tests.Stories;

/// <summary>
/// The whole bot in this process, against a chat server and a tracker on the network, with runbooks and tools of the
/// test's own. People act as clients do.
/// </summary>
internal sealed partial class TheChat : IAsyncDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("story-").FullName;
    private readonly Dictionary<string, Watcher> _people = [];
    private readonly CancellationTokenSource _limit = new(TimeSpan.FromSeconds(60));
    private Dictionary<string, string?> _more = [];
    private bool _asProgram;
    private BotProgram? _program;
    private WebApplication? _bot;

    private TheChat(ChatServer server, TrackerServer tracker, Tap tap, TimeProvider clock)
    {
        (Server, Tracker, Tap, Clock) = (server, tracker, tap, clock);
    }

    public ChatServer Server { get; }

    public TrackerServer Tracker { get; }

    /// <summary>Between the chat server and the bot.</summary>
    public Tap Tap { get; }

    public TimeProvider Clock { get; }

    public RecordedLog Log { get; } = new();

    public CancellationToken Limit => _limit.Token;

    /// <summary>A folder in which the test's tools leave traces: one file per thing that was done.</summary>
    public string World => Path.Combine(_folder, "world");

    /// <summary>What was done to the world, in order of name.</summary>
    public IReadOnlyList<string> Done =>
        [.. Directory.GetFiles(World).Select(file => Path.GetFileName(file)!).Order(StringComparer.Ordinal)];

    /// <param name="steps">the steps of the one runbook, "deploy", as YAML</param>
    /// <param name="speed">how much faster than people the platform's clock goes</param>
    /// <param name="approval">the runbook's rule</param>
    /// <param name="settings">of the bot, besides the usual ones</param>
    /// <param name="asProgram">the bot is a process of its own, which can be killed; its time is real time</param>
    public static async Task<TheChat> WithAsync(
        string steps,
        double speed = 20,
        string approval = "{ per: phase, quorum: 1, expires: 4h }",
        Dictionary<string, string?>? settings = null,
        bool asProgram = false,
        IReadOnlyDictionary<string, string>? files = null
    )
    {
        var clock = new FastClock(TimeProvider.System, speed);
        var server = await ChatServer.StartAsync(new ChatOptions(), TimeProvider.System, CancellationToken.None);
        var tracker = await TrackerServer.StartAsync(new TrackerOptions(), TimeProvider.System, CancellationToken.None);
        var chat = new TheChat(server, tracker, await Tap.StartAsync(), clock)
        {
            _more = settings ?? [],
            _asProgram = asProgram,
        };
        Catalogues.Write(chat._folder, steps, approval);

        foreach (var (path, text) in files ?? new Dictionary<string, string>())
            await File.WriteAllTextAsync(Path.Combine(chat._folder, path), text, chat.Limit);

        await chat.StartBotAsync();

        await chat.OpenAsync();
        return chat;
    }

    /// <summary>People sit down; the story begins when the bot is ready for them.</summary>
    public async Task OpenAsync()
    {
        foreach (var name in new[] { "ada", "grace", "linus", "mallory" })
            await SeatAsync(name);

        await ReadyAsync();
    }

    public Watcher this[string name] => _people[name];

    public async Task StartBotAsync()
    {
        if (_asProgram)
        {
            StartProgram();
            return;
        }

        _bot = BotApp.Build(Settings(), Clock, logging => logging.ClearProviders().AddProvider(Log));
        await _bot.StartAsync(Limit);
        Tap.To = BotUri;
    }

    /// <summary>Stops the bot as SIGTERM does; <see cref="StartBotAsync"/> starts a new one on the same journal.</summary>
    public async Task StopBotAsync()
    {
        await _bot!.StopAsync(CancellationToken.None);
        await _bot.DisposeAsync();
        _bot = null;
    }

    /// <summary>A new bot on the same journal, ready for people.</summary>
    public async Task RestartBotAsync()
    {
        await StopBotAsync();
        await StartBotAsync();
        await ReadyAsync();
    }

    /// <summary>Types a command and returns what only this person sees.</summary>
    public async Task<string> SaysAsync(string who, string command)
    {
        await this[who].Seat.TypeAsync(command, Limit);
        return await this[who].PrivateAsync(Limit);
    }

    /// <summary>Asks for something that destroys, and waits for the post in which a second person is asked.</summary>
    public async Task<SeenPost> AsksForAsync(string who, string command)
    {
        await SaysAsync(who, command);
        return await SeesAsync(post => post.Buttons.Contains("approve"));
    }

    /// <summary>Presses a button and returns what only this person sees.</summary>
    public async Task<string> PressesAsync(string who, SeenPost post, string action)
    {
        await this[who].Seat.PressAsync(post.Id, action, Limit);
        return await this[who].PrivateAsync(Limit);
    }

    /// <summary>Presses a button that opens a dialog, and fills it in; what comes back is why it stays open, "" when it has closed.</summary>
    public async Task<string> FillsInAsync(string who, SeenPost post, string action, string text)
    {
        await this[who].Seat.PressAsync(post.Id, action, Limit);
        return await this[who].Seat.FillInAsync(await this[who].DialogAsync(Limit), text, Limit);
    }

    /// <summary>Waits for a post that contains the text.</summary>
    public Task<SeenPost> SeesAsync(string text) =>
        SeesAsync(post => post.Text.Contains(text, StringComparison.Ordinal));

    public async Task<SeenPost> SeesAsync(Func<SeenPost, bool> looks)
    {
        try
        {
            return await this["ada"].PostAsync(looks, Limit);
        }
        catch (OperationCanceledException cancelled)
        {
            var seen = string.Join("\n---\n", this["ada"].Posts.Select(post => post.Text).Concat(Log.Warnings));
            throw new TimeoutException($"That was not seen. Instead:\n{seen}", cancelled);
        }
    }

    /// <summary>Where the bot looks for the clusters' client configurations; nothing is there at first.</summary>
    public string Kubeconfig => Path.Combine(_folder, "runtime", "kube");

    /// <summary>Writes a file of the GitOps checkout; its path on the disk.</summary>
    public string Repository(string name, string text)
    {
        var path = Path.Combine(_folder, "gitops", name);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllText(path, text);
        return path;
    }

    /// <summary>Waits until an issue says this.</summary>
    public async Task ReportsAsync(string text)
    {
        while (!Tracker.Issues.Any(issue => issue.Body.Contains(text, StringComparison.Ordinal)))
            await Task.Delay(TimeSpan.FromMilliseconds(50), TimeProvider.System, Limit);
    }

    /// <summary>Somebody changes what the vault holds.</summary>
    public void Rotates(string secret) => Catalogues.Rotate(_folder, secret);

    /// <summary>Waits until a tool has left this trace.</summary>
    public async Task LeavesAsync(string trace)
    {
        while (!Done.Contains(trace))
            await Task.Delay(TimeSpan.FromMilliseconds(50), TimeProvider.System, Limit);
    }

    /// <summary>Comes back after the connection was lost.</summary>
    public async Task RejoinAsync(string who)
    {
        await this[who].DisposeAsync();
        await SeatAsync(who);
    }

    /// <summary>Waits until the channel holds a post with this text, and sees that it was said that often.</summary>
    public async Task HistoryHasAsync(string text, int times)
    {
        using var http = new HttpClient { BaseAddress = Server.BaseUri };
        http.DefaultRequestHeaders.Authorization = new("Bearer", Server.AdminToken);
        var said = 0;

        while (said == 0)
        {
            await Task.Delay(TimeSpan.FromSeconds(1), Clock, Limit);
            var json = await http.GetStringAsync($"/api/v4/channels/{Server.OpsChannelId}/posts?per_page=200", Limit);
            var posts = JsonNode.Parse(json)!["posts"]!
                .AsObject()
                .Select(post => (string?)post.Value!["message"] ?? "");
            said = posts.Count(message => message.Contains(text, StringComparison.Ordinal));
        }

        said.ShouldBe(times);
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var person in _people.Values)
            await person.DisposeAsync();

        if (_bot is not null)
            await StopBotAsync();

        _program?.Dispose();
        await Server.DisposeAsync();
        await Tracker.DisposeAsync();
        await Tap.DisposeAsync();
        _http.Dispose();
        _limit.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    private async Task SeatAsync(string name)
    {
        var person = Server.Persons[name];
        var seat = new ChatSeat(Server.BaseUri, name, person.Id, person.Token, Server.TeamId, Server.OpsChannelId);
        await seat.SitDownAsync(Limit);
        _people[name] = new Watcher(
            seat,
            new Transcript(TextWriter.Null, json: false, colour: false, width: 120, Clock)
        );
        _people[name].Start(aloud: false);
    }

    /// <summary>The bot registers its command and learns who holds which role by itself; the story begins after that.</summary>
    public async Task ReadyAsync()
    {
        while (!Limit.IsCancellationRequested)
        {
            try
            {
                if ((await SaysAsync("ada", "/platform whoami")).Contains("operator", StringComparison.Ordinal))
                    return;
            }
            catch (DemoException)
            {
                // No such command yet.
            }

            await Task.Delay(TimeSpan.FromSeconds(1), Clock, Limit);
        }
    }

    private Dictionary<string, string?> Settings()
    {
        var settings = Usual();

        foreach (var (name, value) in _more)
            settings[name] = value;

        return settings;
    }

    private Dictionary<string, string?> Usual() =>
        new()
        {
            ["Shutdown:Grace"] = "00:00:00",
            ["Urls"] = "http://127.0.0.1:0",
            ["Mattermost:Url"] = Server.BaseUri.ToString(),
            ["Mattermost:Token"] = Server.BotToken,
            ["Mattermost:Team"] = Server.TeamName,
            ["Mattermost:Channel"] = "ops",
            ["Mattermost:CallbackUrl"] = Tap.Address.ToString().TrimEnd('/'),
            ["Mattermost:SigningKeyFile"] = Path.Combine(_folder, "mattermost.key"),
            ["Mattermost:CardInterval"] = "00:00:00.1",
            ["GitHub:Enabled"] = "true",
            ["GitHub:ApiUrl"] = Tracker.BaseUri.ToString(),
            ["GitHub:Repository"] = Tracker.Repository,
            ["GitHub:Token"] = Tracker.Token,
            ["Access:Roles:viewer:0"] = "*",
            ["Access:Roles:operator:0"] = "ada",
            ["Access:Roles:operator:1"] = "linus",
            ["Access:Roles:approver:0"] = "ada",
            ["Access:Roles:approver:1"] = "grace",
            ["Access:Roles:approver:2"] = "linus",
            ["Paths:Root"] = _folder,
            ["Paths:Repository"] = Path.Combine(_folder, "gitops"),
            ["Paths:Runtime"] = Path.Combine(_folder, "runtime"),
            ["Storage:Journal"] = Path.Combine(_folder, "journal.sqlite"),
            ["Tools:Path"] = Catalogues.ToolsFolder(_folder),
            ["Tools:RuntimeDirectory"] = Path.Combine(_folder, "runtime"),
            ["Tools:WorkingDirectory"] = _folder,
            ["Kubernetes:Kubeconfig:0"] = Path.Combine(_folder, "runtime", "kube"),
        };
}
