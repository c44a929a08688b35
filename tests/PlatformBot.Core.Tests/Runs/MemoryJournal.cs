using PlatformBot.Core.Journals;
using PlatformBot.Core.Runs;

namespace PlatformBot.Core.Tests.Runs;

/// <summary>A journal in a list, as durable as a test needs. Every entry goes through its JSON, as on disk.</summary>
internal sealed class MemoryJournal(TimeProvider clock) : IJournal
{
    private readonly Lock _gate = new();
    private readonly List<Entry> _entries = [];
    private long _runs;
    private (Type Kind, Action Meanwhile)? _refuses;

    public IReadOnlyList<Entry> Entries
    {
        get
        {
            lock (_gate)
                return [.. _entries];
        }
    }

    /// <summary>As when the disk is full: nothing is written, and whoever writes hears it.</summary>
    public bool IsFull { get; set; }

    /// <summary>As when the disk is full at the first entry of this kind; somebody makes room after it.</summary>
    /// <param name="meanwhile">happens while whoever writes waits</param>
    public void RefuseNext<TEvent>(Action meanwhile)
        where TEvent : RunEvent => _refuses = (typeof(TEvent), meanwhile);

    public (long Number, string Hash) Head =>
        Entries is [.., var last] ? (last.Number, last.Hash) : (0, EntryJson.Genesis);

    public string? Identity => Entries is [var first, ..] ? first.Hash : null;

    public Task<Entry> AppendAsync(RunId? run, Person by, RunEvent what)
    {
        if (IsFull || Refuses(what))
            return Task.FromException<Entry>(new JournalUnavailableException("The disk is full."));

        lock (_gate)
        {
            var body = EntryJson.Write(what);
            var before = _entries.Count == 0 ? EntryJson.Genesis : _entries[^1].Hash;
            var at = clock.GetUtcNow();
            var hash = EntryJson.Hash(before, _entries.Count + 1, run?.Number, at, by, body);
            _entries.Add(new Entry(_entries.Count + 1, run, at, by, EntryJson.Read(body), hash));
            return Task.FromResult(_entries[^1]);
        }
    }

    private bool Refuses(RunEvent what)
    {
        if (_refuses is not var (kind, meanwhile) || kind != what.GetType())
            return false;

        _refuses = null;
        meanwhile();
        return true;
    }

    public Task<Entry> OpenRunAsync(Person by, RunEvent.Planned planned) =>
        AppendAsync(new RunId(Interlocked.Increment(ref _runs)), by, planned);

    public IReadOnlyList<Entry> Read(RunId run) => [.. Entries.Where(entry => entry.Run == run)];

    public IEnumerable<Entry> ReadOfNoRun(IReadOnlyCollection<string> kinds) =>
        Entries.Where(entry =>
            entry.Run is null && kinds.Any(kind => EntryJson.IsKind(EntryJson.Write(entry.What), kind))
        );

    public IReadOnlyList<RunId> OpenRuns() => [.. Entries.Select(entry => entry.Run).OfType<RunId>().Distinct()];

    public IReadOnlyList<RunLine> Recent(int most) =>
        [
            .. Entries
                .Where(entry => entry.What is RunEvent.Planned)
                .Reverse()
                .Take(most)
                .Select(entry => Run.Replay(Read(entry.Run!.Value))!)
                .Select(run => new RunLine(run.Id, run.Title, run.Requester, run.State, run.PlannedAt, run.EndedAt)),
        ];
}
