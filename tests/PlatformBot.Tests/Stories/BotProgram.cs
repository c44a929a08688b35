using System.Diagnostics;
using Xunit;

namespace PlatformBot.Tests.Stories;

/// <summary><c>platformbot serve</c> as a program of its own, set up through its environment alone.</summary>
internal sealed class BotProgram : IDisposable
{
    private readonly Process _process;

    private BotProgram(Process process) => _process = process;

    public static BotProgram Start(IReadOnlyDictionary<string, string?> settings)
    {
        var start = new ProcessStartInfo(Path.Combine(AppContext.BaseDirectory, "platformbot"), ["serve"])
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

    public void Dispose()
    {
        if (!_process.HasExited)
            _process.Kill();

        _process.Dispose();
    }
}
