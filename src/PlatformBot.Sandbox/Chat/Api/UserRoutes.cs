using System.Text.Json.Nodes;
using PlatformBot.Sandbox.Chat.Wire;

namespace PlatformBot.Sandbox.Chat.Api;

/// <summary>People and bots.</summary>
internal sealed class UserRoutes(ChatState state)
{
    public IEnumerable<Route> Routes =>
        [
            new("GET", "/api/v4/users/{user_id}", GetAsync),
            new("DELETE", "/api/v4/users/{user_id}", DeactivateAsync),
            new("POST", "/api/v4/users/{user_id}/demote", DemoteAsync),
            new("PUT", "/api/v4/users/{user_id}/patch", RenameAsync),
            new("GET", "/api/v4/users/username/{name}", ByNameAsync),
            new("GET", "/api/v4/users/email/{email}", ByEmailAsync),
            new("POST", "/api/v4/users/ids", ByIdsAsync),
            new("POST", "/api/v4/users/usernames", ByNamesAsync),
            new("GET", "/api/v4/users/{user_id}/status", StatusAsync),
            new("GET", "/api/v4/users/{user_id}/groups", _ => throw ChatException.Forbidden()),
            new("GET", "/api/v4/groups", _ => throw NoLicence()),
            new("GET", "/api/v4/channels/{channel_id}/groups", _ => throw NoLicence()),
        ];

    private static ChatException NoLicence() =>
        new(501, "api.ldap_groups.license_error", "your license does not support ldap groups");

    private Task GetAsync(Call call)
    {
        call.Me();
        var id = call.Id("user_id");

        lock (state.Gate)
        {
            return state.Users.TryGetValue(id, out var user)
                ? call.AnswerAsync(Render.User(user))
                : throw new ChatException(404, "app.user.missing_account.const", "Unable to find the user.");
        }
    }

    /// <summary>Deactivated: everything stays, only nobody logs in with it.</summary>
    private Task DeactivateAsync(Call call)
    {
        var me = call.Me();
        var id = call.Id("user_id");

        lock (state.Gate)
        {
            if (!me.IsAdmin || !state.Users.TryGetValue(id, out var user))
                throw ChatException.Forbidden();

            state.Users[id] = user with { DeleteAt = state.Now };
        }

        return call.OkAsync();
    }

    /// <summary>A guest from now on.</summary>
    private Task DemoteAsync(Call call)
    {
        var me = call.Me();
        var id = call.Id("user_id");

        lock (state.Gate)
        {
            if (!me.IsAdmin || !state.Users.TryGetValue(id, out var user))
                throw ChatException.Forbidden();

            state.Users[id] = user with { IsGuest = true };
        }

        return call.OkAsync();
    }

    /// <summary>People may change their own name, administrators everybody's.</summary>
    private async Task RenameAsync(Call call)
    {
        var me = call.Me();
        var id = call.Id("user_id");
        var body = await call.BodyAsync("user");
        JsonObject answer;

        lock (state.Gate)
        {
            if ((!me.IsAdmin && me.Id != id) || !state.Users.TryGetValue(id, out var user))
                throw ChatException.Forbidden();

            var name = body.String("username");

            if (state.UserNamed(name) is not null)
                throw new ChatException(400, "app.user.save.username_exists.app_error", "That name is taken.");

            state.Users[id] = user with { Name = name };
            answer = Render.User(state.Users[id]);
        }

        await call.AnswerAsync(answer);
    }

    private Task ByNameAsync(Call call)
    {
        call.Me();

        lock (state.Gate)
        {
            return state.UserNamed(call.Text("name")) is { } user
                ? call.AnswerAsync(Render.User(user))
                : throw new ChatException(
                    404,
                    "app.user.get_by_username.app_error",
                    "Unable to find an existing account matching your username for this team. This team may require an invite from the team owner to join."
                );
        }
    }

    private Task ByEmailAsync(Call call)
    {
        call.Me();

        lock (state.Gate)
        {
            var name = call.Text("email").Split('@')[0];
            return state.UserNamed(name) is { } user && Render.User(user).String("email") == call.Text("email")
                ? call.AnswerAsync(Render.User(user))
                : throw new ChatException(404, "app.user.missing_account.const", "Unable to find the user.");
        }
    }

    private async Task ByIdsAsync(Call call)
    {
        call.Me();
        var ids = await call.BodyListAsync("user_ids");
        JsonArray answer;

        lock (state.Gate)
            answer = GoJson.Array(ids.Where(state.Users.ContainsKey).Select(id => Render.User(state.Users[id])));

        await call.AnswerAsync(answer);
    }

    private async Task ByNamesAsync(Call call)
    {
        call.Me();
        var names = await call.BodyListAsync("usernames");
        JsonArray answer;

        lock (state.Gate)
            answer = GoJson.Array(state.Users.Values.Where(user => names.Contains(user.Name)).Select(Render.User));

        await call.AnswerAsync(answer);
    }

    private static Task StatusAsync(Call call)
    {
        call.Me();
        return call.AnswerAsync(
            new JsonObject
            {
                ["user_id"] = call.Id("user_id"),
                ["status"] = "online",
                ["manual"] = false,
                ["last_activity_at"] = 0,
                ["dnd_end_time"] = 0,
            }
        );
    }
}
