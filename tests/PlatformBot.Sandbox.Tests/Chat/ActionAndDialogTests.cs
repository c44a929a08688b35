using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using PlatformBot.TestKit;
using Shouldly;
using Xunit;

namespace PlatformBot.Sandbox.Tests.Chat;

public sealed class ActionAndDialogTests
{
    [Fact]
    public async Task A_click_carries_who_and_where_and_the_stored_context()
    {
        await using var stage = await Stage.SetAsync();
        var post = await stage.PostButtonAsync();

        var heard = await stage.ClickAsync(stage.Ada, post);

        heard.Json["status"].ShouldBe("OK");
        var call = stage.Calls.ShouldHaveSingleItem();
        call.Headers.ContainsKey("Authorization").ShouldBeFalse();
        string.Join(' ', call.Json.AsObject().Select(field => field.Key))
            .ShouldBe(
                "user_id user_name channel_id channel_name team_id team_domain post_id trigger_id type data_source context"
            );
        call.Json["post_id"].ShouldBe(post);
        call.Json["user_id"].ShouldBe(stage.Chat.Persons["ada"].Id);
        call.Json["context"]!.ToJsonString().ShouldBe("""{"request":"r-1"}""");
    }

    [Fact]
    public async Task Where_a_button_leads_is_shown_to_nobody()
    {
        await using var stage = await Stage.SetAsync();
        using var ada = await stage.ListenAsync(stage.Ada);
        var post = await stage.PostButtonAsync();

        (await stage.GetAsync(stage.Bot, $"/posts/{post}")).Text.ShouldNotContain("integration");
        (await ada.NextAsync("posted", "post")).ToJsonString().ShouldNotContain("integration");
    }

    [Fact]
    public async Task The_trigger_proves_who_clicked()
    {
        await using var stage = await Stage.SetAsync();
        await stage.ClickAsync(stage.Ada, await stage.PostButtonAsync());
        var config = await stage.GetAsync(token: null, "/config/client?format=old");
        using var key = ECDsa.Create();
        key.ImportSubjectPublicKeyInfo(
            Convert.FromBase64String((string)config.Json["AsymmetricSigningPublicKey"]!),
            out _
        );

        var trigger = (string)stage.Calls.Single().Json["trigger_id"]!;
        var parts = Encoding.UTF8.GetString(Convert.FromBase64String(trigger)).Split(':');

        parts[1].ShouldBe(stage.Chat.Persons["ada"].Id);
        key.VerifyData(
                Encoding.UTF8.GetBytes($"{parts[0]}:{parts[1]}:{parts[2]}:"),
                Convert.FromBase64String(parts[3]),
                HashAlgorithmName.SHA256,
                DSASignatureFormat.Rfc3279DerSequence
            )
            .ShouldBeTrue();
    }

    [Theory]
    [InlineData("nosuch", 404, "api.post.do_action.action_id.app_error")]
    [InlineData("not-allowed", 404, "api.context.404.app_error")]
    public async Task An_action_that_is_not_there_is_not_found(string action, int status, string error)
    {
        await using var stage = await Stage.SetAsync();
        var post = await stage.PostButtonAsync("not-allowed");

        var heard = await stage.ClickAsync(stage.Ada, post, action);

        (heard.Status, heard.ErrorId).ShouldBe((status, error));
        stage.Calls.ShouldBeEmpty();
    }

    [Fact]
    public async Task Only_members_of_the_channel_click()
    {
        await using var stage = await Stage.SetAsync();
        var post = await stage.PostButtonAsync();
        var ada = stage.Chat.Persons["ada"].Id;
        await stage.DeleteAsync(stage.Chat.AdminToken, $"/channels/{stage.Chat.OpsChannelId}/members/{ada}");

        (await stage.GetAsync(stage.Ada, $"/posts/{post}")).Status.ShouldBe(200);
        (await stage.ClickAsync(stage.Ada, post)).Status.ShouldBe(403);
        stage.Calls.ShouldBeEmpty();
    }

    [Theory]
    [InlineData("", 200)]
    [InlineData("ok", 200)]
    [InlineData("[]", 200)]
    [InlineData("{}", 201)]
    [InlineData("{}", 500)]
    public async Task Anything_but_200_with_a_JSON_object_is_an_error_for_the_clicker(string body, int status)
    {
        await using var stage = await Stage.SetAsync();
        stage.AnswerWith(body, status);

        var heard = await stage.ClickAsync(stage.Ada, await stage.PostButtonAsync());

        (heard.Status, heard.ErrorId).ShouldBe((400, "api.post.do_action.action_integration.app_error"));
    }

    [Theory]
    [InlineData("""{"message":"done"}""", "done", true)]
    [InlineData("""{"props":{}}""", "", false)]
    [InlineData("""{"message":"done","props":{}}""", "done", false)]
    public async Task An_update_replaces_the_message_and_keeps_the_props_only_when_it_brings_none(
        string update,
        string message,
        bool buttons
    )
    {
        await using var stage = await Stage.SetAsync();
        var post = await stage.PostButtonAsync();
        stage.AnswerWith($$"""{"update":{{update}}}""");

        await stage.ClickAsync(stage.Ada, post);

        var now = await stage.GetAsync(stage.Ada, $"/posts/{post}");
        now.Json["message"].ShouldBe(message);
        now.Text.Contains("approve", StringComparison.Ordinal).ShouldBe(buttons);
        now.Text.Contains("from_bot", StringComparison.Ordinal).ShouldBe(buttons);
    }

