using PlatformBot.Core;
using PlatformBot.Hosting;
using PlatformBot.Sandbox;

namespace PlatformBot.Verbs.Demo;

/// <summary>The sandbox and the real bot in it, in one folder that goes away with them.</summary>
internal sealed class Household : IAsyncDisposable
{
    private readonly Func<WebApplication> _build;
    private WebApplication _bot;

    private Household(string folder, SandboxWorld world, Func<WebApplication> build) =>
        (Folder, World, _build, _bot) = (folder, world, build, build());

    /// <summary>Holds everything of both: the journal, the client configurations, the checkout.</summary>
    public string Folder { get; }

    public SandboxWorld World { get; }

    /// <summary>The bot's own parts, to look at.</summary>
    public IServiceProvider Services => _bot.Services;

    /// <param name="options">its directory is set here</param>
    /// <exception cref="CatalogueException">The runbooks hold mistakes.</exception>
    /// <exception cref="DemoException">There are none here.</exception>
    public static async Task<Household> StartAsync(
        Func<string, SandboxOptions> options,
        Action<ILoggingBuilder> logging,
        CancellationToken cancellationToken
    )
    {
        var root =
            Roots.Find()
            ?? throw new DemoException("There is no commands/ folder here: run this inside the repository.");
        var folder = Directory.CreateTempSubdirectory("platformbot-").FullName;
        var world = await SandboxWorld.StartAsync(options(folder), cancellationToken);
        await File.WriteAllTextAsync(
            Path.Combine(folder, "op-token"),
            world.Vault.ServiceAccountToken,
            cancellationToken
        );
        // Nobody else on this machine reads the clusters' credentials.
        OwnerOnly.CreateFolder(world.Runtime);
        OwnerOnly.NarrowFolder(world.Runtime);
        var household = new Household(
            folder,
            world,
            () => BotApp.Build(SandboxSettings.For(world, root, folder), world.Clock, logging)
        );
        await household._bot.StartAsync(cancellationToken);
        return household;
    }

    /// <summary>The bot leaves in the middle of whatever it does, and a new one takes over its journal.</summary>
    public async Task RestartBotAsync(CancellationToken cancellationToken)
    {
        await _bot.StopAsync(cancellationToken);
        await _bot.DisposeAsync();
        _bot = _build();
        await _bot.StartAsync(cancellationToken);
    }

    public async ValueTask DisposeAsync()
    {
        await _bot.StopAsync(CancellationToken.None);
        await _bot.DisposeAsync();
        await World.DisposeAsync();
        Directory.Delete(Folder, recursive: true);
    }
}
