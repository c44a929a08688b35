using System.Collections.Concurrent;
using System.Diagnostics;

namespace PlatformBot.CrashMatrix;

/// <summary>One life of the bot, from its start to its death, as a process of its own.</summary>
internal sealed class BotLife : IDisposable
{
    private const int LogLines = 40;

    private readonly Process _process;
    private readonly SemaphoreSlim _turn = new(1, 1);
    private readonly ConcurrentQueue<string> _log = [];

    private BotLife(Process process) => _process = process;

    /// <summary>It is about to be killed; what it still does does not count.</summary>
    public bool IsDoomed { get; set; }

    /// <summary>Completes when the process is gone, however it went.</summary>
    public Task Ended { get; private set; } = Task.CompletedTask;

    /// <summary>The last lines of its log.</summary>
    public string Log => string.Join('\n', _log);

    /// <param name="reach">asked at every journal point; true when the bot died there</param>
    public static BotLife Start(string planFile, Func<BotLife, PointKind, string, Task<bool>> reach)
    {
        var own = Path.Combine(AppContext.BaseDirectory, "PlatformBot.CrashMatrix");
        var start = new ProcessStartInfo(own, [BotChild.Word, planFile])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            UseShellExecute = false,
            WorkingDirectory = AppContext.BaseDirectory,
        };
        // Compile quickly: few of these processes live for longer than a few seconds.
        start.Environment["DOTNET_TieredCompilation"] = "1";
        start.Environment["DOTNET_TC_QuickJitForLoops"] = "1";
        start.Environment["DOTNET_gcServer"] = "0";

        var life = new BotLife(new Process { StartInfo = start });
        life._process.ErrorDataReceived += (_, said) => life.Remember(said.Data);
        life._process.Start();
        life._process.BeginErrorReadLine();
        life.Ended = life.AttendAsync(reach);
        return life;
    }

    /// <summary>SIGKILL; returns when the process is gone.</summary>
    public async Task KillAsync()
    {
        IsDoomed = true;
        _process.Kill();
        await _process.WaitForExitAsync();
    }

    public void Dispose()
    {
        _process.Dispose();
        _turn.Dispose();
    }

    private async Task AttendAsync(Func<BotLife, PointKind, string, Task<bool>> reach)
    {
        var answers = new List<Task>();

        while (await _process.StandardOutput.ReadLineAsync() is { } line)
            answers.Add(AnswerAsync(line, reach));

        await Task.WhenAll(answers);
        await _process.WaitForExitAsync();
    }

    private async Task AnswerAsync(string line, Func<BotLife, PointKind, string, Task<bool>> reach)
    {
        var parts = line.Split(' ', 3);

        if (await reach(this, Enum.Parse<PointKind>(parts[1]), parts[2]))
            return;

        await _turn.WaitAsync();

        try
        {
            await _process.StandardInput.WriteLineAsync(parts[0]);
            await _process.StandardInput.FlushAsync();
        }
        catch (IOException)
        {
            // It died meanwhile, at another point.
        }
        finally
        {
            _turn.Release();
        }
    }

    private void Remember(string? line)
    {
        if (line is null)
            return;

        _log.Enqueue(line);

        if (_log.Count > LogLines)
            _log.TryDequeue(out _);
    }
}
