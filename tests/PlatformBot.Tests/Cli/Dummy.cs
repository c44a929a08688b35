using PlatformBot.Cli;
using PlatformBot.Core.Checks;

namespace PlatformBot.Tests.Cli;

/// <summary>Starts the dummy program as a tool, with everything real but the tool.</summary>
internal sealed class Dummy : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("platformbot-cli-");

    public Dummy()
    {
        Mark = ProcessMark.Of(Path.Combine(_folder.FullName, "journal"));
        Runner = new(new(AppContext.BaseDirectory), Redactor, TimeProvider.System, Mark, null, Grace);
    }

    /// <summary>The bot that starts it.</summary>
    public ProcessMark Mark { get; }

    public static TimeSpan Grace { get; } = TimeSpan.FromMilliseconds(300);

    public Redactor Redactor { get; } = new();

    public ProcessRunner Runner { get; }

    public string Folder => _folder.FullName;

    public static Dictionary<string, string> Environment =>
        ToolEnvironment
            .OfThisProcess()
            .Where(variable => variable.Key is "PATH" || variable.Key.StartsWith("DOTNET_", StringComparison.Ordinal))
            .ToDictionary();

    public static ProcessSpec Spec(params string[] arguments) =>
        new() { Argv = ["dummy", .. arguments], Environment = Environment };

    public Task<ProcessResult> RunAsync(params string[] arguments) =>
        Runner.RunAsync(Spec(arguments), Xunit.TestContext.Current.CancellationToken);

    /// <summary>A program in the middle of its work, by the file that it writes when it has started.</summary>
    public async Task<(Task<ProcessResult> Run, int Pid, CancellationTokenSource Cancel)> StartAsync(string how)
    {
        var marker = Path.Combine(Folder, "ready");
        var cancel = new CancellationTokenSource();
        var run = Runner.RunAsync(Spec(how, marker), cancel.Token);
        return (run, await PidInAsync(marker), cancel);
    }

    public static async Task<int> PidInAsync(string marker)
    {
        var stop = Xunit.TestContext.Current.CancellationToken;
        int pid;

        while (!File.Exists(marker) || !int.TryParse(await File.ReadAllTextAsync(marker, stop), out pid))
            await Task.Delay(TimeSpan.FromMilliseconds(10), TimeProvider.System, stop);

        return pid;
    }

    public static bool IsAlive(int pid) =>
        File.Exists($"/proc/{pid}/stat")
        && !File.ReadAllText($"/proc/{pid}/stat").Contains(") Z ", StringComparison.Ordinal);

    public void Dispose() => _folder.Delete(recursive: true);
}
