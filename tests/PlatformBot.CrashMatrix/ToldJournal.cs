using PlatformBot.Core;
using PlatformBot.Core.Journals;
using PlatformBot.Core.Runs;
using PlatformBot.Storage;

namespace PlatformBot.CrashMatrix;

/// <summary>The bot's journal, which stops before and after every entry to be told to go on.</summary>
internal sealed class ToldJournal(SqliteJournal journal, ChildLine line) : IJournal, IAsyncDisposable
{
    public (long Number, string Hash) Head => journal.Head;

    public string? Identity => journal.Identity;

    public Task<Entry> AppendAsync(RunId? run, Person by, RunEvent what) =>
        AroundAsync(what, () => journal.AppendAsync(run, by, what));

    public Task<Entry> OpenRunAsync(Person by, RunEvent.Planned planned) =>
        AroundAsync(planned, () => journal.OpenRunAsync(by, planned));

    public IReadOnlyList<Entry> Read(RunId run) => journal.Read(run);

    public IEnumerable<Entry> ReadOfNoRun(IReadOnlyCollection<string> kinds) => journal.ReadOfNoRun(kinds);

    public IReadOnlyList<RunId> OpenRuns() => journal.OpenRuns();

    public IReadOnlyList<RunLine> Recent(int most) => journal.Recent(most);

    public ValueTask DisposeAsync() => journal.DisposeAsync();

    private async Task<Entry> AroundAsync(RunEvent what, Func<Task<Entry>> write)
    {
        await line.PassAsync(PointKind.JournalBefore, Show(what));
        var entry = await write();
        await line.PassAsync(PointKind.JournalAfter, Show(what));
        return entry;
    }

    private static string Show(RunEvent what) =>
        what switch
        {
            RunEvent.StepStarted e => $"{e.Step} started",
            RunEvent.ProcessStarted e => $"{e.Step} process {e.Tool}",
            RunEvent.StepActed e => $"{e.Step} acted",
            RunEvent.StepSucceeded e => $"{e.Step} succeeded",
            RunEvent.StepFailed e => $"{e.Step} failed",
            RunEvent.StepAlreadyDone e => $"{e.Step} already done",
            RunEvent.Announced e => $"announced {e.Key}",
            _ => what.GetType().Name,
        };
}
