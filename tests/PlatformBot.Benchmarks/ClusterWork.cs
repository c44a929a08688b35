using System.Diagnostics;
using System.Globalization;
using Microsoft.Extensions.Logging.Abstractions;
using PlatformBot.Core.Checks;
using PlatformBot.Core.Planning;
using PlatformBot.Kubernetes;

namespace PlatformBot.Benchmarks;

/// <summary>
/// The bot's Kubernetes client beside the same work done by starting kubectl (KUBECTL names it, or the PATH finds it), against one twin in
/// a process of its own. Allocations are the client's; of kubectl nobody can tell.
/// </summary>
internal static class ClusterWork
{
    private const int Objects = 500;
    private const int Listed = 5000;
    private const int Waiting = 100;

    private static readonly string Kubectl = Environment.GetEnvironmentVariable("KUBECTL") ?? "kubectl";

    public static async Task MeasureAsync(Report report, CancellationToken cancellationToken)
    {
        report.Columns("what", "by", "time", "requests", "allocated");
        await AgainstAsync(report, OursAsync, cancellationToken);
        await AgainstAsync(report, TheirsAsync, cancellationToken);
    }

    private static async Task AgainstAsync(
        Report report,
        Func<Report, TwinProcess, string, CancellationToken, Task> work,
        CancellationToken cancellationToken
    )
    {
        var folder = Directory.CreateTempSubdirectory("benchmark-").FullName;

        await using (var twin = await TwinProcess.StartAsync(folder, cancellationToken))
            await work(report, twin, folder, cancellationToken);

        Directory.Delete(folder, recursive: true);
    }

    private static async Task OursAsync(Report report, TwinProcess twin, string folder, CancellationToken stop)
    {
        using var clusters = new Clusters(
            new() { Kubeconfig = [twin.Kubeconfig] },
            (plugin, _, _) => throw new InvalidOperationException(plugin.Command),
            new Redactor(),
            pins: null,
            NullLoggerFactory.Instance,
            TimeProvider.System
        );
        var waits = new Waits(clusters, TimeProvider.System);
        var apply = new ObjectApply(waits, TimeProvider.System);

        if (!clusters.Find("infra").Ok(out var cluster, out var refusal))
            throw new InvalidOperationException(refusal.Reason);

        var objects = Enumerable.Range(1, Objects).Select(Applied).ToList();
        await RowAsync(
            report,
            twin,
            ($"{Objects} objects applied", "the bot"),
            () => apply.ApplyAsync(cluster, objects, force: false, _ => { }, _ => { }, stop)
        );
        await twin.HasMapsAsync(Listed);
        await RowAsync(
            report,
            twin,
            ($"{Listed} objects listed", "the bot"),
            () => cluster.ListAsync(new("v1", "ConfigMap", "default", null), selector: null, stop)
        );
        await twin.HasDeploymentsAsync(Waiting, available: false);
        await RowAsync(
            report,
            twin,
            ($"{Waiting} rollouts waited for, at once", "the bot"),
            () => WaitsAsync(Waiting, (name, begun) => waits.UntilAsync(Rollout(name), _ => begun(), stop), twin)
        );
    }

    private static async Task TheirsAsync(Report report, TwinProcess twin, string folder, CancellationToken stop)
    {
        var file = Path.Combine(folder, "objects.json");
        await File.WriteAllTextAsync(
            file,
            $$"""{"apiVersion":"v1","kind":"List","items":[{{string.Join(',', Enumerable.Range(1, Objects).Select(Applied))}}]}""",
            stop
        );
        await RowAsync(
            report,
            twin,
            ($"{Objects} objects applied", "one kubectl"),
            () => RunAsync(twin, folder, () => { }, "apply", "--server-side", "--filename", file)
        );
        await twin.HasMapsAsync(Listed);
        await RowAsync(
            report,
            twin,
            ($"{Listed} objects listed", "one kubectl"),
            () => RunAsync(twin, folder, () => { }, "get", "configmaps", "--output", "json")
        );
        await twin.HasDeploymentsAsync(Waiting, available: false);
        await RowAsync(
            report,
            twin,
            ($"{Waiting} rollouts waited for, at once", $"{Waiting} kubectls"),
            () =>
                WaitsAsync(
                    Waiting,
                    (name, begun) => RunAsync(twin, folder, begun, "rollout", "status", $"deployment/{name}"),
                    twin
                )
        );
    }

    /// <summary>All begin, all have said that they wait, then what they wait for comes to pass.</summary>
    private static async Task WaitsAsync(int count, Func<string, Action, Task> wait, TwinProcess twin)
    {
        var begun = Enumerable
            .Range(0, count)
            .Select(_ => new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously))
            .ToList();
        var waits = begun.Select((each, at) => wait($"web-{at + 1}", () => each.TrySetResult())).ToList();
        await Task.WhenAll(begun.Select(each => each.Task));
        await twin.HasDeploymentsAsync(count, available: true);
        await Task.WhenAll(waits);
    }

    private static async Task RowAsync(Report report, TwinProcess twin, (string What, string By) name, Func<Task> work)
    {
        var requests = await twin.RequestsAsync();
        var allocated = GC.GetTotalAllocatedBytes();
        var began = TimeProvider.System.GetTimestamp();
        await work();
        var took = TimeProvider
            .System.GetElapsedTime(began)
            .TotalSeconds.ToString("0.00", CultureInfo.InvariantCulture);
        var megabytes = ((GC.GetTotalAllocatedBytes() - allocated) / 1e6).ToString("0.0", CultureInfo.InvariantCulture);
        var isOurs = name.By == "the bot";
        report.Line(
            name.What,
            name.By,
            $"{took} s",
            $"{await twin.RequestsAsync() - requests}",
            isOurs ? $"{megabytes} MB" : ""
        );
    }

    private static async Task RunAsync(TwinProcess twin, string folder, Action begun, params string[] words)
    {
        var start = new ProcessStartInfo(Kubectl) { UseShellExecute = false, RedirectStandardOutput = true };
        start.Environment["KUBECONFIG"] = twin.Kubeconfig;
        start.Environment["HOME"] = folder;

        foreach (var word in words)
            start.ArgumentList.Add(word);

        using var process = new Process { StartInfo = start };
        process.Start();
        await process.StandardOutput.ReadLineAsync();
        begun();
        await process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync();

        if (process.ExitCode != 0)
            throw new InvalidOperationException($"kubectl {string.Join(' ', words)} ended with {process.ExitCode}.");
    }

    private static PlannedWait Rollout(string name) =>
        new("infra", "rollout", new("apps/v1", "Deployment", "default", name), Selector: null);

    private static string Applied(int number) =>
        $$"""
            {"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"applied-{{number}}","namespace":"default"},"data":{"number":"{{number}}"} }
            """;
}
