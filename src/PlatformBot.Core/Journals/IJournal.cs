using PlatformBot.Core.Runs;

namespace PlatformBot.Core.Journals;

/// <summary>
/// The append-only, hash-chained record of everything. An append returns when the entry is on disk; until then nothing
/// that depends on it may happen.
/// </summary>
public interface IJournal
{
    /// <summary>Number and hash of the newest entry on disk; 0 and <see cref="EntryJson.Genesis"/> while there is none.</summary>
    (long Number, string Hash) Head { get; }

    /// <summary>Which journal this is, and so which bot: the hash of its first entry. Null while there is none.</summary>
    string? Identity { get; }

    /// <exception cref="JournalUnavailableException">The entry could not be made durable; it did not happen.</exception>
    Task<Entry> AppendAsync(RunId? run, Person by, RunEvent what);

    /// <summary>Opens a new run: takes the next number and appends its first entry.</summary>
    Task<Entry> OpenRunAsync(Person by, RunEvent.Planned planned);

    /// <summary>All entries of a run, oldest first; empty when there is no such run.</summary>
    IReadOnlyList<Entry> Read(RunId run);

    /// <summary>All entries of these kinds that belong to no run, oldest first; read from disk while they are enumerated.</summary>
    /// <param name="kinds">as they are written: "notice-posted"</param>
    IEnumerable<Entry> ReadOfNoRun(IReadOnlyCollection<string> kinds);

    /// <summary>Runs that are not closed yet, oldest first.</summary>
    IReadOnlyList<RunId> OpenRuns();

    /// <summary>The newest runs first.</summary>
    IReadOnlyList<RunLine> Recent(int most);
}

/// <summary>A run in one line, for lists. An index over the journal, never the truth.</summary>
public sealed record RunLine(
    RunId Id,
    string Title,
    Person Requester,
    RunState State,
    DateTimeOffset PlannedAt,
    DateTimeOffset? EndedAt
);

/// <summary>The journal's disk is full, read-only or gone: nothing new may start.</summary>
public sealed class JournalUnavailableException(string message, Exception? inner = null) : Exception(message, inner);
