using System.Text.Json;
using Microsoft.Extensions.Options;
using PlatformBot.Core;
using PlatformBot.Core.Chat;
using PlatformBot.Core.Ledgers;
using PlatformBot.Core.Roles;
using PlatformBot.Core.Runs;

namespace PlatformBot.Hosting;

/// <summary>
/// Turns the names in the settings into ids of the chat server, and keeps them so in the journal: a name is bound to the id it had
/// first, so that taking over a freed name takes over no role, and so that a bot that starts while chat is down knows its people.
/// </summary>
internal sealed partial class RoleBook(
    IPeople people,
    Access access,
    LiveLedger ledger,
    IOptions<AccessOptions> options,
    IOptions<FreezeOptions> freeze,
    TimeProvider clock,
    ILogger<RoleBook> logger
) : BackgroundService
{
    private static readonly Person Everyone = new(Access.Everyone, "everyone");

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        await NoteRulesAsync(stoppingToken);
        access.Recall(options.Value.Roles.ToDictionary(role => role.Key, role => Recalled(role.Value)));

        while (true)
        {
            await ResolveAsync(stoppingToken);
            await Task.Delay(options.Value.Refresh, clock, stoppingToken);
        }
    }

    /// <summary>Whoever can change the settings can give themselves any right; not without a trace in the journal.</summary>
    private async Task NoteRulesAsync(CancellationToken stopping)
    {
        var rules = JsonSerializer.Serialize(
            new { access = options.Value, freeze = freeze.Value },
            JsonSerializerOptions.Web
        );

        if (ledger.Now.Rules != rules)
            await ledger.NoteAsync(new RunEvent.RulesRead(rules), stopping);
    }

    /// <summary>What of it has a meaning already, without asking anybody.</summary>
    private Holders Recalled(string[] names)
    {
        var bound = names
            .Select(name => (Name: Plain(name), Id: ledger.Now.Pins.GetValueOrDefault(Plain(name))))
            .ToLookup(each => each.Name.Contains(':', StringComparison.Ordinal));
        var named = bound[false]
            .Select(each => each.Name == Access.Everyone ? Everyone : new Person(each.Id ?? each.Name, each.Name));
        var circles = bound[true]
            .Where(each => each.Id is not null)
            .Select(each => (Words: each.Name.Split(':'), each.Id))
            .Select(each => new Circle(each.Words[0], each.Words[1], each.Id!, []));
        return new Holders([.. named], [.. circles]);
    }

    private static string Plain(string name) => name.TrimStart('@');

    /// <summary>From now on the name means this, also for the next bot.</summary>
    private async Task PinAsync(string name, string id, CancellationToken stopping)
    {
        if (name != id && ledger.Now.Pins.GetValueOrDefault(name) != id)
            await ledger.NoteAsync(new RunEvent.NamePinned(name, id), stopping);
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
        var pin = $"{kind}:{name}";
        var id = ledger.Now.Pins.GetValueOrDefault(pin);

        if ((await people.FindCircleAsync(kind, name, id, stopping)).Ok(out var circle, out var refusal))
        {
            await PinAsync(pin, circle.Id, stopping);
            return [circle];
        }

        LogNoCircle(kind, name, role, refusal.Reason, refusal.Hint);
        return [];
    }

    private async Task<Person?> FindAsync(string role, string name, CancellationToken stopping)
    {
        if (name == Access.Everyone)
            return Everyone;

        var plain = Plain(name);
        var account = await people.FindAsync(ledger.Now.Pins.GetValueOrDefault(plain) ?? plain, stopping);

        if (account is null || !account.Active)
        {
            LogUnknown(name, role);
            return null;
        }

        await PinAsync(plain, account.Person.Id, stopping);
        return account.Person;
    }

    [LoggerMessage(
        LogLevel.Warning,
        "The chat server knows no active '{Name}' for the role {Role}; nobody holds it by that name"
    )]
    private partial void LogUnknown(string name, string role);

    [LoggerMessage(LogLevel.Warning, "Nobody holds the role {Role} through {Kind}:{Name}: {Why} {Cure}")]
    private partial void LogNoCircle(string kind, string name, string role, string why, string cure);
}
