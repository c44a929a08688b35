using PlatformBot.Core.Runs;
using PlatformBot.Verbs.Demo;
using Shouldly;
using Xunit;

namespace PlatformBot.Tests.Stories;

/// <summary>The same run, asked for again: nobody is asked twice about what they have seen, and everybody about what is new.</summary>
public sealed class AskedAgainTests
{
    private const string WipeAndPush = """
        - step: wipe
          title: Wipe it
          destructive: wipes ${{ cluster.name }} for ${{ arguments.version }}
          run: [world, did, wiped, unless, broken]
          probe: [{ run: [world, has, wiped] }]
          verify: [{ run: [world, has, wiped] }]
        """;

    [Fact]
    public async Task What_was_approved_for_the_run_before_counts_for_this_one()
    {
        await using var chat = await TheChat.WithAsync(WipeAndPush);
        await FailAsync(chat);

        await chat.SaysAsync("ada", "/platform deploy infra");

        var approval = await chat.SeesAsync("Taken over from run #1: nothing in it is new");
        approval.Text.ShouldContain("approved by @grace");
        approval.Text.ShouldContain("**Since run #1**, which was approved, nothing of it is different.");
        await chat.SeesAsync(":white_check_mark: Run #2 succeeded");
        chat.Events.OfType<RunEvent.Voted>().Count().ShouldBe(1);
        chat.Events.OfType<RunEvent.ApprovalCarried>().Single().From.ShouldBe(1);
    }

    [Fact]
    public async Task What_is_new_is_asked_and_said()
    {
        await using var chat = await TheChat.WithAsync(WipeAndPush);
        await FailAsync(chat);

        await chat.SaysAsync("ada", "/platform deploy infra version=2.0");

        (await AskedAsync(chat)).Text.ShouldContain("~ infra/wipe: destructive");
        chat.Done.ShouldNotContain("wiped");
    }

    [Fact]
    public async Task Somebody_else_must_ask_for_themselves()
    {
        await using var chat = await TheChat.WithAsync(WipeAndPush);
        await FailAsync(chat);

        await chat.SaysAsync("linus", "/platform deploy infra");

        (await AskedAsync(chat)).Text.ShouldContain("@linus asks");
        chat.Events.OfType<RunEvent.ApprovalCarried>().ShouldBeEmpty();
    }

    [Fact]
    public async Task After_a_denial_everybody_is_asked_again()
    {
        await using var chat = await TheChat.WithAsync(WipeAndPush);
        await FailAsync(chat);
        await chat.SaysAsync("ada", "/platform deploy infra version=2.0");
        await AskedAsync(chat);
        await chat.SaysAsync("grace", "/platform deny 2 infra/rollout not any more");
        await chat.SeesAsync("Run #2 denied");

        await chat.SaysAsync("ada", "/platform deploy infra");

        await chat.SeesAsync(post =>
            post.Buttons.Contains("approve") && post.Text.Contains("Run #3", StringComparison.Ordinal)
        );
        chat.Events.OfType<RunEvent.ApprovalCarried>().ShouldBeEmpty();
    }

    [Fact]
    public async Task An_approver_who_has_left_does_not_count_for_the_next_run_either()
    {
        await using var chat = await TheChat.WithAsync(WipeAndPush);
        await FailAsync(chat);
        await chat.AsAdminAsync(HttpMethod.Delete, $"users/{chat.Server.Persons["grace"].Id}");

        await chat.SaysAsync("ada", "/platform deploy infra");

        await AskedAsync(chat);
        chat.Events.OfType<RunEvent.ApprovalCarried>().ShouldBeEmpty();
    }

    private static Task<SeenPost> AskedAsync(TheChat chat) =>
        chat.SeesAsync(post =>
            post.Buttons.Contains("approve") && post.Text.Contains("Run #2", StringComparison.Ordinal)
        );

    /// <summary>Approved by grace, failed, ended by ada who had asked for it; then the cause is gone.</summary>
    private static async Task FailAsync(TheChat chat)
    {
        var cause = Path.Combine(chat.World, "broken");
        await File.WriteAllTextAsync(cause, "", chat.Limit);
        await chat.SaysAsync("ada", "/platform deploy infra");
        await chat.SeesAsync(post => post.Buttons.Contains("approve"));
        await chat.SaysAsync("grace", "/platform approve 1 infra/rollout");
        await chat.SeesAsync(post => post.Buttons.Contains("retry"));
        await chat.SaysAsync("ada", "/platform cancel 1");
        await chat.UntilAsync(entries => entries.Any(entry => entry.What is RunEvent.Ended));
        File.Delete(cause);
    }
}
