using System.Net;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using PlatformBot.Core.Chat;
using PlatformBot.Mattermost;
using Shouldly;
using Xunit;

namespace PlatformBot.Tests.Mattermost;

public sealed class IncomingTests : IAsyncLifetime
{
    private static readonly CancellationToken Now = TestContext.Current.CancellationToken;

    private Scene _scene = null!;

    public async ValueTask InitializeAsync() => _scene = await Scene.StartAsync();

    public ValueTask DisposeAsync() => _scene.DisposeAsync();

    [Fact]
    public async Task A_slash_command_reaches_the_bot_and_its_answer_the_person()
    {
        _scene.Heard.Answer = new Reply("All is well.");
        var answer = await _scene.SaysAsync("ada", "/platform status  all");

        answer.GetProperty("text").GetString().ShouldBe("All is well.");
        var heard = _scene.Heard.Commands.ShouldHaveSingleItem();
        (heard.By.Person.Name, heard.Text, heard.By.Origin.Via, heard.ChannelId).ShouldBe(
            ("ada", "status  all", "slash", _scene.Ops)
        );
    }

    [Fact]
    public async Task After_a_restart_at_another_address_there_is_still_one_command()
    {
        await _scene.RestartBotAsync();
        await _scene.UntilAsync(() =>
            _scene.Bot.Services.GetService(typeof(MattermostHome)) is MattermostHome { Known: not null }
        );
        await _scene.SaysAsync("ada", "/platform help");

        _scene.Heard.Commands.ShouldHaveSingleItem().Text.ShouldBe("help");
    }

    [Fact]
    public async Task A_slash_command_before_the_bot_knows_its_token_is_answered_in_words_and_suspects_nobody()
    {
        var token = await _scene.CommandTokenAsync();
        _scene.Chat.Down();
        await _scene.RestartHomelessBotAsync();

        using var body = Form(("team_id", _scene.Chat.TeamId), ("token", token), ("text", "bootstrap all"));
        using var answer = await _scene.ForgesAsync("command", body);

        answer.StatusCode.ShouldBe(HttpStatusCode.OK);
        (await answer.Content.ReadAsStringAsync(Now)).ShouldContain("only just starting");
        _scene.Heard.Commands.ShouldBeEmpty();
        _scene.Heard.Suspicions.ShouldBeEmpty();
    }

    [Theory]
    [InlineData("")]
    [InlineData("aaaaaaaaaaaaaaaaaaaaaaaaaa")]
    public async Task A_slash_command_with_a_wrong_token_is_turned_away(string token)
    {
        using var body = Form(("team_id", _scene.Chat.TeamId), ("token", token), ("text", "bootstrap all"));
        using var answer = await _scene.ForgesAsync("command", body);

        answer.StatusCode.ShouldBe(HttpStatusCode.Unauthorized);
        _scene.Heard.Commands.ShouldBeEmpty();
        _scene.Heard.Suspicions.ShouldHaveSingleItem();
    }

    [Fact]
    public async Task Who_knows_the_commands_token_can_still_not_speak_for_another()
    {
        await _scene.SaysAsync("mallory", "/platform whoami");
        var signed = _scene.Heard.Commands.ShouldHaveSingleItem().Dialogs!;

        using var body = Form(
            ("team_id", _scene.Chat.TeamId),
            ("token", await _scene.CommandTokenAsync()),
            ("trigger_id", signed),
            ("user_id", _scene.Chat.Persons["grace"].Id),
            ("text", "approve 42")
        );
        using var answer = await _scene.ForgesAsync("command", body);

        answer.StatusCode.ShouldBe(HttpStatusCode.OK);
        _scene.Heard.Commands.Count.ShouldBe(1);
        _scene.Heard.Suspicions.ShouldBe(["a slash command without the chat server's signature for its user"]);
    }

    [Fact]
    public async Task A_click_arrives_with_its_value_and_a_verified_person()
    {
        var post = await _scene.PostWithButtonAsync();
        await _scene.ClicksAsync("grace", post, "approve");

        var click = _scene.Heard.Clicks.ShouldHaveSingleItem();
        (click.By.Person.Name, click.Value, click.PostId, click.By.IsProven).ShouldBe(
            ("grace", "approve 42", post, true)
        );
        _scene.Heard.Suspicions.ShouldBeEmpty();
    }

