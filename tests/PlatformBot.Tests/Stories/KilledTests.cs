using PlatformBot.Core.Runs;
using Shouldly;
using Xunit;

namespace PlatformBot.Tests.Stories;

/// <summary>The real program, killed in the middle of a step as by a power cut, and started again.</summary>
public sealed class KilledTests
{
    private const string Hold = """
        - step: hold
          title: Hold on
          run: [world, hold, pids]
          verify: [{ run: [world, has, held] }]
        """;

    [Fact]
    public async Task A_step_that_may_be_repeated_is_run_again_and_nothing_of_its_first_life_is_left()
    {
        await using var chat = await TheChat.WithAsync($"{Hold}\n  repeatable: true", asProgram: true);
        await chat.SaysAsync("ada", "/platform deploy infra");
        var first = await chat.HeldAsync();

        await chat.KillBotAsync();
        await File.WriteAllTextAsync(Path.Combine(chat.World, "free"), "", chat.Limit);
        await chat.StartBotAsync();

        await chat.SeesAsync(":white_check_mark: Run #1 succeeded");
        (await chat.PidsAsync()).Count.ShouldBe(2);
        TheChat.LivingIn(first).ShouldBeEmpty();
        chat.Happened<RunEvent.StepInterrupted>().ShouldBe(1);
        chat.Happened<RunEvent.StepStarted>().ShouldBe(2);
        chat.Happened<RunEvent.StepSucceeded>().ShouldBe(1);
        chat.FirstBroken.ShouldBeNull();
        await chat.HistoryHasAsync("Run #1 succeeded", times: 1);
    }

    [Fact]
    public async Task What_the_tool_sent_off_into_a_session_of_its_own_is_gone_before_the_step_is_judged()
    {
        const string Stray = """
            - step: stray
              title: Send a child off
              run: [world, stray]
              proves-itself: true
            """;
        await using var chat = await TheChat.WithAsync(Stray, asProgram: true);
        await chat.SaysAsync("ada", "/platform deploy infra");
        await chat.HeldAsync();
        var stray = int.Parse(await File.ReadAllTextAsync(Path.Combine(chat.World, "strays"), chat.Limit));

        await chat.KillBotAsync();
        TheChat.LivingIn(stray).ShouldNotBeEmpty();
        await chat.StartBotAsync();

        await chat.SeesAsync(post => post.Buttons.Contains("retry"));
        TheChat.LivingIn(stray).ShouldBeEmpty();
    }

    [Fact]
    public async Task A_step_of_which_nobody_knows_what_became_asks_a_person()
    {
        await using var chat = await TheChat.WithAsync(Hold, asProgram: true);
        await chat.SaysAsync("ada", "/platform deploy infra");
        var first = await chat.HeldAsync();

        await chat.KillBotAsync();
        await chat.StartBotAsync();

        var asked = await chat.SeesAsync(post => post.Buttons.Contains("retry"));
        asked.Text.ShouldContain("stopped while this step ran");
        TheChat.LivingIn(first).ShouldBeEmpty();
        (await chat.PidsAsync()).Count.ShouldBe(1);

        await File.WriteAllTextAsync(Path.Combine(chat.World, "free"), "", chat.Limit);
        await chat.ReadyAsync();
        (await chat.PressesAsync("linus", asked, "retry")).ShouldContain("tried again");
        await chat.SeesAsync(":white_check_mark: Run #1 succeeded");
        (await chat.PidsAsync()).Count.ShouldBe(2);
        chat.FirstBroken.ShouldBeNull();
    }
}
