using System.Globalization;
using PlatformBot.Core;
using PlatformBot.Core.Runs;
using PlatformBot.Storage;

namespace PlatformBot.Benchmarks;

/// <summary>Appends that are on the disk when they return, against what the disk itself can do; and what a long journal costs at start.</summary>
internal static class JournalSpeed
{
    private static readonly Person Ada = new("ada", "ada");

    public static async Task MeasureAsync(Report report, CancellationToken cancellationToken)
    {
        var folder = Directory.CreateTempSubdirectory("benchmark-").FullName;
        var bare = BareSyncs(report, Path.Combine(folder, "bare"));

        await using (var journal = new SqliteJournal(Path.Combine(folder, "appends.sqlite"), TimeProvider.System))
        {
            report.Row("append, one writer", await Stopwatches.TimeAsync(100, 1000, n => AppendAsync(journal, n)));

            foreach (var writers in new[] { 8, 64, 256 })
                await TogetherAsync(report, journal, writers, bare);
        }

        foreach (var length in new[] { 1_000, 10_000, 100_000 })
        {
            cancellationToken.ThrowIfCancellationRequested();
            await OpenAsync(report, Path.Combine(folder, $"{length}.sqlite"), length);
        }

        Directory.Delete(folder, recursive: true);
    }

    private static Task AppendAsync(SqliteJournal journal, int n) =>
        journal.AppendAsync(
            new RunId(1),
            Ada,
            new RunEvent.StepActed($"infra/step-{n}", "exit 0, with a line of words")
        );

    /// <summary>Pages of 4 KiB appended to a plain file, each with its own fsync: what one writer without anything else could do.</summary>
    private static double BareSyncs(Report report, string path)
    {
        var page = new byte[4096];
        using var file = File.OpenHandle(path, FileMode.Create, FileAccess.Write);
        var times = Stopwatches.Time(
            100,
            2000,
            () =>
            {
                RandomAccess.Write(file, page, RandomAccess.GetLength(file));
                RandomAccess.FlushToDisk(file);
            }
        );
        var perSecond = times.Count / times.Sum(time => time.TotalSeconds);
        report.Row("the disk alone: 4 KiB and an fsync", times);
        report.Row("the disk alone: throughput", $"{Whole(perSecond)} fsyncs/s", times.Count);
        return perSecond;
    }

    private static async Task TogetherAsync(Report report, SqliteJournal journal, int writers, double bare)
    {
        var each = Math.Max(20, 10_000 / writers);
        var began = TimeProvider.System.GetTimestamp();
        var times = await Task.WhenAll(
            Enumerable.Range(0, writers).Select(_ => Stopwatches.TimeAsync(0, each, n => AppendAsync(journal, n)))
        );
        var perSecond = writers * each / TimeProvider.System.GetElapsedTime(began).TotalSeconds;
        report.Row($"append, {writers} writers", [.. times.SelectMany(time => time)]);
        report.Row(
            $"append, {writers} writers: throughput",
            $"{Whole(perSecond)} entries/s, {(perSecond / bare).ToString("0.0", CultureInfo.InvariantCulture)} per bare fsync",
            writers * each
        );
    }

    private static async Task OpenAsync(Report report, string path, int length)
    {
        await using (var journal = new SqliteJournal(path, TimeProvider.System))
        {
            // All at once: as many as the queue holds share one fsync.
            await Task.WhenAll(Enumerable.Range(0, length).Select(n => AppendAsync(journal, n)));
        }

        var times = await Stopwatches.TimeAsync(
            1,
            5,
            async n =>
            {
                await using var journal = new SqliteJournal(path, TimeProvider.System);
                _ = journal.OpenRuns();
            }
        );
        report.Row($"open a journal of {length} entries, all of them verified, and list its open runs", times);
    }

    private static string Whole(double number) => number.ToString("0", CultureInfo.InvariantCulture);
}
