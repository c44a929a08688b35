using System.Globalization;
using System.Runtime.InteropServices;

namespace PlatformBot.Benchmarks;

/// <summary>Prints what was measured, as rows that can be pasted into docs/performance.md. It judges nothing.</summary>
internal sealed class Report(TextWriter terminal)
{
    private string[] _columns = [];

    public void Machine()
    {
        terminal.WriteLine(
            $"{Environment.ProcessorCount} cores ({Processor()}), {RuntimeInformation.OSDescription}, {RuntimeInformation.FrameworkDescription}"
        );
        terminal.WriteLine(
            $"files in {Path.GetTempPath()} ({FileSystem()}); median and p99 in ms unless a unit is given"
        );
    }

    public void Heading(string name)
    {
        terminal.WriteLine();
        terminal.WriteLine($"## {name} (load of the machine before it: {Load()})");
        terminal.WriteLine();
        _columns = [];
    }

    /// <summary>Begins a table of its own.</summary>
    public void Columns(params string[] columns)
    {
        _columns = columns;
        Line(columns);
        terminal.WriteLine($"|{string.Concat(columns.Select(_ => "---|"))}");
    }

    public void Line(params string[] cells)
    {
        if (_columns.Length == 0)
            Columns("what", "median", "p99", "worst", "n");

        terminal.WriteLine($"| {string.Join(" | ", cells)} |");
    }

    /// <param name="times">durations of single requests, calls or steps</param>
    public void Row(string what, IReadOnlyCollection<TimeSpan> times)
    {
        var sorted = times.Order().ToList();
        Line(
            what,
            Milliseconds(At(sorted, 0.5)),
            Milliseconds(At(sorted, 0.99)),
            Milliseconds(sorted[^1]),
            $"{sorted.Count}"
        );
    }

    /// <summary>One number that is no distribution.</summary>
    public void Row(string what, string value, int n = 1) => Line(what, value, "", "", $"{n}");

    /// <summary>The smallest value that is not exceeded by this share of all.</summary>
    private static TimeSpan At(List<TimeSpan> sorted, double share) =>
        sorted[Math.Max((int)Math.Ceiling(share * sorted.Count) - 1, 0)];

    private static string Milliseconds(TimeSpan time) =>
        time.TotalMilliseconds.ToString("0.00", CultureInfo.InvariantCulture);

    private static string Processor()
    {
        const string Label = "model name";
        var line = File.Exists("/proc/cpuinfo")
            ? File.ReadLines("/proc/cpuinfo").FirstOrDefault(each => each.StartsWith(Label, StringComparison.Ordinal))
            : null;
        return line?.Split(':', 2)[1].Trim() ?? "unknown processor";
    }

    /// <summary>Processes that wanted to run in the last minute, on average: above the number of cores, the numbers suffer.</summary>
    private static string Load() =>
        File.Exists("/proc/loadavg") ? File.ReadAllText("/proc/loadavg").Split(' ')[0] : "unknown";

    /// <summary>An fsync costs what the file system makes of it, so the numbers of the journal mean nothing without this.</summary>
    private static string FileSystem() => new DriveInfo(Path.GetTempPath()).DriveFormat;
}
