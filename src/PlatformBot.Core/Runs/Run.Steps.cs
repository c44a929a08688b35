using PlatformBot.Core.Journals;
using PlatformBot.Core.Planning;

namespace PlatformBot.Core.Runs;

/// <summary>What entries about one step change.</summary>
public sealed partial record Run
{
    private Run ApplyToStep(Entry entry) =>
        entry.What switch
        {
            RunEvent.StepAlreadyDone e => Step(
                e.Step,
                StepTrigger.FindDone,
                s => s with { Saw = e.Saw, EndedAt = entry.At, IsTakenBack = false },
                run => run.Heal(e.Step)
            ),
            RunEvent.StepStarted e => Step(
                e.Step,
                StepTrigger.Start,
                s =>
                    s with
                    {
                        Attempt = e.Attempt,
                        StartedAt = s.StartedAt ?? entry.At,
                        AttemptAt = entry.At,
                        RetryAt = null,
                        WasInterrupted = false,
                        IsTakenBack = false,
                        Saw = "",
                        Processes = [],
                    }
            ),
            RunEvent.StepActed e => Step(e.Step, StepTrigger.Verify, s => s with { Saw = e.Said, MayStand = true }),
            RunEvent.StepSucceeded e => Step(
                e.Step,
                StepTrigger.Succeed,
                s => s with { Saw = e.Saw, EndedAt = entry.At, IsTakenBack = false },
                run => run.Heal(e.Step)
            ),
            RunEvent.StepFailed { RetryAt: { } at } e => Step(
                e.Step,
                StepTrigger.RetryLater,
                s => s.After(e.Failure) with { RetryAt = at }
            ),
            _ => ApplyTakingBack(entry),
        };

    private Run ApplyTakingBack(Entry entry) =>
        entry.What switch
        {
            RunEvent.StepTurnedRed e => Step(
                e.Step,
                StepTrigger.TurnRed,
                s =>
                    s with
                    {
                        Saw = e.Failure.Said,
                        Failure = e.Failure,
                        RetryAt = null,
                        WasInterrupted = false,
                        Processes = [],
                    }
            ),
            RunEvent.StepTakenBack e => AfterTakingBack(e.Step, e.Failure, entry.At, isTakenBack: true),
            RunEvent.StepNotTakenBack e => AfterTakingBack(e.Step, e.Failure, entry.At, isTakenBack: false),
            _ => ApplyInterruption(entry),
        };

    private Run AfterTakingBack(string step, Failure failure, DateTimeOffset at, bool isTakenBack) =>
        Steps.TryGetValue(step, out var found) && found.State is StepState.TakingBack
            ? Step(
                step,
                StepTrigger.Fail,
                s =>
                    s with
                    {
                        Saw = failure.Said,
                        Failure = failure,
                        EndedAt = at,
                        IsTakenBack = isTakenBack,
                        MayStand = !isTakenBack,
                    },
                run => run.Detect(step, failure, at)
            )
            : this;

    private Run ApplyInterruption(Entry entry) =>
        entry.What switch
        {
            RunEvent.StepFailed e => Step(
                e.Step,
                StepTrigger.Fail,
                s => s.After(e.Failure) with { EndedAt = entry.At },
                run => run.Detect(e.Step, e.Failure, entry.At)
            ),
            RunEvent.ProcessStarted e => Step(
                e.Step,
                trigger: null,
                s => s with { Processes = s.Processes.Add(new ProcessFact(e.Tool, e.Pid, e.StartTime, e.BootId)) }
            ),
            RunEvent.StepInterrupted e => Step(
                e.Step,
                StepTrigger.Interrupt,
                s => s with { WasInterrupted = true, MayStand = true }
            ),
            RunEvent.StepCancelled e => Step(
                e.Step,
                StepTrigger.Cancel,
                s => s with { Saw = e.Said, EndedAt = entry.At }
            ),
            _ => ApplyDecision(entry),
        };

    private Run ApplyDecision(Entry entry) =>
        entry.What switch
        {
            // A person has looked: what the crash left unknown is answered by them.
            RunEvent.StepRetried e => Step(
                e.Step,
                StepTrigger.Retry,
                s =>
                    s with
                    {
                        EndedAt = null,
                        Evidence = null,
                        Rejected = null,
                        WasInterrupted = false,
                        UndoAgain = s.State is StepState.RollbackFailed,
                    },
                run => run.Acknowledge(e.Step)
            ),
            RunEvent.StepSkipped e => Step(
                e.Step,
                StepTrigger.Skip,
                s =>
                    s with
                    {
                        Saw =
                            $"{(s.State is StepState.NotUndone ? "left as it is" : "skipped")} by {entry.By}: {e.Reason}",
                        EndedAt = entry.At,
                    },
                run => run.Acknowledge(e.Step)
            ),
            _ => ApplyEvidence(entry),
        };

    private Run ApplyEvidence(Entry entry) =>
        entry.What switch
        {
            RunEvent.EvidenceGiven e => Step(
                e.Step,
                trigger: null,
                s =>
                    s with
                    {
                        Evidence = new Evidence(entry.Number, entry.By, entry.At, e.Evidence, [.. e.Files ?? []]),
                        Rejected = null,
                    },
                run => run with { EvidencePosts = EvidencePosts.Union((e.Files ?? []).Select(file => file.Post)) }
            ),
            RunEvent.EvidenceConfirmed e => Judged(
                e.Step,
                e.Evidence,
                s => s with { Evidence = s.Evidence! with { Confirmed = new Glance(entry.By, entry.At, e.Note) } }
            ),
            RunEvent.EvidenceRejected e => Judged(
                e.Step,
                e.Evidence,
                s => s with { Evidence = null, Rejected = new Glance(entry.By, entry.At, e.Reason) }
            ),
            _ => this,
        };

    /// <summary>Only what was looked at is judged, and not what was said since.</summary>
    private Run Judged(string step, long evidence, Func<StepProgress, StepProgress> change) =>
        Step(step, trigger: null, s => s.Evidence?.Number == evidence ? change(s) : s);

    /// <param name="then">what follows for its incident, when the table lets the step move at all</param>
    private Run Step(
        string id,
        StepTrigger? trigger,
        Func<StepProgress, StepProgress> change,
        Func<Run, Run>? then = null
    )
    {
        if (!Steps.TryGetValue(id, out var step))
            return this;

        if (trigger is { } fired && StepStates.Table.Next(step.State, fired) is null)
            return this;

        var moved = trigger is { } permitted ? step.Fire(permitted) : step;
        var next = this with { Steps = Steps.SetItem(id, change(moved)) };
        next = next.Counted(ById[id], step.State, moved.State);
        return then is null ? next : then(next);
    }

    private Run Counted(PlannedStep step, StepState from, StepState to) =>
        from == to
            ? this
            : this with
            {
                Tally = Tally.After(from, to),
                PhaseTallies = PhaseTallies.SetItem(step.Phase, PhaseTallies[step.Phase].After(from, to)),
            };
}
