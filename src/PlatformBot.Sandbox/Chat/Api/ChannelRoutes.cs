using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;
using PlatformBot.Sandbox.Chat.Sockets;
using PlatformBot.Sandbox.Chat.Wire;

namespace PlatformBot.Sandbox.Chat.Api;

/// <summary>Channels: found, made, read.</summary>
internal sealed class ChannelRoutes(ChatState state, Hub hub)
{
    private const int MostSince = 1000;

    public IEnumerable<Route> Routes =>
        [
            new("GET", "/api/v4/teams/{team_id}/channels/name/{name}", ByNameAsync),
            new("GET", "/api/v4/teams/name/{team}/channels/name/{name}", ByNamesAsync),
            new("GET", "/api/v4/users/{user_id}/teams/{team_id}/channels", MineAsync),
            new("GET", "/api/v4/channels/{channel_id}", GetAsync),
            new("GET", "/api/v4/channels/{channel_id}/stats", StatsAsync),
            new("GET", "/api/v4/channels/{channel_id}/posts", PostsAsync),
            new("POST", "/api/v4/channels", CreateAsync),
            new("POST", "/api/v4/channels/direct", DirectAsync),
        ];

    private static ChatException NoSuchChannel() =>
        new(404, "app.channel.get_by_name.missing.app_error", "Channel does not exist.");

    private Task ByNameAsync(Call call) => FindAsync(call, call.Id("team_id"));

    private Task ByNamesAsync(Call call)
    {
        string teamId;

        lock (state.Gate)
            teamId = TeamRoutes.ByName(state, call.Text("team")).Id;

        return FindAsync(call, teamId);
    }

    private Task FindAsync(Call call, string teamId)
    {
        var me = call.Me();
        var name = call.Text("name");

        lock (state.Gate)
        {
            var channel = state.Channels.Values.FirstOrDefault(one => one.TeamId == teamId && one.Name == name);
            return channel is not null && state.MayRead(channel, me)
                ? call.AnswerAsync(Render.Channel(channel))
                : throw NoSuchChannel();
        }
    }

    private Task MineAsync(Call call)
    {
        var me = call.Me();
        var teamId = call.Id("team_id");

        lock (state.Gate)
        {
            var mine = state.Channels.Values.Where(one =>
                one.Members.Contains(me.Id) && (one.TeamId == teamId || one.Type == "D")
            );
            return call.AnswerAsync(GoJson.Array(mine.Select(Render.Channel)));
        }
    }

    private Task GetAsync(Call call) =>
        ReadableChannel.AnswerAsync(state, call, (channel, _) => Render.Channel(channel));

    private Task StatsAsync(Call call) =>
        ReadableChannel.AnswerAsync(
            state,
            call,
            (channel, _) =>
                new JsonObject
                {
                    ["channel_id"] = channel.Id,
                    ["member_count"] = channel.Members.Count,
                    ["guest_count"] = 0,
                    ["pinnedpost_count"] = state.LivePosts(channel.Id).Count(post => post.IsPinned),
                }
        );

    private Task PostsAsync(Call call)
    {
        if (long.TryParse(call.Query("since"), out var since))
            return ReadableChannel.AnswerAsync(state, call, (channel, _) => Since(channel, since));

        var page = int.TryParse(call.Query("page"), out var p) ? Math.Max(0, p) : 0;
        var size = int.TryParse(call.Query("per_page"), out var s) ? Math.Clamp(s, 1, 200) : 60;
        return ReadableChannel.AnswerAsync(state, call, (channel, _) => Page(channel, call, page, size));
    }

    /// <summary>Everything touched after that moment: also deleted posts, and the hidden copies that edits leave.</summary>
    private JsonObject Since(Channel channel, long since) =>
        PostList(
            state,
            state
                .Posts.Values.Where(post => post.ChannelId == channel.Id && post.UpdateAt > since)
                .OrderByDescending(post => post.CreateAt)
                .ThenByDescending(post => post.Number)
                .Take(MostSince)
        );

    private JsonObject Page(Channel channel, Call call, int page, int size)
    {
        var newest = state.LivePosts(channel.Id).Reverse().ToList();

        if (call.Query("before") is { Length: > 0 } before)
            newest = [.. newest.SkipWhile(post => post.Id != before).Skip(1)];

        if (call.Query("after") is { Length: > 0 } after)
        {
            var newer = newest.TakeWhile(post => post.Id != after).ToList();
            newest = [.. newer.Skip(Math.Max(0, newer.Count - ((page + 1) * size))).Take(size)];
            page = 0;
        }

        var shown = newest.Skip(page * size).Take(size).ToList();
        var roots = shown.Where(post => post.RootId.Length > 0).Select(post => state.Posts[post.RootId]);
        return PostList(state, shown, besides: roots);
    }

    /// <param name="besides">given, but not in the order</param>
    public static JsonObject PostList(ChatState state, IEnumerable<Post> ordered, IEnumerable<Post>? besides = null)
    {
        var order = ordered.ToList();
        var posts = new JsonObject();

        foreach (var post in order.Concat(besides ?? []))
            posts[post.Id] = Render.Post(state, post);

        return new JsonObject
        {
            ["order"] = GoJson.Array(order.Select(post => (JsonNode)post.Id)),
            ["posts"] = posts,
            ["next_post_id"] = "",
            ["prev_post_id"] = "",
        };
    }

    /// <summary>Whoever makes a channel is in it.</summary>
    private async Task CreateAsync(Call call)
    {
        var me = call.Me();
        var body = await call.BodyAsync("channel");
        JsonObject answer;

        lock (state.Gate)
        {
            if (!state.IsInTeam(body.String("team_id"), me.Id) || body.String("type") is not ("O" or "P"))
                throw ChatException.Forbidden();

            var channel = state.AddChannel(
                body.String("team_id"),
                body.String("type"),
                body.String("name"),
                body.String("display_name")
            );
            channel.Members.Add(me.Id);
            answer = Render.Channel(channel);
        }

        await call.AnswerAsync(answer, StatusCodes.Status201Created);
    }

    /// <summary>Made or found: 201 both times.</summary>
    private async Task DirectAsync(Call call)
    {
        var me = call.Me();
        var ids = await call.BodyListAsync("user_ids");
        JsonObject answer;

        lock (state.Gate)
        {
            if (ids is not [var one, var other] || !state.Users.ContainsKey(one) || !state.Users.ContainsKey(other))
                throw ChatException.BadBody("user_ids");

            if (one != me.Id && other != me.Id)
                throw ChatException.Forbidden();

            answer = Render.Channel(Direct(me, one == me.Id ? other : one));
        }

        await call.AnswerAsync(answer, StatusCodes.Status201Created);
    }

    private Channel Direct(User me, string other)
    {
        var name = string.CompareOrdinal(me.Id, other) < 0 ? $"{me.Id}__{other}" : $"{other}__{me.Id}";

        if (state.Channels.Values.FirstOrDefault(one => one.Name == name) is { } existing)
            return existing;

        var channel = state.AddChannel(teamId: "", "D", name, displayName: "");
        channel.Members.UnionWith([me.Id, other]);
        hub.ToChannel(channel, "direct_added", new JsonObject { ["creator_id"] = me.Id, ["teammate_id"] = other });
        return channel;
    }
}
