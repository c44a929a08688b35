using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace PlatformBot.Benchmarks;

/// <summary><c>platformbot serve</c> as a process of its own: nothing of the sandbox or of the measuring is in its numbers.</summary>
internal sealed class BotProcess : IAsyncDisposable
{
    /// <summary>Of the kernel's clock in /proc/PID/stat; the same on every Linux that .NET runs on.</summary>
    private const double TicksPerSecond = 100;

    private readonly Process _process;

    private BotProcess(Process process, Uri address)
    {
        (_process, Address) = (process, address);
    }

    public Uri Address { get; }

    /// <param name="settings">as in appsettings.json, with ':' between the names; they reach the bot through its environment</param>
    public static BotProcess Start(IReadOnlyDictionary<string, string?> settings)
    {
        var address = new Uri($"http://127.0.0.1:{FreePort()}");
        var start = new ProcessStartInfo(Path.Combine(AppContext.BaseDirectory, "platformbot"), ["serve"])
        {
            // Its log is read and thrown away, so that it costs the bot what it costs in reality.
            RedirectStandardOutput = true,
            UseShellExecute = false,
        };

        foreach (var (name, value) in settings)
            start.Environment[name.Replace(":", "__", StringComparison.Ordinal)] = value;

        start.Environment["Urls"] = $"{address}";
        var process = new Process { StartInfo = start };
        process.OutputDataReceived += static (_, _) => { };
        process.Start();
        process.BeginOutputReadLine();
        return new BotProcess(process, address);
    }

    public bool IsAlive => !_process.HasExited;

    /// <summary>User and system time that the process has used since its start.</summary>
    public TimeSpan CpuTime()
    {
        // The name in parentheses may hold blanks; what follows it does not. Fields 14 and 15 of proc(5).
        var stat = File.ReadAllText($"/proc/{_process.Id}/stat");
        var fields = stat[(stat.LastIndexOf(')') + 2)..].Split(' ');
        var ticks =
            long.Parse(fields[11], CultureInfo.InvariantCulture) + long.Parse(fields[12], CultureInfo.InvariantCulture);
        return TimeSpan.FromSeconds(ticks / TicksPerSecond);
    }

    /// <summary>Resident memory in MB (1 000 000 bytes), all shared libraries counted.</summary>
    public double WorkingSet() => Kilobytes("VmRSS:") * 1024 / 1e6;

    /// <summary>The most it ever was.</summary>
    public double PeakWorkingSet() => Kilobytes("VmHWM:") * 1024 / 1e6;

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
            _process.Kill();

        await _process.WaitForExitAsync(CancellationToken.None);
        _process.Dispose();
    }

    private long Kilobytes(string label) =>
        long.Parse(
            File.ReadLines($"/proc/{_process.Id}/status")
                .First(line => line.StartsWith(label, StringComparison.Ordinal))
                .Split((char[])[' ', '\t'], StringSplitOptions.RemoveEmptyEntries)[1],
            CultureInfo.InvariantCulture
        );

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
