using PlatformBot.Core.Runs;
using Shouldly;
using Xunit;

namespace PlatformBot.Tests.Stories;

/// <summary>One person approves alone in an emergency, loudly, and a second one looks at it afterwards.</summary>
public sealed class GlassTests
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

    private static Dictionary<string, string?> OnCall =>
        new()
        {
            ["Access:BreakGlass"] = "oncall",
            ["Access:Roles:oncall:0"] = "ada",
            ["Access:Roles:oncall:1"] = "mallory",
        };

    [Fact]
    public async Task Whoever_may_approves_their_own_run_alone_and_all_hear_of_it_and_must_look_before_anything_else_is_destroyed()
    {
        await using var chat = await TheChat.WithAsync(Catalogues.Wipe, settings: OnCall);
        await chat.SaysAsync("ada", "/platform deploy infra");
        await chat.SeesAsync(post => post.Buttons.Contains("approve"));

        (
            await chat.SaysAsync("ada", "/platform break-glass 1 infra/rollout the disks fill up in minutes")
        ).ShouldContain("Glass 1 is broken");
        var loud = await chat.SeesAsync("Glass 1 broken: @ada approved **infra/rollout** of run #1 alone");
        loud.Text.ShouldContain("the disks fill up in minutes");
        loud.Text.ShouldContain("@grace @linus: please look now");
        (await chat.SeesAsync("Run #1 succeeded after")).Text.ShouldContain(
            "**Glass was broken** by @ada, who approved infra/rollout alone: “the disks fill up in minutes”"
        );
        chat.Done.ShouldBe(["wiped"]);
        var entries = chat.Journal;
        var (broken, alone) = (
            entries.Single(entry => entry.What is RunEvent.GlassBroken),
            entries.Single(entry => entry.What is RunEvent.ApprovedAlone)
        );
        broken.Number.ShouldBeLessThan(alone.Number);
        alone.What.Origin.ShouldNotBeNull().Via.ShouldBe("slash");

        (await chat.SaysAsync("linus", "/platform deploy apps")).ShouldContain("nobody has reviewed that yet");
        (await chat.SaysAsync("ada", "/platform review 1 it went well")).ShouldContain("You broke it yourself");
        (await chat.SaysAsync("mallory", "/platform review 1 looks fine")).ShouldContain("needs the role approver");
        (await chat.SaysAsync("grace", "/platform review 1")).ShouldContain("says what was seen");
        chat.Happened<RunEvent.GlassReviewed>().ShouldBe(0);

        await chat.FillsInAsync("grace", loud, "review", "the disks were full indeed");
        await chat.SeesAsync(post =>
            post.Id == loud.Id && post.Text.Contains("by @grace: the disks were full indeed", StringComparison.Ordinal)
        );
        (await chat.SaysAsync("linus", "/platform deploy apps")).ShouldContain("Run #2");
    }

    [Fact]
    public async Task Where_it_is_not_set_up_nobody_can_and_the_attempt_is_journaled()
    {
        await using var chat = await TheChat.WithAsync(Catalogues.Wipe);
        await chat.SaysAsync("ada", "/platform deploy infra");
        await chat.SeesAsync(post => post.Buttons.Contains("approve"));

        (await chat.SaysAsync("ada", "/platform break-glass 1 infra/rollout the disks fill up")).ShouldContain(
            "Access:BreakGlass"
        );

        chat.Audit.ShouldHaveSingleItem()
            .ShouldStartWith("ada: break-glass 1 infra/rollout the disks fill up → Nobody can approve alone here");
        chat.Done.ShouldBeEmpty();
    }

    [Fact]
    public async Task Without_the_role_a_reason_or_something_that_waits_nothing_is_broken()
    {
        await using var chat = await TheChat.WithAsync(Catalogues.Wipe, settings: OnCall);
        await chat.SaysAsync("ada", "/platform deploy infra");
        await chat.SeesAsync(post => post.Buttons.Contains("approve"));

        (await chat.SaysAsync("grace", "/platform break-glass 1 infra/rollout the disks fill up")).ShouldContain(
            "needs the role oncall"
        );
        (await chat.SaysAsync("ada", "/platform break-glass 1 infra/rollout now")).ShouldContain(
            "at least 10 characters"
        );
        (await chat.SaysAsync("ada", "/platform break-glass 1")).ShouldContain("at least 10 characters");
        (await chat.SaysAsync("ada", "/platform break-glass 1 apps/rollout the disks fill up")).ShouldContain(
            "waits for no approval"
        );
        await chat.SaysAsync("linus", "/platform freeze infra hands off");
        (await chat.SaysAsync("ada", "/platform break-glass 1 infra/rollout the disks fill up")).ShouldContain(
            "frozen"
        );
        (await chat.SaysAsync("mallory", "/platform approve 1 infra/rollout")).ShouldContain("needs the role approver");

        chat.Happened<RunEvent.GlassBroken>().ShouldBe(0);
        chat.Happened<RunEvent.ApprovedAlone>().ShouldBe(0);
        chat.Audit.Count.ShouldBe(6);
        chat.Done.ShouldBeEmpty();
    }

    [Fact]
    public async Task What_was_approved_alone_does_not_start_when_they_have_lost_their_account_since()
    {
        await using var chat = await TheChat.WithAsync(LookThenWipe, settings: OnCall);
        await chat.SaysAsync("ada", "/platform deploy infra");
        await chat.SeesAsync(post => post.Buttons.Contains("approve"));
        await chat.SaysAsync("mallory", "/platform break-glass 1 infra/rollout the disks fill up");
        await chat.UntilAsync(entries => entries.Any(entry => entry.What is RunEvent.ApprovedAlone));
        await chat.SeesAsync(post => post.Buttons.Contains("confirm"));

        await chat.AsAdminAsync(HttpMethod.Delete, $"users/{chat.Server.Persons["mallory"].Id}");
        await chat.SaysAsync("ada", "/platform confirm 1 infra/look it is empty");

        (await chat.SeesAsync(post => post.Text.Contains("failed after", StringComparison.Ordinal))).Text.ShouldContain(
            "who gave it alone, no longer has the role oncall"
        );
        chat.Done.ShouldBeEmpty();
    }

    [Fact]
    public async Task No_second_glass_is_broken_before_the_first_is_reviewed_also_after_a_restart_and_all_is_said_once()
    {
        await using var chat = await TheChat.WithAsync(Catalogues.Wipe, settings: OnCall);
        await chat.SaysAsync("ada", "/platform deploy all");
        await chat.SeesAsync(post =>
            post.Text.Contains("apps/rollout", StringComparison.Ordinal) && post.Buttons.Contains("approve")
        );
        await chat.SaysAsync("ada", "/platform break-glass 1 infra/rollout the disks fill up");
        await chat.SeesAsync("Glass 1 broken");

        await chat.RestartBotAsync();
        (await chat.SaysAsync("mallory", "/platform break-glass 1 apps/rollout they fill up there, too")).ShouldContain(
            "nobody has reviewed that yet"
        );
        (await chat.SaysAsync("grace", "/platform review 1 I have seen them")).ShouldContain("is reviewed");
        (await chat.SaysAsync("linus", "/platform review 1 me, too")).ShouldStartWith(":no_entry:");
        (await chat.SaysAsync("mallory", "/platform break-glass 1 apps/rollout they fill up there, too")).ShouldContain(
            "Glass 2 is broken"
        );

        await chat.SeesAsync("Run #1 succeeded after");
        (await chat.CountAsync("Glass 1 broken")).ShouldBe(1);
        await chat.HistoryHasAsync("Glass 2 broken", 1);
    }
}
