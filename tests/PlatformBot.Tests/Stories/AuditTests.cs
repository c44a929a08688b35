using PlatformBot.Core.Runs;
using PlatformBot.Verbs;
using Shouldly;
using Xunit;

namespace PlatformBot.Tests.Stories;

/// <summary>What an auditor does: reads the journal out beside the running bot, and compares it with what the bot has posted.</summary>
public sealed class AuditTests
{
    private const string Push = """
        - step: push
          run: [world, did, pushed]
          proves-itself: true
        """;

    [Fact]
    public async Task A_run_that_was_read_out_is_what_its_last_post_says_and_the_reading_is_journaled()
    {
        await using var chat = await TheChat.WithAsync(Push);
        await chat.SaysAsync("ada", "/platform deploy infra");
        var end = await chat.SeesAsync("Run #1 succeeded after");
        var anchor = end.Message.Split("Journal: ")[1].Trim('`');

        var export = TheChat.Runs(AuditVerb.Make(chat.Clock), "export", "--run", "1", "--journal", chat.JournalPath);
        var file = Path.Combine(chat.World, "run-1.jsonl");
        await File.WriteAllTextAsync(file, export.Output, chat.Limit);

        var check = TheChat.Runs(AuditVerb.Make(chat.Clock), "verify", file, "--anchor", anchor);
        check.Output.ShouldContain("Whole:");
        check.Exit.ShouldBe(0);

        await chat.UntilAsync(entries => entries.Any(entry => entry.What is RunEvent.Exported { Of: "run 1" }));
        chat.Journal.Single(entry => entry.What is RunEvent.Exported).By.Id.ShouldBe($"os:{Environment.UserName}");
        chat.FirstBroken.ShouldBeNull();
    }

    [Fact]
    public async Task What_was_read_out_while_the_bot_was_away_is_journaled_when_it_is_back()
    {
        await using var chat = await TheChat.WithAsync(Push);
        await chat.SaysAsync("ada", "/platform nonsense");
        await chat.StopBotAsync();

        TheChat.Runs(AuditVerb.Make(chat.Clock), "export", "--journal", chat.JournalPath).Exit.ShouldBe(0);
        await chat.StartBotAsync();

        await chat.UntilAsync(entries => entries.Any(entry => entry.What is RunEvent.Exported { Of: "journal" }));
    }

    [Fact]
    public async Task Every_entry_of_a_person_says_how_it_came_in_and_from_where()
    {
        await using var chat = await TheChat.WithAsync(
            """
            - step: wipe
              destructive: wipes it
              run: [world, did, wiped]
              probe: [{ run: [world, has, wiped] }]
              verify: [{ run: [world, has, wiped] }]
            """
        );
        await chat.SaysAsync("ada", "/platform deploy infra");
        var approval = await chat.SeesAsync(post => post.Buttons.Contains("deny"));
        await chat.PressesAsync("ada", approval, "approve");
        var mention = await chat.AsAsync(
            "mallory",
            HttpMethod.Post,
            "posts",
            new { channel_id = chat.Server.OpsChannelId, message = "@platformbot deploy apps" }
        );
        await chat.UntilAsync(entries => entries.Any(entry => entry.By.Name == "mallory"));
        await chat.FillsInAsync("grace", approval, "deny", "not today");
        await chat.SeesAsync("Run #1 denied");

        chat.Journal.Where(entry => entry.By.Name is "ada" or "grace" or "mallory")
            .Select(entry =>
                (entry.By.Name, entry.What.Origin!.Via, entry.What.Origin.Place, entry.What.Origin.Address)
            )
            .ShouldBe([
                ("ada", "slash", $"channel {chat.Server.OpsChannelId}", "127.0.0.1"),
                ("ada", "button", $"post {approval.Id}", "127.0.0.1"),
                ("mallory", "mention", $"post {mention["id"]}", null),
                ("grace", "dialog", $"channel {chat.Server.OpsChannelId}", "127.0.0.1"),
            ]);
    }

    [Fact]
    public async Task An_export_that_somebody_changed_is_refused_with_the_place()
    {
        await using var chat = await TheChat.WithAsync(Push);
        await chat.SaysAsync("mallory", "/platform deploy infra");
        var export = TheChat.Runs(AuditVerb.Make(chat.Clock), "export", "--journal", chat.JournalPath).Output;
        var file = Path.Combine(chat.World, "journal.jsonl");
        await File.WriteAllTextAsync(file, export.Replace("mallory", "eve", StringComparison.Ordinal), chat.Limit);

        var check = TheChat.Runs(AuditVerb.Make(chat.Clock), "verify", file);

        check.Exit.ShouldBe(1);
        // The file's first line says what it is of.
        var hers = chat.Journal.First(entry => entry.By.Name == "mallory").Number;
        check.Output.ShouldContain($"journal.jsonl:{hers + 1}: entry {hers} is not what was written");
    }

    [Fact]
    public async Task A_journal_that_somebody_changed_is_read_out_and_the_export_says_where()
    {
        await using var chat = await TheChat.WithAsync(Push);
        await chat.SaysAsync("mallory", "/platform deploy infra");
        await chat.StopBotAsync();
        chat.Tamper("update entries set body = '{\"kind\":\"harmless\"}' where number = 1");

        var export = TheChat.Runs(AuditVerb.Make(chat.Clock), "export", "--journal", chat.JournalPath);
        export.Exit.ShouldBe(0);
        var file = Path.Combine(chat.World, "journal.jsonl");
        await File.WriteAllTextAsync(file, export.Output, chat.Limit);

        TheChat
            .Runs(AuditVerb.Make(chat.Clock), "verify", file)
            .Output.ShouldContain("journal.jsonl:2: entry 1 is not what was written");
    }

    [Fact]
    public void What_is_no_journal_is_left_as_it_is()
    {
        var other = Path.Combine(Directory.CreateTempSubdirectory("audit-").FullName, "other.sqlite");
        File.WriteAllBytes(other, []);

        var export = TheChat.Runs(AuditVerb.Make(TimeProvider.System), "export", "--journal", other);

        export.Exit.ShouldBe(1);
        export.Output.ShouldContain("is no journal");
        new FileInfo(other).Length.ShouldBe(0);
        Directory.GetFileSystemEntries(Path.GetDirectoryName(other)!).ShouldBe([other]);
    }

    [Fact]
    public async Task The_newest_entry_is_posted_every_day_once()
    {
        await using var chat = await TheChat.WithAsync(Push, settings: new() { ["Audit:PostHeadAt"] = "00:00" });

        var posted = await chat.SeesAsync("Journal on");
        chat.Journal.ShouldContain(entry =>
            posted.Text.Contains($"{entry.Number}:{entry.Hash}", StringComparison.Ordinal)
        );
        await chat.RestartBotAsync();
        await chat.SaysAsync("ada", "/platform deploy infra");
        await chat.SeesAsync("Run #1 succeeded after");

        (await chat.CountAsync("Journal on")).ShouldBe(1);
    }
}
