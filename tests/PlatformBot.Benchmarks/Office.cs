using System.Net.Http.Headers;
using System.Net.Http.Json;
using PlatformBot.Sandbox.Chat;
using PlatformBot.Verbs;

namespace PlatformBot.Benchmarks;

/// <summary>A chat server with people in it, the relay that measures, and the real bot behind it, on the shipped runbooks and a small one.</summary>
internal sealed class Office : IAsyncDisposable
{
    /// <summary>A destructive step, so that a run waits for a vote, and nothing else that takes time.</summary>
    private const string Runbook = """
        command: rehearse
        summary: Waits for a second person, then does nothing
        access: { run: operator, approve: approver }
        approval: { per: phase, quorum: 1, expires: 4h }
        phases:
          - phase: only
            title: Only
            steps:
              - step: nothing
                title: Nothing
                run: ["yes"]
                destructive: nothing at all
                probe: [{ run: ["no"] }]
                verify: [{ run: ["yes"] }]
        """;

    private readonly string _folder = Directory.CreateTempSubdirectory("benchmark-").FullName;
    private readonly Dictionary<string, HttpClient> _people = [];
    private readonly ChatServer _chat;

    private Office(ChatServer chat, Relay relay)
    {
        (_chat, Relay) = (chat, relay);
        Prepare();
        Bot = BotProcess.Start(Settings());
        relay.Bot = Bot.Address;
    }

    public Relay Relay { get; }

    private string Tools => Path.Combine(_folder, "tools");

    public BotProcess Bot { get; }

    /// <summary>From the start of the bot's process to its first answer in chat.</summary>
    public TimeSpan StartUp { get; private set; }

    public static async Task<Office> OpenAsync(CancellationToken cancellationToken)
    {
        var chat = await ChatServer.StartAsync(new ChatOptions(), TimeProvider.System, cancellationToken);
        var relay = await Relay.StartAsync(cancellationToken);
        var began = TimeProvider.System.GetTimestamp();
        var office = new Office(chat, relay);
        await office.ReadyAsync(cancellationToken);
        office.StartUp = TimeProvider.System.GetElapsedTime(began);
        return office;
    }

    /// <summary>Types a command as this person; returns when the chat server has delivered the answer.</summary>
    /// <returns>false when the chat server says that the command failed</returns>
    public async Task<bool> SayAsync(string who, string command, CancellationToken cancellationToken)
    {
        var body = new
        {
            channel_id = _chat.OpsChannelId,
            team_id = _chat.TeamId,
            command,
        };
        using var answer = await _people[who].PostAsJsonAsync("commands/execute", body, cancellationToken);
        return answer.IsSuccessStatusCode;
    }

    public async ValueTask DisposeAsync()
    {
        await Bot.DisposeAsync();
        await Relay.DisposeAsync();
        await _chat.DisposeAsync();

        foreach (var person in _people.Values)
            person.Dispose();

        Directory.Delete(_folder, recursive: true);
    }

    private void Prepare()
    {
        var root = Repository();

        foreach (var name in new[] { "commands", "deploy" })
            Copy(Path.Combine(root, name), Path.Combine(_folder, name));

        File.WriteAllText(Path.Combine(_folder, "commands", "rehearse.yaml"), Runbook);

        foreach (var tool in new[] { "yes", "no" })
        {
            var words = $"tool: \"{tool}\"\nsummary: Does nothing\n";
            File.WriteAllText(Path.Combine(_folder, "commands", "tools", $"{tool}.yaml"), words);
        }

        // Every tool of the runbooks is there, and does nothing.
        Directory.CreateDirectory(Tools);

        foreach (var file in Directory.EnumerateFiles(Path.Combine(_folder, "commands", "tools")))
        {
            var tool = Path.GetFileNameWithoutExtension(file);
            File.CreateSymbolicLink(Path.Combine(Tools, tool), tool == "no" ? "/bin/false" : "/bin/true");
        }

        foreach (var person in _chat.Persons.Values)
        {
            var http = new HttpClient { BaseAddress = new Uri(_chat.BaseUri, "/api/v4/") };
            http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", person.Token);
            _people[person.Name] = http;
        }
    }

    /// <summary>The bot registers its command by itself; until then the chat server knows none.</summary>
    private async Task ReadyAsync(CancellationToken cancellationToken)
    {
        while (!await SayAsync("ada", "/platform whoami", cancellationToken))
        {
            if (!Bot.IsAlive)
                throw new InvalidOperationException("The bot has ended. Start `platformbot serve` by hand to see why.");

            await Task.Delay(TimeSpan.FromMilliseconds(20), TimeProvider.System, cancellationToken);
        }
    }

    /// <summary>As appsettings.json, where that has a default that fits.</summary>
    private Dictionary<string, string?> Settings() =>
        new()
        {
            ["Mattermost:Url"] = $"{_chat.BaseUri}",
            ["Mattermost:Token"] = _chat.BotToken,
            ["Mattermost:TokenFile"] = "",
            ["Mattermost:Team"] = _chat.TeamName,
            ["Mattermost:Channel"] = "ops",
            ["Mattermost:CallbackUrl"] = $"{Relay.BaseUri}".TrimEnd('/'),
            ["Mattermost:SigningKeyFile"] = Path.Combine(_folder, "mattermost.key"),
            ["Http:PerAddress"] = "1000000",
            ["Http:AddressBurst"] = "1000000",
            ["Mattermost:PerPerson"] = "1000000",
            ["Mattermost:PersonBurst"] = "1000000",
            ["Access:Roles:viewer:0"] = "*",
            ["Access:Roles:operator:0"] = "ada",
            ["Access:Roles:approver:0"] = "ada",
            ["Access:Roles:approver:1"] = "grace",
            ["Paths:Root"] = _folder,
            ["Paths:Repository"] = Path.Combine(_folder, "gitops"),
            ["Paths:Runtime"] = Path.Combine(_folder, "runtime"),
            ["Storage:Journal"] = Path.Combine(_folder, "journal.sqlite"),
            ["Tools:Path"] = Tools,
            ["Tools:RuntimeDirectory"] = Path.Combine(_folder, "runtime"),
        };

    /// <summary>The folder that holds the shipped runbooks.</summary>
    public static string Repository() =>
        Roots.Find() ?? throw new InvalidOperationException("Run the benchmarks inside the repository.");

    private static void Copy(string from, string to)
    {
        foreach (var file in Directory.EnumerateFiles(from, "*", SearchOption.AllDirectories))
        {
            var target = Path.Combine(to, Path.GetRelativePath(from, file));
            Directory.CreateDirectory(Path.GetDirectoryName(target)!);
            File.Copy(file, target);
        }
    }
}
