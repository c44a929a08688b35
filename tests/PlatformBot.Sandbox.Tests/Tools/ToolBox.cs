using System.Diagnostics;
using Xunit;

namespace PlatformBot.Sandbox.Tests.Tools;

/// <summary>What a process said and how it ended.</summary>
internal sealed record Said(int ExitCode, string Out, string Error)
{
    public override string ToString() => $"exit {ExitCode}\n--- stdout\n{Out}\n--- stderr\n{Error}";
}

/// <summary>Starts the simulated tools as the bot does: real processes, argv as a list, stdin a pipe or nothing.</summary>
internal sealed class ToolBox(string folder, string workingDirectory)
{
    public Dictionary<string, string> Environment { get; } = [];

    public async Task<Said> RunAsync(string commandLine) => await RunAsync(commandLine.Split(' '), null);

    public async Task<Said> RunAsync(IReadOnlyList<string> argv, string? stdin)
    {
        using var process = Start(argv, stdin is not null);
        var output = process.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        var error = process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);

        if (stdin is not null)
        {
            await process.StandardInput.WriteAsync(stdin);
            process.StandardInput.Close();
        }

        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        return new Said(process.ExitCode, await output, await error);
    }

    public Process Start(IReadOnlyList<string> argv, bool withStdin)
    {
        var process = new Process
        {
            StartInfo = new ProcessStartInfo(Path.Combine(folder, argv[0]))
            {
                UseShellExecute = false,
                WorkingDirectory = workingDirectory,
                RedirectStandardOutput = true,
                RedirectStandardError = true,
                RedirectStandardInput = withStdin,
            },
        };

        foreach (var argument in argv.Skip(1))
            process.StartInfo.ArgumentList.Add(argument);

        foreach (var (name, value) in Environment)
            process.StartInfo.Environment[name] = value;

        process.Start();
        return process;
    }
}
