using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using PlatformBot.Sandbox.Chat.Sockets;
using PlatformBot.Sandbox.Chat.Wire;

namespace PlatformBot.Sandbox.Chat.Posts;

/// <summary>What becomes of posts: written, edited with a copy kept, deleted, told to everybody. The caller holds the gate.</summary>
internal sealed partial class PostBook(ChatState state, Hub hub)
{
    public const int LongestMessage = 16383;
    public const int LongestProps = 8000;
    private const int MostFiles = 10;
    private const long DeduplicatedForMs = 30_000;

    private readonly Dictionary<string, (string PostId, long At)> _pending = [];

    /// <summary>The post that an earlier call with the same <c>pending_post_id</c> made, if that was within 30 s.</summary>
    public Post? Earlier(string pendingPostId) =>
        _pending.TryGetValue(pendingPostId, out var earlier) && state.Now - earlier.At < DeduplicatedForMs
            ? state.Posts[earlier.PostId] with
            {
                PendingPostId = "",
            }
            : null;

    public Post Create(Post post)
    {
        var channel = state.Channels[post.ChannelId];
        CheckRoot(post);

        if (post.FileIds.Count > MostFiles)
        {
            throw new ChatException(
                400,
                "model.post.is_valid.file_ids.app_error",
                "Invalid file ids. Note that uploads are limited to 5 files maximum. Please use additional posts for more files."
            );
        }

        CheckSize(post.Message, post.Props);
        post = post with { FileIds = TakeFiles(post) };
        state.Posts[post.Id] = post;

        if (post.RootId.Length > 0)
            state.Posts[post.RootId] = state.Posts[post.RootId] with { UpdateAt = state.Now };

        if (post.PendingPostId.Length > 0)
            _pending[post.PendingPostId] = (post.Id, state.Now);

        Announce(channel, post);
        return post;
    }

    private void CheckRoot(Post post)
    {
        if (post.RootId.Length == 0)
            return;

        if (!state.Posts.TryGetValue(post.RootId, out var root) || root is not { DeleteAt: 0, RootId: "" })
            throw new ChatException(400, "api.post.create_post.root_id.app_error", "Invalid RootId parameter.");

        if (root.ChannelId != post.ChannelId)
        {
            throw new ChatException(
                400,
                "api.post.create_post.channel_root_id.app_error",
                "Invalid ChannelId for RootId parameter."
            );
        }
    }

    private static void CheckSize(string message, JsonObject props)
    {
        // PostgreSQL does not store it.
        if (message.Contains('\0', StringComparison.Ordinal))
            throw new ChatException(500, "app.post.save.app_error", "Unable to save the Post.");

        if (GoJson.Runes(message) > LongestMessage)
            throw new ChatException(400, "model.post.is_valid.msg.app_error", "Invalid message.");

        if (GoJson.Runes(GoJson.Text(props)) > LongestProps)
            throw new ChatException(400, "model.post.is_valid.props.app_error", "Invalid props.");
    }

    /// <summary>Files that are taken, unknown or somebody else's are dropped without a word.</summary>
    private List<string> TakeFiles(Post post)
    {
        var mine = post
            .FileIds.Where(id =>
                state.Files.TryGetValue(id, out var file) && file.UserId == post.UserId && file.PostId.Length == 0
            )
            .ToList();

        foreach (var id in mine)
            state.Files[id] = state.Files[id] with { PostId = post.Id };

        return mine;
    }

    private void Announce(Channel channel, Post post)
    {
        var data = new JsonObject
        {
            ["channel_display_name"] = channel.DisplayName,
            ["channel_name"] = channel.Name,
            ["channel_type"] = channel.Type,
        };

        if (Mentioned(channel, post) is { Count: > 0 } mentioned)
            data["mentions"] = GoJson.Text(GoJson.Array(mentioned.Select(id => (JsonNode)id)));

        if (post.FileIds.Count > 0)
            data["otherFile"] = "true";

        data["post"] = GoJson.Text(Render.Post(state, post));
        data["sender_name"] = "@" + state.Users[post.UserId].Name;
        data["set_online"] = true;
        data["team_id"] = channel.TeamId;
        hub.ToChannel(channel, "posted", data);
    }

    private List<string> Mentioned(Channel channel, Post post)
    {
        var names = Mention()
            .Matches(post.Message)
            .Select(m => m.Groups["name"].Value.TrimEnd('.', '-', '_'))
            .ToHashSet();

        // A direct message speaks to the other one without naming him.
        return
        [
            .. channel.Members.Where(id =>
                id != post.UserId && (channel.Type == "D" || names.Contains(state.Users[id].Name))
            ),
        ];
    }

    /// <summary>Replaces a post, keeps the old one as history and tells the channel, also when nothing changed.</summary>
    public Post Edit(Post before, Post after)
    {
        CheckSize(after.Message, after.Props);
        var now = state.Now;
        var isEdit = before.Message != after.Message || !Attachments.AreEqual(before.Props, after.Props);

        after = after with { UpdateAt = now, EditAt = isEdit ? now : before.EditAt };
        Keep(before, now);
        state.Posts[after.Id] = after;
        Tell(after, "post_edited");
        return after;
    }

    private void Keep(Post before, long now)
    {
        var id = ChatState.NewId();
        state.Posts[id] = before with
        {
            Id = id,
            OriginalId = before.Id,
            UpdateAt = now,
            DeleteAt = now,
            Number = state.NextNumber(),
        };
    }

    public void Delete(Post post)
    {
        Tell(post, "post_deleted");
        var now = state.Now;

        foreach (var gone in state.Replies(post.Id).Prepend(post).ToList())
            state.Posts[gone.Id] = gone with { DeleteAt = now, UpdateAt = now };
    }

    private void Tell(Post post, string what) =>
        hub.ToChannel(
            state.Channels[post.ChannelId],
            what,
            new JsonObject { ["post"] = GoJson.Text(Render.Post(state, post)) }
        );

    /// <summary>Shows its author, and nobody else, a post that is stored nowhere.</summary>
    public void Whisper(Post post)
    {
        var json = Render.Post(state, post with { Type = "system_ephemeral" });
        json["reply_count"] = 0;
        hub.ToUser(post.UserId, post.ChannelId, "ephemeral_message", new JsonObject { ["post"] = GoJson.Text(json) });
    }

    [GeneratedRegex("@(?<name>[a-z0-9._-]+)", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Mention();
}
