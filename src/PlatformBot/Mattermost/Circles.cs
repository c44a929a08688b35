using System.Net;
using System.Text.Json;
using System.Text.Json.Nodes;
using PlatformBot.Core;
using PlatformBot.Core.Roles;

namespace PlatformBot.Mattermost;

/// <summary>
/// Channels and teams that stand for the people in them. Only closed ones: of a public channel or an open team anybody could make
/// themselves a member, and with that give themselves the role.
/// </summary>
internal sealed class Circles(MattermostApi api, MattermostHome home)
{
    private const int PerPage = 200;
    private const int MostPages = 50;

    public Task<Result<Circle>> FindAsync(string kind, string name, string? id, CancellationToken stopping) =>
        kind switch
        {
            "channel" => ChannelAsync(name, id, stopping),
            "team" => TeamAsync(name, id, stopping),
            _ => GroupAsync(name, id, stopping),
        };

    /// <summary>Waits for the server's answer until cancelled.</summary>
    public async Task<bool> IsInAsync(Circle circle, string person, CancellationToken stopping)
    {
        if (circle.Kind == "group")
            return (await GroupOfAsync(circle.Id, stopping)).Contains(person);

        var answer = await api.GetAsync($"{circle.Kind}s/{circle.Id}/members/{person}", stopping);

        // Whoever has left a team is still answered with 200, and the time when they left.
        return answer.Status == HttpStatusCode.OK
            && answer.Text("user_id") == person
            && Incoming.Number(answer.Body, "delete_at") == 0;
    }

    private async Task<Result<Circle>> ChannelAsync(string name, string? id, CancellationToken stopping)
    {
        var team = (await home.FindAsync(stopping)).TeamId;
        var path = id is null ? $"teams/{team}/channels/name/{name}" : $"channels/{id}";
        var channel = await api.GetAsync(path, stopping);

        if (!channel.Done || Incoming.Number(channel.Body, "delete_at") > 0)
            return new Refusal("The bot sees no such channel.", "Make it, and add the bot to it.");

        return channel.Text("type") == "O"
            ? new Refusal("It is public, so anybody could join it.", "Make it private.")
            : await WithMembersAsync("channel", name, channel.Text("id"), stopping);
    }

    private async Task<Result<Circle>> TeamAsync(string name, string? id, CancellationToken stopping)
    {
        var team = await api.GetAsync(id is null ? $"teams/name/{name}" : $"teams/{id}", stopping);

        if (!team.Done)
            return new Refusal("The bot sees no such team.", "Add the bot to it.");

        return Incoming.Field(team.Body, "allow_open_invite").ValueKind is JsonValueKind.True
            ? new Refusal("It is open, so anybody could join it.", "Let people in by invitation only.")
            : await WithMembersAsync("team", name, team.Text("id"), stopping);
    }

    private async Task<Result<Circle>> GroupAsync(string name, string? id, CancellationToken stopping)
    {
        if (id is null)
        {
            var groups = await api.GetAsync(
                $"groups?q={Uri.EscapeDataString(name)}&page=0&per_page={PerPage}",
                stopping
            );

            if (!groups.Done)
            {
                return new Refusal(
                    $"The chat server tells nothing of groups ({groups}); they need a licence.",
                    "Name people, or a private channel."
                );
            }

            id = Incoming.Text(
                Incoming.Items(groups.Body).FirstOrDefault(each => Incoming.Text(each, "name") == name),
                "id"
            );
        }

        return id.Length == 0
            ? new Refusal("The chat server has no such group.", "Name one that it has.")
            : new Circle("group", name, id, await PeopleAsync(await GroupOfAsync(id, stopping), stopping));
    }

    private async Task<HashSet<string>> GroupOfAsync(string id, CancellationToken stopping)
    {
        var (users, _) = await PagesAsync($"groups/{id}/members", body => Incoming.Field(body, "members"), stopping);
        return [.. users.Select(user => Incoming.Text(user, "id"))];
    }

    private async Task<Result<Circle>> WithMembersAsync(string kind, string name, string id, CancellationToken stopping)
    {
        var (members, last) = await PagesAsync($"{kind}s/{id}/members", body => body, stopping);

        if (!last.Done)
            return new Refusal($"The bot may not see who is in it ({last}).", "Add the bot to it.");

        var ids = members
            .Where(member => Incoming.Number(member, "delete_at") == 0)
            .Select(member => Incoming.Text(member, "user_id"));
        return new Circle(kind, name, id, await PeopleAsync([.. ids], stopping));
    }

    /// <summary>What all pages hold, and the answer to the last of them that was asked for, which may be a no.</summary>
    private async Task<(List<JsonElement> Rows, Answer Last)> PagesAsync(
        string path,
        Func<JsonElement, JsonElement> rowsIn,
        CancellationToken stopping
    )
    {
        var rows = new List<JsonElement>();

        for (var page = 0; ; page++)
        {
            var answer = await api.GetAsync($"{path}?page={page}&per_page={PerPage}", stopping);
            var found = Incoming.Items(rowsIn(answer.Body)).ToList();
            rows.AddRange(found);

            if (found.Count < PerPage || page + 1 == MostPages)
                return (rows, answer);
        }
    }

    private async Task<IReadOnlyList<Person>> PeopleAsync(HashSet<string> ids, CancellationToken stopping)
    {
        var people = new List<Person>();

        foreach (var some in ids.Chunk(PerPage))
        {
            var body = new JsonArray([.. some.Select(id => (JsonNode)id)]);
            var answer = await api.AskAsync(HttpMethod.Post, "users/ids", body, stopping);
            people.AddRange(
                Incoming
                    .Items(answer.Body)
                    .Where(user => Incoming.Number(user, "delete_at") == 0)
                    .Where(user => Incoming.Field(user, "is_bot").ValueKind is not JsonValueKind.True)
                    .Select(user => new Person(Incoming.Text(user, "id"), Incoming.Text(user, "username")))
            );
        }

        return people;
    }
}
