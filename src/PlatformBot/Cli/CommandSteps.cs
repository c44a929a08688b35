using System.Text.RegularExpressions;
using PlatformBot.Core.Checks;
using PlatformBot.Core.Planning;
using PlatformBot.Core.Runs;

namespace PlatformBot.Cli;

/// <summary>The actions and checks that are processes.</summary>
internal sealed partial class CommandSteps(
    ProcessRunner runner,
    ToolEnvironment environment,
    SecretSource secrets,
    ToolKnowledge tools,
    Redactor redactor,
    TimeProvider clock
)
{
    private static readonly IReadOnlyDictionary<string, string> NoSecrets = new Dictionary<string, string>();

    private readonly PipeRunner _pipes = new(runner);

    public async Task<ActionOutcome> RunAsync(
        PlannedAction.Run action,
        Action<string> progress,
        Action<RunningProcess> started,
        CancellationToken cancelled
    )
    {
        if (!(await secrets.ReadAsync(action.Secrets, cancelled)).Ok(out var values, out var refusal))
            return new(Verdict.AskPerson, refusal.Reason, Explanation: refusal.Hint);

        ActionOutcome? outcome = null;

        foreach (var argv in action.Commands)
        {
            var spec = Spec(argv, values, action.Sensitive, progress, started);
            var next = Judge(spec, await runner.RunAsync(spec, cancelled));
            // The output of all commands together explains more than the last one's.
            outcome = outcome is null ? next : next with { Output = Join(outcome.Output, next.Output) };

            if (outcome.Verdict is not (Verdict.Done or Verdict.AlreadyThere))
                return outcome;
        }

        return outcome ?? new(Verdict.Failed, "There is no command to run.");
    }

    public async Task<ActionOutcome> PipeAsync(
        PlannedAction.Pipe action,
        Action<string> progress,
        Action<RunningProcess> started,
        CancellationToken cancelled
    )
    {
        if (!(await secrets.ReadAsync(action.Secrets, cancelled)).Ok(out var values, out var refusal))
            return new(Verdict.AskPerson, refusal.Reason, Explanation: refusal.Hint);

        var stages = action.Commands.Select(argv => Spec(argv, values, action.Sensitive, progress, started)).ToList();
        var (stage, result) = await _pipes.RunAsync(stages, cancelled);
        var outcome = Judge(stages[stage], result);

        return stage == stages.Count - 1
            ? outcome
            : outcome with
            {
                Said =
                    $"{stages[stage].Argv[0]} (process {stage + 1} of {stages.Count}): {outcome.Said}; the last was not started",
            };
    }

    public async Task<CheckOutcome> CheckAsync(PlannedCheck.Run check, CancellationToken cancelled)
    {
        secrets.LearnToken();
        var spec = Spec(check.Command, NoSecrets, sensitive: true, progress: null, started: null);
        var result = await runner.RunAsync(spec, cancelled);
        var seen = new Seen(result.Exit, result.StdoutText, result.StderrText) { At = clock.GetUtcNow() };
        var outcome = Expectations.Judge(check.Expect, seen, redactor);
        var saw = tools.IsSensitive(check.Command) ? Expectations.Unquoted(outcome, seen) : outcome.Saw;

        return outcome with
        {
            Saw = $"{check.Command[0]}: {saw}",
            // A tool that is not there says nothing about the world.
            Holds = result.Exit == 127 ? null : outcome.Holds,
        };
    }

    /// <summary>As one would type it.</summary>
    public static string Typed(IReadOnlyList<string> argv) =>
        string.Join(
            ' ',
            argv.Select(argument =>
                PlainArgument().IsMatch(argument)
                    ? argument
                    : $"'{argument.Replace("'", "'\\''", StringComparison.Ordinal)}'"
            )
        );

    private ProcessSpec Spec(
        IReadOnlyList<string> argv,
        IReadOnlyDictionary<string, string> values,
        bool sensitive,
        Action<string>? progress,
        Action<RunningProcess>? started
    ) =>
        new()
        {
            Argv = argv,
            Environment = environment.For(argv[0], values),
            Sensitive = sensitive || tools.IsSensitive(argv),
            Progress = progress is null ? null : line => progress(TerminalText.Plain(line)),
            Started = started,
        };

    private ActionOutcome Judge(ProcessSpec spec, ProcessResult result)
    {
        var word = tools.Read(spec.Argv, result);

        return new(
            ToolKnowledge.VerdictOf(word, result.Exit),
            Said(spec, result),
            redactor.Redact(Typed(spec.Argv)),
            result.Exit,
            spec.Sensitive ? "" : TerminalText.Plain(result.Tail),
            word?.Explain
        );
    }

    private static string Said(ProcessSpec spec, ProcessResult result)
    {
        if (spec.Sensitive)
            return $"exit {result.Exit} (its output is sensitive and was not kept)";

        var lines = TerminalText
            .Plain(result.Tail)
            .Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        return result.Exit == 0 || lines.Length == 0 ? $"exit {result.Exit}" : $"exit {result.Exit}: {lines[^1]}";
    }

    private static string Join(string before, string after) =>
        string.Join('\n', new[] { before.TrimEnd(), after }.Where(text => text.Length > 0));

    [GeneratedRegex(@"^[A-Za-z0-9_@%+=:,./-]+$", RegexOptions.None, 1000)]
    private static partial Regex PlainArgument();
}
