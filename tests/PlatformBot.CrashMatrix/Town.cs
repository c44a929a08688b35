using System.Net;
using System.Net.Sockets;
using System.Text.Json;
using PlatformBot.Sandbox;
using PlatformBot.Storage;
using PlatformBot.Verbs;

namespace PlatformBot.CrashMatrix;

/// <summary>A simulated world, the people in it, and a bot that is started again whenever it has died.</summary>
internal sealed class Town : IAsyncDisposable
{
    private readonly CancellationTokenSource _leaving = new();
    private readonly List<string> _accidents = [];
    private readonly string _planFile;
    private Task _keeping = Task.CompletedTask;

    private Town(string folder, SandboxWorld world, Gate gate)
    {
        (Folder, World, Gate) = (folder, world, gate);
        _planFile = Path.Combine(folder, "bot.json");
        Journal = new JournalFile(JournalPath);
    }

    public string Folder { get; }

    public string JournalPath => Path.Combine(Folder, "journal.sqlite");

    public SandboxWorld World { get; }

    public Gate Gate { get; }

    /// <summary>The bot's journal, read past the bot.</summary>
    public JournalFile Journal { get; }

    /// <summary>How often the bot ended without being killed, with the end of its log.</summary>
    public IReadOnlyList<string> Accidents
    {
        get
        {
            lock (_accidents)
                return [.. _accidents];
        }
    }

    /// <param name="root">holds the runbooks</param>
    /// <param name="prepare">what must be there before the bot is</param>
    public static async Task<Town> StartAsync(
        string root,
        string? seed,
        double speed,
        Action<SandboxWorld> prepare,
        CancellationToken cancellationToken
    )
    {
        var folder = Directory.CreateTempSubdirectory("crash-").FullName;
        var gate = new Gate();
        var options = new SandboxOptions
        {
            Directory = folder,
            Seed = seed,
            Speed = speed,
            Loses = gate.LosesAsync,
        };
        var world = await SandboxWorld.StartAsync(options, cancellationToken);
        gate.ChatToken = world.Chat.BotToken;
        Directory.CreateDirectory(Path.Combine(world.Runtime, "kube"));
        prepare(world);
        var town = new Town(folder, world, gate);
        await town.WritePlanAsync(root, speed, cancellationToken);
        town._keeping = town.KeepAsync();
        return town;
    }

    public async ValueTask DisposeAsync()
    {
        await _leaving.CancelAsync();

        if (Gate.Bot is { } bot)
            await bot.KillAsync();

        await _keeping;
        await World.DisposeAsync();
        Journal.Dispose();
        _leaving.Dispose();
        Directory.Delete(Folder, recursive: true);
    }

    private async Task WritePlanAsync(string root, double speed, CancellationToken cancellationToken)
    {
        await File.WriteAllTextAsync(
            Path.Combine(Folder, "op-token"),
            World.Vault.ServiceAccountToken,
            cancellationToken
        );
        var settings = new Dictionary<string, string?>(SandboxSettings.For(World, root, Folder))
        {
            // The buttons of posts that are there already lead to the same place after every start.
            ["Urls"] = $"http://127.0.0.1:{FreePort()}",
        };
        var plan = new BotPlan(settings, speed, World.Clock.GetUtcNow(), TimeProvider.System.GetUtcNow());
        await File.WriteAllTextAsync(_planFile, JsonSerializer.Serialize(plan), cancellationToken);
    }

    private async Task KeepAsync()
    {
        while (!_leaving.IsCancellationRequested)
        {
            using var life = BotLife.Start(_planFile, Gate.ReachAsync);
            Gate.Bot = life;
            await life.Ended;

            if (life.IsDoomed || _leaving.IsCancellationRequested)
                continue;

            lock (_accidents)
                _accidents.Add($"the bot ended by itself:\n{life.Log}");

            return;
        }
    }

    /// <summary>Below the ports that the kernel gives to outgoing connections: nobody else takes it while the bot is dead.</summary>
    private static int FreePort()
    {
        while (true)
        {
#pragma warning disable CA5394 // Any port will do.
            var port = Random.Shared.Next(15000, 32000);
#pragma warning restore CA5394

            try
            {
                using var listener = new TcpListener(IPAddress.Loopback, port);
                listener.Start();
                return port;
            }
            catch (SocketException)
            {
                // Taken; another one.
            }
        }
    }
}
