using PlatformBot.Core.Runs;
using Shouldly;
using Xunit;

namespace PlatformBot.Tests.Stories;

/// <summary>Asking again for what was denied.</summary>
public sealed class DenialTests
{
    [Fact]
    public async Task The_second_time_says_that_it_was_denied_and_after_the_third_it_has_to_wait()
    {
        await using var chat = await TheChat.WithAsync(Catalogues.Wipe, speed: 1);

        for (var time = 1; time <= 3; time++)
        {
            await chat.SaysAsync("ada", "/platform deploy infra");
            var asked = await chat.SeesAsync(post =>
                post.Buttons.Contains("deny") && post.Text.Contains($"Run #{time}", StringComparison.Ordinal)
            );

            var times = time == 2 ? "1 time" : "2 times";
            asked.Text.Contains("denied", StringComparison.Ordinal).ShouldBe(time > 1);
            asked
                .Text.Contains(
                    $"denied {times} before**, with this very plan (last by @grace in run #{time - 1}: “not now”)",
                    StringComparison.Ordinal
                )
                .ShouldBe(time > 1);

            await chat.SaysAsync("grace", $"/platform deny {time} infra/rollout not now");
            await chat.UntilAsync(run => run.State is RunState.Denied, time);
        }

        var refused = await chat.SaysAsync("ada", "/platform deploy infra");
        refused.ShouldContain("This very plan was denied 3 times within 1 d, last by @grace: not now.");
        refused.ShouldContain("Change what was objected to");
        (await chat.SaysAsync("linus", "/platform deploy infra")).ShouldContain("denied 3 times");
        chat.Audit.Count(line => line.Contains("This very plan was denied", StringComparison.Ordinal)).ShouldBe(2);

        (await chat.SaysAsync("ada", "/platform deploy apps")).ShouldContain("Run #4");
        (
            await chat.SeesAsync(post =>
                post.Buttons.Contains("deny") && post.Text.Contains("Run #4", StringComparison.Ordinal)
            )
        ).Text.ShouldContain("denied 3 times before**, with another plan");
        chat.Done.ShouldBeEmpty();
    }
}
