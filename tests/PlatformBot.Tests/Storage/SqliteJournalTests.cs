using Microsoft.Data.Sqlite;
using PlatformBot.Core;
using PlatformBot.Core.Journals;
using PlatformBot.Core.Planning;
using PlatformBot.Core.Runs;
using PlatformBot.Storage;
using PlatformBot.TestKit;
using Shouldly;
using Xunit;

namespace PlatformBot.Tests.Storage;

public sealed class SqliteJournalTests : IDisposable
{
    private static readonly Person Ada = new("a", "ada");

    private static CancellationToken Limit => TestContext.Current.CancellationToken;

    private readonly string _path = Path.Combine(Path.GetTempPath(), $"journal-{Guid.NewGuid():N}.sqlite");
    private readonly FakeClock _clock = new(new DateTimeOffset(2026, 11, 21, 9, 0, 0, TimeSpan.Zero));

    [Fact]
    public async Task What_was_appended_is_there_after_a_restart()
    {
        RunId run;

        await using (var journal = new SqliteJournal(_path, _clock))
        {
            run = (await journal.OpenRunAsync(Ada, Planned())).Run!.Value;
            await journal.AppendAsync(run, Person.Bot, new RunEvent.StepStarted("a", 1));
        }

        await using var again = new SqliteJournal(_path, _clock);
        var entries = again.Read(run);

        entries.Select(entry => entry.What.GetType().Name).ShouldBe(["Planned", "StepStarted"]);
        entries[0].By.ShouldBe(Ada);
        entries[1].At.ShouldBe(_clock.GetUtcNow());
        again.OpenRuns().ShouldBe([run]);
        (await again.OpenRunAsync(Ada, Planned())).Run.ShouldBe(new RunId(2));
    }

    [Fact]
    public async Task Entries_are_chained_so_that_an_edit_shows()
    {
        await using var journal = new SqliteJournal(_path, _clock);
        await journal.OpenRunAsync(Ada, Planned());
        await journal.AppendAsync(new RunId(1), Ada, new RunEvent.CancelAsked("wrong cluster"));
        await journal.AppendAsync(null, Ada, new RunEvent.Refused("approve", "four eyes"));

        FirstBroken().ShouldBeNull();

        using (var editor = Open())
            Execute(editor, "update entries set body = replace(body, 'wrong', 'right') where number = 2");

        FirstBroken().ShouldBe(2);
    }

    [Fact]
    public async Task Many_writers_at_once_get_their_own_numbers_in_one_chain()
    {
        await using var journal = new SqliteJournal(_path, _clock);
        await journal.OpenRunAsync(Ada, Planned());

        var written = await Task.WhenAll(
            Enumerable
                .Range(0, 500)
                .Select(n => journal.AppendAsync(new RunId(1), Ada, new RunEvent.StepStarted($"s{n}", 1)))
        );

        written.Select(entry => entry.Number).Distinct().Count().ShouldBe(500);
        FirstBroken().ShouldBeNull();
    }

    [Fact]
    public async Task The_list_of_runs_follows_the_journal()
    {
        await using var journal = new SqliteJournal(_path, _clock);
        await journal.OpenRunAsync(Ada, Planned());
        _clock.Advance(TimeSpan.FromMinutes(5));
        await journal.AppendAsync(new RunId(1), Person.Bot, new RunEvent.Ended(RunState.Succeeded, null));
        await journal.AppendAsync(new RunId(1), Person.Bot, new RunEvent.Closed());

        var line = journal.Recent(10).ShouldHaveSingleItem();
        line.Title.ShouldBe("bootstrap infra");
        line.State.ShouldBe(RunState.Succeeded);
        (line.EndedAt - line.PlannedAt).ShouldBe(TimeSpan.FromMinutes(5));
        journal.OpenRuns().ShouldBeEmpty();
    }

    [Fact]
    public async Task What_belongs_to_no_run_is_found_by_its_kind()
    {
        await using var journal = new SqliteJournal(_path, _clock);
        await journal.OpenRunAsync(Ada, Planned());
        await journal.AppendAsync(null, Ada, new RunEvent.Refused("closed", """{"kind":"closed" """));
        await journal.AppendAsync(new RunId(1), Ada, new RunEvent.Refused("retry", "no such step"));
        await journal.AppendAsync(null, Person.Bot, new RunEvent.NoticePosted("freeze:1", "ops", "post1"));
        await journal.AppendAsync(null, Ada, new RunEvent.Refused("deploy", "four eyes"));

        journal.ReadOfNoRun(["refused"]).Select(entry => entry.Number).ShouldBe([2, 5]);
        journal.ReadOfNoRun(["refused", "notice-posted"]).Select(entry => entry.Number).ShouldBe([2, 4, 5]);
        journal.ReadOfNoRun(["closed"]).ShouldBeEmpty();
        journal.ReadOfNoRun(["refus"]).ShouldBeEmpty();
    }

