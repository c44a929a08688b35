using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using PlatformBot.Sandbox.Chat.Sockets;
using PlatformBot.Sandbox.Chat.Wire;

namespace PlatformBot.Sandbox.Chat.Api;

/// <summary>Emoji under posts.</summary>
internal sealed partial class ReactionRoutes(ChatState state, Hub hub)
{
    public IEnumerable<Route> Routes =>
        [
            new("POST", "/api/v4/reactions", AddAsync),
            new("GET", "/api/v4/posts/{post_id}/reactions", ListAsync),
            new("DELETE", "/api/v4/users/{user_id}/posts/{post_id}/reactions/{emoji_name}", RemoveAsync),
        ];

    /// <summary>Doing it again gives no second reaction, and yet a second event.</summary>
    private async Task AddAsync(Call call)
    {
        var me = call.Me();
        var body = await call.BodyAsync("reaction");

        if (!EmojiName().IsMatch(body.String("emoji_name")))
            throw new ChatException(400, "model.reaction.is_valid.emoji_name.app_error", "Invalid emoji name.");

        if (body.String("user_id") != me.Id)
        {
            throw new ChatException(
                403,
                "api.reaction.save_reaction.user_id.app_error",
                "You cannot save reaction for the other user."
            );
        }

        lock (state.Gate)
        {
            var post = Reachable(me, body.String("post_id"));
            var reaction = new Reaction(me.Id, post.Id, body.String("emoji_name"), state.Now);
            state.Reactions.RemoveAll(other => Same(other, reaction));
            state.Reactions.Add(reaction);
            Touch(post);
            body = Render.Reaction(reaction, reaction.CreateAt);
            Tell(post, "reaction_added", body);
        }

        await call.AnswerAsync(body);
    }

    private static bool Same(Reaction one, Reaction other) =>
        (one.UserId, one.PostId, one.Emoji) == (other.UserId, other.PostId, other.Emoji);

    private void Touch(Post post) => state.Posts[post.Id] = post with { UpdateAt = state.Now };

    private void Tell(Post post, string what, JsonObject reaction) =>
        hub.ToChannel(state.Channels[post.ChannelId], what, new JsonObject { ["reaction"] = GoJson.Text(reaction) });

    private Post Reachable(User me, string postId) =>
        state.Posts.TryGetValue(postId, out var post) && post.DeleteAt == 0 && state.IsMember(post.ChannelId, me.Id)
            ? post
            : throw ChatException.Forbidden();

    private Task ListAsync(Call call)
    {
        var me = call.Me();
        var id = call.Id("post_id");

        lock (state.Gate)
        {
            Reachable(me, id);
            var all = state.Reactions.Where(one => one.PostId == id).Select(one => Render.Reaction(one, one.CreateAt));
            return call.AnswerAsync(GoJson.Array(all));
        }
    }

    private Task RemoveAsync(Call call)
    {
        var me = call.Me();
        var postId = call.Id("post_id");

        if (call.Id("user_id") != me.Id)
            throw ChatException.Forbidden();

        lock (state.Gate)
        {
            var post = Reachable(me, postId);
            var gone = new Reaction(me.Id, post.Id, call.Text("emoji_name"), CreateAt: 0);
            state.Reactions.RemoveAll(other => Same(other, gone));
            Touch(post);
            Tell(post, "reaction_removed", Render.Reaction(gone, state.Now));
        }

        return call.OkAsync();
    }

    [GeneratedRegex(@"^[a-zA-Z0-9+_-]{1,64}$", RegexOptions.None, matchTimeoutMilliseconds: 1000)]
    private static partial Regex EmojiName();
}
