using System.Text.RegularExpressions;
using PlatformBot.Core.Runbooks;
using Shouldly;
using Xunit;

namespace PlatformBot.Tests.Stories;

/// <summary>Text that wants to be more than text. Whatever is let in is shown so that it calls nobody and draws nothing.</summary>
public sealed partial class HostileTextTests
{
    private const string Echo = """
        - step: echo
          title: Say ${{ arguments.version }}
          destructive: overwrites what was said with ${{ arguments.version }}
          run: [world, "${{ arguments.version }}", did]
          probe: [{ run: [world, has, said] }]
          verify: [{ run: [world, has, said] }]
        """;

    private const string Fails = """
        - step: fail
          title: Say ${{ arguments.version }}
          run: [world, did, it, unless, "${{ arguments.version }}"]
          verify: [{ run: [world, has, it] }]
        """;

    [Theory]
    [InlineData("@all @channel @here @grace")]
    [InlineData("```\n@all", false)]
    [InlineData("``` @all ``` ~~~ @all")]
    [InlineData("`@all` | @all | **@all**")]
    [InlineData("[free cake](http://evil.example.org) ![x](http://evil.example.org/x.png)")]
    [InlineData("<!channel> <@U123> <http://evil.example.org|cake>")]
    public async Task A_value_is_shown_so_that_it_is_nothing_but_a_value(string value, bool isLetIn = true)
    {
        await using var chat = await TheChat.WithAsync(Echo);
        var answer = await chat.SaysAsync("ada", $"/platform deploy infra version={CommandWords.Quote(value)}");

        if (!isLetIn)
        {
            answer.ShouldStartWith(":no_entry:");
            chat.Audit.Count.ShouldBe(1);
            return;
        }

        var approval = await chat.SeesAsync(post => post.Buttons.Contains("deny"));
        await chat.FillsInAsync("grace", approval, "deny", value);
        await chat.SeesAsync(":no_entry: Run #1 denied");

        IsHarmless(await chat.ChannelTextAsync());
        IsHarmless(await chat.HearsAsync("ada", "history"));
        IsHarmless(await chat.HearsAsync("ada", "status 1"));
        IsHarmless(await chat.HearsAsync("ada", "logs 1 infra/echo"));
    }

    [Fact]
    public async Task What_cannot_be_seen_is_refused_in_a_value_and_shown_by_number_in_a_reason()
    {
        await using var chat = await TheChat.WithAsync(Echo);

        (await chat.SaysAsync("ada", "/platform deploy infra \"version=a\u0007b\"")).ShouldStartWith(":no_entry:");
        await chat.SaysAsync("ada", "/platform deploy infra version=safe\u202Eevil\u200B");
        var approval = await chat.SeesAsync(post => post.Buttons.Contains("deny"));
        approval.Text.ShouldContain("⟨U+202E⟩");
        await chat.FillsInAsync("grace", approval, "deny", "no\u202Eyes\u2066");
        await chat.SeesAsync(":no_entry: Run #1 denied");

        var all = await chat.ChannelTextAsync();
        all.ShouldNotContain("\u202E");
        all.ShouldNotContain("\u2066");
        all.ShouldContain(@"no⟨U\+202E⟩yes⟨U\+2066⟩");
    }

