using System.Security.Cryptography;
using System.Text;
using PlatformBot.Core.Runs;
using Shouldly;
using Xunit;

namespace PlatformBot.Tests.Stories;

/// <summary>What people do by hand: asked, shown, seen by a second pair of eyes, remembered, not waited for without end.</summary>
public sealed class ManualStepsTests
{
    private static string Cabling(string rules) =>
        $$"""
            - step: cable
              title: Cable the switch
              manual: { ask: Put both links into ports 1 and 2., {{rules}} }
            - step: look
              run: [world, did, lit]
              proves-itself: true
            """;

    private const string WithFile = "evidence: file";
    private const string WithTwo = "evidence: text, second-person: true";

    [Fact]
    public async Task A_step_that_wants_a_file_is_not_confirmed_by_words()
    {
        await using var chat = await TheChat.WithAsync(Cabling(WithFile));
        await chat.SaysAsync("ada", "/platform deploy infra");
        var asked = await chat.SeesAsync(post => post.Buttons.Contains("confirm"));
        asked.BoxText.ShouldContain("attach");

        (await chat.SaysAsync("ada", "/platform confirm 1 infra/cable both are lit")).ShouldContain("file");

        chat.Done.ShouldBeEmpty();
        chat.Audit.ShouldHaveSingleItem().ShouldContain("infra/cable");
    }

