using PlatformBot.Core.Chat;
using PlatformBot.Sandbox.Chat;
using Shouldly;
using Xunit;

namespace PlatformBot.Tests.Mattermost;

public sealed class MattermostChatTests
{
    private static readonly CancellationToken Now = TestContext.Current.CancellationToken;

    [Fact]
    public async Task The_same_key_never_makes_two_posts_not_even_after_a_restart()
    {
        await using var scene = await Scene.StartAsync();
        var first = await scene.PostWithButtonAsync();
        await scene.Voice.EditAsync(scene.Ops, first, new Post { Text = "Done." }, Now);
        scene.Clock.Advance(TimeSpan.FromHours(1));
        await scene.RestartBotAsync();

        (await scene.PostWithButtonAsync()).ShouldBe(first);
        (await scene.PostsAsync()).Count.ShouldBe(1);
    }

    [Fact]
    public async Task What_was_to_be_said_while_the_server_was_away_is_said_once_when_it_is_back()
    {
        await using var scene = await Scene.StartAsync();
        scene.Chat.Down();
        var posting = scene.PostWithButtonAsync();
        scene.Clock.Advance(TimeSpan.FromHours(1));
        posting.IsCompleted.ShouldBeFalse();

        scene.Chat.Up();
        await scene.DoneAsync(posting);
        (await scene.PostsAsync()).Count.ShouldBe(1);
    }

    [Fact]
    public async Task Of_many_edits_the_newest_is_what_stays()
    {
        await using var scene = await Scene.StartAsync();
        var post = await scene.PostWithButtonAsync();
        var edits = Enumerable
            .Range(1, 20)
            .Select(n => scene.Voice.EditAsync(scene.Ops, post, new Post { Text = $"step {n}" }, Now));
        var all = Task.WhenAll(edits.ToList());

        await scene.UntilAsync(() => all.IsCompleted);
        (await scene.PostsAsync())[0].GetProperty("message").GetString().ShouldBe("step 20");
    }

    [Fact]
    public async Task An_edited_post_keeps_working_buttons()
    {
        await using var scene = await Scene.StartAsync();
        var post = await scene.PostWithButtonAsync();
        await scene.Voice.EditAsync(scene.Ops, post, Scene.WithButton("approve 43"), Now);
        await scene.ClicksAsync("grace", post, "approve");

        scene.Heard.Clicks.ShouldHaveSingleItem().Value.ShouldBe("approve 43");
    }

    [Fact]
    public async Task A_server_that_asks_to_slow_down_is_obeyed()
    {
        await using var scene = await Scene.StartAsync(new RateLimit(PerSecond: 2, MaxBurst: 15));
        var posts = Task.WhenAll(
            Enumerable
                .Range(1, 30)
                .Select(n => scene.Voice.PostAsync(scene.Ops, null, new Post { Text = $"{n}" }, $"{n}", Now))
        );

        (await scene.DoneAsync(posts)).Distinct().Count().ShouldBe(30);
    }

    [Fact]
    public async Task A_text_that_is_too_long_is_cut_and_stands_whole_in_a_file()
    {
        await using var scene = await Scene.StartAsync();
        var text = string.Concat(Enumerable.Repeat("🚀 long\n", 3000));
        var box = new Box("#888888", "Box", text, [new Button("ok", "OK", "default", "x")]);
        await scene.Voice.PostAsync(scene.Ops, null, new Post { Text = text, Box = box }, "long", Now);

        var post = (await scene.PostsAsync()).ShouldHaveSingleItem();
        post.GetProperty("message").GetString()!.ShouldEndWith("_The rest is in the attached file._");
        post.GetProperty("file_ids").GetArrayLength().ShouldBe(1);
    }

    [Fact]
    public async Task A_refusal_for_good_is_told()
    {
        await using var scene = await Scene.StartAsync();
        var refused = await Should.ThrowAsync<ChatRefusedException>(() =>
            scene.Voice.PostAsync(scene.Ops, thread: "aaaaaaaaaaaaaaaaaaaaaaaaaa", new Post { Text = "x" }, "x", Now)
        );

        refused.Message.ShouldContain("400");
    }
}
