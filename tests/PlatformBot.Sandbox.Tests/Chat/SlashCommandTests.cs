using System.Text.Json.Nodes;
using PlatformBot.TestKit;
using Shouldly;
using Xunit;

namespace PlatformBot.Sandbox.Tests.Chat;

public sealed class SlashCommandTests
{
    [Fact]
    public async Task The_integration_gets_the_form_that_Mattermost_sends()
    {
        await using var stage = await Stage.SetAsync();
        var command = await stage.RegisterAsync();

        await stage.ExecuteAsync(stage.Ada, "/Platform deploy web --env=prod \"two words\"");

        stage.Calls.TryDequeue(out var call).ShouldBeTrue();
        string.Join(' ', call!.Form.Keys)
            .ShouldBe(
                "channel_id channel_name command response_url team_domain team_id text token trigger_id user_id user_name"
            );
        call.Form["command"].ShouldBe("/platform");
        call.Form["text"].ShouldBe("deploy web --env=prod \"two words\"");
        call.Form["user_name"].ShouldBe("ada");
        call.Form["token"].ShouldBe((string)command["token"]!);
        call.Body.ShouldContain("text=deploy+web+--env%3Dprod+%22two+words%22&");
        call.Headers.Authorization.ToString().ShouldBe($"Token {command["token"]}");
        call.Headers.ContentType.ToString().ShouldBe("application/x-www-form-urlencoded");
        call.Headers.UserAgent.ToString().ShouldBe("Mattermost-Bot/1.1");
    }

    [Theory]
    [InlineData("/platform", "")]
    [InlineData("/platform  two", " two")]
    [InlineData("/platform\nline\ntwo ", "line\ntwo ")]
    public async Task The_text_is_what_follows_the_first_white_space_untrimmed(string typed, string text)
    {
        await using var stage = await Stage.SetAsync();
        await stage.RegisterAsync();

        await stage.ExecuteAsync(stage.Ada, typed);

        stage.Calls.ShouldHaveSingleItem().Form["text"].ShouldBe(text);
    }

    [Fact]
    public async Task An_ephemeral_answer_reaches_only_the_caller_in_the_callers_name()
    {
        await using var stage = await Stage.SetAsync();
        await stage.RegisterAsync();
        stage.AnswerWith("""{"response_type":"ephemeral","text":"hello **ada**"}""");
        using var ada = await stage.ListenAsync(stage.Ada);
        using var grace = await stage.ListenAsync(stage.Chat.Persons["grace"].Token);

        var heard = await stage.ExecuteAsync(stage.Ada, "/platform x");
        await stage.SayAsync(stage.Bot, "later");

        heard.Json["text"].ShouldBe("hello **ada**");
        var post = await ada.NextAsync("ephemeral_message", "post");
        post["user_id"].ShouldBe(stage.Chat.Persons["ada"].Id);
        post["type"].ShouldBe("system_ephemeral");
        ((string?)(await grace.NextAsync())["event"]).ShouldBe("posted");
    }

    [Theory]
    [InlineData("", 200, null, 200, "")]
    [InlineData("plain", 200, "text/plain", 200, "")]
    [InlineData("null", 200, "application/json", 200, "")]
    [InlineData("", 200, "application/json", 500, "api.command.execute_command.failed.app_error")]
    [InlineData("[]", 200, "application/json", 500, "api.command.execute_command.failed.app_error")]
    [InlineData("{}", 201, "application/json", 500, "api.command.execute_command.failed_resp.app_error")]
    [InlineData("{}", 401, "application/json", 500, "api.command.execute_command.failed_resp.app_error")]
    public async Task Only_200_with_a_body_that_fits_its_type_counts(
        string body,
        int status,
        string? type,
        int expected,
        string error
    )
    {
        await using var stage = await Stage.SetAsync();
        await stage.RegisterAsync();
        stage.AnswerWith(body, status, type);

        var heard = await stage.ExecuteAsync(stage.Ada, "/platform x");

        heard.Status.ShouldBe(expected);

        if (expected != 200)
            heard.ErrorId.ShouldBe(error);
    }

    [Fact]
    public async Task After_30_seconds_without_an_answer_the_caller_is_told_that_it_failed()
    {
        var clock = new FakeClock(DateTimeOffset.UnixEpoch.AddYears(56));
        await using var stage = await Stage.OpenAsync(clock);
        await stage.RegisterAsync();
        var asked = new TaskCompletionSource();
        stage.Answer = async _ =>
        {
            asked.SetResult();
            await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, TestContext.Current.CancellationToken);
            return new Says("{}");
        };

        var running = stage.ExecuteAsync(stage.Ada, "/platform x");
        await asked.Task;
        clock.Advance(TimeSpan.FromSeconds(29));
        running.IsCompleted.ShouldBeFalse();
        clock.Advance(TimeSpan.FromSeconds(1));

