using PlatformBot.Core.Runs;
using Shouldly;
using Xunit;

namespace PlatformBot.Tests.Stories;

/// <summary>The real program is asked to go (SIGTERM), as by a new version's roll-out.</summary>
public sealed class ShutdownTests
{
    [Fact]
    public async Task What_is_running_finishes_nothing_new_begins_and_the_next_start_goes_on()
    {
        await using var chat = await RunningAsync(grace: "00:01:00");

        chat.AskBotToGo();
        await LeavingAsync(chat);
        (await chat.SaysAsync("linus", "/platform deploy apps")).ShouldContain("being stopped and takes no new work");
        (await chat.SaysAsync("linus", "/platform pause 1")).ShouldContain("when I am started again");
        await chat.SaysAsync("linus", "/platform resume 1");
        await File.WriteAllTextAsync(Path.Combine(chat.World, "go"), "", chat.Limit);

        (await chat.BotHasGoneAsync()).ShouldBe(0);
        chat.Done.ShouldContain("waited");
        chat.Done.ShouldNotContain("pushed");
        (chat.Happened<RunEvent.StepStarted>(), chat.Happened<RunEvent.StepActed>()).ShouldBe((1, 1));

        await chat.StartBotAsync();
        await chat.SeesAsync(":white_check_mark: Run #1 succeeded");
        (await chat.PidsAsync()).Count.ShouldBe(1);
        chat.Happened<RunEvent.StepInterrupted>().ShouldBe(0);
        chat.FirstBroken.ShouldBeNull();
    }

    [Fact]
    public async Task What_does_not_finish_in_its_time_is_ended_and_judged_by_the_next_start()
    {
        await using var chat = await RunningAsync(grace: "00:00:01");

        chat.AskBotToGo();

        (await chat.BotHasGoneAsync()).ShouldBe(0);
        TheChat.LivingIn((await chat.PidsAsync())[0]).ShouldBeEmpty();
        chat.Happened<RunEvent.StepActed>().ShouldBe(0);

        await chat.StartBotAsync();
        var asked = await chat.SeesAsync(post => post.Buttons.Contains("retry"));
        asked.Text.ShouldContain("stopped while this step ran");
    }

    [Fact]
    public async Task A_second_signal_ends_the_wait()
    {
        await using var chat = await RunningAsync(grace: "01:00:00");

        chat.AskBotToGo();
        await LeavingAsync(chat);
        chat.AskBotToGo();

        (await chat.BotHasGoneAsync()).ShouldBe(0);
        TheChat.LivingIn((await chat.PidsAsync())[0]).ShouldBeEmpty();
        chat.FirstBroken.ShouldBeNull();
    }

    [Fact]
    public async Task A_second_bot_on_the_same_journal_says_so_and_leaves_the_first_alone()
    {
        await using var chat = await RunningAsync(grace: "00:00:00");

        (await chat.SecondBotAsync()).ShouldBe(1);

        await File.WriteAllTextAsync(Path.Combine(chat.World, "go"), "", chat.Limit);
        await chat.SeesAsync(":white_check_mark: Run #1 succeeded");
        (await chat.PidsAsync()).Count.ShouldBe(1);
    }

    [Fact]
    public async Task A_second_bot_is_refused_also_while_the_first_stands_still()
    {
        await using var chat = await RunningAsync(grace: "00:00:00");

        chat.FreezeBot();
        (await chat.SecondBotAsync()).ShouldBe(1);
        chat.ThawBot();

        await File.WriteAllTextAsync(Path.Combine(chat.World, "go"), "", chat.Limit);
        await chat.SeesAsync(":white_check_mark: Run #1 succeeded");
        (await chat.PidsAsync()).Count.ShouldBe(1);
    }

    private static async Task<TheChat> RunningAsync(string grace)
    {
        var settings = new Dictionary<string, string?> { ["Shutdown:Grace"] = grace };
        var chat = await TheChat.WithAsync(Catalogues.WaitThenPush, settings: settings, asProgram: true);
        await chat.SaysAsync("ada", "/platform deploy infra");
        await chat.HeldAsync();
        return chat;
    }

    /// <summary>The signal has arrived.</summary>
    private static async Task LeavingAsync(TheChat chat)
    {
        while (await chat.HealthAsync() == "ok")
            await Task.Delay(TimeSpan.FromMilliseconds(50), TimeProvider.System, chat.Limit);
    }
}
