using PlatformBot.Core.Runs;
using Shouldly;
using Xunit;

namespace PlatformBot.Tests.Stories;

public sealed class CommandsTests
{
    private const string Echo = """
        - step: echo
          title: Say it
          run: [world, "${{ arguments.version }}", did]
          proves-itself: true
        """;

    [Fact]
    public async Task Unknown_words_get_a_suggestion_and_no_side_effect()
    {
        await using var chat = await TheChat.WithAsync(Echo);

        (await chat.SaysAsync("ada", "/platform deplyo infra")).ShouldContain("Did you mean `/platform deploy`?");
        (await chat.SaysAsync("ada", "/platform deploy infar")).ShouldContain("infra");
        (await chat.SaysAsync("ada", "/platform statsu")).ShouldContain("Did you mean `/platform status`?");
        (await chat.SaysAsync("ada", "/platform history")).ShouldContain("no run yet");
    }

    [Theory]
    [InlineData("1.0; rm -rf /")]
    [InlineData("$(reboot) `reboot` | reboot")]
    [InlineData("a  b\"c'd\\e")]
    [InlineData("ünï © 🚀")]
    public async Task What_people_type_reaches_a_program_byte_for_byte_and_is_never_interpreted(string value)
    {
        await using var chat = await TheChat.WithAsync(Echo);

        await chat.SaysAsync("ada", $"/platform deploy infra version={Core.Runbooks.CommandWords.Quote(value)}");
        await chat.SeesAsync(":white_check_mark: Run #1 succeeded");

        (await File.ReadAllTextAsync(Path.Combine(chat.World, "said"), chat.Limit)).ShouldBe($"{value}\ndid\n");
        chat.Done.ShouldBe(["said"]);
    }

    [Theory]
    [InlineData("/platform deploy infra \"two\nlines\"")]
    [InlineData("/platform deploy \"infra")]
    [InlineData("/platform deploy infra --force")]
    [InlineData("/platform deploy infra version=-rf")]
    [InlineData("/platform deploy mars")]
    [InlineData("/platform deploy")]
    public async Task What_cannot_be_meant_is_refused_with_a_reason(string command)
    {
        await using var chat = await TheChat.WithAsync(Echo);

        (await chat.SaysAsync("ada", command)).ShouldStartWith(":no_entry:");
        (await chat.SaysAsync("ada", "/platform history")).ShouldContain("no run yet");
    }

    [Fact]
    public async Task Of_thirty_who_ask_at_once_everybody_is_answered_and_has_a_turn_alone_in_the_order_of_the_numbers()
    {
        const int Many = 30;
        await using var chat = await TheChat.WithAsync(Echo);

        await Task.WhenAll(
            Enumerable.Range(0, Many).Select(_ => chat["ada"].Seat.TypeAsync("/platform deploy infra", chat.Limit))
        );

        for (var answer = 0; answer < Many; answer++)
            (await chat["ada"].PrivateAsync(chat.Limit)).ShouldStartWith(":clipboard: Run #");

        while (chat.Journal.Count(entry => entry.What is RunEvent.Ended) < Many)
            await Task.Delay(TimeSpan.FromSeconds(1), chat.Clock, chat.Limit);

        var turns = chat.Journal.Where(entry => entry.What is RunEvent.LocksTaken or RunEvent.Ended).ToList();
        turns
            .Select(entry => (entry.Run!.Value.Number, entry.What is RunEvent.LocksTaken))
            .ShouldBe(Enumerable.Range(1, Many).SelectMany(run => new[] { ((long)run, true), (run, false) }));
    }

    [Fact]
    public async Task A_plan_shows_everything_and_changes_nothing()
    {
        await using var chat = await TheChat.WithAsync(
            Echo.Replace(
                "proves-itself: true",
                "probe: [{ run: [world, has, nothing] }]\n  proves-itself: true",
                StringComparison.Ordinal
            )
        );

        (await chat.SaysAsync("mallory", "/platform plan deploy all")).ShouldContain("2 steps in 2 phases");

        (await chat.SaysAsync("ada", "/platform history")).ShouldContain("no run yet");
        chat.Done.ShouldBeEmpty();
    }

    [Fact]
    public async Task Help_names_everything_and_tells_how_it_is_used()
    {
        await using var chat = await TheChat.WithAsync(Echo);

        var help = await chat.SaysAsync("ada", "/platform help");
        foreach (
            var word in new[]
            {
                "deploy <cluster>",
                "plan",
                "status",
                "approve",
                "deny",
                "retry",
                "skip",
                "cancel",
                "logs",
                "history",
                "whoami",
                "confirm",
            }
        )
        {
            help.ShouldContain(word);
        }

        (await chat.SaysAsync("ada", "/platform help deploy")).ShouldContain("which one");
    }
}
