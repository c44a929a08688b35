using PlatformBot.Core.Planning;

namespace PlatformBot.Core.Runs;

/// <summary>
/// How long the steps of a run still wait before they are tried again. The journal knows until when, by the clock on the wall, which
/// anybody may set: so a pause is measured from when it is first seen, and is never longer than the step's own.
/// </summary>
internal sealed class Pauses(TimeProvider clock)
{
    private readonly Dictionary<string, Pause> _pauses = [];
    private List<Pause> _open = [];

    /// <summary>Ids of the steps that wait now.</summary>
    public IReadOnlySet<string> Look(Run run)
    {
        _open =
        [
            .. run.WaitingToRetry.Select(step => Of(step, run.At(step))).Where(pause => Left(pause) > TimeSpan.Zero),
        ];
        return _open.Select(pause => pause.Step).ToHashSet();
    }

    /// <summary>When it is worth looking again.</summary>
    public TimeSpan UntilNext(TimeSpan most) => _open.Select(Left).Append(most).Min();

    private Pause Of(PlannedStep step, StepProgress at)
    {
        if (!_pauses.TryGetValue(step.Id, out var pause) || pause.Attempt != at.Attempt)
            _pauses[step.Id] = pause = Begin(step, at);

        return pause;
    }

    private Pause Begin(PlannedStep step, StepProgress at)
    {
        var since = clock.GetTimestamp();
        var left = (at.RetryAt ?? DateTimeOffset.MinValue) - clock.GetUtcNow();
        var longest = step.PauseAfter(at.Attempt);
        return new Pause(step.Id, at.Attempt, left < longest ? left : longest, since);
    }

    private TimeSpan Left(Pause pause) => pause.Length - clock.GetElapsedTime(pause.Since);

    /// <param name="Attempt">the one that failed</param>
    private sealed record Pause(string Step, int Attempt, TimeSpan Length, long Since);
}
