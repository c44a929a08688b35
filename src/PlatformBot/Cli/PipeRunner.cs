namespace PlatformBot.Cli;

/// <summary>
/// Processes joined stdout to stdin, each started when the one before it has ended with 0. A shell would start them all at once, and the
/// last, the one that changes something, would act on half of an input.
/// </summary>
internal sealed class PipeRunner(ProcessRunner runner)
{
    /// <summary>The result of the last process, or of the first that failed, and which one that was.</summary>
    public async Task<(int Stage, ProcessResult Result)> RunAsync(
        IReadOnlyList<ProcessSpec> stages,
        CancellationToken cancelled
    )
    {
        ReadOnlyMemory<byte>? input = null;

        for (var stage = 0; ; stage++)
        {
            var isLast = stage == stages.Count - 1;
            // What flows between often has secrets filled in: of a producer only what it says on stderr is shown.
            var result = await runner.RunAsync(stages[stage] with { Input = input, StdoutIsData = !isLast }, cancelled);

            if (isLast || result.Exit != 0)
                return (stage, result);

            if (result.Truncated)
                return (stage, TooMuch(stages[stage]));

            input = result.Stdout;
        }
    }

    private static ProcessResult TooMuch(ProcessSpec stage) =>
        ProcessResult.NotStarted(
            $"{stage.Argv[0]} printed more than {ProcessRunner.LongestCapture / 1024 / 1024} MiB; the next process was not started."
        );
}
