using PlatformBot.Core.Journals;
using PlatformBot.Core.Planning;
using PlatformBot.Core.Runs;

namespace PlatformBot.Core.Tests.Runs;

/// <summary>A run told entry by entry, without a bot: what does it look like then?</summary>
internal sealed class Chronicle
{
    private static readonly RunId Id = new(42);

    private readonly List<Entry> _entries = [];

    public Chronicle(Plan plan, Person by) => Then(by, new RunEvent.Planned(plan, "ops"));

    public DateTimeOffset Now { get; private set; } = new(2026, 11, 21, 9, 0, 0, TimeSpan.Zero);

    public IReadOnlyList<Entry> Entries => _entries;

    public Run Run => Run.Replay(_entries)!;

    public Chronicle After(TimeSpan pause)
    {
        Now += pause;
        return this;
    }

    /// <summary>The bot itself did this.</summary>
    public Chronicle Then(params RunEvent[] all)
    {
        foreach (var what in all)
            Then(Person.Bot, what);

        return this;
    }

    public Chronicle Then(Person by, RunEvent what)
    {
        // Every entry goes through its JSON, as on disk.
        _entries.Add(new Entry(_entries.Count + 1, Id, Now, by, EntryJson.Read(EntryJson.Write(what)), Hash: ""));
        return this;
    }
}
