using System.Threading.Channels;
using PlatformBot.Core;
using PlatformBot.Core.Journals;
using PlatformBot.Core.Runs;

namespace PlatformBot.Storage;

/// <summary>
/// The journal in one SQLite file. One writer takes whatever has queued up and commits it together, so that many events
/// cost one fsync; the callers are released after it.
/// </summary>
internal sealed class SqliteJournal : IJournal, IAsyncDisposable
{
    private const int GroupLimit = 256;

    private readonly JournalLock _lock;
    private readonly JournalFile _file;
    private readonly TimeProvider _clock;
    private readonly Channel<PendingEntry> _queue = Channel.CreateUnbounded<PendingEntry>(
        new UnboundedChannelOptions { SingleReader = true }
    );
    private readonly Task _writing;
    private volatile string? _trouble;
    private volatile JournalHead _head;
    private volatile string? _identity;

    /// <exception cref="JournalUnavailableException">
    /// Another process has it, it cannot be opened, it is not what was written, or a newer version wrote it.
    /// </exception>
    public SqliteJournal(string path, TimeProvider clock)
    {
        _clock = clock;
        _lock = JournalLock.Take(path);

        try
        {
            _file = Open(path);
        }
        catch
        {
            _lock.Dispose();
            throw;
        }

        _head = _file.Head;
        _writing = WriteAsync();
    }

    /// <summary>Why the last group of entries could not be written, in words; null once one could.</summary>
    public string? Trouble => _trouble;

    public (long Number, string Hash) Head
    {
        get
        {
            // Read once: the next group may be committed between two looks.
            var head = _head;
            return (head.Number, head.Hash);
        }
    }

    public string? Identity => _identity ??= _file.FirstHash();

    public Task<Entry> AppendAsync(RunId? run, Person by, RunEvent what) => Enqueue(run, by, what, opensRun: false);

    public Task<Entry> OpenRunAsync(Person by, RunEvent.Planned planned) =>
        Enqueue(run: null, by, planned, opensRun: true);

    public IReadOnlyList<Entry> Read(RunId run) => _file.Read(run);

    public IEnumerable<Entry> ReadOfNoRun(IReadOnlyCollection<string> kinds) => _file.ReadOfNoRun(kinds);

    public IReadOnlyList<RunId> OpenRuns() => _file.OpenRuns();

    public IReadOnlyList<RunLine> Recent(int most) => _file.Recent(most);

    public async ValueTask DisposeAsync()
    {
        _queue.Writer.TryComplete();
        await _writing;
        _file.Dispose();
        _lock.Dispose();
    }

    private static JournalFile Open(string path)
    {
        WriteAheadLog.Check(path);
        var file = new JournalFile(path);

        try
        {
            file.Check();
            return file;
        }
        catch
        {
            file.Dispose();
            throw;
        }
    }

    private Task<Entry> Enqueue(RunId? run, Person by, RunEvent what, bool opensRun)
    {
        var pending = new PendingEntry(_clock.GetUtcNow(), by, what, EntryJson.Write(what), opensRun) { Run = run };

        return _queue.Writer.TryWrite(pending)
            ? pending.Done.Task
            : Task.FromException<Entry>(new JournalUnavailableException("The journal is closed."));
    }

    private async Task WriteAsync()
    {
        var group = new List<PendingEntry>(GroupLimit);

        while (await _queue.Reader.WaitToReadAsync())
        {
            while (group.Count < GroupLimit && _queue.Reader.TryRead(out var pending))
                group.Add(pending);

            Commit(group);
            group.Clear();
        }
    }

    private void Commit(List<PendingEntry> group)
    {
        try
        {
            _file.Write(group);
            (_trouble, _head) = (null, _file.Head);

            foreach (var pending in group)
                pending.Done.SetResult(pending.Written!);
        }
#pragma warning disable CA1031 // Whatever it was: the entries are not on disk, and whoever waits for them must hear it.
        catch (Exception exception)
#pragma warning restore CA1031
        {
            var unavailable = new JournalUnavailableException(
                $"The journal cannot be written: {exception.Message}",
                exception
            );
            _trouble = unavailable.Message;

            foreach (var pending in group)
                pending.Done.SetException(unavailable);
        }
    }
}
