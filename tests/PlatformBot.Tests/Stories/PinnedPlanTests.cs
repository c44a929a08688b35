using Shouldly;
using Xunit;

namespace PlatformBot.Tests.Stories;

/// <summary>What was approved is what runs, whatever becomes of the runbook; and a part of a runbook can be asked for.</summary>
public sealed class PinnedPlanTests
{
    private const string Steps = """
        - step: first
          title: First
          run: [world, did, first]
          proves-itself: true
        - step: look
          title: Look at it
          manual: { ask: Is it well?, evidence: text }
        - step: last
          title: Last
          run: [world, did, last]
          proves-itself: true
        """;

    [Fact]
    public async Task A_run_keeps_its_plan_while_its_runbook_is_edited_and_can_say_what_differs()
    {
        await using var chat = await TheChat.WithAsync(Steps);
        await chat.SaysAsync("ada", "/platform deploy infra");
        await chat.SeesAsync(post => post.Buttons.Contains("confirm"));
        (await chat.SaysAsync("ada", "/platform plan --diff 1")).ShouldContain("would plan the same now");

        await chat.StopBotAsync();
        await chat.EditStepsAsync(steps => steps.Replace("did, last", "did, other", StringComparison.Ordinal));
        await chat.StartBotAsync();
        await chat.ReadyAsync();

        var difference = await chat.SaysAsync("ada", "/platform plan --diff 1");
        difference.ShouldContain("~ infra/last: action");
        difference.ShouldContain("- world did last");
        difference.ShouldContain("+ world did other");
        await chat.SaysAsync("ada", "/platform confirm 1 infra/look all is well");
        await chat.SeesAsync(":white_check_mark: Run #1 succeeded");
        chat.Done.ShouldBe(["first", "last"]);
    }

    [Fact]
    public async Task A_part_of_a_runbook_runs_alone_and_says_what_it_leaves_out()
    {
        await using var chat = await TheChat.WithAsync(Steps);

        (await chat.SaysAsync("ada", "/platform plan deploy infra --only last")).ShouldContain(
            "infra/first, infra/look."
        );
        (await chat.SaysAsync("ada", "/platform deploy infra --only lsat")).ShouldContain("Did you mean 'last'?");
        await chat.SaysAsync("ada", "/platform deploy infra --only last");

        await chat.SeesAsync(":white_check_mark: Run #1 succeeded");
        chat.Done.ShouldBe(["last"]);
        (await chat.SaysAsync("ada", "/platform history")).ShouldContain("only last");
    }
}
