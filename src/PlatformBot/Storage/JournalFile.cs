using System.Globalization;
using Dapper;
using Microsoft.Data.Sqlite;
using PlatformBot.Core;
using PlatformBot.Core.Journals;
using PlatformBot.Core.Runs;
using SQLitePCL;

namespace PlatformBot.Storage;

/// <summary>The SQLite file of the journal: tables, rows, the chain of hashes. One connection writes, each reader has its own.</summary>
internal sealed class JournalFile : IDisposable
{
    /// <summary>The format this version writes. A file with a higher one is refused.</summary>
    public const int Format = 1;

    private const string Tables = """
        create table if not exists entries (
            number integer primary key,
            run    integer,
            at     text not null,
            by_id  text not null,
            by     text not null,
            body   text not null,
            hash   text not null
        );
        create index if not exists entries_of_run on entries (run, number);
        create table if not exists runs (
            id        integer primary key,
            title     text not null,
            by_id     text not null,
            by        text not null,
            state     text not null,
            planned   text not null,
            ended     text,
            closed    integer not null default 0
        );
        create index if not exists runs_open on runs (closed) where closed = 0;
        """;

    private readonly string _connection;
    private readonly SqliteConnection _writer;

    /// <exception cref="JournalUnavailableException">The file cannot be opened, or a newer version wrote it.</exception>
    public JournalFile(string path)
    {
        Batteries_V2.Init();
        Directory.CreateDirectory(Path.GetDirectoryName(Path.GetFullPath(path))!);
        _connection = new SqliteConnectionStringBuilder { DataSource = path }.ToString();

        try
        {
            _writer = new SqliteConnection(_connection);
            _writer.Open();
            _writer.Execute("pragma journal_mode = wal; pragma synchronous = full; pragma busy_timeout = 5000;");
            Prepare(path);
            Head = _writer.QuerySingleOrDefault<(long Number, string Hash)?>(
                "select number, hash from entries order by number desc limit 1"
            )
                is { } last
                ? new JournalHead(last.Number, last.Hash)
                : new JournalHead(0, EntryJson.Genesis);
            LastRun = _writer.ExecuteScalar<long>("select coalesce(max(id), 0) from runs");
        }
        catch (SqliteException exception)
        {
            throw new JournalUnavailableException(
                $"The journal {path} cannot be opened: {exception.Message}",
                exception
            );
        }
    }

    /// <summary>The newest entry on disk.</summary>
    public JournalHead Head { get; private set; }

    public long LastRun { get; private set; }

    /// <summary>Writes a group of entries with one fsync: all of them or none. Whatever went wrong, it may be tried again.</summary>
    public void Write(IReadOnlyList<PendingEntry> group)
    {
        _writer.Execute("begin immediate");

        try
        {
            var last = Insert(group);
            _writer.Execute("commit");
            (Head, LastRun) = last;
        }
        catch
        {
            // A disk that is full may have made SQLite roll back by itself, and a commit that failed may be open still.
            if (raw.sqlite3_get_autocommit(_writer.Handle) == 0)
                _writer.Execute("rollback");

            throw;
        }
    }

    /// <summary>Null while there is no entry.</summary>
    public string? FirstHash()
    {
        using var connection = Reader();
        return connection.QuerySingleOrDefault<string>("select hash from entries where number = 1");
    }

    public IReadOnlyList<Entry> Read(RunId run)
    {
        using var connection = Reader();
        return
        [
            .. connection
                .Query<StoredRow>($"{StoredRow.Select} where run = @run order by number", new { run = run.Number })
                .Select(row => row.ToEntry().ToEntry()),
        ];
    }

    /// <summary>Found by index, however long the journal is. The kind is the first thing in a body.</summary>
    public IEnumerable<Entry> ReadOfNoRun(IReadOnlyCollection<string> kinds)
    {
        using var connection = Reader();
        var sql =
            $"{StoredRow.Select} where run is null and ({string.Join(" or ", kinds.Select((_, at) => $"body glob @k{at}"))}) order by number";
        var beginnings = new DynamicParameters(
            kinds.Select((kind, at) => KeyValuePair.Create<string, object>($"k{at}", $"{EntryJson.Beginning(kind)}*"))
        );

        foreach (var row in connection.Query<StoredRow>(sql, beginnings, buffered: false))
            yield return row.ToEntry().ToEntry();
    }

