using System.Text.Json.Nodes;
using PlatformBot.Sandbox.Chat.Wire;

namespace PlatformBot.Sandbox.Chat.Api;

/// <summary>Teams and who belongs to them.</summary>
internal sealed class TeamRoutes(ChatState state)
{
    public IEnumerable<Route> Routes =>
        [
            new("GET", "/api/v4/teams/name/{name}", ByNameAsync),
            new("GET", "/api/v4/teams/{team_id}", GetAsync),
            new("GET", "/api/v4/users/{user_id}/teams", MineAsync),
            new("GET", "/api/v4/teams/{team_id}/members", MembersAsync),
            new("POST", "/api/v4/teams/{team_id}/members/ids", MembersByIdAsync),
            new("GET", "/api/v4/teams/{team_id}/members/{user_id}", MemberAsync),
            new("DELETE", "/api/v4/teams/{team_id}/members/{user_id}", RemoveAsync),
            new("PUT", "/api/v4/teams/{team_id}/members/{user_id}/schemeRoles", PromoteAsync),
        ];

    public static Team ByName(ChatState state, string name) =>
        state.Teams.Values.FirstOrDefault(team => team.Name == name)
        ?? throw new ChatException(404, "app.team.get_by_name.missing.app_error", "Unable to find the existing team.");

    private Task ByNameAsync(Call call)
    {
        call.Me();

        lock (state.Gate)
            return call.AnswerAsync(Render.Team(ByName(state, call.Text("name"))));
    }

    private Task GetAsync(Call call) => InTeamAsync(call, team => Render.Team(team));

    private Task InTeamAsync(Call call, Func<Team, JsonNode> answer)
    {
        var me = call.Me();
        var id = call.Id("team_id");

        lock (state.Gate)
        {
            return state.Teams.TryGetValue(id, out var team) && (me.IsAdmin || state.IsInTeam(id, me.Id))
                ? call.AnswerAsync(answer(team))
                : throw ChatException.Forbidden();
        }
    }

    private Task MineAsync(Call call)
    {
        var userId = call.Me().IsAdmin ? call.Id("user_id") : call.Me().Id;

        lock (state.Gate)
        {
            var mine = state.Teams.Values.Where(team => state.IsInTeam(team.Id, userId));
            return call.AnswerAsync(GoJson.Array(mine.Select(Render.Team)));
        }
    }

    private Task MembersAsync(Call call) =>
        InTeamAsync(
            call,
            team =>
                GoJson.Array(
                    state
                        .TeamMembers.Where(entry => entry.Key.TeamId == team.Id && entry.Value.DeleteAt == 0)
                        .Select(entry => Render.TeamMember(team.Id, entry.Value))
                )
        );

    private async Task MembersByIdAsync(Call call)
    {
        var ids = await call.BodyListAsync("user_ids");
        await InTeamAsync(
            call,
            team =>
                GoJson.Array(
                    ids.Where(id => state.IsInTeam(team.Id, id))
                        .Select(id => Render.TeamMember(team.Id, state.TeamMembers[(team.Id, id)]))
                )
        );
    }

    /// <summary>Somebody who has left is still found, with a <c>delete_at</c>.</summary>
    private Task MemberAsync(Call call)
    {
        var userId = call.Id("user_id");
        return InTeamAsync(
            call,
            team =>
                state.TeamMembers.TryGetValue((team.Id, userId), out var member)
                    ? Render.TeamMember(team.Id, member)
                    : throw new ChatException(
                        404,
                        "app.team.get_member.missing.app_error",
                        "No team member found for that user ID and team ID."
                    )
        );
    }

    private Task RemoveAsync(Call call)
    {
        var me = call.Me();
        var key = (call.Id("team_id"), call.Id("user_id"));

        lock (state.Gate)
        {
            if (!me.IsAdmin || !state.TeamMembers.TryGetValue(key, out var member))
                throw ChatException.Forbidden();

            state.TeamMembers[key] = member with { DeleteAt = state.Now };

            foreach (var channel in state.Channels.Values.Where(channel => channel.TeamId == key.Item1))
                channel.Members.Remove(key.Item2);
        }

        return call.OkAsync();
    }

    private async Task PromoteAsync(Call call)
    {
        var me = call.Me();
        var key = (call.Id("team_id"), call.Id("user_id"));
        var body = await call.BodyAsync("scheme_roles");

        lock (state.Gate)
        {
            if (!me.IsAdmin || !state.TeamMembers.TryGetValue(key, out var member))
                throw ChatException.Forbidden();

            state.TeamMembers[key] = member with { IsAdmin = body.Flag("scheme_admin") };
        }

        await call.OkAsync();
    }
}
