using System.Text.Json;
using System.Text.Json.Nodes;
using PlatformBot.Sandbox.Chat.Posts;
using PlatformBot.Sandbox.Chat.Wire;

namespace PlatformBot.Sandbox.Chat.Slash;

/// <summary>
/// What an integration answers to a command, directly or later: read, posted in the caller's name, and shown back to the caller.
/// The caller of this code holds the gate.
/// </summary>
internal sealed class CommandAnswers(ChatState state, PostBook book, Cookies cookies)
{
    /// <summary>The whole body as ephemeral text.</summary>
    public static JsonObject FromText(string text) => new() { ["response_type"] = "ephemeral", ["text"] = text };

    /// <summary>Posts the answer and its extra responses; gives what the caller of the command receives.</summary>
    public JsonObject Deliver(Occasion occasion, JsonObject answer, string triggerId)
    {
        var shown = Show(occasion, answer, triggerId);

        if (answer["extra_responses"] is JsonArray extras)
        {
            shown["extra_responses"] = GoJson.Array(
                extras.OfType<JsonObject>().Select(extra => Show(occasion, extra, ""))
            );
        }

        return shown;
    }

    private JsonObject Show(Occasion occasion, JsonObject answer, string triggerId)
    {
        var skip = answer.Flag("skip_slack_parsing");
        var text = skip ? answer.String("text") : SlackText.Rewrite(state, answer.String("text"));
        var attachments = Attachments.Normalise(answer["attachments"]);

        if (!skip)
            SlackText.RewriteAttachments(state, attachments);

        var shown = new JsonObject
        {
            ["response_type"] = answer.String("response_type"),
            ["text"] = text,
            ["username"] = answer.String("username"),
            ["channel_id"] = answer.String("channel_id"),
            ["icon_url"] = answer.String("icon_url"),
            ["type"] = answer.String("type"),
            ["props"] = answer["props"]?.DeepClone(),
            ["goto_location"] = answer.String("goto_location"),
            ["trigger_id"] = triggerId,
            ["skip_slack_parsing"] = skip,
            ["attachments"] = attachments.Count > 0 ? attachments : null,
            ["extra_responses"] = null,
        };

        if (text.Length > 0 || attachments.Count > 0)
            PostIt(occasion, shown);

        return shown;
    }

    private void PostIt(Occasion occasion, JsonObject shown)
    {
        var channelId = shown.String("channel_id") is { Length: > 0 } other ? other : occasion.ChannelId;
        var isElsewhere = channelId != occasion.ChannelId;
        var type = shown.String("type");

        var mayPost = !isElsewhere || state.IsMember(channelId, occasion.UserId);

        if (!mayPost || type.StartsWith("system_", StringComparison.Ordinal))
            throw PostFailed(occasion);

        var post = new Post(
            ChatState.NewId(),
            occasion.UserId,
            channelId,
            isElsewhere ? "" : occasion.RootId,
            state.Now
        )
        {
            Number = state.NextNumber(),
            Message = shown.String("text"),
        };

        // Any other response type is accepted, and shown to nobody.
        switch (shown.String("response_type"))
        {
            case "" or "ephemeral":
                // What the caller gets back shares the attachments with the post: cookies instead of integrations.
                if (shown["attachments"] is JsonArray attachments)
                    cookies.Bake(attachments, post.Id, channelId);

                book.Whisper(post with { Props = Props(shown) });
                break;
            case "in_channel":
                PostInChannel(occasion, post, shown);
                break;
        }
    }

    private void PostInChannel(Occasion occasion, Post post, JsonObject shown)
    {
        var type = shown.String("type");

        try
        {
            book.Create(
                post with
                {
                    UpdateAt = post.CreateAt,
                    Type = type.Length == 0 && shown.Has("attachments") ? "slack_attachment" : type,
                    Props = Props(shown),
                }
            );
        }
        catch (ChatException)
        {
            throw PostFailed(occasion);
        }
    }

    private static JsonObject Props(JsonObject shown)
    {
        var props = shown["props"] is JsonObject given ? (JsonObject)given.DeepClone() : [];

        if (shown["attachments"] is { } attachments)
            props["attachments"] = attachments.DeepClone();

        // Names and icons of the integration's own need a setting that is off by default.
        props["from_webhook"] = "true";
        props["override_icon_url"] = "";
        return props;
    }

    private static ChatException PostFailed(Occasion occasion) =>
        new(
            500,
            "api.command.execute_command.create_post_failed.app_error",
            $"Command '{occasion.Trigger}' failed to post response. Please contact your System Administrator."
        );

    /// <summary>Null when the body is not a JSON object; JSON's null is an empty answer.</summary>
    public static JsonObject? FromJson(string body)
    {
        try
        {
            using var document = JsonDocument.Parse(body);
            return document.RootElement.ValueKind switch
            {
                JsonValueKind.Null => [],
                JsonValueKind.Object => JsonNode.Parse(body)!.AsObject(),
                _ => null,
            };
        }
        catch (JsonException)
        {
            return null;
        }
    }
}
