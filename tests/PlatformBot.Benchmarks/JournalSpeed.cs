using System.Globalization;
using PlatformBot.Core;
using PlatformBot.Core.Journals;
using PlatformBot.Core.Runs;
using PlatformBot.Storage;

namespace PlatformBot.Benchmarks;

/// <summary>Appends that are on the disk when they return, one writer or many, and what a long journal costs at start.</summary>
internal static class JournalSpeed
{
    private const int Long = 100_000;

    private static readonly Person Ada = new("ada", "ada");

    public static async Task MeasureAsync(Report report, CancellationToken cancellationToken)
    {
        var folder = Directory.CreateTempSubdirectory("benchmark-").FullName;
        var file = Path.Combine(folder, "journal.sqlite");

        await using (var journal = new SqliteJournal(file, TimeProvider.System))
        {
            report.Row("append, one writer", await Stopwatches.TimeAsync(100, 1000, n => AppendAsync(journal, n)));

            foreach (var writers in new[] { 8, 64 })
                report.Row($"append, {writers} writers", await TogetherAsync(report, journal, writers, 5000));

            // The rest in one go: as many as the queue holds share one fsync.
            await Task.WhenAll(Enumerable.Range(0, Long - 11_100).Select(n => AppendAsync(journal, n)));
        }

        cancellationToken.ThrowIfCancellationRequested();
        report.Row(
            $"open a journal of {Long} entries and list its open runs",
            Stopwatches.Time(2, 20, () => Open(file))
        );
        report.Row("verify its chain of hashes", Stopwatches.Time(0, 3, () => Verify(file)));
        Directory.Delete(folder, recursive: true);
    }

    private static Task AppendAsync(SqliteJournal journal, int n) =>
        journal.AppendAsync(
            new RunId(1),
            Ada,
            new RunEvent.StepActed($"infra/step-{n}", "exit 0, with a line of words")
        );

    private static async Task<IReadOnlyCollection<TimeSpan>> TogetherAsync(
        Report report,
        SqliteJournal journal,
        int writers,
        int count
    )
    {
        var began = TimeProvider.System.GetTimestamp();
        var times = await Task.WhenAll(
            Enumerable
                .Range(0, writers)
                .Select(_ => Stopwatches.TimeAsync(0, count / writers, n => AppendAsync(journal, n)))
        );
        var perSecond = times.Sum(each => each.Count) / TimeProvider.System.GetElapsedTime(began).TotalSeconds;
        report.Row(
            $"append, {writers} writers: throughput",
            $"{perSecond.ToString("0", CultureInfo.InvariantCulture)} entries/s",
            times.Sum(each => each.Count)
        );
        return [.. times.SelectMany(each => each)];
    }

    private static void Open(string file)
    {
        using var journal = new JournalFile(file);
        _ = journal.OpenRuns();
    }

    private static void Verify(string file)
    {
        using var journal = new JournalFile(file);
        var hash = EntryJson.Genesis;

        foreach (var (entry, body) in journal.ReadAll())
        {
            hash = EntryJson.Hash(hash, entry.Number, entry.Run?.Number, entry.At, entry.By, body);

            if (hash != entry.Hash)
                throw new InvalidOperationException($"Entry {entry.Number} is not what was written.");
        }
    }
}
