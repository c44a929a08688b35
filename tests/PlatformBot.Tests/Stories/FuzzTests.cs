using System.Net.Http.Headers;
using System.Text;
using PlatformBot.Core.Runs;
using Shouldly;
using Xunit;

namespace PlatformBot.Tests.Stories;

#pragma warning disable CA5394 // Nonsense that comes again needs a generator that can be seeded.

/// <summary>
/// Nonsense at every door: whatever arrives is answered, nothing of it reaches the place where bugs end, and nothing is decided by it.
/// Seeded, so that what was found once is found again; bounded by time, so that it ends.
/// </summary>
public sealed class FuzzTests
{
    private static readonly TimeSpan Time = TimeSpan.FromSeconds(6);

    private const string Wipe = """
        - step: wipe
          title: Wipe it
          destructive: wipes ${{ cluster.name }} for ${{ arguments.version }}
          run: [world, did, wiped]
          probe: [{ run: [world, has, wiped] }]
          verify: [{ run: [world, has, wiped] }]
        """;

    private static readonly int[] Answers = [200, 400, 401, 413, 415];

    private static readonly Dictionary<string, string?> NoLimits = new()
    {
        ["Http:PerAddress"] = "1000000",
        ["Http:AddressBurst"] = "1000000",
        ["Mattermost:PerPerson"] = "1000000",
        ["Mattermost:PersonBurst"] = "1000000",
    };

    /// <summary>What parsers stumble over.</summary>
    private static readonly string[] Stones =
    [
        "\0",
        "\u202E",
        "\uD800",
        "\\uD800",
        "\\u0000",
        "\"",
        "\\",
        "{",
        "}",
        "[",
        "]",
        ",",
        ":",
        "null",
        "true",
        "-",
        "1e999",
        "99999999999999999999",
        "{\"a\":",
        "[[[[[[[[[[[[[[[[[[[[",
        "\"user_id\":\"x\",",
        "%00",
        "%",
        "%zz",
        "&",
        "=",
        "+",
        ";",
        "|",
        "#1",
        "`",
        "```",
        "@all",
        "<!channel>",
        "../",
        "--only",
        "--from=",
        "\r\n",
        "ﬁ",
        "İ",
        "🚀",
        "deploy infra",
        "approve 1 infra/rollout",
    ];

    [Theory]
    [InlineData("action", "application/json", 1)]
    [InlineData("dialog", "application/json", 2)]
    [InlineData("command", "application/x-www-form-urlencoded", 3)]
    public async Task Nonsense_at_an_address_is_answered_and_nothing_else(string door, string type, int seed)
    {
        await using var chat = await TheChat.WithAsync(Wipe, settings: NoLimits);
        await chat.SaysAsync("ada", "/platform deploy infra");
        var approval = await chat.SeesAsync(post => post.Buttons.Contains("deny"));
        await chat["grace"].Seat.PressAsync(approval.Id, "deny", chat.Limit);
        await chat["grace"].Seat.FillInAsync(await chat["grace"].DialogAsync(chat.Limit), " ", chat.Limit);
        var honest = chat.Tap.LastBody($"/mattermost/{door}");
        var random = new Random(seed);
        var began = TimeProvider.System.GetTimestamp();
        var times = 0;

        while (TimeProvider.System.GetElapsedTime(began) < Time)
        {
            using var content = new ByteArrayContent(Encoding.UTF8.GetBytes(Spoilt(honest, random)));
            content.Headers.ContentType = new MediaTypeHeaderValue(type);
            var (status, _) = await chat.ForgesAsync($"mattermost/{door}", content);
            Answers.ShouldContain(status, string.Join('\n', chat.Log.Warnings));
            times++;
        }

        times.ShouldBeGreaterThan(100);
        Untouched(chat);
    }

    [Fact]
    public async Task Nonsense_that_an_operator_types_is_answered_in_words()
    {
        await using var chat = await TheChat.WithAsync(Wipe, settings: NoLimits);
        var random = new Random(4);
        var began = TimeProvider.System.GetTimestamp();
        string[] starts =
        [
            "",
            "plan deploy infra ",
            "status ",
            "logs ",
            "why ",
            "approve ",
            "deny ",
            "history ",
            "help ",
            "locks ",
        ];

        while (TimeProvider.System.GetElapsedTime(began) < Time)
        {
            var text = Spoilt($"{starts[random.Next(starts.Length)]}infra version=1.2", random);

            // What starts a run, or what the wire's form would change, is no nonsense.
            if (!text.TrimStart().StartsWith("deploy", StringComparison.Ordinal) && text.Trim().Length > 0)
                (await chat.HearsAsync("linus", text)).ShouldNotBeEmpty(text);
        }

        Untouched(chat);
    }

    private static void Untouched(TheChat chat)
    {
        chat.Log.Lines.Where(line => line.StartsWith("Error", StringComparison.Ordinal)).ShouldBeEmpty();
        // The form that is spoilt here is one of a person who is saying no, and their no it may become.
        chat.Journal.Select(entry => entry.What)
            .OfType<RunEvent.Voted>()
            .ShouldAllBe(vote => vote.Decision == Core.Approvals.Decision.Deny);
        chat.FirstBroken.ShouldBeNull();
        chat.Done.ShouldBeEmpty();
    }

    /// <summary>One to four times: something taken out, put in, doubled, swapped or turned round.</summary>
    private static string Spoilt(string honest, Random random)
    {
        var text = new StringBuilder(honest);

        for (var time = random.Next(1, 5); time > 0; time--)
        {
            var (at, length) = (random.Next(text.Length + 1), random.Next(1, 12));
            length = Math.Min(length, text.Length - at);

            switch (random.Next(5))
            {
                case 0:
                    text.Remove(at, length);
                    break;
                case 1:
                    text.Insert(at, Stones[random.Next(Stones.Length)]);
                    break;
                case 2:
                    text.Insert(at, text.ToString(at, length));
                    break;
                case 3 when length > 0:
                    text[at] = (char)random.Next(1, 0xFFFF);
                    break;
                default:
                    text.Append(text.ToString(0, at));
                    break;
            }
        }

        return text.ToString();
    }
}