    [Fact]
    public async Task A_file_in_the_thread_is_evidence_and_its_digest_is_journaled()
    {
        await using var chat = await TheChat.WithAsync(Cabling(WithFile));
        await chat.SaysAsync("ada", "/platform deploy infra");
        var asked = await chat.SeesAsync(post => post.Buttons.Contains("confirm"));
        await chat.AttachesAsync("linus", asked, "not-mine.txt", "somebody else's");
        await chat.AttachesAsync("ada", asked, "rack `photo`.txt", "two green lights");

        await chat.FillsInAsync("ada", asked, "confirm", "both are lit");

        await chat.SeesAsync(":white_check_mark: Run #1 succeeded");
        var given = chat.Journal.Select(entry => entry.What).OfType<RunEvent.EvidenceGiven>().ShouldHaveSingleItem();
        var file = given.Files!.ShouldHaveSingleItem();
        file.Name.ShouldBe("rack `photo`.txt");
        file.Size.ShouldBe(16);
        file.Sha256.ShouldBe(Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes("two green lights"))));

        var shown = chat["ada"].Posts.Single(post => post.Id == asked.Id);
        shown.Text.ShouldContain("@ada");
        shown.Text.ShouldContain("both are lit");
        shown.Text.ShouldContain(file.Sha256[..12]);
        shown.Buttons.ShouldBeEmpty();
    }

    [Fact]
    public async Task A_file_given_before_it_was_asked_for_is_no_evidence()
    {
        await using var chat = await TheChat.WithAsync(
            $"{Cabling(WithFile)}\n{Cabling(WithFile).Replace("cable", "label", StringComparison.Ordinal).Replace("step: look", "step: read", StringComparison.Ordinal)}"
        );
        await chat.SaysAsync("ada", "/platform deploy infra");
        var first = await chat.SeesAsync(post => post.Buttons.Contains("confirm"));
        await chat.AttachesAsync("ada", first, "cable.txt", "lit");
        (await chat.SaysAsync("ada", "/platform confirm 1 infra/cable lit")).ShouldContain("is confirmed");
        await chat.SeesAsync(post => post.Buttons.Contains("confirm") && post.Text.Contains("infra/label"));

        (await chat.SaysAsync("ada", "/platform confirm 1 infra/label lit")).ShouldContain("file");
    }

    [Fact]
    public async Task What_was_evidence_once_is_not_evidence_again()
    {
        await using var chat = await TheChat.WithAsync(Cabling($"{WithFile}, second-person: true"));
        await chat.SaysAsync("ada", "/platform deploy infra");
        var asked = await chat.SeesAsync(post => post.Buttons.Contains("confirm"));
        await chat.AttachesAsync("ada", asked, "cable.txt", "dark");
        await chat.SaysAsync("ada", "/platform confirm 1 infra/cable lit");
        await chat.SeesAsync(post => post.Buttons.Contains("agree"));
        await chat.SaysAsync("grace", "/platform reject 1 infra/cable it is dark");

        (await chat.SaysAsync("ada", "/platform confirm 1 infra/cable now it is lit")).ShouldContain(
            "not evidence already"
        );
        await chat.AttachesAsync("ada", asked, "cable-2.txt", "lit");
        (await chat.SaysAsync("ada", "/platform confirm 1 infra/cable now it is lit")).ShouldContain("somebody else");

        var again = await chat.SeesAsync(post => post.Buttons.Contains("agree") && post.Text.Contains("cable-2.txt"));
        again.Text.ShouldNotContain("cable.txt`");
    }

    [Fact]
    public async Task Whoever_said_it_may_say_it_anew_before_the_second_person_has_looked()
    {
        await using var chat = await TheChat.WithAsync(Cabling(WithTwo));
        await chat.SaysAsync("ada", "/platform deploy infra");
        await chat.SeesAsync(post => post.Buttons.Contains("confirm"));
        await chat.SaysAsync("ada", "/platform confirm 1 infra/cable both are lti");

        await chat.SaysAsync("ada", "/platform confirm 1 infra/cable both are lit");
        var said = await chat.SeesAsync(post => post.Buttons.Contains("agree") && post.Text.Contains("are lit"));
        await chat.PressesAsync("grace", said, "agree");

        await chat.SeesAsync(":white_check_mark: Run #1 succeeded");
    }

    [Fact]
    public async Task What_one_person_says_a_second_one_confirms()
    {
        await using var chat = await TheChat.WithAsync(Cabling(WithTwo));
        await chat.SaysAsync("ada", "/platform deploy infra");
        var asked = await chat.SeesAsync(post => post.Buttons.Contains("confirm"));
        await chat.FillsInAsync("ada", asked, "confirm", "both are lit");
        var said = await chat.SeesAsync(post => post.Buttons.Contains("agree"));
        said.Text.ShouldContain("both are lit");
        said.BoxText.ShouldContain("@grace");

        (await chat.PressesAsync("ada", said, "agree")).ShouldContain("Somebody else");
        (await chat.PressesAsync("mallory", said, "agree")).ShouldContain("role approver");
        chat.Done.ShouldBeEmpty();
        (await chat.PressesAsync("grace", said, "agree")).ShouldContain("confirmed");

        await chat.SeesAsync(":white_check_mark: Run #1 succeeded");
        var shown = chat["ada"].Posts.Single(post => post.Id == asked.Id);
        shown.Text.ShouldContain("@ada");
        shown.Text.ShouldContain("@grace");
        chat.Journal.Single(entry => entry.What is RunEvent.EvidenceConfirmed).By.Name.ShouldBe("grace");
        chat.Audit.Count.ShouldBe(2);
    }

    [Fact]
    public async Task What_the_second_person_does_not_believe_is_asked_again()
    {
        await using var chat = await TheChat.WithAsync(Cabling(WithTwo));
        await chat.SaysAsync("ada", "/platform deploy infra");
        await chat.SeesAsync(post => post.Buttons.Contains("confirm"));
        await chat.SaysAsync("ada", "/platform confirm 1 infra/cable both are lit");
        var said = await chat.SeesAsync(post => post.Buttons.Contains("agree"));

        (await chat.SaysAsync("grace", "/platform reject 1 infra/cable")).ShouldContain("reason");
        await chat.FillsInAsync("grace", said, "reject", "port 2 is dark");

        var again = await chat.SeesAsync(post => post.Buttons.Contains("confirm") && post.Text.Contains("port 2"));
        again.Text.ShouldContain("@grace");
        await chat.SaysAsync("linus", "/platform confirm 1 infra/cable now it is");
        await chat.SeesAsync(post => post.Buttons.Contains("agree") && post.Text.Contains("now it is"));
        await chat.SaysAsync("grace", "/platform confirm 1 infra/cable I see two lights");
        await chat.SeesAsync(":white_check_mark: Run #1 succeeded");
    }

    [Fact]
    public async Task Whoever_confirms_too_late_hears_that_a_second_person_is_waited_for()
    {
        await using var chat = await TheChat.WithAsync(Cabling(WithTwo));
        await chat.SaysAsync("ada", "/platform deploy infra");
        var asked = await chat.SeesAsync(post => post.Buttons.Contains("confirm"));
        await chat["linus"].Seat.PressAsync(asked.Id, "confirm", chat.Limit);
        var dialog = await chat["linus"].DialogAsync(chat.Limit);
        await chat.SaysAsync("ada", "/platform confirm 1 infra/cable both are lit");

        await chat["linus"].Seat.FillInAsync(dialog, "I saw it too", chat.Limit);

        chat.Tap.LastAnswer.ShouldContain("@ada has said already");
        chat.Tap.LastAnswer.ShouldContain("second person with the role approver");
    }

    [Fact]
    public async Task A_button_under_older_words_confirms_no_newer_ones()
    {
        await using var chat = await TheChat.WithAsync(Cabling(WithTwo));
        await chat.SaysAsync("ada", "/platform deploy infra");
        await chat.SeesAsync(post => post.Buttons.Contains("confirm"));
        await chat.SaysAsync("ada", "/platform confirm 1 infra/cable both are lit");
        var said = await chat.SeesAsync(post => post.Buttons.Contains("agree"));
        chat.Tap.Meanwhile = async () =>
        {
            await chat.SaysAsync("linus", "/platform reject 1 infra/cable port 2 is dark");
            await chat.SaysAsync("ada", "/platform confirm 1 infra/cable it only looks dark");
        };

        (await chat.PressesAsync("grace", said, "agree")).ShouldContain("newer");

        chat.Journal.ShouldNotContain(entry => entry.What is RunEvent.EvidenceConfirmed);
    }

    [Fact]
    public async Task Whoever_must_act_is_reminded_once_an_interval_also_across_a_restart()
    {
        await using var chat = await TheChat.WithAsync(Cabling($"{WithTwo}, remind: 10m, expires: 2h"), speed: 600);
        await chat.SaysAsync("ada", "/platform deploy infra");
        var reminder = await chat.SeesAsync("has waited 10 min");
        reminder.Text.ShouldContain("@ada");

        await chat.RestartBotAsync();
        await chat.SeesAsync("has waited 50 min");
        (await chat.CountAsync("has waited 10 min")).ShouldBe(1);

        await chat.SaysAsync("ada", "/platform confirm 1 infra/cable both are lit");
        (await chat.SeesAsync("has waited 10 min for a second person")).Text.ShouldContain("@grace");
    }

    [Fact]
    public async Task Nobody_is_reminded_of_what_has_failed_while_the_chat_was_away()
    {
        await using var chat = await TheChat.WithAsync(Cabling("evidence: text, remind: 40m, expires: 1h"), speed: 600);
        await chat.SaysAsync("ada", "/platform deploy infra");
        await chat.SeesAsync(post => post.Buttons.Contains("confirm"));
        chat.Server.Down();

        while (!chat.Journal.Any(entry => entry.What is RunEvent.StepFailed))
            await Task.Delay(TimeSpan.FromMinutes(1), chat.Clock, chat.Limit);

        chat.Server.Up();
        await chat.RejoinAsync("ada");
        await chat.HistoryHasAsync("**infra/cable** failed after 1 attempt", times: 1);
        (await chat.CountAsync("has waited")).ShouldBe(0);
    }

    [Fact]
    public async Task What_nobody_does_in_time_fails_and_is_asked_again_on_retry()
    {
        await using var chat = await TheChat.WithAsync(Cabling("evidence: text, expires: 30m"), speed: 600);
        await chat.SaysAsync("ada", "/platform deploy infra");

        var failed = await chat.SeesAsync(post => post.Buttons.Contains("retry"));
        failed.Text.ShouldContain("Nobody confirmed it within 30 min");
        (await chat.PressesAsync("ada", failed, "retry")).ShouldContain("tried again");

        var asked = await chat.SeesAsync(post => post.Buttons.Contains("confirm"));
        await chat.FillsInAsync("ada", asked, "confirm", "both are lit");
        await chat.SeesAsync(":white_check_mark: Run #1 succeeded");
    }
}
