using PlatformBot.Core.Runs;
using Shouldly;
using Xunit;

namespace PlatformBot.Tests.Stories;

/// <summary>Times in which nothing is destroyed: made by one person, lifted by two.</summary>
public sealed class FreezeTests
{
    private const string LookThenWipe = """
        - step: look
          title: Look first
          manual: { ask: Is it empty?, evidence: text }
        - step: wipe
          title: Wipe it
          destructive: wipes ${{ cluster.name }}
          run: [world, did, wiped]
          probe: [{ run: [world, has, wiped] }]
          verify: [{ run: [world, has, wiped] }]
        """;

    private static readonly Dictionary<string, string?> Always = new()
    {
        ["Freeze:Windows:0:Name"] = "always",
        ["Freeze:Windows:0:Reason"] = "hands off",
        ["Freeze:Windows:0:Clusters:0"] = "infra",
        ["Freeze:Windows:0:From"] = "2020-01-01T00:00:00Z",
        ["Freeze:Windows:0:To"] = "2099-01-01T00:00:00Z",
    };

    [Fact]
    public async Task What_destroys_is_refused_where_it_is_frozen_and_elsewhere_it_is_not()
    {
        await using var chat = await TheChat.WithAsync(LookThenWipe);

        (await chat.SaysAsync("ada", "/platform freeze infra for 2h the release")).ShouldContain(
            "`infra` is frozen until"
        );
        await chat.SeesAsync("**Freeze 1**: `infra` is frozen");

        var refused = await chat.SaysAsync("linus", "/platform deploy infra");
        refused.ShouldContain("by @ada (“the release”)");
        refused.ShouldContain("`/platform unfreeze 1 <reason>`");
        refused.ShouldContain("@grace");
        (await chat.SaysAsync("linus", "/platform plan deploy infra")).ShouldContain("It would not be started now");
        chat.Audit.ShouldHaveSingleItem().ShouldStartWith("linus: deploy infra → :snowflake: `infra` is frozen");

        (await chat.SaysAsync("linus", "/platform deploy apps")).ShouldContain("Run #1");
    }

    [Fact]
    public async Task A_run_that_meets_a_freeze_says_so_waits_and_goes_on_when_a_second_person_lifts_it()
    {
        await using var chat = await TheChat.WithAsync(LookThenWipe);
        var approval = await chat.AsksForAsync("ada", "/platform deploy infra");
        await chat.PressesAsync("grace", approval, "approve");
        await chat.SaysAsync("grace", "/platform freeze all do not touch anything");
        await chat.SeesAsync(post => post.Buttons.Contains("confirm"));

        await chat.SaysAsync("ada", "/platform confirm 1 infra/look it is empty");
        await chat.SeesAsync(
            ":snowflake: All clusters are frozen until it is lifted, by @grace (“do not touch anything”). `infra/wipe` must wait."
        );
        chat.Done.ShouldBeEmpty();

        (await chat.SaysAsync("ada", "/platform unfreeze 1 the release is out")).ShouldContain(
            "`/platform approve thaw-1`"
        );
        var asked = await chat.SeesAsync("wants a freeze lifted");
        (await chat.PressesAsync("ada", asked, "approve")).ShouldContain("someone else must approve");
        (await chat.SaysAsync("ada", "/platform approve thaw-1")).ShouldContain("someone else must approve");
        (await chat.SaysAsync("mallory", "/platform approve thaw-1")).ShouldContain("needs the role approver");
        chat.Done.ShouldBeEmpty();

        (await chat.PressesAsync("linus", asked, "approve")).ShouldContain("is lifted");
        await chat.SeesAsync(":white_check_mark: Run #1 succeeded");
        chat.Done.ShouldBe(["wiped"]);
        await chat.SeesAsync("It was lifted.");
        chat.Happened<RunEvent.Thawed>().ShouldBe(1);
    }

    [Fact]
    public async Task Nobody_approves_what_is_frozen_but_anybody_may_deny_it()
    {
        await using var chat = await TheChat.WithAsync(LookThenWipe);
        var approval = await chat.AsksForAsync("ada", "/platform deploy infra");
        await chat.SaysAsync("linus", "/platform freeze infra wait for the backup");

        (await chat.PressesAsync("grace", approval, "approve")).ShouldContain("`infra` is frozen until it is lifted");
        chat.Happened<RunEvent.Voted>().ShouldBe(0);

        await chat.FillsInAsync("grace", approval, "deny", "not now");
        await chat.SeesAsync(":no_entry: Run #1 denied");
    }