    [Fact]
    public async Task A_journal_of_a_newer_version_is_refused_and_left_alone()
    {
        await new SqliteJournal(_path, _clock).DisposeAsync();

        using (var editor = Open())
            Execute(editor, "pragma user_version = 99");

        Should
            .Throw<JournalUnavailableException>(() => new SqliteJournal(_path, _clock))
            .Message.ShouldContain("has format 99; this version knows up to 1");
    }

    [Fact]
    public async Task A_second_bot_on_the_same_journal_is_refused_until_the_first_has_gone()
    {
        await using (new SqliteJournal(_path, _clock))
        {
            var refusal = Should.Throw<JournalUnavailableException>(() => new SqliteJournal(_path, _clock)).Message;
            refusal.ShouldStartWith($"Another PlatformBot has the journal {_path} open.");
            refusal.ShouldContain($"`fuser {_path}.lock`");
        }

        await using var later = new SqliteJournal(_path, _clock);
    }

    [Fact]
    public async Task An_append_returns_when_the_disk_has_it_however_slow_that_is()
    {
        await using var journal = new SqliteJournal(_path, _clock);
        Task<Entry> append;

        using (var other = Open())
        {
            Execute(other, "begin immediate");
            append = journal.AppendAsync(null, Ada, new RunEvent.Refused("approve", "four eyes"));
            await Task.WhenAny(append, Task.Delay(TimeSpan.FromMilliseconds(300), TimeProvider.System, Limit));
            append.IsCompleted.ShouldBeFalse();
            Execute(other, "rollback");
        }

        (await append).Number.ShouldBe(1);
    }

    [Fact]
    public async Task A_group_that_could_not_be_written_leaves_no_trace_and_no_hole()
    {
        await using var journal = new SqliteJournal(_path, _clock);
        await journal.OpenRunAsync(Ada, Planned());

        using (var editor = Open())
            Execute(editor, "create trigger full before insert on entries begin select raise(rollback, 'full'); end");

        await Should.ThrowAsync<JournalUnavailableException>(() => journal.OpenRunAsync(Ada, Planned()));
        journal.Trouble.ShouldNotBeNull();

        using (var editor = Open())
            Execute(editor, "drop trigger full");

        (await journal.OpenRunAsync(Ada, Planned())).ShouldSatisfyAllConditions(
            entry => entry.Number.ShouldBe(2),
            entry => entry.Run.ShouldBe(new RunId(2))
        );
        journal.Trouble.ShouldBeNull();
        FirstBroken().ShouldBeNull();
    }

    [Fact]
    public void A_place_where_nothing_can_be_written_is_said_to_be_one() =>
        Should
            .Throw<JournalUnavailableException>(() => new SqliteJournal("/proc/journal.sqlite", _clock))
            .Message.ShouldStartWith("The journal's folder cannot be written");

    public void Dispose()
    {
        SqliteConnection.ClearAllPools();

        foreach (var file in Directory.GetFiles(Path.GetTempPath(), $"{Path.GetFileName(_path)}*"))
            File.Delete(file);
    }

    private long? FirstBroken()
    {
        using var journal = new JournalReader(_path);
        var before = EntryJson.Genesis;

        foreach (var entry in journal.ReadAll())
        {
            if (EntryJson.Hash(before, entry.Number, entry.Run, entry.At, entry.By, entry.What) != entry.Hash)
                return entry.Number;

            before = entry.Hash;
        }

        return null;
    }

    private static RunEvent.Planned Planned() => new(Plan(), "ops");

    internal static Plan Plan() =>
        new()
        {
            Command = "bootstrap",
            Summary = "",
            Arguments = [new Argument("cluster", "infra")],
            Access = new AccessRule("operator", "approver"),
            Approval = new ApprovalRule("phase", 1, TimeSpan.FromHours(4)),
            Locks = [],
            Parallel = 8,
            ParallelPerCluster = 4,
            Phases = [],
            Notes = [],
            Digest = "d",
        };

    private SqliteConnection Open()
    {
        var connection = new SqliteConnection($"Data Source={_path}");
        connection.Open();
        return connection;
    }

    private static void Execute(SqliteConnection connection, string sql)
    {
        using var command = connection.CreateCommand();
#pragma warning disable CA2100 // The test's own text.
        command.CommandText = sql;
#pragma warning restore CA2100
        command.ExecuteNonQuery();
    }
}
