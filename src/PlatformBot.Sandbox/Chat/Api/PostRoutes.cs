using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;
using PlatformBot.Sandbox.Chat.Posts;
using PlatformBot.Sandbox.Chat.Wire;

namespace PlatformBot.Sandbox.Chat.Api;

/// <summary>Writing, changing and reading posts.</summary>
internal sealed class PostRoutes(ChatState state, PostBook book)
{
    public IEnumerable<Route> Routes =>
        [
            new("POST", "/api/v4/posts", CreateAsync),
            new("GET", "/api/v4/posts/{post_id}", GetAsync),
            new("PUT", "/api/v4/posts/{post_id}", ReplaceAsync),
            new("DELETE", "/api/v4/posts/{post_id}", DeleteAsync),
            new("PUT", "/api/v4/posts/{post_id}/patch", PatchAsync),
            new("GET", "/api/v4/posts/{post_id}/thread", ThreadAsync),
            new("POST", "/api/v4/posts/{post_id}/pin", call => PinAsync(call, pinned: true)),
            new("POST", "/api/v4/posts/{post_id}/unpin", call => PinAsync(call, pinned: false)),
            new("POST", "/api/v4/posts/ephemeral", WhisperAsync),
        ];

    private async Task CreateAsync(Call call)
    {
        var me = call.Me();
        var body = await call.BodyAsync("post");
        var type = body.String("type");

        if (type.Length > 0 && !type.StartsWith("custom_", StringComparison.Ordinal) && type is not "slack_attachment")
            throw ChatException.BadParameter("post.type");

        JsonObject answer;

        lock (state.Gate)
        {
            if (!state.IsMember(body.String("channel_id"), me.Id))
                throw ChatException.Forbidden();

            var post = book.Earlier(body.String("pending_post_id")) ?? book.Create(Read(body, me));
            answer = Render.Post(state, post);
        }

        await call.AnswerAsync(answer, StatusCodes.Status201Created);
    }

    private Post Read(JsonObject body, User author)
    {
        var props = Props(body) ?? [];

        if (author.IsBot)
            props["from_bot"] = "true";

        var now = state.Now;
        return new Post(ChatState.NewId(), author.Id, body.String("channel_id"), body.String("root_id"), now)
        {
            Number = state.NextNumber(),
            UpdateAt = now,
            Message = body.String("message"),
            Type = body.String("type"),
            PendingPostId = body.String("pending_post_id"),
            Props = props,
            FileIds = body["file_ids"].Strings(),
        };
    }

    /// <summary>Null when the body has none, or not an object.</summary>
    public static JsonObject? Props(JsonObject body)
    {
        if (body["props"] is not JsonObject given)
            return null;

        var props = (JsonObject)given.DeepClone();

        if (props.ContainsKey("attachments"))
            props["attachments"] = Attachments.Normalise(given["attachments"]);

        return props;
    }

    private Task GetAsync(Call call)
    {
        var me = call.Me();
        var id = call.Id("post_id");

        lock (state.Gate)
            return call.AnswerAsync(Render.Post(state, Readable(me, id)));
    }

    private Post Readable(User me, string id)
    {
        if (!state.Posts.TryGetValue(id, out var post) || post is not { DeleteAt: 0 })
            throw ChatException.NoSuchPost();

        return state.MayRead(state.Channels[post.ChannelId], me) ? post : throw ChatException.Forbidden();
    }

    /// <summary>A live post that the caller may change; all else is forbidden, also what does not exist.</summary>
    private Post Changeable(User me, string id) =>
        state.Posts.TryGetValue(id, out var post)
        && post is { DeleteAt: 0 }
        && (me.IsAdmin || (post.UserId == me.Id && state.IsMember(post.ChannelId, me.Id)))
            ? post
            : throw ChatException.Forbidden();

    private async Task PatchAsync(Call call)
    {
        var me = call.Me();
        var id = call.Id("post_id");
        var patch = await call.BodyAsync("post");

        lock (state.Gate)
        {
            var before = Changeable(me, id);
            var after = before with
            {
                Message = patch.Has("message") ? patch.String("message") : before.Message,
                Props = Props(patch) ?? before.Props,
                IsPinned = patch.Has("is_pinned") ? patch.Flag("is_pinned") : before.IsPinned,
            };
            patch = Render.Post(state, book.Edit(before, after));
        }

        await call.AnswerAsync(patch);
    }

    private async Task ReplaceAsync(Call call)
    {
        var me = call.Me();
        var id = call.Id("post_id");
        var body = await call.BodyAsync("post");

        if (body.String("id") != id)
            throw ChatException.BadParameter("id");

        lock (state.Gate)
        {
            var before = Changeable(me, id);
            var after = before with
            {
                Message = body.String("message"),
                Props = Props(body) ?? [],
                IsPinned = body.Flag("is_pinned"),
            };
            body = Render.Post(state, book.Edit(before, after));
        }

        await call.AnswerAsync(body);
    }

    private Task DeleteAsync(Call call)
    {
        var me = call.Me();
        var id = call.Id("post_id");

        lock (state.Gate)
            book.Delete(Changeable(me, id));

        return call.OkAsync();
    }

    private Task ThreadAsync(Call call)
    {
        var me = call.Me();
        var id = call.Id("post_id");

        lock (state.Gate)
        {
            var post = Readable(me, id);
            var root = post.RootId.Length > 0 ? state.Posts[post.RootId] : post;
            return call.AnswerAsync(ChannelRoutes.PostList(state, [root, .. state.Replies(root.Id)]));
        }
    }

    /// <summary>Whoever may read a post may pin it.</summary>
    private Task PinAsync(Call call, bool pinned)
    {
        var me = call.Me();
        var id = call.Id("post_id");

        lock (state.Gate)
        {
            var post = Readable(me, id);

            if (!state.IsMember(post.ChannelId, me.Id))
                throw ChatException.Forbidden();

            book.Edit(post, post with { IsPinned = pinned });
        }

        return call.OkAsync();
    }

    /// <summary>Only system administrators may; bots answer commands and buttons instead.</summary>
    private async Task WhisperAsync(Call call)
    {
        var me = call.Me();
        var body = await call.BodyAsync("body");

        if (!me.IsAdmin)
            throw ChatException.Forbidden();

        var given = body["post"] as JsonObject ?? throw ChatException.BadBody("post");

        lock (state.Gate)
        {
            var to = body.String("user_id");

            if (!state.IsMember(given.String("channel_id"), to))
                throw ChatException.Forbidden();

            var post = Read(given, me) with { UpdateAt = 0 };
            book.Whisper(post with { UserId = to });
            body = Render.Post(state, post with { Type = "system_ephemeral" });
        }

        await call.AnswerAsync(body, StatusCodes.Status201Created);
    }
}
