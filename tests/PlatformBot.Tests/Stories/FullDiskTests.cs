using System.Net.Mime;
using System.Text;
using PlatformBot.Core.Runs;
using Shouldly;
using Xunit;

namespace PlatformBot.Tests.Stories;

/// <summary>The journal cannot be written: nothing happens, and people are told so in words.</summary>
public sealed class FullDiskTests
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

    [Fact]
    public async Task A_command_a_button_and_a_dialog_are_refused_while_the_journal_is_full_and_work_again_afterwards()
    {
        await using var chat = await TheChat.WithAsync(LookThenWipe);
        var first = await chat.AsksForAsync("ada", "/platform deploy infra");
        (await chat.PressesAsync("grace", first, "approve")).ShouldContain("is approved");
        var manual = await chat.SeesAsync(post => post.Buttons.Contains("confirm"));
        await chat.UntilAsync(run => run.Posts.ContainsKey("manual:infra/look"));

        using (chat.FullJournal())
        {
            (await chat.SaysAsync("linus", "/platform deploy apps")).ShouldStartWith(Refused);
            (await chat.SaysAsync("ada", "/platform nonsense")).ShouldStartWith(Refused);
            (await chat.SaysAsync("ada", "/platform cancel 1")).ShouldStartWith(Refused);
            (await chat.SaysAsync("ada", "/platform status 1")).ShouldContain("Run #1");
            await chat.FillsInAsync("ada", manual, "confirm", "empty");
            chat.Tap.LastAnswer.ShouldContain("""{"error":"Nothing was done, because it cannot be written down: """);
        }

        (await chat.SaysAsync("linus", "/platform deploy apps")).ShouldContain("Run #2");
        var approval = await chat.SeesAsync(post => post.Id != first.Id && post.Buttons.Contains("approve"));
        await chat.UntilAsync(run => run.Posts.ContainsValue(approval.Id), number: 2);

        using (chat.FullJournal())
            (await chat.PressesAsync("grace", approval, "approve")).ShouldStartWith(Refused);

        (chat.Happened<RunEvent.Planned>(), chat.Happened<RunEvent.Voted>()).ShouldBe((2, 1));
        (chat.Happened<RunEvent.CancelAsked>(), chat.Happened<RunEvent.EvidenceGiven>()).ShouldBe((0, 0));
        chat.Log.Warnings.ShouldNotContain(line => line.Contains("unhandled exception", StringComparison.Ordinal));
        (await chat.PressesAsync("grace", approval, "approve")).ShouldContain("is approved");
        (await chat.SaysAsync("ada", "/platform confirm 1 infra/look empty")).ShouldContain("is confirmed");
        await chat.SeesAsync(":white_check_mark: Run #1 succeeded");
    }

    [Fact]
    public async Task A_forgery_is_refused_also_while_it_cannot_be_recorded()
    {
        await using var chat = await TheChat.WithAsync(LookThenWipe);

        using (chat.FullJournal())
        {
            using var forged = new StringContent(
                """{"type":"button"}""",
                Encoding.UTF8,
                MediaTypeNames.Application.Json
            );
            (await chat.ForgesAsync("mattermost/action", forged)).Body.ShouldContain("That does not work any more");
        }

        chat.Log.Warnings.ShouldContain(line =>
            line.Contains("Refused, but not in the journal", StringComparison.Ordinal)
        );
    }

    [Fact]
    public async Task A_disk_that_is_really_full_stops_what_comes_next_and_people_see_why_until_there_is_room()
    {
        await using var chat = await TheChat.WithAsync(Catalogues.WaitThenPush, asProgram: true);
        await chat.SaysAsync("ada", "/platform deploy infra");
        await chat.HeldAsync();

        await chat.DiskIsFullAsync(true);
        await File.WriteAllTextAsync(Path.Combine(chat.World, "go"), "", chat.Limit);

        await chat.SeesAsync("The journal cannot be written");
        (await chat.HealthAsync()).ShouldStartWith("ok, but nothing new can start: The journal cannot be written");
        (await chat.SaysAsync("linus", "/platform deploy apps")).ShouldStartWith(Refused);
        chat.Done.ShouldNotContain("pushed");
        chat.Happened<RunEvent.StepActed>().ShouldBe(0);

        await chat.DiskIsFullAsync(false);
        await chat.SeesAsync(":white_check_mark: Run #1 succeeded");
        (await chat.HealthAsync()).ShouldBe("ok");
        (await chat.PidsAsync()).Count.ShouldBe(1);
        chat.FirstBroken.ShouldBeNull();
    }

    private const string Refused = ":no_entry: Nothing was done, because it cannot be written down: ";
}
