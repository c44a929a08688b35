using Shouldly;
using Xunit;

namespace PlatformBot.Tests.Stories;

/// <summary>Chat and tracker may be away: nothing waits for them but what is said, and that is said once.</summary>
public sealed class AwayTests
{
    private const string Flaky = """
        - step: push
          title: Push it
          run: [world, did, pushed, unless, broken]
          verify: [{ run: [world, has, pushed] }]
        """;

    [Fact]
    public async Task A_tracker_that_comes_back_gets_one_issue()
    {
        await using var chat = await TheChat.WithAsync(Flaky);
        await File.WriteAllTextAsync(Path.Combine(chat.World, "broken"), "", chat.Limit);
        chat.Tracker.Down();
        await chat.SaysAsync("ada", "/platform deploy infra");
        var failed = await chat.SeesAsync(post => post.Buttons.Contains("retry"));
        chat.Tracker.Issues.ShouldBeEmpty();

        chat.Tracker.LoseNextAnswer();
        chat.Tracker.Up();
        await chat.SeesAsync("Issue #1");

        File.Delete(Path.Combine(chat.World, "broken"));
        await chat.PressesAsync("ada", failed, "retry");
        await chat.SeesAsync(":white_check_mark: Run #1 succeeded");
        await chat.SeesAsync("is closed");
        chat.Tracker.Issues.ShouldHaveSingleItem().State.ShouldBe("closed");
    }

    [Fact]
    public async Task An_approval_that_could_not_be_asked_for_is_asked_for_once_when_the_chat_is_back()
    {
        await using var chat = await TheChat.WithAsync(Catalogues.Wipe);
        await chat.SaysAsync("ada", "/platform deploy infra");
        chat.Server.Down();

        while (!chat.Journal.Any(entry => entry.What is Core.Runs.RunEvent.ApprovalAsked))
            await Task.Delay(TimeSpan.FromSeconds(1), chat.Clock, chat.Limit);

        await chat.StopBotAsync();
        var starting = chat.StartBotAsync();
        chat.Server.Up();
        await starting;
        await chat.RejoinAsync("ada");
        await chat.RejoinAsync("grace");
        await chat.HistoryHasAsync("needs 1 approval", times: 1);
        await chat.ReadyAsync();

        chat.Done.ShouldBeEmpty();
        (await chat.SaysAsync("grace", "/platform approve 1 infra/rollout")).ShouldContain("is approved");
        await chat.SeesAsync(":white_check_mark: Run #1 succeeded");
        chat.Done.ShouldBe(["wiped"]);
    }

    [Fact]
    public async Task A_tool_that_is_missing_is_named_with_its_steps_before_anything_starts()
    {
        await using var chat = await TheChat.WithAsync(Flaky);
        File.Delete(chat.ToolAt("world"));

        var refused = await chat.SaysAsync("ada", "/platform deploy infra");
        refused.ShouldStartWith(":no_entry: Nothing was started");
        refused.ShouldContain("world (needed by infra/push)");
        (await chat.SaysAsync("ada", "/platform plan deploy infra")).ShouldContain("missing on the bot's host: world");

        (await chat.SaysAsync("ada", "/platform history")).ShouldContain("no run yet");
        chat.Audit.ShouldHaveSingleItem().ShouldContain("deploy infra → Nothing was started");
    }
}