        (await running).ErrorId.ShouldBe("api.command.execute_command.failed.app_error");
    }

    [Fact]
    public async Task A_response_url_works_five_times_and_needs_nobody_to_be_logged_in()
    {
        await using var stage = await Stage.SetAsync();
        await stage.RegisterAsync();
        await stage.ExecuteAsync(stage.Ada, "/platform x");
        var path = "/" + new Uri(stage.Calls.Single().Form["response_url"]).AbsolutePath;
        var said = new JsonObject { ["text"] = "later" };

        for (var i = 0; i < 5; i++)
            (await stage.PostAsync(token: null, path, said)).Text.ShouldBe("ok");

        var sixth = await stage.PostAsync(token: null, path, said);
        (sixth.Status, sixth.ErrorId).ShouldBe((400, "app.command_webhook.try_use.invalid"));
    }

    [Fact]
    public async Task A_response_url_lives_for_30_minutes()
    {
        var clock = new FakeClock(DateTimeOffset.UnixEpoch.AddYears(56));
        await using var stage = await Stage.OpenAsync(clock);
        await stage.RegisterAsync();
        await stage.ExecuteAsync(stage.Ada, "/platform x");
        var path = "/" + new Uri(stage.Calls.Single().Form["response_url"]).AbsolutePath;

        clock.Advance(TimeSpan.FromMinutes(30) + TimeSpan.FromSeconds(1));

        var late = await stage.PostAsync(token: null, path, new JsonObject { ["text"] = "late" });
        (late.Status, late.ErrorId).ShouldBe((404, "app.command_webhook.get.missing"));
    }

    [Fact]
    public async Task Only_team_administrators_register_and_see_commands()
    {
        await using var stage = await Stage.SetAsync();
        var command = await stage.RegisterAsync();

        (await stage.PostAsync(stage.Ada, "/commands", stage.NewCommand("other"))).Status.ShouldBe(403);
        (await stage.GetAsync(stage.Ada, $"/commands/{command["id"]}")).Status.ShouldBe(404);
        (await stage.GetAsync(stage.Ada, $"/commands?team_id={stage.Chat.TeamId}&custom_only=true")).Status.ShouldBe(
            403
        );

        var listed = await stage.GetAsync(stage.Bot, $"/commands?team_id={stage.Chat.TeamId}&custom_only=true");
        listed.Json.AsArray().ShouldHaveSingleItem()!["token"].ShouldBe((string)command["token"]!);
    }

    [Theory]
    [InlineData("platform", "api.command.duplicate_trigger.app_error")]
    [InlineData("help", "api.command.duplicate_trigger.app_error")]
    [InlineData("two words", "model.command.is_valid.trigger.app_error")]
    [InlineData("/slash", "model.command.is_valid.trigger.app_error")]
    public async Task A_trigger_must_be_new_and_one_word(string trigger, string error)
    {
        await using var stage = await Stage.SetAsync();
        await stage.RegisterAsync();

        var heard = await stage.PostAsync(stage.Bot, "/commands", stage.NewCommand(trigger));

        (heard.Status, heard.ErrorId).ShouldBe((400, error));
    }

    [Fact]
    public async Task A_renewed_token_is_the_one_that_is_sent()
    {
        await using var stage = await Stage.SetAsync();
        var command = await stage.RegisterAsync();

        var renewed = await stage.PutAsync(stage.Bot, $"/commands/{command["id"]}/regen_token", new JsonObject());
        await stage.ExecuteAsync(stage.Ada, "/platform x");

        stage.Calls.Single().Form["token"].ShouldBe((string)renewed.Json["token"]!);
    }

    [Fact]
    public async Task Buttons_of_an_ephemeral_answer_work_by_their_cookie()
    {
        await using var stage = await Stage.SetAsync();
        await stage.RegisterAsync();
        var answer = stage.Button();
        answer["text"] = "really?";
        stage.Answer = call => Task.FromResult(new Says(call.Path == "/slash" ? answer.ToJsonString() : "{}"));
        using var ada = await stage.ListenAsync(stage.Ada);

        await stage.ExecuteAsync(stage.Ada, "/platform x");
        var post = await ada.NextAsync("ephemeral_message", "post");
        var action = post["props"]!["attachments"]![0]!["actions"]![0]!;
        action["integration"].ShouldBeNull();
        var id = (string)post["id"]!;
        var click = new JsonObject { ["cookie"] = (string)action["cookie"]! };

        (await stage.ClickAsync(stage.Ada, id, "approve", click)).Status.ShouldBe(200);
        (await stage.ClickAsync(stage.Ada, id)).Status.ShouldBe(403);
        stage.Calls.Last().Json["context"]!["request"].ShouldBe("r-1");
    }
}
