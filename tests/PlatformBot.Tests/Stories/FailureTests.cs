using Shouldly;
using Xunit;

namespace PlatformBot.Tests.Stories;

public sealed class FailureTests
{
    private const string Flaky = """
        - step: push
          title: Push it
          run: [world, did, pushed, unless, broken]
          verify: [{ run: [world, has, pushed] }]
        - step: independent
          title: Something else
          needs: []
          run: [world, did, other]
          verify: [{ run: [world, has, other] }]
        """;

    [Fact]
    public async Task A_failed_step_becomes_one_issue_and_is_retried_when_the_cause_is_gone()
    {
        await using var chat = await TheChat.WithAsync(Flaky);
        await File.WriteAllTextAsync(Path.Combine(chat.World, "broken"), "", chat.Limit);

        await chat.SaysAsync("ada", "/platform deploy infra");
        var failed = await chat.SeesAsync(post => post.Buttons.Contains("retry"));
        failed.Text.ShouldContain("infra/push");
        failed.Text.ShouldContain("no route to broken");
        await chat.SeesAsync("Issue #1");

        var issue = chat.Tracker.Issues.ShouldHaveSingleItem();
        issue.Title.ShouldContain("infra/push failed in run 1");
        issue.Body.ShouldContain("world did pushed unless broken");
        issue.Body.ShouldContain("/platform retry 1 infra/push");
        issue.Body.ShouldContain($"{chat.Server.BaseUri}platform/pl/");

        File.Delete(Path.Combine(chat.World, "broken"));
        (await chat.PressesAsync("linus", failed, "retry")).ShouldContain("tried again");
        await chat.SeesAsync(":white_check_mark: Run #1 succeeded");
        (await chat.SaysAsync("ada", "/platform retry")).ShouldContain("No step of run #1 waits for a person");

        chat.Tracker.Issues.ShouldHaveSingleItem().State.ShouldBe("closed");
        chat.Done.ShouldBe(["other", "pushed"]);
    }

    [Fact]
    public async Task A_skipped_step_needs_a_reason_that_is_kept()
    {
        await using var chat = await TheChat.WithAsync(Flaky);
        await File.WriteAllTextAsync(Path.Combine(chat.World, "broken"), "", chat.Limit);
        await chat.SaysAsync("ada", "/platform deploy infra");
        var failed = await chat.SeesAsync(post => post.Buttons.Contains("skip"));

        (await chat.SaysAsync("ada", "/platform skip 1 infra/push")).ShouldContain("needs a reason");
        await chat.FillsInAsync("ada", failed, "skip", "pushed by hand");

        await chat.SeesAsync(":white_check_mark: Run #1 succeeded");
        (await chat.SaysAsync("grace", "/platform logs 1 infra/push")).ShouldContain("skipped by @ada: pushed by hand");
    }

    [Fact]
    public async Task A_run_goes_on_while_the_chat_server_is_away_and_says_what_happened_once_it_is_back()
    {
        await using var chat = await TheChat.WithAsync(Flaky);
        await chat.SaysAsync("ada", "/platform deploy infra");
        chat.Server.Down();

        while (chat.Done.Count < 2)
            await Task.Delay(TimeSpan.FromMilliseconds(500), chat.Clock, chat.Limit);

        chat.Server.Up();
        await chat.RejoinAsync("grace");

        await chat.HistoryHasAsync(":white_check_mark: Run #1 succeeded", times: 1);
    }

    [Fact]
    public async Task A_run_that_was_cut_off_by_a_restart_continues_from_its_journal()
    {
        await using var chat = await TheChat.WithAsync(Flaky);
        await File.WriteAllTextAsync(Path.Combine(chat.World, "broken"), "", chat.Limit);
        await chat.SaysAsync("ada", "/platform deploy infra");
        var failed = await chat.SeesAsync(post => post.Buttons.Contains("retry"));

        await chat.StopBotAsync();
        File.Delete(Path.Combine(chat.World, "broken"));
        await chat.StartBotAsync();
        await chat.ReadyAsync();

        (await chat.PressesAsync("ada", failed, "retry")).ShouldContain("tried again");
        await chat.SeesAsync(":white_check_mark: Run #1 succeeded");
        chat.Tracker.Issues.ShouldHaveSingleItem().State.ShouldBe("closed");
    }
}
