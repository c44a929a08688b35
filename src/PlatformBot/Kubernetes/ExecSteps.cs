using PlatformBot.Core.Chat;
using PlatformBot.Core.Checks;
using PlatformBot.Core.Planning;
using PlatformBot.Core.Runs;

namespace PlatformBot.Kubernetes;

/// <summary>Commands in containers as actions and as checks.</summary>
internal sealed class ExecSteps(Clusters clusters, Redactor redactor, TimeProvider clock)
{
    private const int Head = 4 * 1024;
    private const int Tail = 12 * 1024;

    /// <summary>A check reads JSON, which is of no use without its middle.</summary>
    private const int LongestChecked = 1024 * 1024;

    /// <param name="repeatable">The step says that doing it twice is doing it once.</param>
    public async Task<ActionOutcome> ActAsync(
        PlannedAction.Exec action,
        bool repeatable,
        Action<string> progress,
        CancellationToken cancelled
    )
    {
        if (!clusters.Find(action.Command.Cluster).Ok(out var cluster, out var refusal))
            return new(Verdict.Retry, refusal.Reason, Explanation: refusal.Hint);

        var output = new ExecOutput(Head, Tail);
        void Print(string text, bool isError)
        {
            if (action.Sensitive)
                return;

            output.Add(text);

            if (LastLine(TerminalText.Plain(text)) is { Length: > 0 } line)
                progress(line);
        }

        try
        {
            var result = await PodExec.RunAsync(cluster, action.Command, Print, cancelled);
            var outcome = result.Ok(out var ending, out refusal)
                ? Judge(ending, TerminalText.Plain(output.ToString()), action.Sensitive, repeatable)
                : new(Verdict.Retry, Sentence(refusal.Reason), Explanation: refusal.Hint);
            return outcome with
            {
                Command = CommandText.Of(action.Command),
                Output = TerminalText.Plain(output.ToString()),
            };
        }
        catch (ApiException error)
        {
            return new(
                error.IsTransient || error.IsNotFound ? Verdict.Retry : Verdict.Failed,
                error.IsNotFound ? $"{Sentence(action.Command.Place)} does not exist." : error.For(cluster.Name)
            );
        }
    }

    public async Task<CheckOutcome> CheckAsync(PlannedCheck.Exec check, CancellationToken cancelled)
    {
        var command = check.Command;

        if (!clusters.Find(command.Cluster).Ok(out var cluster, out var refusal))
            return new(null, refusal.Reason);

        var (stdout, stderr) = (new ExecOutput(LongestChecked, Tail), new ExecOutput(Head, Tail));

        try
        {
            var result = await PodExec.RunAsync(
                cluster,
                command,
                (text, isError) => (isError ? stderr : stdout).Add(text),
                cancelled
            );

            if (!result.Ok(out var ending, out refusal))
                return new(false, $"{command.Place}: {refusal.Reason}");

            if (ending.Exit is null)
                return new(ending.IsUnknown ? null : false, $"{command.Place}: {ending.Problem}");

            if (stdout.IsCut)
                return new(null, $"{command.Place}: it printed more than {LongestChecked / 1024} KiB");

            var seen = new Seen(ending.Exit, stdout.ToString(), stderr.ToString()) { At = clock.GetUtcNow() };
            var outcome = Expectations.Judge(check.Expect, seen, redactor);
            return outcome with { Saw = $"{command.Place}: {outcome.Saw}" };
        }
        catch (ApiException error) when (error.IsNotFound)
        {
            return new(false, $"{command.Place} does not exist");
        }
        catch (ApiException error)
        {
            return error.Unseen(cluster.Name);
        }
    }

    private static ActionOutcome Judge(ExecEnding ending, string output, bool sensitive, bool repeatable)
    {
        if (ending.Exit is { } exit)
        {
            var last = LastLine(output);
            var said =
                sensitive ? $"exit {exit} (its output is sensitive and was not kept)"
                : exit == 0 || last.Length == 0 ? $"exit {exit}"
                : $"exit {exit}: {last}";
            return new(exit == 0 ? Verdict.Done : Verdict.Retry, said, ExitCode: exit);
        }

        if (!ending.IsUnknown)
            return new(Verdict.Failed, $"It was not started: {ending.Problem}");

        return repeatable
            ? new(Verdict.Retry, $"Nobody knows how it ended: {ending.Problem}")
            : new(
                Verdict.AskPerson,
                $"Nobody knows how it ended: {ending.Problem}",
                Explanation: "It may have done all, half or nothing, and may still be running. Look before it is tried again; 'repeatable: true' would say that this is safe."
            );
    }

    private static string LastLine(string text)
    {
        var trimmed = text.AsSpan().TrimEnd();
        return trimmed[(trimmed.LastIndexOfAny('\n', '\r') + 1)..].ToString();
    }

    private static string Sentence(string text) => char.ToUpperInvariant(text[0]) + text[1..];
}
