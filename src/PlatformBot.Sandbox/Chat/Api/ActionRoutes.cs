using System.Net;
using System.Text.Json.Nodes;
using PlatformBot.Sandbox.Chat.Integrations;
using PlatformBot.Sandbox.Chat.Posts;
using PlatformBot.Sandbox.Chat.Wire;

namespace PlatformBot.Sandbox.Chat.Api;

/// <summary>Presses of buttons and choices from menus.</summary>
internal sealed class ActionRoutes(
    ChatState state,
    PostBook book,
    Cookies cookies,
    Triggers triggers,
    Callbacks callbacks
)
{
    /// <summary>These survive an update that brings props of its own.</summary>
    private static readonly string[] Retained = ["from_webhook", "override_username", "override_icon_url"];

    public IEnumerable<Route> Routes => [new("POST", "/api/v4/posts/{post_id}/actions/{action_id}", ClickAsync)];

    /// <summary>Where a click leads. No post: the button belongs to an ephemeral one.</summary>
    private sealed record Target(string PostId, Channel Channel, Post? Post, JsonObject Action, JsonObject Integration);

    private async Task ClickAsync(Call call)
    {
        // An id with any other character can be posted, and never be clicked.
        if (!call.Text("action_id").All(char.IsAsciiLetterOrDigit))
        {
            await ErrorAnswers.UnknownRouteAsync(call.Http);
            return;
        }

        var me = call.Me();
        var postId = call.Id("post_id");
        var click = GoJson.TryParse(await call.BodyTextAsync()) as JsonObject ?? [];
        Target target;

        lock (state.Gate)
            target = Find(me, postId, call.Text("action_id"), click.String("cookie"));

        var triggered = triggers.Issue(me.Id);
        var url = target.Integration.String("url");
        var answered = await callbacks.JsonAsync(url, Request(me, target, click, triggered.Signed));

        if (answered.Status is not HttpStatusCode.OK || GoJson.TryParse(answered.Body) is not JsonObject answer)
            throw ChatException.IntegrationFailed();

        lock (state.Gate)
            Apply(me, target, answer);

        await call.AnswerAsync(new JsonObject { ["status"] = "OK", ["trigger_id"] = triggered.ClientId });
    }

    private Target Find(User me, string postId, string actionId, string cookie)
    {
        if (!state.Posts.TryGetValue(postId, out var post))
            return FindByCookie(me, postId, cookie);

        if (!state.IsMember(post.ChannelId, me.Id) && !me.IsAdmin)
            throw ChatException.Forbidden();

        if (post.DeleteAt > 0)
            throw ChatException.NoSuchPost();

        if (
            Attachments.Find(post.Props, actionId) is not { } action
            || action["integration"] is not JsonObject integration
        )
        {
            throw ChatException.NoSuchAction();
        }

        return new Target(postId, state.Channels[post.ChannelId], post, action, integration);
    }

    private Target FindByCookie(User me, string postId, string cookie)
    {
        if (cookies.Open(cookie) is not { } secret || !state.IsMember(secret.String("channel_id"), me.Id))
            throw ChatException.Forbidden();

        return secret.String("post_id") == postId
            ? new Target(postId, state.Channels[secret.String("channel_id")], Post: null, secret, secret)
            : throw ChatException.NoSuchAction();
    }

    private JsonObject Request(User me, Target target, JsonObject click, string trigger)
    {
        var type = target.Action.String("type");
        var context = target.Integration["context"]?.DeepClone() as JsonObject;

        // Taken as the client says it: the options are not looked at.
        if (type == "select" && click.Has("selected_option"))
            (context ??= [])["selected_option"] = click.String("selected_option");

        var channel = target.Channel;
        return new JsonObject
        {
            ["user_id"] = me.Id,
            ["user_name"] = me.Name,
            ["channel_id"] = channel.Id,
            ["channel_name"] = channel.Name,
            ["team_id"] = channel.TeamId,
            ["team_domain"] = channel.TeamId.Length > 0 ? state.Teams[channel.TeamId].Name : "",
            ["post_id"] = target.PostId,
            ["trigger_id"] = trigger,
            ["type"] = type,
            ["data_source"] = target.Action.String("data_source"),
            ["context"] = context,
        };
    }

    private void Apply(User me, Target target, JsonObject answer)
    {
        if (answer["update"] is JsonObject update)
            Update(target, update);

        var text = answer.String("ephemeral_text");

        if (text.Length == 0)
            return;

        book.Whisper(
            new Post(ChatState.NewId(), me.Id, target.Channel.Id, RootOf(target), state.Now)
            {
                Number = state.NextNumber(),
                Message = answer.Flag("skip_slack_parsing") ? text : SlackText.Rewrite(state, text),
            }
        );
    }

    private static string RootOf(Target target) =>
        target.Post switch
        {
            null => "",
            { RootId: "" } root => root.Id,
            { } reply => reply.RootId,
        };

    /// <summary>
    /// Message and files become what the update says, also when it says nothing. Without props it brings back those from before the
    /// click, and so undoes what was patched in the meantime.
    /// </summary>
    private void Update(Target target, JsonObject update)
    {
        if (target.Post is not { } clicked || !state.Posts.TryGetValue(target.PostId, out var now) || now.DeleteAt > 0)
            throw ChatException.NoSuchPost();

        var props = PostRoutes.Props(update);

        if (props is not null)
        {
            foreach (var name in Retained.Where(clicked.Props.ContainsKey))
                props[name] = clicked.Props[name]?.DeepClone();
        }

        book.Edit(
            now,
            now with
            {
                Message = update.String("message"),
                Props = props ?? clicked.Props,
                IsPinned = clicked.IsPinned,
                FileIds = [.. update["file_ids"].Strings().Where(state.Files.ContainsKey)],
            }
        );
    }
}
