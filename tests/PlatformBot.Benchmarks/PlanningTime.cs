using System.Globalization;
using PlatformBot.Core.Planning;
using PlatformBot.Core.Runbooks;

namespace PlatformBot.Benchmarks;

/// <summary>Reading the shipped runbooks, and planning the largest of them.</summary>
internal static class PlanningTime
{
    private const int WarmUp = 30;
    private const int Count = 100;

    public static Task MeasureAsync(Report report, CancellationToken cancellationToken)
    {
        var root = Office.Repository();
        var folder = Path.Combine(root, "commands");
        report.Row("read commands/, the first time", Stopwatches.Time(0, 1, () => Catalogue.Read(folder)));
        report.Row("read commands/", Stopwatches.Time(WarmUp, Count, () => Catalogue.Read(folder)));

        var catalogue = Catalogue.Read(folder).Catalogue!;
        var paths = new PlanPaths(root, Path.Combine(root, "gitops"), Path.Combine(root, "runtime"));
        report.Row("plan bootstrap all, the first time", Stopwatches.Time(0, 1, () => PlanAll(catalogue, paths)));
        report.Row("plan bootstrap all", Stopwatches.Time(WarmUp, Count, () => PlanAll(catalogue, paths)));

        cancellationToken.ThrowIfCancellationRequested();
        var plan = PlanAll(catalogue, paths);
        report.Row("its steps", plan.Steps.Count().ToString(CultureInfo.InvariantCulture));
        report.Row("its digest", Stopwatches.Time(WarmUp, Count, () => PlanJson.DigestOf(plan)));
        return Task.CompletedTask;
    }

    private static Plan PlanAll(Catalogue catalogue, PlanPaths paths)
    {
        var runbook = Sure(catalogue.Find("bootstrap"));
        return Sure(
            Planner.Plan(catalogue, runbook, Sure(Arguments.Bind(runbook, catalogue.Inventory, ["all"])), paths)
        );
    }

    private static T Sure<T>(Core.Result<T> result)
        where T : notnull =>
        result.Ok(out var value, out var refusal) ? value : throw new InvalidOperationException(refusal.Reason);
}
