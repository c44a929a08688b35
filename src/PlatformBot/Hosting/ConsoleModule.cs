using Microsoft.Extensions.Options;
using PlatformBot.Cli;
using PlatformBot.Core;
using PlatformBot.Core.Checks;
using PlatformBot.Core.Ledgers;
using PlatformBot.Core.Roles;
using PlatformBot.Core.Statements;
using PlatformBot.Mattermost;
using PlatformBot.Storage;
using PlatformBot.Terminal;

namespace PlatformBot.Hosting;

/// <summary>The way in without chat: who has signed (ssh-keygen), and the socket.</summary>
internal static class ConsoleModule
{
    private static readonly TimeSpan Grace = TimeSpan.FromSeconds(1);

    /// <summary>People and their keys live in real time, whatever the platform's clock does.</summary>
    public static IServiceCollection AddConsole(this IServiceCollection services, IConfiguration configuration)
    {
        services.AddChecked<ConsoleOptions>(configuration, ConsoleOptions.Section);
        services.AddSingleton<ISignatures>(provider => Signatures(provider));
        services.AddSingleton(provider => new Witness(
            provider.GetRequiredService<ISignatures>(),
            name => PersonOf(provider, name)
        ));
        services.AddSingleton(provider => new Nonces(
            Options(provider).NonceLife,
            provider.GetRequiredService<TimeProvider>()
        ));
        services.AddSingleton<ConsoleDoor>();
        return services.AddHostedService(provider =>
            ActivatorUtilities.CreateInstance<ConsoleHost>(provider, Socket(provider))
        );
    }

    private static SshSignatures Signatures(IServiceProvider provider)
    {
        var options = Options(provider);
        var clock = provider.GetRequiredService<TimeProvider>();

        // A mark of its own: what it starts is nothing of a run's, and ends by itself.
        var runner = new ProcessRunner(
            new ToolPath(Path.GetDirectoryName(options.SshKeygen)!),
            provider.GetRequiredService<Redactor>(),
            clock,
            ProcessMark.Of(Socket(provider)),
            directory: null,
            Grace
        );
        var keys = new SshKeys(
            options.SshKeygen,
            options.AllowedSigners,
            options.RevokedKeys,
            Path.GetDirectoryName(Socket(provider))!
        );
        return new SshSignatures(runner, keys, clock);
    }

    /// <summary>
    /// Whoever is called so in Access:Roles, by what that name means for good; or has that id. A name that was never looked up, or that
    /// stands only in a channel's or a team's list, may be somebody else's tomorrow: it is nobody's.
    /// </summary>
    private static Person? PersonOf(IServiceProvider provider, string name)
    {
        var roles = provider.GetRequiredService<IOptions<AccessOptions>>().Value.Roles;
        var access = provider.GetRequiredService<Access>();
        var pins = provider.GetRequiredService<LiveLedger>().Now.Pins;
        var isNamed = roles.Values.Any(names => names.Any(each => each.TrimStart('@') == name));
        var id = isNamed && pins.TryGetValue(name, out var pinned) ? pinned : name;
        var known = roles.Keys.SelectMany(role => access.Holders(role, reach: null)).Where(person => person.Id == id);
        return Incoming.IsId(id) ? known.Select(person => (Person?)person).FirstOrDefault() : null;
    }

    private static ConsoleOptions Options(IServiceProvider provider) =>
        provider.GetRequiredService<IOptions<ConsoleOptions>>().Value;

    private static string Socket(IServiceProvider provider) =>
        Options(provider).SocketBeside(provider.GetRequiredService<IOptions<StorageOptions>>().Value.Journal);
}
