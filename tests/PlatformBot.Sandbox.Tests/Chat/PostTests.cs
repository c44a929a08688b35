using System.Net.Http.Headers;
using System.Text;
using System.Text.Json.Nodes;
using PlatformBot.Sandbox.Chat;
using PlatformBot.TestKit;
using Shouldly;
using Xunit;

namespace PlatformBot.Sandbox.Tests.Chat;

public sealed class PostTests
{
    [Fact]
    public async Task A_created_post_has_the_shape_of_the_recorded_one()
    {
        await using var stage = await Stage.SetAsync();

        var heard = await stage.SayAsync(stage.Bot, "once", new JsonObject { ["pending_post_id"] = "job-42" });

        heard.Status.ShouldBe(201);
        string.Join(' ', heard.Json.AsObject().Select(field => field.Key))
            .ShouldBe(
                "id create_at update_at edit_at delete_at is_pinned user_id channel_id root_id parent_id original_id message type props hashtags pending_post_id reply_count last_reply_at participants metadata"
            );
        heard.Json["props"]!.ToJsonString().ShouldBe("""{"from_bot":"true"}""");
        heard.Response.Headers.Contains("X-Request-Id").ShouldBeTrue();
        heard.Response.Content.Headers.ContentType!.ToString().ShouldBe("application/json");
    }

    [Fact]
    public async Task The_same_pending_id_makes_one_post_for_30_seconds()
    {
        var clock = new FakeClock(DateTimeOffset.UnixEpoch.AddYears(56));
        await using var stage = await Stage.OpenAsync(clock);
        var pending = new JsonObject { ["pending_post_id"] = "job-42" };

        var first = await stage.SayAsync(stage.Bot, "once", pending);
        var again = await stage.SayAsync(stage.Bot, "other words", pending);
        clock.Advance(TimeSpan.FromSeconds(30));
        var later = await stage.SayAsync(stage.Bot, "other words", pending);

        (again.Status, again.Id).ShouldBe((201, first.Id));
        again.Json["message"].ShouldBe("once");
        later.Id.ShouldNotBe(first.Id);
    }

    [Fact]
    public async Task Catching_up_shows_edits_deletions_and_the_hidden_copies()
    {
        var clock = new FakeClock(DateTimeOffset.UnixEpoch.AddYears(56));
        await using var stage = await Stage.OpenAsync(clock);
        var edited = (await stage.SayAsync(stage.Bot, "before")).Id;
        var deleted = (await stage.SayAsync(stage.Bot, "gone")).Id;
        var since = clock.GetUtcNow().ToUnixTimeMilliseconds();
        clock.Advance(TimeSpan.FromSeconds(1));

        await stage.PutAsync(stage.Bot, $"/posts/{edited}/patch", new JsonObject { ["message"] = "after" });
        await stage.DeleteAsync(stage.Bot, $"/posts/{deleted}");

        var heard = await stage.GetAsync(stage.Bot, $"/channels/{stage.Chat.OpsChannelId}/posts?since={since}");
        var posts = heard.Json["posts"]!.AsObject().Select(post => post.Value!).ToList();
        posts.Single(post => (string?)post["id"] == edited)["message"].ShouldBe("after");
        posts.Single(post => (string?)post["original_id"] == edited)["message"].ShouldBe("before");
        ((long)posts.Single(post => (string?)post["id"] == deleted)["delete_at"]!).ShouldBeGreaterThan(0);
    }

    [Fact]
    public async Task A_deleted_post_is_not_found_and_cannot_be_changed()
    {
        await using var stage = await Stage.SetAsync();
        var post = (await stage.SayAsync(stage.Bot, "gone")).Id;
        await stage.DeleteAsync(stage.Bot, $"/posts/{post}");

        (await stage.GetAsync(stage.Bot, $"/posts/{post}")).ErrorId.ShouldBe("app.post.get.app_error");
        var patched = await stage.PutAsync(stage.Bot, $"/posts/{post}/patch", new JsonObject { ["message"] = "x" });
        (patched.Status, patched.ErrorId).ShouldBe((403, "api.context.permissions.app_error"));
        var reply = await stage.SayAsync(stage.Bot, "reply", new JsonObject { ["root_id"] = post });
        (reply.Status, reply.ErrorId).ShouldBe((400, "api.post.create_post.root_id.app_error"));
    }

