using System.Net.WebSockets;
using System.Text.Json.Nodes;
using PlatformBot.TestKit;
using Shouldly;
using Xunit;

namespace PlatformBot.Sandbox.Tests.Chat;

public sealed class SocketTests
{
    [Fact]
    public async Task Hello_comes_first_and_events_are_numbered_without_a_gap()
    {
        await using var stage = await Stage.SetAsync();
        using var bot = await Ear.OpenAsync(stage.Chat.BaseUri, stage.Bot);

        var hello = await bot.NextAsync();
        await stage.SayAsync(stage.Ada, "one");
        await stage.SayAsync(stage.Ada, "two");

        hello["event"].ShouldBe("hello");
        ((int)hello["seq"]!).ShouldBe(0);
        ((int)(await bot.NextAsync())["seq"]!).ShouldBe(1);
        ((int)(await bot.NextAsync())["seq"]!).ShouldBe(2);
    }

    [Fact]
    public async Task A_browser_authenticates_with_a_challenge()
    {
        await using var stage = await Stage.SetAsync();
        using var ada = await Ear.OpenAsync(stage.Chat.BaseUri, token: null);
        var data = new JsonObject { ["token"] = stage.Ada };

        await ada.SayAsync(
            new JsonObject
            {
                ["seq"] = 1,
                ["action"] = "authentication_challenge",
                ["data"] = data,
            }
        );

        (await ada.NextAsync())["status"].ShouldBe("OK");
        (await ada.NextAsync())["event"].ShouldBe("hello");
    }

    [Fact]
    public async Task A_wrong_token_gets_silence_and_after_5_seconds_the_end()
    {
        var clock = new FakeClock(DateTimeOffset.UnixEpoch.AddYears(56));
        await using var stage = await Stage.OpenAsync(clock);
        using var nobody = await Ear.OpenAsync(stage.Chat.BaseUri, "wrong");

        var heard = nobody.TryNextAsync();

        // The server's patience starts a moment after the upgrade: time passes until it has.
        while (!heard.IsCompleted)
        {
            clock.Advance(TimeSpan.FromSeconds(1));
            await Task.WhenAny(heard, Task.Delay(TimeSpan.FromMilliseconds(5), TimeProvider.System, Cancelled));
        }

        (await heard).ShouldBeNull();
    }

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Everybody_in_the_channel_hears_what_is_said_also_who_said_it()
    {
        await using var stage = await Stage.SetAsync();
        using var bot = await stage.ListenAsync(stage.Bot);
        using var ada = await stage.ListenAsync(stage.Ada);

        await stage.SayAsync(stage.Bot, "hey @ada and @nobody");

        (await bot.NextAsync("posted", "post"))["message"].ShouldBe("hey @ada and @nobody");
        await ada.NextAsync("posted", "post");
        ada.Last["data"]!["mentions"].ShouldBe($"""["{stage.Chat.Persons["ada"].Id}"]""");
        ada.Last["data"]!["sender_name"].ShouldBe("@platformbot");
        ada.Last["broadcast"]!["channel_id"].ShouldBe(stage.Chat.OpsChannelId);
    }

    [Fact]
    public async Task Edits_reactions_and_deletions_are_events()
    {
        await using var stage = await Stage.SetAsync();
        var post = (await stage.SayAsync(stage.Bot, "one")).Id;
        using var ada = await stage.ListenAsync(stage.Ada);
        var reaction = new JsonObject
        {
            ["user_id"] = stage.Chat.BotUserId,
            ["post_id"] = post,
            ["emoji_name"] = "eyes",
        };

        await stage.PutAsync(stage.Bot, $"/posts/{post}/patch", new JsonObject { ["message"] = "two" });
        await stage.PostAsync(stage.Bot, "/reactions", reaction);
        await stage.DeleteAsync(stage.Bot, $"/posts/{post}");

        (await ada.NextAsync("post_edited", "post"))["message"].ShouldBe("two");
        (await ada.NextAsync("reaction_added", "reaction"))["emoji_name"].ShouldBe("eyes");
        ((long)(await ada.NextAsync("post_deleted", "post"))["delete_at"]!).ShouldBe(0);
    }