    [Fact]
    public async Task A_button_that_a_user_made_up_is_refused_even_when_an_approver_clicks_it()
    {
        var context = new
        {
            value = "approve 42",
            channel = _scene.Ops,
            post = "",
            expires = "99999999999999",
            mac = "x",
        };
        var integration = new { url = new Uri(_scene.BotUri, "mattermost/action").ToString(), context };
        var action = new
        {
            id = "approve",
            name = "Cake",
            type = "button",
            integration,
        };
        var props = new { attachments = new[] { new { text = "Cake?", actions = new[] { action } } } };

        var post = await _scene.CallAsync(
            "mallory",
            "posts",
            new
            {
                channel_id = _scene.Ops,
                message = "!",
                props,
            }
        );
        await _scene.ClicksAsync("grace", post.GetProperty("id").GetString()!, "approve");

        _scene.Heard.Clicks.ShouldBeEmpty();
        _scene.Heard.Suspicions.ShouldBe(["a button that is not the bot's"]);
    }

    [Fact]
    public async Task A_click_is_good_once()
    {
        var click = await ClickAsync("grace");
        using var again = await ActAsync(click.By.Id, click.Dialogs!);

        _scene.Heard.Clicks.Count.ShouldBe(1);
        _scene.Heard.Suspicions.ShouldHaveSingleItem();
        (await again.Content.ReadAsStringAsync(Now)).ShouldContain("ephemeral_text");
    }

    [Fact]
    public async Task A_signature_counts_only_for_its_own_user()
    {
        var click = await ClickAsync("mallory");
        using var answer = await ActAsync(_scene.Chat.Persons["grace"].Id, click.Dialogs!);

        _scene.Heard.Clicks.Count.ShouldBe(1);
        _scene.Heard.Suspicions.ShouldHaveSingleItem();
    }

    [Theory]
    [InlineData("")]
    [InlineData("bm8=")]
    [InlineData("YTpiOmM6ZDplOmY=")]
    public async Task Without_a_signature_a_click_is_nothing(string trigger)
    {
        using var answer = await ActAsync(_scene.Chat.Persons["grace"].Id, trigger);

        answer.StatusCode.ShouldBe(HttpStatusCode.OK);
        _scene.Heard.Clicks.ShouldBeEmpty();
        _scene.Heard.Suspicions.ShouldHaveSingleItem();
    }

    [Fact]
    public async Task What_a_server_that_signs_nothing_sends_proves_nobody()
    {
        _scene.Odd.To("config/client", "{}");
        await _scene.RestartHomelessBotAsync();
        var home = _scene.Bot.Services.GetRequiredService<MattermostHome>();
        await _scene.UntilAsync(() => home.Findings.Any());
        home.Findings.ShouldHaveSingleItem().ShouldContain("such votes are refused");
        await _scene.SaysAsync("ada", "/platform status");

        _scene.Heard.Commands.ShouldHaveSingleItem().By.IsProven.ShouldBeFalse();
    }

    [Fact]
    public async Task Somebody_of_another_server_can_be_held_to_nothing()
    {
        var grace = _scene.Chat.Persons["grace"].Id;
        var people = _scene.Bot.Services.GetRequiredService<IPeople>();
        (await people.AskAsync(grace, CancellationToken.None))!.CanDecide.ShouldBeTrue();

        _scene.Odd.To(
            $"users/{grace}",
            $$"""{"id":"{{grace}}","username":"grace:far","roles":"system_user","remote_id":"r1"}"""
        );
        (await people.AskAsync(grace, CancellationToken.None))!.CanDecide.ShouldBeFalse();
    }

    [Fact]
    public async Task A_button_of_another_channel_or_post_is_refused()
    {
        var click = await ClickAsync("grace");
        var elsewhere = _scene.Seals.Button("approve 42", "another", "");
        var copied = _scene.Seals.Button("approve 42", _scene.Ops, "another");

        using var first = await ActAsync(click.By.Id, click.Dialogs!, elsewhere);
        using var second = await ActAsync(click.By.Id, click.Dialogs!, copied);

        _scene.Heard.Suspicions.ShouldBe(["a button of another channel", "a button of another post"]);
    }

    [Fact]
    public async Task A_button_expires()
    {
        var post = await _scene.PostWithButtonAsync();
        _scene.Clock.Advance(TimeSpan.FromDays(7) + TimeSpan.FromHours(2));
        await _scene.ClicksAsync("grace", post, "approve");

        _scene.Heard.Clicks.ShouldBeEmpty();
        _scene.Heard.Suspicions.ShouldBe(["a button that has expired"]);
    }

    [Fact]
    public async Task A_form_comes_back_from_the_person_it_was_opened_for_and_from_nobody_else()
    {
        var state = await OpenFormAsync("grace");
        await SubmitAsync("mallory", state, "because");
        await SubmitAsync("grace", state + "x", "because");
        _scene.Heard.Submissions.ShouldBeEmpty();

        await SubmitAsync("grace", state, "because");
        var submission = _scene.Heard.Submissions.ShouldHaveSingleItem();
        (submission.By.Person.Name, submission.State, submission.Values["reason"]).ShouldBe(
            ("grace", "deny 42", "because")
        );
        _scene.Heard.Suspicions.Count.ShouldBe(2);
    }