    public IReadOnlyList<RunId> OpenRuns()
    {
        using var connection = Reader();
        return
        [
            .. connection.Query<long>("select id from runs where closed = 0 order by id").Select(id => new RunId(id)),
        ];
    }

    public IReadOnlyList<RunLine> Recent(int most)
    {
        using var connection = Reader();
        const string Sql = "select id, title, by_id, by, state, planned, ended from runs order by id desc limit @most";
        return
        [
            .. connection
                .Query<(long Id, string Title, string ById, string By, string State, string Planned, string? Ended)>(
                    Sql,
                    new { most }
                )
                .Select(row => new RunLine(
                    new RunId(row.Id),
                    row.Title,
                    new Person(row.ById, row.By),
                    Enum.Parse<RunState>(row.State),
                    Time(row.Planned),
                    row.Ended is null ? null : Time(row.Ended)
                )),
        ];
    }

    /// <summary>Reads all of it.</summary>
    /// <exception cref="JournalUnavailableException">Something in it is not what was written, or a newer version wrote it.</exception>
    public void Check() => new JournalCheck(_writer, _writer.DataSource).Run();

    public void Dispose() => _writer.Dispose();

    private void Prepare(string path)
    {
        var format = _writer.ExecuteScalar<long>("pragma user_version");

        if (format > Format)
            throw new JournalUnavailableException(TooNew(path, format));

        // A journal that is there already is only read, until there is something to write.
        if (format == 0)
            _writer.Execute($"{Tables} pragma user_version = {Format};");
    }

    private (JournalHead Head, long Run) Insert(IReadOnlyList<PendingEntry> group)
    {
        var (number, hash, run) = (Head.Number, Head.Hash, LastRun);

        foreach (var pending in group)
        {
            if (pending.OpensRun)
                pending.Run = new RunId(++run);

            number++;
            hash = EntryJson.Hash(hash, number, pending.Run?.Number, pending.At, pending.By, pending.Body);
            Insert(pending, number, hash);
            Index(pending);
            pending.Written = new Entry(number, pending.Run, pending.At, pending.By, pending.What, hash);
        }

        return (new JournalHead(number, hash), run);
    }

    private void Insert(PendingEntry pending, long number, string hash) =>
        _writer.Execute(
            "insert into entries (number, run, at, by_id, by, body, hash) values (@number, @run, @at, @id, @name, @body, @hash)",
            new
            {
                number,
                run = pending.Run?.Number,
                at = Text(pending.At),
                id = pending.By.Id,
                name = pending.By.Name,
                body = pending.Body,
                hash,
            }
        );

    private void Index(PendingEntry pending)
    {
        var (sql, title, state) = pending.What switch
        {
            RunEvent.Planned planned => (
                "insert into runs (id, title, by_id, by, state, planned) values (@run, @title, @id, @name, @state, @at)",
                planned.Plan.Title,
                RunState.Planned
            ),
            RunEvent.Ended ended => ("update runs set state = @state, ended = @at where id = @run", "", ended.As),
            RunEvent.Closed => ("update runs set closed = 1 where id = @run", "", RunState.Planned),
            _ => ("", "", RunState.Planned),
        };

        if (sql.Length > 0)
        {
            var values = new
            {
                run = pending.Run?.Number,
                title,
                id = pending.By.Id,
                name = pending.By.Name,
                state = $"{state}",
                at = Text(pending.At),
            };
            _writer.Execute(sql, values);
        }
    }

    private static string TooNew(string path, long format) =>
        $"The journal {path} has format {format}; this version knows up to {Format}. Use a newer PlatformBot.";

    private SqliteConnection Reader()
    {
        var connection = new SqliteConnection(_connection);
        connection.Open();
        return connection;
    }

    private static string Text(DateTimeOffset at) => at.UtcDateTime.ToString("O", CultureInfo.InvariantCulture);

    public static DateTimeOffset Time(string text) =>
        DateTimeOffset.Parse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal);
}

/// <summary>The newest entry: all that is needed to go on with the chain.</summary>
internal sealed record JournalHead(long Number, string Hash);

/// <summary>An entry on its way to the disk.</summary>
internal sealed record PendingEntry(DateTimeOffset At, Person By, RunEvent What, string Body, bool OpensRun)
{
    public RunId? Run { get; set; }

    public Entry? Written { get; set; }

    public TaskCompletionSource<Entry> Done { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
}
