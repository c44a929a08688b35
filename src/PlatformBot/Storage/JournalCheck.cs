using System.Data.Common;
using Microsoft.Data.Sqlite;
using PlatformBot.Core;
using PlatformBot.Core.Audit;
using PlatformBot.Core.Journals;

namespace PlatformBot.Storage;

/// <summary>
/// Reads the whole journal when it is opened: every entry follows from the one before, is of a kind that this version knows, and
/// is found through the indexes that the bot reads by. About 5 µs an entry.
/// </summary>
internal sealed class JournalCheck(SqliteConnection connection, string path)
{
    private readonly Dictionary<long, Seen> _runs = [];

    /// <exception cref="JournalUnavailableException">The first entry that is not right, and what is wrong with it.</exception>
    public void Run()
    {
        var last = 0L;

        try
        {
            foreach (var line in Lines())
            {
                Follow(line, last);
                last = line.Number;
            }

            CompareIndexes();
        }
        catch (SqliteException exception)
        {
            throw Wrong(last + 1, $"cannot be read: {exception.Message}");
        }
    }

    private string _hash = EntryJson.Genesis;

    private void Follow(StoredEntry line, long last)
    {
        if (line.Number != last + 1)
            throw Wrong(last + 1, $"is missing; {line.Number} follows {last}");

        if (EntryJson.Hash(_hash, line.Number, line.Run, line.At, line.By, line.What) != line.Hash)
        {
            throw Wrong(
                line.Number,
                "is not what was written: its hash does not follow from its text and the entry before"
            );
        }

        if (!EntryJson.Knows(line.What))
        {
            throw new JournalUnavailableException(
                $"Entry {line.Number} of the journal {path} is of a kind that this version does not know: {Beginning(line.What)}. A newer PlatformBot wrote it: use that one. Nothing was changed."
            );
        }

        _hash = line.Hash;

        if (line.Run is { } run)
            Note(run, line.What);
    }

    private void Note(long run, string body)
    {
        var seen = _runs.GetValueOrDefault(run);
        _runs[run] = new Seen(
            seen.Entries + 1,
            seen.IsPlanned || EntryJson.IsKind(body, "planned"),
            seen.IsClosed || EntryJson.IsKind(body, "closed")
        );
    }

    /// <summary>The bot reads a run, and finds what is unfinished, by index; what an index hides would never be gone on with.</summary>
    private void CompareIndexes()
    {
        var counts = Pairs("select run, count(*) from entries indexed by entries_of_run where run > 0 group by run");
        var closed = Pairs("select id, closed from runs");

        foreach (var (run, seen) in _runs)
        {
            if (counts.GetValueOrDefault(run) != seen.Entries)
                throw Wrong(run, seen.Entries, "its index finds", counts.GetValueOrDefault(run));

            if (seen.IsPlanned && (!closed.TryGetValue(run, out var isClosed) || isClosed != (seen.IsClosed ? 1 : 0)))
                throw WrongList(run, seen.IsClosed);
        }
    }

    private IEnumerable<StoredEntry> Lines()
    {
        using var command = Command("select number, run, at, by_id, by, body, hash from entries order by number");
        using var reader = command.ExecuteReader();

        while (reader.Read())
        {
            yield return new StoredEntry(
                reader.GetInt64(0),
                reader.IsDBNull(1) ? null : reader.GetInt64(1),
                JournalFile.Time(reader.GetString(2)),
                new Person(reader.GetString(3), reader.GetString(4)),
                reader.GetString(5),
                reader.GetString(6)
            );
        }
    }

    private Dictionary<long, long> Pairs(string sql)
    {
        using var command = Command(sql);
        using var reader = command.ExecuteReader();
        var pairs = new Dictionary<long, long>();

        while (reader.Read())
            pairs[reader.GetInt64(0)] = reader.GetInt64(1);

        return pairs;
    }

    private DbCommand Command(string sql)
    {
        var command = connection.CreateCommand();
#pragma warning disable CA2100 // Texts of this class.
        command.CommandText = sql;
#pragma warning restore CA2100
        return command;
    }

    private static string Beginning(string body) => body[..Math.Min(60, body.Length)];

    private JournalUnavailableException Wrong(long number, string what) => Refused($"entry {number} {what}");

    private JournalUnavailableException Wrong(long run, long entries, string what, long found) =>
        Refused($"run #{run} has {entries} entries, and {what} {found}");

    private JournalUnavailableException WrongList(long run, bool isClosed) =>
        Refused($"run #{run} is {(isClosed ? "closed" : "open")} by its entries and not so in the list of runs");

    private JournalUnavailableException Refused(string what) =>
        new(
            $"The journal {path} is not what was written: {what}. The bot does not go on from it, and has changed nothing. Restore the last backup (docs/operations.md)."
        );

    private readonly record struct Seen(long Entries, bool IsPlanned, bool IsClosed);
}
