using PlatformBot.Core.Planning;

namespace PlatformBot.Core.Runs;

/// <summary>Waits until people have done a manual step, or have had all the time that they have.</summary>
internal sealed class PeoplesPart(LiveRun live, TimeProvider clock)
{
    private static readonly TimeSpan LongestLook = TimeSpan.FromMinutes(1);

    /// <summary>True when no person has to do anything, or everybody who must has said that it is done; false when they did not in time.</summary>
    /// <exception cref="OperationCanceledException"><paramref name="leaving"/> fired, and they may still be at it.</exception>
    public async Task<bool> IsDoneAsync(PlannedStep step, CancellationToken leaving)
    {
        while (true)
        {
            var changed = live.Changed;

            if (!live.Now.AsksPeople(step))
                return true;

            var left = live.Now.At(step).AttemptAt + TimeFor(step) - clock.GetUtcNow();

            if (left > TimeSpan.Zero)
                await ChangedWithinAsync(changed, left.Value, leaving);
            else if (await live.NoteIfAsync(now => now.AsksPeople(step), TooLate(step), leaving))
                return false;
        }
    }

    /// <summary>Days are told by the clock on the wall, which may be set: it is looked at often.</summary>
    private async Task ChangedWithinAsync(Task changed, TimeSpan left, CancellationToken leaving)
    {
        using var awake = CancellationTokenSource.CreateLinkedTokenSource(leaving);
        await Task.WhenAny(changed, Task.Delay(left < LongestLook ? left : LongestLook, clock, awake.Token));
        await awake.CancelAsync();
        leaving.ThrowIfCancellationRequested();
    }

    private static TimeSpan TimeFor(PlannedStep step) => (step.Action as PlannedAction.Manual)?.Expires ?? step.Timeout;

    private RunEvent TooLate(PlannedStep step)
    {
        var at = live.Now.At(step);
        var who = at.Evidence is { } evidence
            ? $"{evidence.By} said that it is done, and nobody else confirmed it"
            : "Nobody confirmed it";
        var failure = Failure.Untouched(at.Attempt, $"{who} within {Words.Span(TimeFor(step))}.");
        return new RunEvent.StepFailed(step.Id, failure, RetryAt: null);
    }
}
