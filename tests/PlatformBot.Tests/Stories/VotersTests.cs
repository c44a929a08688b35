using Shouldly;
using Xunit;

namespace PlatformBot.Tests.Stories;

/// <summary>Whose vote counts, and how often.</summary>
public sealed class VotersTests
{
    private const string TwoMustApprove = "{ per: phase, quorum: 2, expires: 4h }";

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
    public async Task Where_two_must_approve_one_is_not_enough_and_nobody_counts_twice()
    {
        await using var chat = await TheChat.WithAsync(Catalogues.Wipe, approval: TwoMustApprove);
        var approval = await chat.AsksForAsync("ada", "/platform deploy infra");

        (await chat.PressesAsync("grace", approval, "approve")).ShouldContain("1 of 2");
        (await chat.PressesAsync("grace", approval, "approve")).ShouldContain("one person counts once");
        chat.Done.ShouldBeEmpty();

        (await chat.SaysAsync("linus", "/platform approve 1 infra/rollout")).ShouldContain("is approved");
        await chat.SeesAsync(":white_check_mark: Run #1 succeeded");
        chat.Done.ShouldBe(["wiped"]);
    }

    [Fact]
    public async Task Two_clicks_at_once_are_one_decision()
    {
        await using var chat = await TheChat.WithAsync(Catalogues.Wipe);
        var approval = await chat.AsksForAsync("ada", "/platform deploy infra");

        var answers = await Task.WhenAll(
            chat.PressesAsync("grace", approval, "approve"),
            chat.PressesAsync("linus", approval, "approve")
        );

        answers.Count(answer => answer.Contains("is approved", StringComparison.Ordinal)).ShouldBe(1);
        answers.Count(answer => answer.StartsWith(":no_entry:", StringComparison.Ordinal)).ShouldBe(1);
        await chat.SeesAsync(":white_check_mark: Run #1 succeeded");
        chat.Journal.Count(entry => entry.What is Core.Runs.RunEvent.Voted).ShouldBe(1);
        chat.Journal.Count(entry => entry.What is Core.Runs.RunEvent.StepStarted).ShouldBe(1);
    }

    [Fact]
    public async Task A_guest_decides_nothing_whatever_role_they_hold()
    {
        await using var chat = await TheChat.WithAsync(Catalogues.Wipe);
        await chat.AsAdminAsync(HttpMethod.Post, $"users/{chat.Server.Persons["grace"].Id}/demote");
        await chat.RestartBotAsync();
        var approval = await chat.AsksForAsync("ada", "/platform deploy infra");

        (await chat.PressesAsync("grace", approval, "approve")).ShouldContain("guests");
        (await chat.SaysAsync("grace", "/platform approve 1 infra/rollout")).ShouldContain("guests");

        chat.Done.ShouldBeEmpty();
        chat.Audit.Count(line => line.StartsWith("grace: Approve", StringComparison.Ordinal)).ShouldBe(2);
    }

    [Fact]
    public async Task A_bot_decides_nothing_whatever_role_it_holds()
    {
        await using var chat = await TheChat.WithAsync(
            Catalogues.Wipe,
            settings: new() { ["Access:Roles:approver:3"] = "platformbot" }
        );
        var approval = await chat.AsksForAsync("ada", "/platform deploy infra");

        await chat.AsBotAsync(HttpMethod.Post, $"posts/{approval.Id}/actions/approve", new { });

        chat.Done.ShouldBeEmpty();
        chat.Audit.ShouldHaveSingleItem().ShouldContain("Bots, guests");
    }

    [Fact]
    public async Task A_step_does_not_start_on_the_word_of_somebody_who_has_left_since()
    {
        await using var chat = await TheChat.WithAsync(LookThenWipe);
        var approval = await chat.AsksForAsync("ada", "/platform deploy infra");
        (await chat.PressesAsync("grace", approval, "approve")).ShouldContain("is approved");

        await chat.StopBotAsync();
        await chat.AsAdminAsync(HttpMethod.Delete, $"users/{chat.Server.Persons["grace"].Id}");
        await chat.StartBotAsync();
        await chat.ReadyAsync();
        await chat.SaysAsync("ada", "/platform confirm 1 infra/look it is empty");

        var failed = await chat.SeesAsync(post => post.Buttons.Contains("abort"));
        failed.Text.ShouldContain("The approval of infra/rollout is void");
        chat.Done.ShouldBeEmpty();
    }

    [Fact]
    public async Task A_step_does_not_start_on_the_word_of_somebody_who_was_deactivated_a_moment_ago()
    {
        await using var chat = await TheChat.WithAsync(LookThenWipe);
        var approval = await chat.AsksForAsync("ada", "/platform deploy infra");
        (await chat.PressesAsync("grace", approval, "approve")).ShouldContain("is approved");

        await chat.SeesAsync(post => post.Buttons.Contains("confirm"));
        await chat.AsAdminAsync(HttpMethod.Delete, $"users/{chat.Server.Persons["grace"].Id}");
        await chat.SaysAsync("ada", "/platform confirm 1 infra/look it is empty");

        var failed = await chat.SeesAsync(post => post.Text.Contains("failed after", StringComparison.Ordinal));
        failed.Text.ShouldContain("Not started: The approval of infra/rollout is void");
        failed.Buttons.ShouldBe(["abort"]);
        chat.Done.ShouldBeEmpty();
    }

    [Fact]
    public async Task A_vote_does_not_count_when_its_voter_is_deactivated_while_it_is_on_its_way()
    {
        await using var chat = await TheChat.WithAsync(Catalogues.Wipe);
        var approval = await chat.AsksForAsync("ada", "/platform deploy infra");
        await MentionsAsync(chat, "grace", "whoami");
        await chat.SeesAsync("Roles: approver, viewer");

        chat.Tap.Meanwhile = () => chat.AsAdminAsync(HttpMethod.Delete, $"users/{chat.Server.Persons["grace"].Id}");
        await chat["grace"].Seat.PressAsync(approval.Id, "approve", chat.Limit);

        chat.Audit.ShouldHaveSingleItem()
            .ShouldStartWith("grace: Approve infra/rollout → Bots, guests and deactivated");
        chat.Done.ShouldBeEmpty();
    }

    private static Task MentionsAsync(TheChat chat, string who, string text) =>
        chat.AsAsync(
            who,
            HttpMethod.Post,
            "posts",
            new { channel_id = chat.Server.OpsChannelId, message = $"@platformbot {text}" }
        );
}
