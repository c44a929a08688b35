using Microsoft.Extensions.Options;
using PlatformBot.Core;
using PlatformBot.Core.Chat;
using PlatformBot.Core.Roles;

namespace PlatformBot.Hosting;

/// <summary>
/// Turns the names in the configuration into ids of the chat server, and keeps them so: a name is bound to the id it had
/// first, so that taking over a freed name takes over no role.
/// </summary>
internal sealed partial class RoleBook(
    IPeople people,
    Access access,
    IOptions<AccessOptions> options,
    TimeProvider clock,
    ILogger<RoleBook> logger
) : BackgroundService
{
    private static readonly Person Everyone = new(Access.Everyone, "everyone");

    private readonly Dictionary<string, Person> _known = [];

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (true)
        {
            await ResolveAsync(stoppingToken);
            await Task.Delay(options.Value.Refresh, clock, stoppingToken);
        }
    }

    private async Task ResolveAsync(CancellationToken stopping)
    {
        var holders = new Dictionary<string, Holders>();

        foreach (var (role, names) in options.Value.Roles)
            holders[role] = await ResolveAsync(role, names, stopping);

        access.Set(holders);
    }

    private async Task<Holders> ResolveAsync(string role, string[] names, CancellationToken stopping)
    {
        var named = new List<Person>();
        var circles = new List<Circle>();

        foreach (var name in names)
        {
            if (name.Split(':') is [var kind, var of])
                circles.AddRange(await FindCircleAsync(role, kind, of, stopping));
            else if (await FindAsync(role, name, stopping) is { } person)
                named.Add(person);
        }

        return new Holders(named, circles);
    }

    private async Task<IEnumerable<Circle>> FindCircleAsync(
        string role,
        string kind,
        string name,
        CancellationToken stopping
    )
    {
        if ((await people.FindCircleAsync(kind, name, stopping)).Ok(out var circle, out var refusal))
            return [circle];

        LogNoCircle(kind, name, role, refusal.Reason, refusal.Hint);
        return [];
    }

    private async Task<Person?> FindAsync(string role, string name, CancellationToken stopping)
    {
        if (name == Access.Everyone)
            return Everyone;

        var known = _known.TryGetValue(name, out var bound);
        var account = await people.FindAsync(known ? bound.Id : name, stopping);

        if (account is null || !account.Active)
        {
            LogUnknown(name, role);
            return null;
        }

        return _known[name] = account.Person;
    }

    [LoggerMessage(
        LogLevel.Warning,
        "The chat server knows no active '{Name}' for the role {Role}; nobody holds it by that name"
    )]
    private partial void LogUnknown(string name, string role);

    [LoggerMessage(LogLevel.Warning, "Nobody holds the role {Role} through {Kind}:{Name}: {Why} {Cure}")]
    private partial void LogNoCircle(string kind, string name, string role, string why, string cure);
}