    [Fact]
    public async Task A_direct_message_is_heard_by_the_two_alone()
    {
        await using var stage = await Stage.SetAsync();
        using var bot = await stage.ListenAsync(stage.Bot);
        using var grace = await stage.ListenAsync(stage.Chat.Persons["grace"].Token);
        var pair = new JsonArray(stage.Chat.Persons["ada"].Id, stage.Chat.BotUserId);
        var channel = await stage.PostAsync(stage.Ada, "/channels/direct", pair);

        await stage.SayAsync(stage.Ada, "psst", new JsonObject { ["channel_id"] = channel.Id });
        await stage.SayAsync(stage.Ada, "aloud");

        (await bot.NextAsync("posted", "post"))["message"].ShouldBe("psst");
        bot.Last["data"]!["channel_type"].ShouldBe("D");
        bot.Last["data"]!["team_id"].ShouldBe("");
        (await grace.NextAsync("posted", "post"))["message"].ShouldBe("aloud");
    }

    [Fact]
    public async Task A_connection_that_was_cut_goes_on_where_it_was()
    {
        await using var stage = await Stage.SetAsync();
        using var bot = await stage.ListenAsync(stage.Bot);
        var id = bot.ConnectionId;

        stage.Chat.Down();
        (await bot.TryNextAsync()).ShouldBeNull();
        await Should.ThrowAsync<HttpRequestException>(() => stage.GetAsync(stage.Bot, "/users/me"));
        stage.Chat.Up();
        await stage.SayAsync(stage.Ada, "while away");

        using var back = await Ear.OpenAsync(stage.Chat.BaseUri, stage.Bot, $"connection_id={id}&sequence_number=1");
        (await back.NextAsync("posted", "post"))["message"].ShouldBe("while away");
        ((int)back.Last["seq"]!).ShouldBe(1);
    }

    [Theory]
    [InlineData("connection_id=aaaaaaaaaaaaaaaaaaaaaaaaaa&sequence_number=1", true)]
    [InlineData("connection_id=aaaaaaaaaaaaaaaaaaaaaaaaaa", false)]
    [InlineData("connection_id=aaaaaaaaaaaaaaaaaaaaaaaaaa&sequence_number=-1", false)]
    [InlineData("connection_id=short&sequence_number=0", false)]
    public async Task An_unknown_connection_begins_anew_and_nonsense_ends_at_once(string query, bool hello)
    {
        await using var stage = await Stage.SetAsync();
        using var bot = await Ear.OpenAsync(stage.Chat.BaseUri, stage.Bot, query);

        var first = await bot.TryNextAsync();

        (first is not null).ShouldBe(hello);
    }

    [Fact]
    public async Task After_a_restart_the_old_connection_is_unknown()
    {
        await using var stage = await Stage.SetAsync();
        using var bot = await stage.ListenAsync(stage.Bot);
        var id = bot.ConnectionId;

        stage.Chat.Restart();

        using var back = await Ear.OpenAsync(stage.Chat.BaseUri, stage.Bot, $"connection_id={id}&sequence_number=1");
        (await back.NextAsync())["event"].ShouldBe("hello");
        back.ConnectionId.ShouldNotBe(id);
    }

    [Fact]
    public async Task Requests_are_answered_and_nonsense_ends_the_connection()
    {
        await using var stage = await Stage.SetAsync();
        using var bot = await stage.ListenAsync(stage.Bot);

        await bot.SayAsync(new JsonObject { ["seq"] = 1, ["action"] = "ping" });
        (await bot.NextAsync())["data"]!["text"].ShouldBe("pong");
        await bot.SayAsync(new JsonObject { ["seq"] = 2, ["action"] = "nosuch" });
        (await bot.NextAsync())["error"]!["id"].ShouldBe("api.web_socket_router.bad_action.app_error");
        await bot.SayAsync(new JsonObject { ["seq"] = 3, ["action"] = new string('x', 9000) });
        (await bot.TryNextAsync()).ShouldBeNull();
    }

    [Fact]
    public async Task A_foreign_page_gets_no_socket()
    {
        await using var stage = await Stage.SetAsync();
        using var socket = new ClientWebSocket();
        socket.Options.SetRequestHeader("Origin", "http://evil.example.test");
        var url = new UriBuilder(stage.Chat.BaseUri) { Scheme = "ws", Path = "/api/v4/websocket" }.Uri;

        var refusal = await Should.ThrowAsync<WebSocketException>(() => socket.ConnectAsync(url, Cancelled));

        refusal.Message.ShouldContain("403");
    }
}