    [Fact]
    public async Task A_reply_to_a_reply_is_refused_and_a_thread_holds_all_replies()
    {
        await using var stage = await Stage.SetAsync();
        var root = (await stage.SayAsync(stage.Bot, "root")).Id;
        var reply = (await stage.SayAsync(stage.Ada, "reply", new JsonObject { ["root_id"] = root })).Id;

        var nested = await stage.SayAsync(stage.Ada, "nested", new JsonObject { ["root_id"] = reply });
        var thread = await stage.GetAsync(stage.Ada, $"/posts/{reply}/thread");

        nested.ErrorId.ShouldBe("api.post.create_post.root_id.app_error");
        thread.Json["order"]!.ToJsonString().ShouldBe($"""["{root}","{reply}"]""");
    }

    [Fact]
    public async Task Messages_are_counted_in_code_points_and_props_in_characters()
    {
        await using var stage = await Stage.SetAsync();
        var rockets = string.Concat(Enumerable.Repeat("🚀", 16383));
        var props = new JsonObject { ["props"] = new JsonObject { ["x"] = new string('x', 8000) } };

        (await stage.SayAsync(stage.Bot, rockets)).Status.ShouldBe(201);
        (await stage.SayAsync(stage.Bot, rockets + "x")).ErrorId.ShouldBe("model.post.is_valid.msg.app_error");
        (await stage.SayAsync(stage.Bot, "x", props)).ErrorId.ShouldBe("model.post.is_valid.props.app_error");
    }

    [Fact]
    public async Task A_bare_attachment_counts_217_characters()
    {
        await using var stage = await Stage.SetAsync();

        // 8000 less what the recorded server adds: 253 for everything but the text.
        (await SayInABoxAsync(stage, 7747)).Status.ShouldBe(201);
        (await SayInABoxAsync(stage, 7748)).ErrorId.ShouldBe("model.post.is_valid.props.app_error");
    }

    private static Task<Heard> SayInABoxAsync(Stage stage, int length)
    {
        var box = new JsonObject { ["text"] = new string('z', length) };
        return stage.SayAsync(
            stage.Bot,
            "x",
            new JsonObject { ["props"] = new JsonObject { ["attachments"] = new JsonArray(box) } }
        );
    }

    [Fact]
    public async Task An_uploaded_file_is_attached_once_and_can_be_read_by_members()
    {
        await using var stage = await Stage.SetAsync();
        using var form = new MultipartFormDataContent
        {
            { new StringContent(stage.Chat.OpsChannelId), "channel_id" },
            { new StringContent("the whole log", Encoding.UTF8, "text/plain"), "files", "run.log" },
        };

        var uploaded = await stage.SendAsync(HttpMethod.Post, stage.Bot, "/files", form);
        uploaded.Status.ShouldBe(201);
        var id = (string)uploaded.Json["file_infos"]![0]!["id"]!;
        var post = await stage.SayAsync(stage.Bot, "log", new JsonObject { ["file_ids"] = new JsonArray(id) });
        var again = await stage.SayAsync(stage.Bot, "log", new JsonObject { ["file_ids"] = new JsonArray(id) });

        post.Json["metadata"]!["files"]![0]!["name"].ShouldBe("run.log");
        again.Json["file_ids"].ShouldBeNull();
        (await stage.GetAsync(stage.Ada, $"/files/{id}")).Text.ShouldBe("the whole log");
    }

    [Fact]
    public async Task A_file_can_also_be_the_whole_body()
    {
        await using var stage = await Stage.SetAsync();
        using var body = new ByteArrayContent([1, 2, 3]);
        body.Headers.ContentType = new MediaTypeHeaderValue("image/png");

        var path = $"/files?channel_id={stage.Chat.OpsChannelId}&filename=a.png";
        var heard = await stage.SendAsync(HttpMethod.Post, stage.Bot, path, body);

        heard.Json["file_infos"]![0]!["mime_type"].ShouldBe("image/png");
    }

