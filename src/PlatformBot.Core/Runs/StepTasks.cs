using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;
using PlatformBot.Core.Planning;

namespace PlatformBot.Core.Runs;

/// <summary>The steps of a run that are worked on now, each by a task of its own.</summary>
internal sealed partial class StepTasks(LiveRun live, ILogger logger)
{
    private readonly Dictionary<string, Task> _tasks = [];
    private readonly ConcurrentQueue<string> _ended = new();
    private readonly Signal _changed = new();

    /// <summary>Completes when the next of them has ended. Take it before looking, so that no end is missed.</summary>
    public Task Changed => _changed.Next;

    public IReadOnlySet<string> Ids => _tasks.Keys.ToHashSet();

    public bool Any => _tasks.Count > 0;

    public void Start(PlannedStep step, Func<PlannedStep, Task> work, StopTokens tokens) =>
        _tasks[step.Id] = WorkAsync(step, work, tokens);

    /// <summary>A step's work says by itself that it is over: its task may end a moment later, and nobody would look again.</summary>
    public async Task SettleAsync()
    {
        while (_ended.TryDequeue(out var id))
        {
            if (_tasks.Remove(id, out var work))
                await work;
        }
    }

    /// <summary>Waits for all of them, whatever becomes of them.</summary>
    public async Task EndAsync() =>
        await Task.WhenAll(_tasks.Values).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);

    /// <summary>Whatever goes wrong in here is a step that failed and asks for a person; it neither ends the run nor is it lost.</summary>
    private async Task WorkAsync(PlannedStep step, Func<PlannedStep, Task> work, StopTokens tokens)
    {
        try
        {
            await work(step);
        }
        catch (OperationCanceledException) when (tokens.IsLeaving)
        {
            // The next start finds the step as the journal left it.
        }
#pragma warning disable CA1031 // A bug in the work on one step is shown where the step is shown; the log has the rest.
        catch (Exception bug)
        {
            LogBug(bug, step.Id, live.Id);
            var at = live.Now.At(step);
            var began = at.State is StepState.Running or StepState.Verifying;
            var fault = OwnFault(at.Attempt, bug) with { NothingDone = !began };
            RunEvent failed = at.State switch
            {
                StepState.RollingBack => new RunEvent.RollbackFailed(step.Id, fault),
                StepState.TakingBack => new RunEvent.StepNotTakenBack(step.Id, fault),
                var state
                    when step.UndoesItself
                        && (began || at.MayStand)
                        && StepStates.Table.Next(state, StepTrigger.TurnRed) is not null => new RunEvent.StepTurnedRed(
                    step.Id,
                    fault
                ),
                _ => new RunEvent.StepFailed(step.Id, fault, RetryAt: null),
            };
            await live.NoteAsync(failed, tokens.Stopping);
        }
#pragma warning restore CA1031
        finally
        {
            _ended.Enqueue(step.Id);
            _changed.Raise();
        }
    }

    /// <summary>Without the exception's text, which nobody has redacted.</summary>
    private static Failure OwnFault(int attempt, Exception bug) =>
        Failure.Untouched(
            attempt,
            $"PlatformBot itself failed at this step ({bug.GetType().Name}); what became of it must be looked at. Its log tells more."
        );

    [LoggerMessage(LogLevel.Error, "Working on {Step} of run {Run}")]
    private partial void LogBug(Exception bug, string step, RunId run);
}