    [Fact]
    public async Task A_form_that_is_empty_or_too_long_stays_open()
    {
        var state = await OpenFormAsync("grace");

        (await SubmitAsync("grace", state, " ")).ShouldContain("Please fill this in.");
        (await SubmitAsync("grace", state, new string('x', 51))).ShouldContain("At most 50 characters.");
        _scene.Heard.Submissions.ShouldBeEmpty();
    }

    [Theory]
    [InlineData("text/plain", "{}", HttpStatusCode.UnsupportedMediaType)]
    [InlineData("application/json", "{", HttpStatusCode.BadRequest)]
    [InlineData("application/json", "[]", HttpStatusCode.BadRequest)]
    [InlineData("application/json", "{\"a\":1,\"a\":2}", HttpStatusCode.BadRequest)]
    [InlineData("application/json", "{\"type\":\"\\ud800\"}", HttpStatusCode.BadRequest)]
    [InlineData("application/json", "{\"\\ud800\":1}", HttpStatusCode.BadRequest)]
    public async Task What_is_no_JSON_object_is_not_read(string type, string body, HttpStatusCode status)
    {
        using var content = new StringContent(body, Encoding.UTF8, type);
        using var answer = await _scene.ForgesAsync("action", content);

        answer.StatusCode.ShouldBe(status);
    }

    [Fact]
    public async Task What_is_too_large_is_not_read()
    {
        using var content = new StringContent(new string(' ', 70000), Encoding.UTF8, "application/json");
        using var answer = await _scene.ForgesAsync("action", content);

        answer.StatusCode.ShouldBe(HttpStatusCode.RequestEntityTooLarge);
    }

    [Fact]
    public async Task A_field_that_comes_twice_is_not_read()
    {
        using var body = Form(("token", "a"), ("token", "b"));
        using var answer = await _scene.ForgesAsync("command", body);

        answer.StatusCode.ShouldBe(HttpStatusCode.BadRequest);
    }

    private async Task<ButtonClick> ClickAsync(string person)
    {
        await _scene.ClicksAsync(person, await _scene.PostWithButtonAsync(), "approve");
        return _scene.Heard.Clicks[^1];
    }

    private async Task<HttpResponseMessage> ActAsync(string user, string trigger, object? context = null)
    {
        using var body = JsonContent.Create(
            new
            {
                type = "button",
                user_id = user,
                user_name = "x",
                channel_id = _scene.Ops,
                post_id = "post",
                trigger_id = trigger,
                context = context ?? _scene.Seals.Button("approve 42", _scene.Ops, ""),
            }
        );

        return await _scene.ForgesAsync("action", body);
    }

    /// <summary>Presses a button that opens a form, and returns what anybody with the client's console could see.</summary>
    private async Task<string> OpenFormAsync(string person)
    {
        var reason = new Field("reason", "Reason", "textarea", "", 50);
        var form = new Dialog("Deny", "Why?", "Deny", "deny 42", [reason]);
        _scene.Heard.Answer = new Reply("") { Dialog = form };
        await ClickAsync(person);
        _scene.Heard.Answer = Reply.Silent;
        _scene.Heard.Suspicions.ShouldBeEmpty();

        var state = new System.Text.Json.Nodes.JsonObject
        {
            ["state"] = form.State,
            ["user"] = _scene.Chat.Persons[person].Id,
            ["name"] = person,
            ["channel"] = _scene.Ops,
            ["fields"] = new System.Text.Json.Nodes.JsonArray(
                new System.Text.Json.Nodes.JsonObject
                {
                    ["name"] = "reason",
                    ["max"] = 50,
                    ["optional"] = false,
                }
            ),
        };

        return _scene.Seals.Dialog(state);
    }

    private async Task<string> SubmitAsync(string person, string state, string reason)
    {
        var answer = await _scene.CallAsync(
            person,
            "actions/dialogs/submit",
            new
            {
                url = new Uri(_scene.BotUri, "mattermost/dialog").ToString(),
                callback_id = "platformbot",
                state,
                channel_id = _scene.Ops,
                team_id = _scene.Chat.TeamId,
                submission = new { reason },
            }
        );

        return JsonSerializer.Serialize(answer);
    }

    private static FormUrlEncodedContent Form(params (string Name, string Value)[] fields) =>
        new(fields.Select(field => KeyValuePair.Create(field.Name, field.Value)));
}