    [Fact]
    public async Task What_a_tool_prints_cannot_leave_its_block_nor_call_anybody_in_chat_or_in_the_issue()
    {
        await using var chat = await TheChat.WithAsync(Fails);
        const string Value = "x ``` @all `@all` [cake](http://evil.example.org)";
        await File.WriteAllTextAsync(Path.Combine(chat.World, "x"), "", chat.Limit);
        await File.WriteAllTextAsync(Path.Combine(chat.World, "broken ``` @all"), "", chat.Limit);
        await chat.SaysAsync("ada", $"/platform deploy infra version={CommandWords.Quote("broken ``` @all")}");
        await chat.SeesAsync("Issue #1");

        IsHarmless(await chat.ChannelTextAsync());
        IsHarmless(chat.Tracker.Issues.ShouldHaveSingleItem().Body);
        await chat.SaysAsync("ada", $"/platform skip 1 infra/fail {CommandWords.Quote(Value)}");
        await chat.SeesAsync(":white_check_mark: Run #1 succeeded");
        IsHarmless(await chat.ChannelTextAsync());
        IsHarmless(await chat.HearsAsync("ada", "logs 1 infra/fail"));
    }

    /// <summary>The first letter is Cyrillic; a zero stands for an O.</summary>
    [Fact]
    public async Task A_value_that_only_looks_like_a_cluster_is_pointed_out_to_whoever_approves()
    {
        await using var chat = await TheChat.WithAsync(Echo);

        await chat.SaysAsync("ada", "/platform deploy infra version=\u0430pps-\u041E1");

        (await chat.SeesAsync(post => post.Buttons.Contains("approve"))).Text.ShouldContain(
            "\u0430pps\\-\u041E1 is not apps\\-01: its 1st letter is U\\+0430"
        );
    }

    [Fact]
    public async Task A_refusal_that_all_can_read_quotes_without_calling_anybody()
    {
        await using var chat = await TheChat.WithAsync(Echo);
        var asked = chat.Audit.Count;

        foreach (var text in new[] { "deploy @all", "@all", "logs @all", "\"@all", "retry 1 @all" })
        {
            await chat.AsAsync(
                "ada",
                HttpMethod.Post,
                "posts",
                new { channel_id = chat.Server.OpsChannelId, message = $"@platformbot {text}" }
            );
        }

        while (await chat.CountAsync(":no_entry:") < 5)
            await Task.Delay(TimeSpan.FromSeconds(1), chat.Clock, chat.Limit);

        IsHarmless(await chat.ChannelTextAsync());
        chat.Audit.Count.ShouldBeGreaterThan(asked);
    }

    [Fact]
    public async Task A_flood_of_text_is_refused_shortly_and_noted_shortly()
    {
        await using var chat = await TheChat.WithAsync(Echo);
        var flood = new string('x', 64_000);

        foreach (
            var command in new[]
            {
                $"deploy infra version={flood}",
                $"deploy {flood}",
                $"{flood}",
                $"deploy a{flood}=1",
            }
        )
        {
            var answer = await chat.HearsAsync("ada", command);
            answer.ShouldStartWith(":no_entry:");
            answer.Length.ShouldBeLessThan(2000);
        }

        chat.Audit.Count.ShouldBe(4);
        chat.Audit.ShouldAllBe(line => line.StartsWith("ada: ", StringComparison.Ordinal) && line.Length < 1200);
        (await chat.SaysAsync("ada", "/platform history")).ShouldContain("no run yet");
    }

    /// <summary>Outside of code nobody is called and nothing is linked, and no block of code is left open.</summary>
    private static void IsHarmless(string markdown)
    {
        var text = Code().Replace(Block().Replace(markdown, ""), "");

        Lure().Matches(text).Select(match => match.Value).ShouldBeEmpty(markdown);
        Core.Chat.Markdown.OpenFence(markdown).ShouldBe("");
    }

    [GeneratedRegex(
        @"^(?<ticks>`{3,})[^`\n]*\n.*?^\k<ticks>`*$",
        RegexOptions.Multiline | RegexOptions.Singleline,
        1000
    )]
    private static partial Regex Block();

    [GeneratedRegex(@"(?<![`\\])(?<ticks>`+)(?!`).+?(?<!`)\k<ticks>(?!`)", RegexOptions.None, 1000)]
    private static partial Regex Code();

    [GeneratedRegex(@"@(?:all|channel|here)\b|<[!@]\w|(?<!\\)\]\(http://evil|\bhttp://evil", RegexOptions.None, 1000)]
    private static partial Regex Lure();
}
