using PlatformBot.Sandbox.Chat;
using PlatformBot.Sandbox.Kubernetes;
using PlatformBot.Sandbox.Tools;
using PlatformBot.Sandbox.Tracker;
using PlatformBot.Sandbox.Twin;
using PlatformBot.Sandbox.Twin.Machines;
using PlatformBot.Sandbox.Twin.Vault;
using PlatformBot.Sandbox.Twin.Workloads;

namespace PlatformBot.Sandbox;

/// <summary>
/// The whole simulated world in one process: chat server, tracker, both clusters behind their API servers, machines, vault
/// and tools. People, chat and tracker live in real time, the platform in its own.
/// </summary>
public sealed class SandboxWorld : IAsyncDisposable
{
    /// <summary>How often the laws of nature are applied, in real time.</summary>
    private static readonly TimeSpan TickEvery = TimeSpan.FromMilliseconds(20);

    private readonly CancellationTokenSource _ending = new();
    private readonly Dictionary<string, KubeApiServer> _apis;
    private readonly Task _ticking;

    private SandboxWorld(
        SandboxOptions options,
        TwinWorld twin,
        MachineRoom machines,
        PasswordVault vault,
        Dictionary<string, KubeApiServer> apis,
        PlatformTools tools,
        ChatServer chat,
        TrackerServer tracker
    )
    {
        (Twin, Machines, Vault, Tools, Chat, Tracker, _apis) = (twin, machines, vault, tools, chat, tracker, apis);
        Checkout = Path.Combine(options.Directory, "gitops");
        Runtime = Path.Combine(options.Directory, "runtime");
        _ticking = Task.Run(TickAsync, CancellationToken.None);
    }

    public TwinWorld Twin { get; }

    public MachineRoom Machines { get; }

    public PasswordVault Vault { get; }

    public PlatformTools Tools { get; }

    public ChatServer Chat { get; }

    public TrackerServer Tracker { get; }

    /// <summary>The platform's clock.</summary>
    public TimeProvider Clock => Twin.Clock;

    public Faults Faults => Twin.Faults;

    /// <summary>A client configuration for a cluster's administrator, with one context.</summary>
    public string Kubeconfig(string cluster, string context) => _apis[cluster].Kubeconfig(context);

    /// <summary>A checkout of the GitOps repository.</summary>
    public string Checkout { get; }

    /// <summary>A private folder for client configurations.</summary>
    public string Runtime { get; }

    /// <exception cref="FormatException">A fault is not one.</exception>
    public static async Task<SandboxWorld> StartAsync(SandboxOptions options, CancellationToken cancellationToken)
    {
        var twin = TwinOf(options);
        var machines = new MachineRoom(twin);
        twin.Add(machines);
        KubernetesLaws.AddTo(twin);
        PlatformLaws.Add(twin);
        twin.Vault.AddItemsOfPeople(machines.Old.ToFields());
        AcceptKeys(twin, twin.Vault);
        var apis = new Dictionary<string, KubeApiServer>();

        foreach (var cluster in twin.Clusters.Values)
            apis[cluster.Name] = await KubeApiServer.StartAsync(cluster, cancellationToken, options.Loses, twin.Faults);

        var (chat, tracker) = await OfficesAsync(options, cancellationToken);
        var folder = Path.Combine(options.Directory, "bin");
        var tools = PlatformTools.Start(twin, machines, twin.Vault, apis, folder, options.Loses);
        var world = new SandboxWorld(options, twin, machines, twin.Vault, apis, tools, chat, tracker);
        tools.Checkout(world.Checkout);
        return world;
    }

    /// <summary>The NAS knows the keys that people have put into the vault.</summary>
    private static void AcceptKeys(TwinWorld twin, PasswordVault vault)
    {
        foreach (var item in vault.Items.Where(item => item.Title.StartsWith("minio-", StringComparison.Ordinal)))
            twin.Nas.Accept(item.Fields["access_key_id"], item.Fields["secret_access_key"]);

        twin.Nas.Accept(vault.ValueOf("nas-s3-mirror", "access-key"), vault.ValueOf("nas-s3-mirror", "secret-key"));
    }

    private static TwinWorld TwinOf(SandboxOptions options)
    {
        var faults = new Faults();

        foreach (var fault in options.Faults)
            faults.Arm(fault);

        var twin = new TwinWorld(new FastClock(TimeProvider.System, options.Speed), faults, options.Directory);

        if (options.Seed is not null)
            twin.Git.Seed("main", options.Seed);

        return twin;
    }

    /// <summary>Where people and the bot talk, and where issues are kept; each page links to the other.</summary>
    private static async Task<(ChatServer Chat, TrackerServer Tracker)> OfficesAsync(
        SandboxOptions options,
        CancellationToken cancellationToken
    )
    {
        var links = new Dictionary<string, string>();
        var chatOptions = new ChatOptions
        {
            Port = options.ChatPort,
            Links = links,
            Loses = options.Loses,
        };
        var chat = await ChatServer.StartAsync(chatOptions, TimeProvider.System, cancellationToken);
        var trackerOptions = new TrackerOptions
        {
            Port = options.TrackerPort,
            Links = new Dictionary<string, string> { ["Chat"] = $"{chat.BaseUri}" },
            Loses = options.Loses,
        };
        var tracker = await TrackerServer.StartAsync(trackerOptions, TimeProvider.System, cancellationToken);
        links["Issues"] = $"{tracker.BaseUri}";
        return (chat, tracker);
    }

    public async ValueTask DisposeAsync()
    {
        await _ending.CancelAsync();
        await _ticking.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await Tools.DisposeAsync();

        foreach (var api in _apis.Values)
            await api.DisposeAsync();

        await Tracker.DisposeAsync();
        await Chat.DisposeAsync();
        _ending.Dispose();
    }

    private async Task TickAsync()
    {
        using var timer = new PeriodicTimer(TickEvery, TimeProvider.System);

        while (await timer.WaitForNextTickAsync(_ending.Token))
            Twin.Tick();
    }
}
