using PlatformBot.Core.Chat;
using Shouldly;
using Xunit;

namespace PlatformBot.Tests.Mattermost;

/// <summary>What people say to the bot by its name, in a channel.</summary>
public sealed class MentionTests : IAsyncLifetime
{
    private Scene _scene = null!;

    public async ValueTask InitializeAsync() => _scene = await Scene.StartAsync();

    public ValueTask DisposeAsync() => _scene.DisposeAsync();

    [Fact]
    public async Task A_mention_is_answered_in_its_thread_once()
    {
        _scene.Heard.Answer = new Reply("Here I am.");
        var post = await _scene.SaysAsync("ada", "@platformbot status");
        await _scene.UntilAsync(() => _scene.Heard.Commands.Count > 0);

        var heard = _scene.Heard.Commands.ShouldHaveSingleItem();
        (heard.Text, heard.By.Origin.Via, heard.By.Person.Name).ShouldBe(("status", "mention", "ada"));
        var reply = (await _scene.SeesPostsAsync(1)).ShouldHaveSingleItem();
        reply.GetProperty("root_id").GetString().ShouldBe(post.GetProperty("id").GetString());
    }

    [Fact]
    public async Task What_was_said_while_the_connection_was_lost_is_heard_later()
    {
        await _scene.SaysAsync("ada", "@platformbot one");
        await _scene.UntilAsync(() => _scene.Heard.Commands.Count == 1);
        _scene.Chat.Restart();
        await _scene.SaysAsync("ada", "@platformbot two");

        await _scene.UntilAsync(() => _scene.Heard.Commands.Count == 2);
        _scene.Heard.Commands.Select(command => command.Text).ShouldBe(["one", "two"]);
    }

    [Fact]
    public async Task To_name_or_quote_the_bot_is_no_command()
    {
        await _scene.SaysAsync("ada", "I like @platformbot bootstrap");
        await _scene.SaysAsync("ada", "> @platformbot bootstrap");
        await _scene.SaysAsync("ada", "@platformbots bootstrap");
        await _scene.SaysAsync("ada", "@platformbot end");
        await _scene.UntilAsync(() => _scene.Heard.Commands.Count > 0);

        _scene.Heard.Commands.ShouldHaveSingleItem().Text.ShouldBe("end");
    }
}
