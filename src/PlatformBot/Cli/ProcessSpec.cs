namespace PlatformBot.Cli;

/// <summary>What to start.</summary>
internal sealed record ProcessSpec
{
    /// <summary>The tool's name and its arguments; each one reaches the tool byte for byte, no shell between.</summary>
    public required IReadOnlyList<string> Argv { get; init; }

    /// <summary>The file to start where the name is not to be looked for on the path; null: it is.</summary>
    public string? Program { get; init; }

    /// <summary>Everything that the process sees; nothing of the bot's own environment is added.</summary>
    public required IReadOnlyDictionary<string, string> Environment { get; init; }

    /// <summary>Given as standard input; null closes it at once.</summary>
    public ReadOnlyMemory<byte>? Input { get; init; }

    /// <summary>Nothing of its output is kept or reported, except to the caller's own code.</summary>
    public bool Sensitive { get; init; }

    /// <summary>Its stdout is data for the next process: neither kept in the tail nor reported.</summary>
    public bool StdoutIsData { get; init; }

    /// <summary>Redacted lines as they come, from both streams.</summary>
    public Action<string>? Progress { get; init; }

    /// <summary>Called before the process is waited on.</summary>
    public Action<RunningProcess>? Started { get; init; }
}

/// <summary>Names one process on this host, also after the bot has died: pids are used again, the three together are not.</summary>
/// <param name="StartTime">clock ticks since boot, as /proc/PID/stat has it; "" where there is no /proc</param>
internal sealed record RunningProcess(int Pid, string StartTime, string BootId, string Tool);

/// <summary>How a process ended.</summary>
/// <param name="Exit">its exit code; 128 + n when signal n ended it; 127 when it could not be started</param>
/// <param name="Stdout">what it printed, unredacted, at most <see cref="ProcessRunner.LongestCapture"/> bytes: for comparing and piping, never for showing</param>
/// <param name="Truncated">it printed more than that</param>
/// <param name="Tail">the redacted end of both streams as they came, at most 16 KiB; "" when sensitive</param>
internal sealed record ProcessResult(
    int Exit,
    ReadOnlyMemory<byte> Stdout,
    ReadOnlyMemory<byte> Stderr,
    bool Truncated,
    string Tail
)
{
    public string StdoutText => System.Text.Encoding.UTF8.GetString(Stdout.Span);

    public string StderrText => System.Text.Encoding.UTF8.GetString(Stderr.Span);

    public static ProcessResult NotStarted(string why) =>
        new(127, ReadOnlyMemory<byte>.Empty, System.Text.Encoding.UTF8.GetBytes(why), Truncated: false, why);
}
