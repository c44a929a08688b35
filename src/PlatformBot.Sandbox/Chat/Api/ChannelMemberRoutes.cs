using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;
using PlatformBot.Sandbox.Chat.Sockets;
using PlatformBot.Sandbox.Chat.Wire;

namespace PlatformBot.Sandbox.Chat.Api;

/// <summary>Channels: who is in them, who comes and goes.</summary>
internal sealed class ChannelMemberRoutes(ChatState state, Hub hub)
{
    public IEnumerable<Route> Routes =>
        [
            new("GET", "/api/v4/channels/{channel_id}/members", MembersAsync),
            new("POST", "/api/v4/channels/{channel_id}/members", JoinAsync),
            new("POST", "/api/v4/channels/{channel_id}/members/ids", MembersByIdAsync),
            new("GET", "/api/v4/channels/{channel_id}/members/{user_id}", MemberAsync),
            new("DELETE", "/api/v4/channels/{channel_id}/members/{user_id}", LeaveAsync),
        ];

    private Task MembersAsync(Call call) =>
        ReadableChannel.AnswerAsync(
            state,
            call,
            (channel, _) => GoJson.Array(channel.Members.Select(id => Render.ChannelMember(channel.Id, id)))
        );

    private async Task MembersByIdAsync(Call call)
    {
        var ids = await call.BodyListAsync("user_ids");
        await ReadableChannel.AnswerAsync(
            state,
            call,
            (channel, _) =>
                GoJson.Array(ids.Where(channel.Members.Contains).Select(id => Render.ChannelMember(channel.Id, id)))
        );
    }

    private Task MemberAsync(Call call)
    {
        var userId = call.Id("user_id");
        return ReadableChannel.AnswerAsync(
            state,
            call,
            (channel, _) =>
                channel.Members.Contains(userId)
                    ? Render.ChannelMember(channel.Id, userId)
                    : throw new ChatException(
                        404,
                        "app.channel.get_member.missing.app_error",
                        "No channel member found for that user ID and channel ID."
                    )
        );
    }

    /// <summary>Anybody of the team may join a public channel; members bring others in.</summary>
    private async Task JoinAsync(Call call)
    {
        var me = call.Me();
        var body = await call.BodyAsync("user_id");
        var userId = body.String("user_id");

        lock (state.Gate)
        {
            var channel = ReadableChannel.Of(state, call, me);
            var mayAdd = me.IsAdmin || userId == me.Id || channel.Members.Contains(me.Id);

            if (!mayAdd || !state.IsInTeam(channel.TeamId, userId))
                throw ChatException.Forbidden();

            channel.Members.Add(userId);
            var data = new JsonObject { ["team_id"] = channel.TeamId, ["user_id"] = userId };
            hub.ToChannel(channel, "user_added", data);
            body = Render.ChannelMember(channel.Id, userId);
        }

        await call.AnswerAsync(body, StatusCodes.Status201Created);
    }

    private Task LeaveAsync(Call call)
    {
        var me = call.Me();
        var userId = call.Id("user_id");

        lock (state.Gate)
        {
            var channel = ReadableChannel.Of(state, call, me);

            if (!me.IsAdmin && userId != me.Id && !channel.Members.Contains(me.Id))
                throw ChatException.Forbidden();

            if (channel.Members.Remove(userId))
            {
                var toOthers = new JsonObject { ["remover_id"] = me.Id, ["user_id"] = userId };
                var toRemoved = new JsonObject { ["remover_id"] = me.Id, ["channel_id"] = channel.Id };
                hub.ToChannel(channel, "user_removed", toOthers);
                hub.ToUser(userId, "", "user_removed", toRemoved);
            }
        }

        return call.OkAsync();
    }
}
