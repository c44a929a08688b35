using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;
using PlatformBot.Sandbox.Chat.Slash;
using PlatformBot.Sandbox.Chat.Wire;

namespace PlatformBot.Sandbox.Chat.Api;

/// <summary>Registration of slash commands, and what a client shows while somebody types one.</summary>
internal sealed class CommandRoutes(ChatState state, CommandBook commands)
{
    public IEnumerable<Route> Routes =>
        [
            new("POST", "/api/v4/commands", CreateAsync),
            new("GET", "/api/v4/commands", ListAsync),
            new("GET", "/api/v4/commands/{command_id}", GetAsync),
            new("PUT", "/api/v4/commands/{command_id}", UpdateAsync),
            new("PUT", "/api/v4/commands/{command_id}/regen_token", RenewTokenAsync),
            new("DELETE", "/api/v4/commands/{command_id}", DeleteAsync),
            new("GET", "/api/v4/teams/{team_id}/commands/autocomplete", AutocompleteAsync),
            new("GET", "/api/v4/teams/{team_id}/commands/autocomplete_suggestions", SuggestAsync),
        ];

    private async Task CreateAsync(Call call)
    {
        var me = call.Me();
        var body = await call.BodyAsync("command");
        var now = state.Now;
        var command = new Command(ChatState.NewId(), ChatState.NewId(), me.Id, body.String("team_id"), now)
        {
            Trigger = "",
            Method = "",
            Url = "",
        }.With(body, now);

        lock (state.Gate)
        {
            RequireManager(me, command.TeamId);
            commands.Add(command);
        }

        await call.AnswerAsync(command.Render(secrets: true), StatusCodes.Status201Created);
    }

    private void RequireManager(User me, string teamId)
    {
        if (!state.Teams.ContainsKey(teamId) || !commands.MayManage(me, teamId))
            throw ChatException.Forbidden();
    }

    private Task ListAsync(Call call)
    {
        var me = call.Me();
        var teamId = call.Query("team_id");
        var customOnly = call.Query("custom_only") == "true";
        JsonArray answer;

        lock (state.Gate)
        {
            if (customOnly)
                RequireManager(me, teamId);
            else if (!state.IsInTeam(teamId, me.Id))
                throw ChatException.Forbidden();

            answer = GoJson.Array(
                commands
                    .All.Where(command => command.TeamId == teamId && (customOnly || command.AutoComplete))
                    .Select(command => command.Render(secrets: customOnly))
            );
        }

        return call.AnswerAsync(answer);
    }

    private Task GetAsync(Call call) => call.AnswerAsync(Managed(call, orForbidden: false).Render(secrets: true));

    /// <summary>The command of the path, for somebody who may manage it; to others it does not exist.</summary>
    private Command Managed(Call call, bool orForbidden)
    {
        var me = call.Me();
        var id = call.Id("command_id");

        lock (state.Gate)
        {
            if (commands.Find(id) is { } command && commands.MayManage(me, command.TeamId))
                return command;
        }

        throw orForbidden
            ? ChatException.Forbidden()
            : new ChatException(404, "store.sql_command.save.get.app_error", "Unable to get the command.");
    }

    private async Task UpdateAsync(Call call)
    {
        var before = Managed(call, orForbidden: false);
        var body = await call.BodyAsync("command");

        if (body.String("id") != before.Id)
            throw ChatException.BadBody("command");

        if (body.String("team_id") != before.TeamId)
        {
            throw new ChatException(
                400,
                "api.command.team_mismatch.app_error",
                "Unable to update commands across teams."
            );
        }

        var after = before.With(body, state.Now);

        lock (state.Gate)
            commands.Replace(after);

        await call.AnswerAsync(after.Render(secrets: true));
    }

    private Task RenewTokenAsync(Call call)
    {
        var command = Managed(call, orForbidden: true) with { Token = ChatState.NewId() };

        lock (state.Gate)
            commands.Replace(command);

        return call.AnswerAsync(new JsonObject { ["token"] = command.Token });
    }

    private Task DeleteAsync(Call call)
    {
        var command = Managed(call, orForbidden: true);

        lock (state.Gate)
            commands.Remove(command.Id);

        return call.OkAsync();
    }

    private Task AutocompleteAsync(Call call) =>
        call.AnswerAsync(GoJson.Array(Completable(call).Select(command => command.Render(secrets: false))));

    private List<Command> Completable(Call call)
    {
        var me = call.Me();
        var teamId = call.Id("team_id");

        lock (state.Gate)
        {
            return state.IsInTeam(teamId, me.Id)
                ? [.. commands.All.Where(command => command.TeamId == teamId && command.AutoComplete)]
                : throw ChatException.Forbidden();
        }
    }

    /// <summary>A command is suggested until it is typed: there is no tree of words below it.</summary>
    private Task SuggestAsync(Call call)
    {
        var typed = call.Query("user_input").TrimStart('/');
        var fitting = Completable(call)
            .Where(command => command.Trigger.StartsWith(typed, StringComparison.OrdinalIgnoreCase));

        return call.AnswerAsync(
            GoJson.Array(
                fitting.Select(command => new JsonObject
                {
                    ["Complete"] = command.Trigger,
                    ["Suggestion"] = command.Trigger,
                    ["Hint"] = command.Hint,
                    ["Description"] = command.Description,
                    ["IconData"] = "",
                })
            )
        );
    }
}