    [Fact]
    public async Task A_configured_window_is_lifted_once_and_stays_lifted_over_a_restart()
    {
        await using var chat = await TheChat.WithAsync(LookThenWipe, settings: Always);
        (await chat.SaysAsync("ada", "/platform freezes")).ShouldContain(
            "`always` `infra` is frozen until 2099-01-01 00:00 UTC by the window `always`"
        );
        (await chat.SaysAsync("ada", "/platform deploy infra")).ShouldContain("hands off");

        await chat.SaysAsync("ada", "/platform unfreeze always the fix cannot wait");
        (await chat.SaysAsync("ada", "/platform unfreeze always once more")).ShouldContain(
            "@ada has asked for that already"
        );
        (await chat.SaysAsync("grace", "/platform approve thaw-1")).ShouldContain("is lifted");
        await chat.UntilAsync(entries => entries.Any(entry => entry.What is RunEvent.Thawed));

        await chat.RestartBotAsync();
        (await chat.SaysAsync("ada", "/platform freezes")).ShouldContain("Nothing is frozen");
        (await chat.SaysAsync("ada", "/platform deploy infra")).ShouldContain("Run #1");
    }

    [Fact]
    public async Task A_freeze_that_nobody_wants_lifted_stays_and_the_reason_is_asked_for()
    {
        await using var chat = await TheChat.WithAsync(LookThenWipe);
        (await chat.SaysAsync("ada", "/platform freeze infra")).ShouldContain("needs a reason");
        (await chat.SaysAsync("ada", "/platform freeze infra for ever")).ShouldContain("no time to come");
        (await chat.SaysAsync("mallory", "/platform freeze infra I want to")).ShouldContain("needs the role");
        await chat.SaysAsync("ada", "/platform freeze infra for 3h the release");
        (await chat.SaysAsync("ada", "/platform unfreeze 2 typo")).ShouldContain("No freeze `2` holds now");
        await chat.SaysAsync("ada", "/platform unfreeze 1 it is boring");
        var asked = await chat.SeesAsync("wants a freeze lifted");

        (await chat.SaysAsync("grace", "/platform deny thaw-1")).ShouldContain("needs a reason");
        await chat.FillsInAsync("grace", asked, "deny", "the release is not out");

        await chat.SeesAsync(post => post.Text.Contains("denied by @grace", StringComparison.Ordinal));
        (await chat.SaysAsync("linus", "/platform approve thaw-1")).ShouldStartWith(":no_entry:");
        (await chat.SaysAsync("linus", "/platform deploy infra")).ShouldContain("the release");
        chat.Happened<RunEvent.Thawed>().ShouldBe(0);
    }

    [Fact]
    public async Task Two_who_agree_at_once_lift_it_once()
    {
        await using var chat = await TheChat.WithAsync(LookThenWipe);
        await chat.SaysAsync("ada", "/platform freeze infra the release");
        await chat.SaysAsync("ada", "/platform unfreeze 1 it is over");
        var asked = await chat.SeesAsync(post => post.Buttons.Contains("approve"));

        var answers = await Task.WhenAll(
            chat.PressesAsync("grace", asked, "approve"),
            chat.PressesAsync("linus", asked, "approve")
        );

        answers.Count(answer => answer.Contains("is lifted", StringComparison.Ordinal)).ShouldBe(1);
        answers.Count(answer => answer.StartsWith(":no_entry:", StringComparison.Ordinal)).ShouldBe(1);
        await chat.SeesAsync("It was lifted.");
        (chat.Happened<RunEvent.ThawVoted>(), chat.Happened<RunEvent.Thawed>()).ShouldBe((1, 1));
        chat.Happened<RunEvent.Suspected>().ShouldBe(0);
    }

    [Fact]
    public async Task A_button_of_one_request_is_worth_nothing_in_another_post()
    {
        await using var chat = await TheChat.WithAsync(LookThenWipe);
        await chat.SaysAsync("ada", "/platform freeze infra one");
        await chat.SaysAsync("ada", "/platform freeze apps two");
        await chat.SaysAsync("ada", "/platform unfreeze 1 it is over");
        var first = await chat.SeesAsync(post => post.Buttons.Contains("approve"));
        await chat.SaysAsync("ada", "/platform unfreeze 2 it is over");
        await chat.UntilAsync(entries => entries.Count(entry => entry.What is RunEvent.NoticePosted) == 4);

        (await chat.PressesAsync("grace", first, "approve")).ShouldContain("`1` is lifted");

        await chat.SeesAsync(post => post.Id == first.Id && post.Buttons.Count == 0);
        (await chat.SaysAsync("ada", "/platform freezes")).ShouldNotContain("`1`");
        (await chat.SaysAsync("ada", "/platform freezes")).ShouldContain("`2`");
    }
}
