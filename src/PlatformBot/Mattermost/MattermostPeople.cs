using System.Collections.Concurrent;
using System.Net;
using PlatformBot.Core;
using PlatformBot.Core.Chat;
using PlatformBot.Core.Roles;

namespace PlatformBot.Mattermost;

/// <summary>Looks people up, and remembers for a few seconds.</summary>
internal sealed class MattermostPeople(MattermostApi api, MattermostHome home, Circles circles, TimeProvider clock)
    : IPeople
{
    private const int Most = 1024;
    private static readonly TimeSpan Fresh = TimeSpan.FromSeconds(10);

    private readonly ConcurrentDictionary<string, (Account? Account, long At)> _known = new();

    public async Task<Account?> FindAsync(string idOrName, CancellationToken cancellationToken)
    {
        var name = idOrName.TrimStart('@');

        if (_known.TryGetValue(name, out var known) && clock.GetElapsedTime(known.At) < Fresh)
            return known.Account;

        return await AskAsync(name, cancellationToken);
    }

    public async Task<Account?> AskAsync(string id, CancellationToken cancellationToken)
    {
        if (_known.Count > Most)
            _known.Clear();

        var account = await LookAsync(id, cancellationToken);
        _known[id] = (account, clock.GetTimestamp());

        return account;
    }

    public Task<Result<Circle>> FindCircleAsync(
        string kind,
        string name,
        string? id,
        CancellationToken cancellationToken
    ) => circles.FindAsync(kind, name, id, cancellationToken);

    public Task<bool> IsInAsync(Circle circle, string id, CancellationToken cancellationToken) =>
        circles.IsInAsync(circle, id, cancellationToken);

    private async Task<Account?> LookAsync(string name, CancellationToken cancellationToken)
    {
        var answer = Incoming.IsId(name) ? await api.GetAsync($"users/{name}", cancellationToken) : null;

        // A name may look like an id.
        if (answer is not { Done: true })
            answer = await api.GetAsync($"users/username/{Uri.EscapeDataString(name)}", cancellationToken);

        if (!answer.Done)
            return null;

        var person = new Person(answer.Text("id"), answer.Text("username"));
        var isActive = Incoming.Number(answer.Body, "delete_at") == 0 && await IsInTeamAsync(person, cancellationToken);
        var isBot = Incoming.Field(answer.Body, "is_bot").ValueKind is System.Text.Json.JsonValueKind.True;

        var isGuest = answer.Text("roles").Split(' ').Contains("system_guest");
        return new Account(person, isActive, isBot, isGuest, Remote: answer.Text("remote_id").Length > 0);
    }

    /// <summary>Whoever has left the team is still answered with 200, and the time when they left.</summary>
    private async Task<bool> IsInTeamAsync(Person person, CancellationToken cancellationToken)
    {
        var team = (await home.FindAsync(cancellationToken)).TeamId;
        var answer = await api.GetAsync($"teams/{team}/members/{person.Id}", cancellationToken);

        return answer.Status == HttpStatusCode.OK && Incoming.Number(answer.Body, "delete_at") == 0;
    }
}
