using PlatformBot.Verbs.Demo;
using Shouldly;
using Xunit;

namespace PlatformBot.Tests.Stories;

/// <summary>Everything that can be sent to the bot without being meant by the person whose name is on it.</summary>
public sealed class ForgeryTests
{
    [Fact]
    public async Task A_button_that_somebody_copied_into_a_post_of_their_own_approves_nothing()
    {
        await using var chat = await TheChat.WithAsync(Catalogues.Wipe);
        await chat.SaysAsync("ada", "/platform deploy infra");
        await chat.SeesAsync(post => post.Buttons.Contains("approve"));
        var fake = await PostButtonAsync(chat, "mallory", new { value = "approve|1|infra/rollout", mac = "x" });

        (await chat.PressesAsync("grace", fake, "approve")).ShouldStartWith(":no_entry:");

        chat.Done.ShouldBeEmpty();
        chat.Audit.ShouldHaveSingleItem().ShouldContain("a button that is not the bot's");
    }

    [Fact]
    public async Task A_click_that_is_sent_again_counts_once()
    {
        await using var chat = await TheChat.WithAsync(Catalogues.Wipe, approval: TwoMustApprove);
        var approval = await chat.AsksForAsync("ada", "/platform deploy infra");
        (await chat.PressesAsync("grace", approval, "approve")).ShouldContain("1 of 2");

        using var again = chat.Tap.LastTo("/mattermost/action");
        var (status, body) = await chat.ForgesAsync("mattermost/action", again);

        status.ShouldBe(200);
        body.ShouldContain(":no_entry:");
        chat.Done.ShouldBeEmpty();
        chat.Audit.ShouldHaveSingleItem().ShouldStartWith("suspected:");
    }

    [Fact]
    public async Task A_click_that_is_sent_again_under_another_name_counts_for_nobody()
    {
        await using var chat = await TheChat.WithAsync(Catalogues.Wipe);
        var approval = await chat.AsksForAsync("ada", "/platform deploy infra");
        (await chat.PressesAsync("ada", approval, "approve")).ShouldContain("someone else must approve");

        using var asGrace = chat.Tap.LastTo(
            "/mattermost/action",
            body => body["user_id"] = chat.Server.Persons["grace"].Id
        );
        await chat.ForgesAsync("mattermost/action", asGrace);

        chat.Done.ShouldBeEmpty();
        chat.Audit.Count.ShouldBe(2);
        chat.Audit[1].ShouldContain("signature");
    }

    [Fact]
    public async Task A_button_after_the_decision_changes_nothing()
    {
        await using var chat = await TheChat.WithAsync(Catalogues.Wipe);
        var approval = await chat.AsksForAsync("ada", "/platform deploy infra");
        await chat.FillsInAsync("grace", approval, "deny", "not today");
        await chat.SeesAsync(":no_entry: Run #1 denied");

        (await chat.SaysAsync("linus", "/platform approve 1 infra/rollout")).ShouldStartWith(":no_entry:");

        chat.Done.ShouldBeEmpty();
        chat.Audit.ShouldHaveSingleItem().ShouldStartWith("linus: Approve infra/rollout");
    }

    [Fact]
    public async Task An_approval_that_comes_too_late_starts_nothing()
    {
        await using var chat = await TheChat.WithAsync(
            Catalogues.Wipe,
            approval: "{ per: phase, quorum: 1, expires: 1m }",
            speed: 60
        );
        await chat.SaysAsync("ada", "/platform deploy infra");
        await chat.SeesAsync(post => post.Buttons.Contains("approve"));

        (await chat.SeesAsync(":hourglass: Run #1 expired")).Text.ShouldContain("nobody approved infra/rollout before");
        (await chat.SaysAsync("grace", "/platform approve 1 infra/rollout")).ShouldStartWith(":no_entry:");

        chat.Done.ShouldBeEmpty();
        chat.Audit.ShouldHaveSingleItem().ShouldStartWith("grace: Approve infra/rollout");
    }

    [Fact]
    public async Task A_command_with_a_token_that_is_not_the_bots_is_turned_away()
    {
        await using var chat = await TheChat.WithAsync(Catalogues.Wipe);
        using var form = new FormUrlEncodedContent(
            new Dictionary<string, string>
            {
                ["token"] = "aaaaaaaaaaaaaaaaaaaaaaaaaa",
                ["team_id"] = chat.Server.TeamId,
                ["channel_id"] = chat.Server.OpsChannelId,
                ["user_id"] = chat.Server.Persons["grace"].Id,
                ["user_name"] = "grace",
                ["command"] = "/platform",
                ["text"] = "deploy infra",
            }
        );

        (await chat.ForgesAsync("mattermost/command", form)).Status.ShouldBe(401);

        (await chat.SaysAsync("ada", "/platform history")).ShouldContain("no run yet");
        chat.Audit.ShouldHaveSingleItem().ShouldContain("a token that is not the bot's");
    }

    [Fact]
    public async Task A_form_that_was_opened_for_somebody_else_is_refused()
    {
        await using var chat = await TheChat.WithAsync(Catalogues.Wipe);
        await chat.SaysAsync("ada", "/platform deploy infra");
        var approval = await chat.SeesAsync(post => post.Buttons.Contains("deny"));
        await chat["grace"].Seat.PressAsync(approval.Id, "deny", chat.Limit);
        var form = await chat["grace"].DialogAsync(chat.Limit);

        await chat["linus"].Seat.FillInAsync(form, "in grace's name", chat.Limit);

        chat.Audit.ShouldHaveSingleItem().ShouldContain("opened for somebody else");
        (await chat.SaysAsync("ada", "/platform status 1")).ShouldContain("waits for an approval");
    }

    private const string TwoMustApprove = "{ per: phase, quorum: 2, expires: 4h }";

    private static async Task<SeenPost> PostButtonAsync(TheChat chat, string who, object context)
    {
        var action = new
        {
            id = "approve",
            name = "Cake",
            type = "button",
            integration = new { url = chat.ActionAddress, context },
        };
        var props = new { attachments = new[] { new { text = "Cake?", actions = new[] { action } } } };
        await chat.AsAsync(
            who,
            HttpMethod.Post,
            "posts",
            new
            {
                channel_id = chat.Server.OpsChannelId,
                message = "Look",
                props,
            }
        );
        return await chat.SeesAsync(post => post.Text.StartsWith("Look", StringComparison.Ordinal));
    }
}
