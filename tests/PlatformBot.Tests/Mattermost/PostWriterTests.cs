using PlatformBot.Mattermost;
using PlatformBot.TestKit;
using Shouldly;
using Xunit;

namespace PlatformBot.Tests.Mattermost;

public sealed class PostWriterTests
{
    [Fact]
    public async Task A_clock_that_is_set_back_does_not_hold_a_post_back()
    {
        var clock = new FakeClock(new DateTimeOffset(2026, 11, 21, 9, 0, 0, TimeSpan.Zero));
        using var writer = new PostWriter(TimeSpan.FromSeconds(1), clock);
        var sent = new List<string>();

        Task WriteAsync(string text) =>
            writer.WriteAsync(
                text,
                (state, _) =>
                {
                    sent.Add(state);
                    return Task.CompletedTask;
                },
                TestContext.Current.CancellationToken
            );

        await WriteAsync("first");
        clock.SetWall(TimeSpan.FromHours(-5));
        var second = WriteAsync("second");
        clock.Advance(TimeSpan.FromSeconds(1));

        await second.WaitAsync(TimeSpan.FromSeconds(10), TimeProvider.System, TestContext.Current.CancellationToken);
        sent.ShouldBe(["first", "second"]);
    }
}
