using PlatformBot.Core.Planning;

namespace PlatformBot.Core.Runs;

/// <summary>
/// Undoes a step that could not be proven, at once and without asking: who approved the step approved this with it. Unlike a
/// compensation that people ask for it is begun again after a crash, until it has come to an end.
/// </summary>
internal sealed class WayBack(
    LiveRun live,
    IStepActions actions,
    StepLocks locks,
    TimeProvider clock,
    StopTokens tokens
)
{
    /// <summary>What keeps it from going back may be gone a moment later: a lost connection, somebody else's commit.</summary>
    private const int Tries = 3;

    private readonly StepWork _work = new(live, actions, clock, tokens);

    /// <param name="held">the step's lock; null when it is yet to be taken</param>
    public async Task RunAsync(PlannedStep step, IDisposable? held)
    {
        using var taken = held ?? await locks.TakeAsync(step.Lock, tokens.Stopping);
        var red = live.Now.At(step).Failure!;

        // Beside the way back and not before it: what is wrong can be seen only as long as it is, and must not stay for that.
        var diagnosing = _work.DiagnosisAsync(step);
        var did = await UndoAsync(step, step.Undoing!);
        var diagnosed = red with { Diagnosis = await diagnosing };

        RunEvent end = did.Verdict is Verdict.Done or Verdict.AlreadyThere
            ? new RunEvent.StepTakenBack(
                step.Id,
                diagnosed with
                {
                    Said = $"{red.Said.TrimEnd('.')}. Taken back: {did.Said}",
                }
            )
            : new RunEvent.StepNotTakenBack(
                step.Id,
                diagnosed with
                {
                    Said = $"NOT taken back: {did.Said.TrimEnd('.')}. It was to be, because of this: {red.Said}",
                    Command = did.Command ?? red.Command,
                    ExitCode = did.ExitCode,
                    Output = did.Output,
                    Explanation = did.Explanation,
                }
            );
        await live.NoteAsync(end, tokens.Stopping);
    }

    /// <summary>Neither a cancel nor the end of the run stops it.</summary>
    private async Task<ActionOutcome> UndoAsync(PlannedStep step, PlannedStep undoing)
    {
        for (var attempt = 1; ; attempt++)
        {
            var did = await _work.DoAsync(
                undoing,
                undoing.Timeout,
                (progress, limited) => _work.ActAsync(undoing, progress, limited),
                _ => Task.CompletedTask,
                tokens.Stopping
            );

            if (did.Verdict is not Verdict.Retry || attempt == Tries)
                return did;

            await Task.Delay(step.PauseAfter(attempt), clock, tokens.Stopping);
        }
    }
}
