using Microsoft.Data.Sqlite;
using PlatformBot.Core;
using PlatformBot.Core.Audit;
using PlatformBot.Core.Journals;
using PlatformBot.Core.Runs;
using PlatformBot.Storage;
using PlatformBot.TestKit;
using Shouldly;
using Xunit;

namespace PlatformBot.Tests.Storage;

/// <summary>A torn tail is repaired; whatever else is not what was written is refused, with the entry, and left as it is.</summary>
public sealed class DamagedJournalTests : IAsyncLifetime
{
    private const int Entries = 6;
    private const int WalHeader = 32;
    private const int Frame = 24 + 4096;

    /// <summary>In memory where there is such a place: hundreds of crashes would cost thousands of fsyncs.</summary>
    private readonly string _folder = Path.Combine(
        Directory.Exists("/dev/shm") ? "/dev/shm" : Path.GetTempPath(),
        $"damaged-{Guid.NewGuid():N}"
    );
    private readonly FakeClock _clock = new(new DateTimeOffset(2026, 11, 21, 9, 0, 0, TimeSpan.Zero));

    /// <summary>The length of the write-ahead log after each entry.</summary>
    private readonly List<int> _ends = [];

    private string Journal => Path.Combine(_folder, "journal.sqlite");

    private string Whole => Path.Combine(_folder, "whole.sqlite");

    private string Crashed => Path.Combine(_folder, "crashed.sqlite");

    /// <summary>Copied while the journal is open, as a power cut leaves it: nothing is written back yet.</summary>
    public async ValueTask InitializeAsync()
    {
        Directory.CreateDirectory(_folder);
        await using var journal = new SqliteJournal(Journal, _clock);

        for (var number = 1; number <= Entries; number++)
        {
            await journal.AppendAsync(null, Person.Bot, new RunEvent.Refused($"command {number}", "no such command"));
            _ends.Add((int)new FileInfo($"{Journal}-wal").Length);
        }

        File.Copy(Journal, Whole);
        File.Copy($"{Journal}-wal", $"{Whole}-wal");
        Prepare(wal => wal);
    }

    [Fact]
    public async Task A_log_that_ends_anywhere_in_its_last_transaction_loses_that_one_and_no_other()
    {
        for (var length = _ends[^2]; length <= _ends[^1]; length += Step(length))
        {
            (await OpenAsync(wal => wal[..length])).ShouldBe(
                length < _ends[^1] ? Entries - 1 : Entries,
                $"at {length}"
            );
        }
    }

    [Fact]
    public async Task A_log_that_ends_between_two_transactions_has_all_before()
    {
        for (var whole = 1; whole <= Entries; whole++)
            (await OpenAsync(wal => wal[.._ends[whole - 1]])).ShouldBe(whole);
    }

    [Fact]
    public async Task A_last_transaction_that_is_garbage_or_zeros_is_a_torn_tail()
    {
        foreach (var at in new[] { 0, 9, 17, 23, 24, 1000, Frame - 1 })
        {
            (await OpenAsync(wal => Flip(wal, _ends[^2] + at))).ShouldBe(Entries - 1, $"at {at}");
        }

        (await OpenAsync(wal => [.. wal[.._ends[^2]], .. new byte[_ends[^1] - _ends[^2]]])).ShouldBe(Entries - 1);
    }

    [Fact]
    public void Damage_with_whole_transactions_behind_it_is_refused_and_nothing_is_changed()
    {
        foreach (var at in new[] { WalHeader, WalHeader + 8, WalHeader + 24, _ends[1], _ends[2] + 500 })
        {
            Prepare(wal => Flip(wal, at));
            var before = Contents();

            Refusal().ShouldContain($"frame {((at - WalHeader) / Frame) + 1} is not what was written");
            Contents().ShouldBe(before);
        }
    }

    [Fact]
    public void A_log_whose_header_is_damaged_is_refused()
    {
        Prepare(wal => Flip(wal, 17));

        Refusal().ShouldContain("its header is not what was written");
    }

    [Theory]
    [InlineData(
        "update entries set body = replace(body, '3', '4') where number = 3",
        "entry 3 is not what was written"
    )]
    [InlineData(
        "update entries set at = replace(at, '2026', '2025') where number = 2",
        "entry 2 is not what was written"
    )]
    [InlineData("update entries set \"by\" = 'mallory' where number = 4", "entry 4 is not what was written")]
    [InlineData("update entries set hash = upper(hash) where number = 6", "entry 6 is not what was written")]
    [InlineData("delete from entries where number = 3", "entry 3 is missing; 4 follows 2")]
    [InlineData("update entries set number = 99 where number = 6", "entry 6 is missing; 99 follows 5")]
    [InlineData("update entries set run = 1 where number = 5", "entry 5 is not what was written")]
    public void An_entry_that_was_changed_is_named(string edit, string fault)
    {
        Edit(edit);

        Refusal().ShouldContain(fault);
    }