    [Fact]
    public async Task Writing_back_props_that_were_read_kills_the_handler_and_changes_nothing()
    {
        await using var stage = await Stage.SetAsync();
        var post = await stage.PostButtonAsync();
        var props = (await stage.GetAsync(stage.Bot, $"/posts/{post}")).Json["props"]!.DeepClone();
        var patch = new JsonObject { ["props"] = props };

        await Should.ThrowAsync<HttpRequestException>(() => stage.PutAsync(stage.Bot, $"/posts/{post}/patch", patch));
        (await stage.ClickAsync(stage.Ada, post)).Status.ShouldBe(200);

        patch["message"] = "changed";
        (await stage.PutAsync(stage.Bot, $"/posts/{post}/patch", patch)).Status.ShouldBe(200);
        (await stage.ClickAsync(stage.Ada, post)).Status.ShouldBe(404);
    }

    [Fact]
    public async Task A_choice_from_a_menu_is_passed_on_unchecked()
    {
        await using var stage = await Stage.SetAsync();
        var props = stage.Button("env", "select");
        var post = await stage.SayAsync(stage.Bot, "where?", new JsonObject { ["props"] = props });

        await stage.ClickAsync(stage.Ada, post.Id, "env", new JsonObject { ["selected_option"] = "anything" });

        stage.Calls.Single().Json["context"]!["selected_option"].ShouldBe("anything");
    }

    [Fact]
    public async Task A_dialog_opens_for_the_person_of_the_trigger_and_its_submission_reaches_the_integration()
    {
        await using var stage = await Stage.SetAsync();
        using var ada = await stage.ListenAsync(stage.Ada);
        await stage.ClickAsync(stage.Ada, await stage.PostButtonAsync());

        var opened = await stage.PostAsync(token: null, "/actions/dialogs/open", Dialog(stage));
        opened.Json["status"].ShouldBe("OK");
        var shown = await ada.NextAsync("open_dialog", "dialog");
        shown["dialog"]!["title"].ShouldBe("Why?");

        stage.AnswerWith("""{"errors":{"reason":"too short"}}""");
        var submit = new JsonObject
        {
            ["url"] = (string)shown["url"]!,
            ["callback_id"] = "deny",
            ["state"] = "opaque",
            ["channel_id"] = stage.Chat.OpsChannelId,
            ["team_id"] = stage.Chat.TeamId,
            ["submission"] = new JsonObject { ["reason"] = "x" },
        };
        var heard = await stage.PostAsync(stage.Ada, "/actions/dialogs/submit", submit);

        heard.Json["errors"]!["reason"].ShouldBe("too short");
        var call = stage.Calls.Last();
        call.Json["type"].ShouldBe("dialog_submission");
        call.Json["user_id"].ShouldBe(stage.Chat.Persons["ada"].Id);
    }

    private static JsonObject Dialog(Stage stage) =>
        new()
        {
            ["trigger_id"] = (string)stage.Calls.Last().Json["trigger_id"]!,
            ["url"] = new Uri(stage.IntegrationUri, "/dialog").ToString(),
            ["dialog"] = new JsonObject { ["title"] = "Why?", ["state"] = "opaque" },
        };

    [Fact]
    public async Task A_trigger_lives_for_3_seconds()
    {
        var clock = new FakeClock(DateTimeOffset.UnixEpoch.AddYears(56));
        await using var stage = await Stage.OpenAsync(clock);
        await stage.ClickAsync(stage.Ada, await stage.PostButtonAsync());

        clock.Advance(TimeSpan.FromSeconds(3));
        (await stage.PostAsync(token: null, "/actions/dialogs/open", Dialog(stage))).Status.ShouldBe(200);
        clock.Advance(TimeSpan.FromMilliseconds(1));
        var late = await stage.PostAsync(token: null, "/actions/dialogs/open", Dialog(stage));

        late.ErrorId.ShouldBe("interactive_message.decode_trigger_id.expired");
    }

    [Fact]
    public async Task A_tampered_trigger_opens_nothing()
    {
        await using var stage = await Stage.SetAsync();
        await stage.ClickAsync(stage.Ada, await stage.PostButtonAsync());
        var dialog = Dialog(stage);
        var said = Encoding.UTF8.GetString(Convert.FromBase64String((string)dialog["trigger_id"]!));
        var forged = said.Replace(
            stage.Chat.Persons["ada"].Id,
            stage.Chat.Persons["grace"].Id,
            StringComparison.Ordinal
        );
        dialog["trigger_id"] = Convert.ToBase64String(Encoding.UTF8.GetBytes(forged));

        var heard = await stage.PostAsync(token: null, "/actions/dialogs/open", dialog);

        heard.ErrorId.ShouldBe("interactive_message.decode_trigger_id.verify_signature_failed");
    }
}
