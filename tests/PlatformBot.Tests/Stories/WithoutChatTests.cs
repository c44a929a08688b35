using PlatformBot.Core.Runs;
using PlatformBot.Tests.Cli;
using Shouldly;
using Xunit;

namespace PlatformBot.Tests.Stories;

/// <summary>Chat is down, and was so before the bot started: people decide by what they sign, and the story is told once it is back.</summary>
public sealed class WithoutChatTests : IAsyncLifetime
{
    private const string Wait = """
        - step: wait
          title: Wait for it
          run: [world, wait, go]
          verify: [{ run: [world, has, waited] }]
        """;

    private readonly KeyRing _keys = new();

    public async ValueTask InitializeAsync() => await _keys.WithAsync("ada", "grace");

    public ValueTask DisposeAsync()
    {
        _keys.Dispose();
        return ValueTask.CompletedTask;
    }

    [Fact]
    public async Task A_run_is_planned_started_approved_and_done_and_its_story_told_once()
    {
        await using var chat = await DownAsync(Catalogues.Wipe);
        (await SaysAsync(chat, "ada", "plan", "deploy", "infra")).ShouldContain("Nothing was changed");
        (await SaysAsync(chat, "ada", "deploy", "infra")).ShouldContain("must approve infra/rollout");
        await chat.UntilAsync(entries => entries.Any(entry => entry.What is RunEvent.ApprovalAsked));
        (await SaysAsync(chat, "ada", "approve", "1", "infra/rollout")).ShouldContain("someone else must approve");
        (await SaysAsync(chat, "ada", "status")).ShouldContain("infra");
        chat.Done.ShouldBeEmpty();

        var vote = await chat.VotesElsewhereAsync(_keys, asks: "ada", votes: "grace");
        var counted = await chat.SubmitsAsync(vote);
        counted.ShouldContain("is approved", customMessage: string.Join('\n', chat.Log.Warnings));
        await chat.UntilAsync(run => run.State is RunState.Succeeded);
        chat.Done.ShouldBe(["wiped"]);

        chat.Server.Up();
        await chat.HistoryHasAsync("Run #1 succeeded", times: 1);
        await chat.UntilAsync(entries => entries.Any(entry => entry.What is RunEvent.Closed));
        (await chat.CountAsync("was approved")).ShouldBe(1);
        (await chat.CountAsync("deploy infra")).ShouldBe(2, "the card and the approval");
        chat.Journal.Select(entry => entry.What)
            .OfType<RunEvent.Announced>()
            .Select(said => (said.Key, said.Channel))
            .ShouldBe(
                new[] { "card", "plan", "approval:infra/rollout", "end" }.Select(key =>
                    (key, chat.Server.OpsChannelId)
                ),
                ignoreOrder: true
            );
        var people = chat.Journal.Where(entry => entry.What.Origin is not null).ToList();
        people.ShouldAllBe(entry => entry.What.Origin!.Via == "console" && entry.What.Origin.Signed != null);
        people.Single(entry => entry.What is RunEvent.Voted).By.Id.ShouldBe(chat.Server.Persons["grace"].Id);
        chat.FirstBroken.ShouldBeNull();
    }

    [Fact]
    public async Task A_key_that_is_taken_off_the_list_after_the_vote_keeps_the_step_from_starting()
    {
        await using var chat = await DownAsync($"{Wait}\n{Catalogues.Wipe}");
        await SaysAsync(chat, "ada", "deploy", "infra");
        await chat.UntilAsync(entries => entries.Any(entry => entry.What is RunEvent.ApprovalAsked));
        await chat.SubmitsAsync(await chat.VotesElsewhereAsync(_keys, asks: "ada", votes: "grace"));
        await chat.UntilAsync(entries => entries.Any(entry => entry.What is RunEvent.StepStarted));

        _keys.Replace($"ada {_keys.Public("ada")}");
        await File.WriteAllTextAsync(Path.Combine(chat.World, "go"), "", chat.Limit);
        await chat.UntilAsync(run => run.Steps["infra/wipe"].State is StepState.Failed);

        chat.Done.ShouldNotContain("wiped");
        chat.Journal.Select(entry => entry.What)
            .OfType<RunEvent.StepFailed>()
            .ShouldHaveSingleItem()
            .Failure.Said.ShouldContain("a key that counts where they signed");
    }

