using System.Text.Json.Nodes;
using PlatformBot.Sandbox.Chat.Posts;

namespace PlatformBot.Sandbox.Chat.Wire;

/// <summary>The server's objects in the shapes of API v4 (5.37).</summary>
internal static class Render
{
    public static JsonObject User(User user)
    {
        var json = new JsonObject
        {
            ["id"] = user.Id,
            ["create_at"] = user.CreateAt,
            ["update_at"] = user.CreateAt,
            ["delete_at"] = user.DeleteAt,
            ["username"] = user.Name,
            ["auth_data"] = "",
            ["auth_service"] = "",
            ["email"] = user.IsBot ? $"{user.Name}@localhost" : $"{user.Name}@example.test",
            ["nickname"] = "",
            ["first_name"] = user.FirstName,
            ["last_name"] = "",
            ["position"] = "",
            ["roles"] =
                user.IsAdmin ? "system_admin system_user"
                : user.IsGuest ? "system_guest"
                : "system_user",
            ["locale"] = "en",
            ["disable_welcome_email"] = false,
        };

        if (user.IsBot)
        {
            json["is_bot"] = true;
            json["bot_description"] = "chat-ops";
        }

        return json;
    }

    public static JsonObject Team(Team team) =>
        new()
        {
            ["id"] = team.Id,
            ["create_at"] = team.CreateAt,
            ["update_at"] = team.CreateAt,
            ["delete_at"] = 0,
            ["display_name"] = team.DisplayName,
            ["name"] = team.Name,
            ["description"] = "",
            ["email"] = "",
            ["type"] = "O",
            ["allow_open_invite"] = false,
        };

    public static JsonObject TeamMember(string teamId, TeamMember member) =>
        new()
        {
            ["team_id"] = teamId,
            ["user_id"] = member.UserId,
            ["roles"] = member.IsAdmin ? "team_user team_admin" : "team_user",
            ["delete_at"] = member.DeleteAt,
            ["scheme_guest"] = false,
            ["scheme_user"] = true,
            ["scheme_admin"] = member.IsAdmin,
            ["explicit_roles"] = "",
        };

    public static JsonObject Channel(Channel channel) =>
        new()
        {
            ["id"] = channel.Id,
            ["create_at"] = channel.CreateAt,
            ["update_at"] = channel.CreateAt,
            ["delete_at"] = 0,
            ["team_id"] = channel.TeamId,
            ["type"] = channel.Type,
            ["display_name"] = channel.DisplayName,
            ["name"] = channel.Name,
            ["header"] = "",
            ["purpose"] = "",
            ["creator_id"] = "",
        };

    public static JsonObject ChannelMember(string channelId, string userId) =>
        new()
        {
            ["channel_id"] = channelId,
            ["user_id"] = userId,
            ["roles"] = "channel_user",
            ["scheme_guest"] = false,
            ["scheme_user"] = true,
            ["scheme_admin"] = false,
            ["explicit_roles"] = "",
        };

    public static JsonObject Reaction(Reaction reaction, long updateAt) =>
        new()
        {
            ["user_id"] = reaction.UserId,
            ["post_id"] = reaction.PostId,
            ["emoji_name"] = reaction.Emoji,
            ["create_at"] = reaction.CreateAt,
            ["update_at"] = updateAt,
            ["delete_at"] = 0,
            ["remote_id"] = "",
        };

    public static JsonObject File(UploadedFile file)
    {
        var json = new JsonObject { ["id"] = file.Id, ["user_id"] = file.UserId };

        if (file.PostId.Length > 0)
            json["post_id"] = file.PostId;

        json["channel_id"] = "";
        json["create_at"] = file.CreateAt;
        json["update_at"] = file.CreateAt;
        json["delete_at"] = 0;
        json["name"] = file.Name;
        json["extension"] = Path.GetExtension(file.Name).TrimStart('.');
        json["size"] = file.Bytes.Length;
        json["mime_type"] = file.MimeType;
        json["mini_preview"] = null;
        json["remote_id"] = "";
        return json;
    }

    /// <summary>A post as everybody sees it: where its buttons lead is taken out.</summary>
    public static JsonObject Post(ChatState state, Post post)
    {
        var json = new JsonObject
        {
            ["id"] = post.Id,
            ["create_at"] = post.CreateAt,
            ["update_at"] = post.UpdateAt,
            ["edit_at"] = post.EditAt,
            ["delete_at"] = post.DeleteAt,
            ["is_pinned"] = post.IsPinned,
            ["user_id"] = post.UserId,
            ["channel_id"] = post.ChannelId,
            ["root_id"] = post.RootId,
            ["parent_id"] = post.RootId,
            ["original_id"] = post.OriginalId,
            ["message"] = post.Message,
            ["type"] = post.Type,
            ["props"] = Attachments.Stripped(post.Props),
            ["hashtags"] = "",
            ["pending_post_id"] = post.PendingPostId,
            ["reply_count"] = state.Replies(post.RootId.Length > 0 ? post.RootId : post.Id).Count(),
            ["last_reply_at"] = 0,
            ["participants"] = null,
        };

        if (post.FileIds.Count > 0)
            json["file_ids"] = GoJson.Array(post.FileIds.Select(id => (JsonNode)id));

        var reactions = state.Reactions.Where(reaction => reaction.PostId == post.Id).ToList();

        if (reactions.Count > 0)
            json["has_reactions"] = true;

        json["metadata"] = Metadata(state, post, reactions);
        return json;
    }

    private static JsonObject Metadata(ChatState state, Post post, List<Reaction> reactions)
    {
        var metadata = new JsonObject();

        if (post.Props["attachments"] is JsonArray { Count: > 0 })
            metadata["embeds"] = new JsonArray(new JsonObject { ["type"] = "message_attachment" });

        if (post.FileIds.Count > 0)
            metadata["files"] = GoJson.Array(post.FileIds.Select(id => File(state.Files[id])));

        if (reactions.Count > 0)
            metadata["reactions"] = GoJson.Array(reactions.Select(one => Reaction(one, one.CreateAt)));

        return metadata;
    }
}
