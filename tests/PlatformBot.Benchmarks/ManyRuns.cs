using System.Globalization;
using Microsoft.Extensions.Logging.Abstractions;
using PlatformBot.Core;
using PlatformBot.Core.Approvals;
using PlatformBot.Core.Freezes;
using PlatformBot.Core.Ledgers;
using PlatformBot.Core.Planning;
using PlatformBot.Core.Roles;
using PlatformBot.Core.Runs;
using PlatformBot.Storage;

namespace PlatformBot.Benchmarks;

/// <summary>Many runs at once on one journal, and what the bot keeps of runs that are over.</summary>
internal static class ManyRuns
{
    private const int AtOnce = 200;
    private const int StepsEach = 20;
    private const int Finished = 1000;

    private static readonly Person Ada = new("ada", "ada");

    public static async Task MeasureAsync(Report report, CancellationToken cancellationToken)
    {
        var folder = Directory.CreateTempSubdirectory("benchmark-").FullName;

        await using (var journal = new SqliteJournal(Path.Combine(folder, "journal.sqlite"), TimeProvider.System))
        {
            var nobody = new StepOverhead.Nobody();
            var standing = new Standing(nobody, new Access(), TimeSpan.Zero, TimeProvider.System);
            var guard = new ApprovalGuard(standing, PlanJson.DigestOf, new NoInputs());
            using var turns = new RunLocks();
            using var ledger = new LiveLedger(journal, TimeProvider.System);
            var freezes = new FreezeBook([], ledger, TimeProvider.System);
            using var host = new RunHost(
                journal,
                new StepOverhead.NoWork(),
                guard,
                [],
                turns,
                freezes,
                TimeProvider.System,
                NullLogger<RunHost>.Instance
            );
            host.Resume(cancellationToken);

            await TogetherAsync(report, host, cancellationToken);
            await KeptAsync(report, host, cancellationToken);
            await host.StopAsync();
        }

        Directory.Delete(folder, recursive: true);
    }

    private static async Task TogetherAsync(Report report, RunHost host, CancellationToken cancellationToken)
    {
        var began = TimeProvider.System.GetTimestamp();
        var times = await Task.WhenAll(Enumerable.Range(0, AtOnce).Select(_ => CarryAsync(host, cancellationToken)));
        var all = TimeProvider.System.GetElapsedTime(began);
        var perSecond = (AtOnce * StepsEach / all.TotalSeconds).ToString("0", CultureInfo.InvariantCulture);
        report.Row($"{AtOnce} runs of {StepsEach} steps that do nothing, all at once: a run", times);
        report.Row($"{AtOnce} runs at once: throughput", $"{perSecond} steps/s", AtOnce * StepsEach);
    }

    private static async Task KeptAsync(Report report, RunHost host, CancellationToken cancellationToken)
    {
        var before = GC.GetTotalMemory(forceFullCollection: true);

        for (var n = 0; n < Finished; n++)
            await CarryAsync(host, cancellationToken);

        var kept = (GC.GetTotalMemory(forceFullCollection: true) - before) / 1024.0 / Finished;
        report.Row(
            $"memory kept of each of {Finished} runs that are over",
            $"{kept.ToString("0.00", CultureInfo.InvariantCulture)} KiB",
            Finished
        );
    }

    private static async Task<TimeSpan> CarryAsync(RunHost host, CancellationToken cancellationToken)
    {
        var asked = new Caller(Ada, new Origin("slash"));
        var began = TimeProvider.System.GetTimestamp();
        var plan = StepOverhead.PlanOf(StepOverhead.Steps(StepsEach, n => n == 0 ? [] : [StepOverhead.Id(n - 1)]));

        if (!(await host.StartAsync(asked, plan, "ops")).Ok(out var live, out var refusal))
            throw new InvalidOperationException(refusal.Reason);

        while (!live.Now.IsClosed)
        {
            var changed = live.Changed;

            if (!live.Now.IsClosed)
                await changed.WaitAsync(cancellationToken);
        }

        return live.Now.State is RunState.Succeeded
            ? TimeProvider.System.GetElapsedTime(began)
            : throw new InvalidOperationException($"The run is {live.Now.State}.");
    }
}