    [Fact]
    public async Task Whom_chat_knows_to_be_gone_does_not_count_once_it_answers()
    {
        await using var chat = await DownAsync($"{Wait}\n{Catalogues.Wipe}");
        await SaysAsync(chat, "ada", "deploy", "infra");
        await chat.UntilAsync(entries => entries.Any(entry => entry.What is RunEvent.ApprovalAsked));
        await chat.SubmitsAsync(await chat.VotesElsewhereAsync(_keys, asks: "ada", votes: "grace"));
        await chat.UntilAsync(entries => entries.Any(entry => entry.What is RunEvent.StepStarted));

        chat.Server.Up();
        await chat.AsAdminAsync(HttpMethod.Delete, $"users/{chat.Server.Persons["grace"].Id}");
        await File.WriteAllTextAsync(Path.Combine(chat.World, "go"), "", chat.Limit);
        await chat.UntilAsync(run => run.Steps["infra/wipe"].State is StepState.Failed);

        chat.Done.ShouldNotContain("wiped");
    }

    [Fact]
    public async Task A_freeze_is_made_by_one_and_lifted_by_two()
    {
        await using var chat = await DownAsync(Catalogues.Wipe);
        await SaysAsync(chat, "ada", "freeze", "infra", "the release");
        (await SaysAsync(chat, "ada", "unfreeze", "1", "the release is off")).ShouldContain("approve thaw-1");

        (await SaysAsync(chat, "grace", "request", "thaw-1", "please")).ShouldContain("Requests are of runs");
        (await SaysAsync(chat, "ada", "approve", "thaw-1")).ShouldContain("someone else must approve");
        chat.Journal.ShouldNotContain(entry => entry.What is RunEvent.ThawVoted);

        (await SaysAsync(chat, "grace", "approve", "thaw-1")).ShouldContain("is lifted");
    }

    [Fact]
    public async Task Glass_that_is_broken_while_nobody_can_hear_it_is_heard_once_when_they_can()
    {
        await using var chat = await DownAsync(
            Catalogues.Wipe,
            new() { ["Access:BreakGlass"] = "oncall", ["Access:Roles:oncall:0"] = "ada" }
        );
        await SaysAsync(chat, "ada", "deploy", "infra");
        await chat.UntilAsync(entries => entries.Any(entry => entry.What is RunEvent.ApprovalAsked));
        (await SaysAsync(chat, "ada", "break-glass", "1", "infra/rollout", "chat and disks are gone")).ShouldContain(
            "Glass 1 is broken"
        );
        await chat.UntilAsync(run => run.State is RunState.Succeeded);
        (await SaysAsync(chat, "ada", "deploy", "infra")).ShouldContain("approved infra/rollout of run #1 alone");

        await chat.StopBotAsync();
        await chat.StartBotAsync();
        chat.Server.Up();
        await chat.HistoryHasAsync("Glass 1 broken: @ada", times: 1);

        (await SaysAsync(chat, "ada", "review", "1", "all is well")).ShouldContain("You broke it yourself");
        (await SaysAsync(chat, "grace", "review", "1", "I have seen it")).ShouldContain("is reviewed");
        (await SaysAsync(chat, "ada", "deploy", "infra")).ShouldContain("Run #2");
        (await chat.CountAsync("Glass 1 broken")).ShouldBe(1);
    }

    /// <summary>Chat was up once, so that the bot knows whose names these are; then it went down, and the bot was started anew.</summary>
    private async Task<TheChat> DownAsync(string steps, Dictionary<string, string?>? settings = null)
    {
        var chat = await TheChat.WithConsoleAsync(_keys, steps, settings: settings);
        await chat.StopBotAsync();
        chat.Server.Down();
        await chat.StartBotAsync();
        return chat;
    }

    private Task<string> SaysAsync(TheChat chat, string who, params string[] words) =>
        chat.ConsoleSaysAsync(_keys, who, words);
}
