using System.Text.Json;
using PlatformBot.Mattermost;
using Shouldly;
using Xunit;

namespace PlatformBot.Tests.Mattermost;

/// <summary>Nothing that one post or one answer says makes the bot deaf to the next.</summary>
public sealed class DeafTests : IAsyncLifetime
{
    private Scene _scene = null!;

    public async ValueTask InitializeAsync() => _scene = await Scene.StartAsync();

    public ValueTask DisposeAsync() => _scene.DisposeAsync();

    [Fact]
    public async Task After_a_mention_that_leads_to_a_bug_the_next_is_heard()
    {
        _scene.Heard.FailsAt = "boom";

        await _scene.SaysAsync("ada", "@platformbot boom");
        await _scene.SaysAsync("grace", "@platformbot status");

        await _scene.UntilAsync(() => _scene.Heard.Commands.Count > 0);
        _scene.Heard.Commands.ShouldHaveSingleItem().By.Person.Name.ShouldBe("grace");
    }

    [Theory]
    [InlineData("<html>Please log in</html>")]
    [InlineData("{}")]
    [InlineData("[1]")]
    public async Task Channels_that_are_no_list_end_no_listening(string answer)
    {
        _scene.Odd.To("/channels", answer);
        await _scene.RestartBotAsync();

        await _scene.SaysUntilHeardAsync("ada", "@platformbot status");
    }

    [Theory]
    [InlineData("<html>Please log in</html>")]
    [InlineData("""{"posts":[]}""")]
    [InlineData("""{"posts":{"a":1,"b":{"create_at":"x"},"c":{"create_at":9999999999999,"message":7}}}""")]
    public async Task Posts_that_are_none_end_no_listening(string answer)
    {
        _scene.Odd.To("/posts", answer);
        await _scene.RestartBotAsync();

        await _scene.SaysUntilHeardAsync("ada", "@platformbot status");
    }

    [Theory]
    [InlineData("1")]
    [InlineData("""{"event":"posted"}""")]
    [InlineData("""{"event":"posted","data":[]}""")]
    [InlineData("""{"event":"posted","data":{"post":"<html>"}}""")]
    [InlineData("""{"event":"hello","seq":"one"}""")]
    public void An_event_that_is_none_says_nothing(string text)
    {
        var frame = JsonElement.Parse(text);
        var session = new Session();

        session.HasGap(frame).ShouldBeFalse();
        session.Note(frame);
        Heard.In(frame).ShouldBeNull();
    }
}
