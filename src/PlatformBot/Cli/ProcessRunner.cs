using System.ComponentModel;
using System.Diagnostics;
using System.Text;
using PlatformBot.Core.Checks;

namespace PlatformBot.Cli;

/// <summary>Runs one process to its end. The only place that starts processes.</summary>
/// <param name="mark">by which this bot knows its processes again</param>
/// <param name="directory">where tools are started</param>
/// <param name="grace">between TERM and KILL</param>
internal sealed class ProcessRunner(
    ToolPath tools,
    Redactor redactor,
    TimeProvider clock,
    ProcessMark mark,
    string? directory,
    TimeSpan grace
)
{
    /// <summary>Of each stream, for comparing and piping.</summary>
    public const int LongestCapture = 8 * 1024 * 1024;

    /// <summary>How long a pipe may stay open after its process has ended, because a grandchild holds it.</summary>
    private static readonly TimeSpan PipeGrace = TimeSpan.FromSeconds(2);

    /// <summary>A killed process that is still there after this waits for the kernel; it will not run a line of its own any more.</summary>
    private static readonly TimeSpan KillGrace = TimeSpan.FromSeconds(5);

    /// <summary>Ends when the process and all that it started are gone. What ended by itself has its result, also when it was cancelled meanwhile.</summary>
    /// <exception cref="OperationCanceledException">Cancelled before it ended by itself; the processes are gone.</exception>
    public async Task<ProcessResult> RunAsync(ProcessSpec spec, CancellationToken cancelled)
    {
        cancelled.ThrowIfCancellationRequested();

        if ((spec.Program is { } exact ? [exact] : tools.Find(spec.Argv[0])) is not { } program)
            return ProcessResult.NotStarted($"{spec.Argv[0]} is not installed on this host.");

        ProcessGroup group;

        try
        {
            group = await ProcessGroup.StartAsync(StartInfo(spec, program), spec.Argv[0], mark.Next());
        }
        catch (Win32Exception error)
        {
            return ProcessResult.NotStarted($"{spec.Argv[0]} cannot be started: {error.Message}");
        }

        using (group)
        {
            spec.Started?.Invoke(group.Identity);
            return await FollowAsync(group, spec, cancelled);
        }
    }

    private async Task<ProcessResult> FollowAsync(ProcessGroup group, ProcessSpec spec, CancellationToken cancelled)
    {
        var process = group.Process;
        var tail = new OutputTail(spec.Sensitive ? null : spec.Progress);
        var stdout = Reader(process.StandardOutput, show: !spec.Sensitive && !spec.StdoutIsData);
        var stderr = Reader(process.StandardError, show: !spec.Sensitive);

        OutputReader Reader(StreamReader stream, bool show) =>
            new(stream.BaseStream, redactor.Stream(), show ? tail.Add : _ => { });

        using var reading = new CancellationTokenSource();
        var streams = Task.WhenAll(
            stdout.ReadAsync(reading.Token),
            stderr.ReadAsync(reading.Token),
#pragma warning disable CA2025 // The group is disposed after DrainAsync, which ends this or gives it up.
            FeedAsync(process, spec.Input, reading.Token)
#pragma warning restore CA2025
        );

        var endedByItself = await EndAsync(group, cancelled);
        await DrainAsync(group, streams, reading);
        stdout.Finish();
        stderr.Finish();

        if (!endedByItself)
            throw new OperationCanceledException(cancelled);

        return new(process.ExitCode, stdout.Kept, stderr.Kept, stdout.Truncated || stderr.Truncated, tail.ToString());
    }

    /// <summary>Waits for the process; when cancelled, asks it to go, then makes it go. True when it ended before it was asked.</summary>
    private async Task<bool> EndAsync(ProcessGroup group, CancellationToken cancelled)
    {
        if (await EndsWithinAsync(group.Process.WaitForExitAsync(cancelled), Timeout.InfiniteTimeSpan))
            return true;

        // Both in the same instant: what it did, it did.
        if (group.Process.HasExited)
            return true;

        group.Terminate();

        if (!await EndsWithinAsync(group.Process.WaitForExitAsync(CancellationToken.None), grace))
        {
            group.KillAll();
            await EndsWithinAsync(group.Process.WaitForExitAsync(CancellationToken.None), KillGrace);
        }

        return false;
    }

    /// <summary>Reads what is left, and ends what is left: whatever keeps the pipes open, or closed them and stayed, must not outlive the step.</summary>
    private async Task DrainAsync(ProcessGroup group, Task streams, CancellationTokenSource reading)
    {
        await EndsWithinAsync(streams, PipeGrace);
        await group.EndRestAsync(grace);

        if (!await EndsWithinAsync(streams, PipeGrace))
        {
            // Somebody without the bot's mark holds the other end.
            await reading.CancelAsync();
            await EndsWithinAsync(streams, PipeGrace);
        }
    }

    private async Task<bool> EndsWithinAsync(Task task, TimeSpan limit)
    {
        try
        {
            await task.WaitAsync(limit, clock);
            return true;
        }
        catch (Exception unfinished) when (unfinished is TimeoutException or OperationCanceledException)
        {
            return false;
        }
    }

    private static async Task FeedAsync(
        Process process,
        ReadOnlyMemory<byte>? input,
        CancellationToken cancellationToken
    )
    {
        try
        {
            if (input is { } bytes)
                await process.StandardInput.BaseStream.WriteAsync(bytes, cancellationToken);

            process.StandardInput.Close();
        }
        catch (IOException)
        {
            // It ended without reading: its exit code says whether that is a failure.
        }
    }

    private ProcessStartInfo StartInfo(ProcessSpec spec, IReadOnlyList<string> program)
    {
        var start = new ProcessStartInfo(program[0])
        {
            UseShellExecute = false,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            WorkingDirectory = directory ?? "",
            StandardOutputEncoding = Encoding.UTF8,
        };

        foreach (var argument in program.Skip(1).Concat(spec.Argv.Skip(1)))
            start.ArgumentList.Add(argument);

        start.Environment.Clear();

        foreach (var (name, value) in spec.Environment)
            start.Environment[name] = value;

        return start;
    }
}
