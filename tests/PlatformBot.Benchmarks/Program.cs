using PlatformBot.Benchmarks;

if (args is [TwinProcess.Verb, var kubeconfig])
{
    await TwinProcess.ServeAsync(kubeconfig, Console.In, Console.Out);
    return 0;
}

// One line per benchmark. Without a name: all of them, in this order.
var benchmarks = new Dictionary<string, Func<Report, CancellationToken, Task>>
{
    ["commands"] = CommandLatency.MeasureAsync,
    ["idle"] = IdleBot.MeasureAsync,
    ["steps"] = StepOverhead.MeasureAsync,
    ["makespan"] = Makespan.MeasureAsync,
    ["runs"] = ManyRuns.MeasureAsync,
    ["plan"] = PlanningTime.MeasureAsync,
    ["journal"] = JournalSpeed.MeasureAsync,
    ["kubernetes"] = ClusterWork.MeasureAsync,
};

var unknown = args.Where(name => !benchmarks.ContainsKey(name)).ToList();

if (unknown.Count > 0)
{
    await Console.Error.WriteLineAsync(
        $"No benchmark is called {string.Join(", ", unknown)}. There are: {string.Join(", ", benchmarks.Keys)}"
    );
    return 2;
}

using var interrupted = new CancellationTokenSource();
Console.CancelKeyPress += (_, pressed) =>
{
    pressed.Cancel = true;
    interrupted.Cancel();
};

var report = new Report(Console.Out);
report.Machine();

foreach (var name in args.Length > 0 ? args : [.. benchmarks.Keys])
{
    report.Heading(name);
    await benchmarks[name](report, interrupted.Token);
}

return 0;