    [Fact]
    public async Task An_entry_of_a_kind_that_only_a_newer_version_knows_is_named_and_left_alone()
    {
        await Should.NotThrowAsync(async () => await OpenAsync(wal => wal));
        AppendRaw("""{"kind":"teleported","step":"a"}""");
        var before = Contents();

        Refusal().ShouldContain("Entry 7 of the journal");
        Refusal().ShouldContain("teleported");
        Refusal().ShouldContain("A newer PlatformBot wrote it");
        Contents().ShouldBe(before);
    }

    [Fact]
    public void A_run_that_somebody_hid_from_the_list_of_runs_is_named()
    {
        var planned = EntryJson.Write(new RunEvent.Planned(SqliteJournalTests.Plan(), "ops"));
        AppendRaw(planned, run: 1);
        Refusal().ShouldContain("run #1 is open by its entries and not so in the list of runs");
    }

    [Fact]
    public void A_file_that_is_no_journal_is_refused()
    {
        Prepare(wal => wal);
        File.WriteAllText(Crashed, new string('x', 8192));
        File.Delete($"{Crashed}-wal");

        Refusal().ShouldContain("cannot be opened");
    }

    [Fact]
    public void A_page_that_cannot_be_read_is_refused()
    {
        Edit("pragma wal_checkpoint(truncate)");
        var bytes = File.ReadAllBytes(Crashed);
        // Every page but the first, which holds the schema.
        Array.Fill(bytes, (byte)0xA5, 4096, bytes.Length - 4096);
        File.WriteAllBytes(Crashed, bytes);

        Should.Throw<JournalUnavailableException>(() => new SqliteJournal(Crashed, _clock));
    }

    public ValueTask DisposeAsync()
    {
        SqliteConnection.ClearAllPools();
        Directory.Delete(_folder, recursive: true);
        return ValueTask.CompletedTask;
    }

    /// <summary>Every byte where something begins or ends, and one in 61 of the pages between.</summary>
    private static int Step(int length)
    {
        var within = (length - WalHeader) % Frame;
        return within < 40 || within >= Frame - 16 ? 1 : Math.Min(61, Frame - 16 - within);
    }

    private static byte[] Flip(byte[] bytes, int at)
    {
        bytes[at] ^= 0x40;
        return bytes;
    }

    /// <summary>How many entries are there, after whatever the opening did; the chain is whole.</summary>
    private async Task<int> OpenAsync(Func<byte[], byte[]> change)
    {
        var copy = Prepare(change);
        await new SqliteJournal(copy, _clock).DisposeAsync();
        using var journal = new JournalReader(copy);
        return journal.ReadAll().Count();
    }

    private string Prepare(Func<byte[], byte[]> change)
    {
        SqliteConnection.ClearAllPools();
        File.Copy(Whole, Crashed, overwrite: true);
        File.WriteAllBytes($"{Crashed}-wal", change(File.ReadAllBytes($"{Whole}-wal")));
        File.Delete($"{Crashed}-shm");
        return Crashed;
    }

    private string Refusal() =>
        Should.Throw<JournalUnavailableException>(() => new SqliteJournal(Crashed, _clock)).Message;

    private string Contents()
    {
        SqliteConnection.ClearAllPools();
        return string.Join(
            ' ',
            new[] { Crashed, $"{Crashed}-wal" }.Select(path =>
                File.Exists(path)
                    ? Convert.ToHexString(System.Security.Cryptography.SHA256.HashData(File.ReadAllBytes(path)))
                    : "none"
            )
        );
    }

    private StoredEntry Last()
    {
        using var journal = new JournalReader(Crashed);
        return journal.ReadAll().Last();
    }

    private void AppendRaw(string body, long? run = null)
    {
        var last = Last();
        var hash = EntryJson.Hash(last.Hash, last.Number + 1, run, last.At, Person.Bot, body);
        Edit(
            $"insert into entries (number, run, at, by_id, \"by\", body, hash) values ({last.Number + 1}, {(run is null ? "null" : run)}, '{last.At.UtcDateTime:O}', '{Person.Bot.Id}', '{Person.Bot.Name}', '{body.Replace("'", "''", StringComparison.Ordinal)}', '{hash}')"
        );
    }

    private void Edit(string sql)
    {
        using (var connection = new SqliteConnection($"Data Source={Crashed}"))
        {
            connection.Open();
            using var command = connection.CreateCommand();
#pragma warning disable CA2100 // The test's own text.
            command.CommandText = sql;
#pragma warning restore CA2100
            command.ExecuteNonQuery();
        }

        SqliteConnection.ClearAllPools();
    }
}
