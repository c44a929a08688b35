using System.Diagnostics;
using PlatformBot.Cli;
using Shouldly;
using Xunit;

namespace PlatformBot.Tests.Stories;

/// <summary><c>platformbot serve</c> as a program of its own, set up through its environment alone.</summary>
internal sealed class BotProgram : IDisposable
{
    private readonly Process _process;

    private BotProgram(Process process) => _process = process;

    public static BotProgram Start(IReadOnlyDictionary<string, string?> settings)
    {
        // Whatever exceeds its limits is told so by an error, not by a signal: as on a full disk.
        var start = new ProcessStartInfo(
            "env",
            ["--ignore-signal=XFSZ", Path.Combine(AppContext.BaseDirectory, "platformbot"), "serve"]
        )
        {
            UseShellExecute = false,
            WorkingDirectory = AppContext.BaseDirectory,
        };

        foreach (var (name, value) in settings)
            start.Environment[name.Replace(":", "__", StringComparison.Ordinal)] = value;

        start.Environment["Logging__LogLevel__Default"] = "None";
#pragma warning disable RS0030 // The bot's own runner is part of what is tried here.
        return new BotProgram(Process.Start(start)!);
#pragma warning restore RS0030
    }

    /// <summary>SIGKILL: it gets no chance to do anything more.</summary>
    public async Task KillAsync()
    {
        _process.Kill();
        await _process.WaitForExitAsync(TestContext.Current.CancellationToken);
    }

    /// <summary>SIGTERM.</summary>
    public void AskToGo() => ProcessTable.Signal(_process.Id, 15);

    /// <summary>SIGSTOP: it stands still as long as somebody likes.</summary>
    public void Freeze() => ProcessTable.Signal(_process.Id, 19);

    /// <summary>SIGCONT.</summary>
    public void Thaw() => ProcessTable.Signal(_process.Id, 18);

    public async Task<int> ExitAsync()
    {
        await _process.WaitForExitAsync(TestContext.Current.CancellationToken);
        return _process.ExitCode;
    }

    /// <summary>How long its files may be: soft and hard limit, in bytes.</summary>
    public async Task LimitFilesAsync(string limits)
    {
#pragma warning disable RS0030 // As above.
        using var prlimit = Process.Start(
            new ProcessStartInfo("prlimit", ["--pid", $"{_process.Id}", $"--fsize={limits}"])
        )!;
#pragma warning restore RS0030
        await prlimit.WaitForExitAsync(TestContext.Current.CancellationToken);
        prlimit.ExitCode.ShouldBe(0);
    }

    public void Dispose()
    {
        if (!_process.HasExited)
            _process.Kill();

        _process.Dispose();
    }
}
