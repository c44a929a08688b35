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

            if (Left(step) > TimeSpan.Zero)
                await News.OrAfterAsync(changed, () => UntilLook(step), clock, leaving);
            else if (await live.NoteIfAsync(now => now.AsksPeople(step), TooLate(step), leaving))
                return false;
        }
    }

    /// <summary>Days are told by the clock on the wall, which may be set: it is looked at often.</summary>
    private TimeSpan UntilLook(PlannedStep step) =>
        TimeSpan.FromTicks(Math.Clamp(Left(step).Ticks, 0, LongestLook.Ticks));

    private TimeSpan Left(PlannedStep step) =>
        (live.Now.At(step).AttemptAt ?? clock.GetUtcNow()) + TimeFor(step) - clock.GetUtcNow();

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