    [Fact]
    public async Task A_reaction_is_ones_own()
    {
        await using var stage = await Stage.SetAsync();
        var post = (await stage.SayAsync(stage.Bot, "ok?")).Id;
        var reaction = new JsonObject
        {
            ["user_id"] = stage.Chat.Persons["ada"].Id,
            ["post_id"] = post,
            ["emoji_name"] = "white_check_mark",
        };

        (await stage.PostAsync(stage.Ada, "/reactions", reaction)).Status.ShouldBe(200);
        var forged = await stage.PostAsync(stage.Bot, "/reactions", reaction);
        (forged.Status, forged.ErrorId).ShouldBe((403, "api.reaction.save_reaction.user_id.app_error"));
        (await stage.GetAsync(stage.Bot, $"/posts/{post}/reactions")).Json.AsArray().Count.ShouldBe(1);
    }

    [Theory]
    [InlineData("GET", "/users/me", 401, "api.context.session_expired.app_error")]
    [InlineData("GET", "/users/me?access_token=x", 401, "api.context.token_provided.app_error")]
    [InlineData("GET", "/nosuchroute", 404, "api.context.404.app_error")]
    [InlineData("DELETE", "/posts", 404, "api.context.404.app_error")]
    public async Task Without_a_session_or_a_route_there_is_an_error_with_an_id(
        string method,
        string path,
        int status,
        string error
    )
    {
        await using var stage = await Stage.SetAsync();

        var heard = await stage.SendAsync(new HttpMethod(method), token: null, path, content: null);

        (heard.Status, heard.ErrorId).ShouldBe((status, error));
    }

    [Theory]
    [InlineData("/users/aaaaaaaaaaaaaaaaaaaaaaaaaa", 404, "app.user.missing_account.const")]
    [InlineData("/users/username/nobody", 404, "app.user.get_by_username.app_error")]
    [InlineData("/posts/short", 400, "api.context.invalid_url_param.app_error")]
    [InlineData("/teams/name/nosuch", 404, "app.team.get_by_name.missing.app_error")]
    [InlineData("/channels/aaaaaaaaaaaaaaaaaaaaaaaaaa", 404, "app.channel.get.existing.app_error")]
    [InlineData("/config/client", 501, "api.config.client.old_format.app_error")]
    public async Task What_is_not_there_has_its_own_error(string path, int status, string error)
    {
        await using var stage = await Stage.SetAsync();

        var heard = await stage.GetAsync(stage.Bot, path);

        (heard.Status, heard.ErrorId).ShouldBe((status, error));
    }

    [Fact]
    public async Task Somebody_who_left_the_team_is_still_found_with_the_time_of_leaving()
    {
        await using var stage = await Stage.SetAsync();
        var path = $"/teams/{stage.Chat.TeamId}/members/{stage.Chat.Persons["ada"].Id}";
        await stage.DeleteAsync(stage.Chat.AdminToken, path);

        var heard = await stage.GetAsync(stage.Bot, path);

        heard.Status.ShouldBe(200);
        ((long)heard.Json["delete_at"]!).ShouldBeGreaterThan(0);
        (await stage.ExecuteAsync(stage.Ada, "/platform x")).Status.ShouldBe(403);
    }

    [Fact]
    public async Task Too_many_requests_get_429_in_plain_text()
    {
        var clock = new FakeClock(DateTimeOffset.UnixEpoch.AddYears(56));
        await using var stage = await Stage.OpenAsync(clock, new ChatOptions { RateLimit = new RateLimit(5, 2) });

        for (var i = 0; i < 3; i++)
            (await stage.GetAsync(stage.Bot, "/users/me")).Status.ShouldBe(200);

        var refused = await stage.GetAsync(stage.Bot, "/users/me");
        (refused.Status, refused.Text).ShouldBe((429, "limit exceeded\n"));
        refused.Response.Headers.GetValues("Retry-After").ShouldBe(["1"]);
        refused.Response.Headers.GetValues("X-Ratelimit-Limit").ShouldBe(["3"]);

        clock.Advance(TimeSpan.FromMilliseconds(200));
        (await stage.GetAsync(stage.Bot, "/users/me")).Status.ShouldBe(200);
    }
}
