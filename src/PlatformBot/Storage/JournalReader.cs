using Dapper;
using Microsoft.Data.Sqlite;
using PlatformBot.Core.Audit;
using PlatformBot.Core.Journals;
using SQLitePCL;

namespace PlatformBot.Storage;

/// <summary>Reads a journal that may be damaged, and that a bot may be writing meanwhile; changes nothing in it.</summary>
internal sealed class JournalReader : IDisposable
{
    /// <summary>Whoever stops reading half way must not keep the bot from tidying up its write-ahead log.</summary>
    private const int Page = 500;

    private readonly SqliteConnection _connection;

    /// <exception cref="JournalUnavailableException">The file is no journal, or none that this version knows.</exception>
    public JournalReader(string path)
    {
        Batteries_V2.Init();
        var connection = new SqliteConnectionStringBuilder
        {
            DataSource = path,
            Mode = SqliteOpenMode.ReadOnly,
            Pooling = false,
        };
        _connection = new SqliteConnection(connection.ToString());

        try
        {
            _connection.Open();

            if (_connection.ExecuteScalar<long>("pragma user_version") is < 1 or > JournalFile.Format)
            {
                throw new JournalUnavailableException(
                    $"{path} is no journal, or none of a format that this version knows."
                );
            }
        }
        catch (SqliteException exception)
        {
            throw new JournalUnavailableException($"{path} cannot be read: {exception.Message}", exception);
        }
    }

    public bool Has(long run) =>
        _connection.ExecuteScalar<long>("select exists (select 1 from entries where run = @run)", new { run }) == 1;

    /// <summary>Every entry, oldest first, as it lies there.</summary>
    /// <exception cref="JournalUnavailableException">What comes next cannot be read.</exception>
    public IEnumerable<StoredEntry> ReadAll()
    {
        var last = 0L;

        while (Next(last) is { Count: > 0 } page)
        {
            foreach (var row in page)
                yield return row.ToEntry();

            last = page[^1].Number;
        }
    }

    private List<StoredRow> Next(long last)
    {
        const string Sql = $"{StoredRow.Select} where number > @last order by number limit @Page";

        try
        {
            return [.. _connection.Query<StoredRow>(Sql, new { last, Page })];
        }
        catch (SqliteException exception)
        {
            throw new JournalUnavailableException(
                $"What comes after entry {last} cannot be read: {exception.Message}",
                exception
            );
        }
    }

    public void Dispose() => _connection.Dispose();
}
