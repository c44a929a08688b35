using System.Text.Json.Nodes;
using PlatformBot.Sandbox.Chat.Wire;

namespace PlatformBot.Sandbox.Chat.Api;

/// <summary>The channel that a path names, for somebody who may read it.</summary>
internal static class ReadableChannel
{
    /// <summary>The channel of the path. The caller holds the gate.</summary>
    public static Channel Of(ChatState state, Call call, User me)
    {
        if (!state.Channels.TryGetValue(call.Id("channel_id"), out var channel))
            throw new ChatException(404, "app.channel.get.existing.app_error", "Unable to find the existing channel.");

        return state.MayRead(channel, me) ? channel : throw ChatException.Forbidden();
    }

    public static Task AnswerAsync(ChatState state, Call call, Func<Channel, User, JsonNode> answer)
    {
        var me = call.Me();

        lock (state.Gate)
            return call.AnswerAsync(answer(Of(state, call, me), me));
    }
}
