using PlatformBot.Core.Runs;
using Shouldly;
using Xunit;

namespace PlatformBot.Tests.Stories;

/// <summary>What nobody can undo is approved by typing what it is done to.</summary>
public sealed class IrreversibleTests
{
    private const string Wipe = """
        - step: wipe
          title: Wipe it
          destructive: wipes ${{ cluster.name }}
          irreversible: true
          run: [world, did, wiped]
          probe: [{ run: [world, has, wiped] }]
          verify: [{ run: [world, has, wiped] }]
        """;

    [Fact]
    public async Task The_button_opens_a_form_that_stays_open_until_the_name_is_right()
    {
        await using var chat = await TheChat.WithAsync(Wipe);
        await chat.SaysAsync("ada", "/platform deploy infra");
        var approval = await chat.SeesAsync(post => post.Labels.Contains("Approve…"));
        approval.Text.ShouldContain("Nobody can undo this: whoever approves types the name infra.");
        await chat["grace"].Seat.PressAsync(approval.Id, "approve", chat.Limit);
        var form = await chat["grace"].DialogAsync(chat.Limit);

        (await chat["grace"].Seat.FillInAsync(form, "apps", chat.Limit)).ShouldContain("You typed `apps`");
        (await chat["grace"].Seat.FillInAsync(form, "іnfra", chat.Limit)).ShouldContain("types the name infra");
        chat.Done.ShouldBeEmpty();
        (await chat["grace"].Seat.FillInAsync(form, " infra ", chat.Limit)).ShouldBeEmpty();

        await chat.SeesAsync(":white_check_mark: Run #1 succeeded");
        chat.Done.ShouldBe(["wiped"]);
        chat.Audit.Count(line => line.StartsWith("grace: Approve infra/rollout", StringComparison.Ordinal)).ShouldBe(2);
        chat.Events.OfType<RunEvent.Voted>().Single().Typed.ShouldBe("infra");
    }

    [Theory]
    [InlineData("approve 1 infra/rollout")]
    [InlineData("approve 1")]
    [InlineData("approve 1 infra/rollout yes")]
    [InlineData("approve 1 infra/rollout INFRA")]
    public async Task Typed_as_a_command_it_counts_for_nothing_without_the_name(string said)
    {
        await using var chat = await TheChat.WithAsync(Wipe);
        await chat.SaysAsync("ada", "/platform deploy infra");
        await chat.SeesAsync(post => post.Buttons.Contains("approve"));

        (await chat.SaysAsync("grace", $"/platform {said}")).ShouldContain("Whoever approves it types the name infra");
        await MentionsAsync(chat, "grace", said);
        await chat.SeesAsync("Whoever approves it types the name infra");

        chat.Done.ShouldBeEmpty();
        (await chat.SaysAsync("grace", "/platform approve 1 infra/rollout infra")).ShouldContain("is approved");
        await chat.SeesAsync(":white_check_mark: Run #1 succeeded");
    }

    [Fact]
    public async Task A_mention_ends_in_the_name_too()
    {
        await using var chat = await TheChat.WithAsync(Wipe);
        await chat.SaysAsync("ada", "/platform deploy infra");
        await chat.SeesAsync(post => post.Buttons.Contains("approve"));

        await MentionsAsync(chat, "grace", "approve 1 infra/rollout infra");

        await chat.SeesAsync(":white_check_mark: Run #1 succeeded");
    }

    [Fact]
    public async Task Whoever_may_not_approve_is_told_so_and_gets_no_form()
    {
        await using var chat = await TheChat.WithAsync(Wipe);
        var approval = await chat.AsksForAsync("ada", "/platform deploy infra");

        (await chat.PressesAsync("ada", approval, "approve")).ShouldContain("someone else must approve");
        (await chat.PressesAsync("mallory", approval, "approve")).ShouldContain("needs the role approver");
        (await chat.SaysAsync("ada", "/platform approve 1 infra/rollout infra")).ShouldContain("someone else");
    }

    [Fact]
    public async Task A_denial_needs_no_name()
    {
        await using var chat = await TheChat.WithAsync(Wipe);
        await chat.SaysAsync("ada", "/platform deploy infra");
        var approval = await chat.SeesAsync(post => post.Buttons.Contains("deny"));

        (await chat.FillsInAsync("grace", approval, "deny", "not today")).ShouldBeEmpty();

        await chat.SeesAsync(":no_entry: Run #1 denied");
    }

    private static Task MentionsAsync(TheChat chat, string who, string text) =>
        chat.AsAsync(
            who,
            HttpMethod.Post,
            "posts",
            new { channel_id = chat.Server.OpsChannelId, message = $"@platformbot {text}" }
        );
}
