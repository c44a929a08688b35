using Shouldly;
using Xunit;

namespace PlatformBot.Tests.Stories;

public sealed class FourEyesTests
{
    private const string Stubborn = """
        - step: insist
          title: Cannot be stopped
          run: [world, insist]
          verify: [{ run: [world, has, insisting] }]
        """;

    [Fact]
    public async Task Nothing_touches_the_world_until_a_second_person_approves()
    {
        await using var chat = await TheChat.WithAsync(Catalogues.Wipe);

        (await chat.SaysAsync("ada", "/platform deploy infra")).ShouldContain(
            "somebody else with the role approver must approve infra/rollout"
        );
        var approval = await chat.SeesAsync(post => post.Buttons.Contains("approve"));
        approval.Text.ShouldContain("wipes infra");
        approval.Text.ShouldContain("world did wiped");
        approval.Text.ShouldContain("@grace @linus can decide");

        (await chat.PressesAsync("ada", approval, "approve")).ShouldContain("someone else must approve");
        chat.Done.ShouldBeEmpty();

        (await chat.PressesAsync("grace", approval, "approve")).ShouldContain("is approved");
        await chat.SeesAsync(":white_check_mark: Run #1 succeeded");
        chat.Done.ShouldBe(["wiped"]);
        chat.Log.Warnings.ShouldBeEmpty();
    }

    [Fact]
    public async Task Somebody_without_the_role_decides_nothing()
    {
        await using var chat = await TheChat.WithAsync(Catalogues.Wipe);
        var approval = await chat.AsksForAsync("ada", "/platform deploy infra");

        (await chat.PressesAsync("mallory", approval, "approve")).ShouldContain("needs the role approver");
        (await chat.SaysAsync("mallory", "/platform approve 1 infra/rollout")).ShouldContain("needs the role approver");
        (await chat.SaysAsync("mallory", "/platform deploy apps")).ShouldContain("needs the role operator");

        chat.Done.ShouldBeEmpty();
    }

    [Fact]
    public async Task A_denial_asks_for_a_reason_and_ends_the_run()
    {
        await using var chat = await TheChat.WithAsync(Catalogues.Wipe);
        await chat.SaysAsync("ada", "/platform deploy infra");
        var approval = await chat.SeesAsync(post => post.Buttons.Contains("deny"));

        await chat.FillsInAsync("grace", approval, "deny", "not during the release");

        (await chat.SeesAsync(":no_entry: Run #1 denied")).Text.ShouldContain(
            "infra/rollout denied by @grace: not during the release"
        );
        chat.Done.ShouldBeEmpty();
    }

    [Fact]
    public async Task Nothing_is_decided_in_a_run_that_is_being_cancelled()
    {
        await using var chat = await TheChat.WithAsync(
            $"{Stubborn}\n{Catalogues.Wipe}",
            speed: 1,
            settings: new() { ["Tools:Grace"] = "00:00:30" }
        );
        await chat.SaysAsync("ada", "/platform deploy all");
        var approval = await chat.SeesAsync(post =>
            post.Buttons.Contains("approve") && post.Text.Contains("apps/rollout", StringComparison.Ordinal)
        );
        await chat.SaysAsync("grace", "/platform approve 1 infra/rollout");
        await chat.LeavesAsync("insisting");
        await chat.SaysAsync("linus", "/platform cancel 1 wrong cluster");

        (await chat.PressesAsync("grace", approval, "approve")).ShouldContain("being cancelled");
        (await chat.SaysAsync("grace", "/platform approve 1 apps/rollout")).ShouldContain("being cancelled");
        (await chat.SaysAsync("ada", "/platform confirm 1 infra/wipe empty")).ShouldContain("being cancelled");
        (await chat.SaysAsync("ada", "/platform retry 1 infra/wipe")).ShouldContain("being cancelled");
        (await chat.SaysAsync("ada", "/platform skip 1 infra/wipe because")).ShouldContain("being cancelled");
        (await chat.SaysAsync("ada", "/platform cancel 1")).ShouldContain("being cancelled (by @linus)");

        await File.WriteAllTextAsync(Path.Combine(chat.World, "free"), "", chat.Limit);
        await chat.SeesAsync("Run #1 cancelled");
    }

    [Fact]
    public async Task A_vote_counts_only_for_what_it_names()
    {
        await using var chat = await TheChat.WithAsync(Catalogues.Wipe);
        await chat.SaysAsync("ada", "/platform deploy infra");
        await chat.SeesAsync(post => post.Buttons.Contains("approve"));

        (await chat.SaysAsync("grace", "/platform approve 1 apps/rollout")).ShouldContain("Which one?");
        (await chat.SaysAsync("grace", "/platform deny 1 apps/rollout no")).ShouldContain("Which one?");

        await chat.SaysAsync("linus", "/platform deploy apps");
        (await chat.SaysAsync("grace", "/platform approve")).ShouldContain("Several runs are under way");
        chat.Done.ShouldBeEmpty();
    }
}
