using System.Collections.Immutable;
using PlatformBot.Core.Approvals;
using PlatformBot.Core.Audit;
using PlatformBot.Core.Incidents;
using PlatformBot.Core.Journals;
using PlatformBot.Core.Planning;

namespace PlatformBot.Core.Runs;

public sealed partial record Run
{
    /// <summary>The run after one more entry.</summary>
    public Run Fold(Entry entry) =>
        (this with { Version = entry.Number, Chain = AuditLine.Link(Chain, entry.Hash) })
            .Apply(entry)
            .FollowPhases()
            .FollowSteps();

    private Run Apply(Entry entry) =>
        entry.What switch
        {
            RunEvent.ApprovalAsked asked => With(
                new Approval(
                    asked.Phase,
                    asked.Digest,
                    asked.AskedBy ?? Requester,
                    asked.Quorum,
                    entry.At,
                    asked.ExpiresAt
                )
            ),
            RunEvent.Voted voted => Counted(voted, entry).AfterDecision(voted.Phase),
            RunEvent.ApprovalExpired expired => Approvals.TryGetValue(expired.Phase, out var late)
                ? With(late.Fire(ApprovalTrigger.Expire)).AfterDecision(expired.Phase)
                : this,
            RunEvent.CancelAsked cancel => When(
                RunTrigger.Cancel,
                run => run with { CancelAsked = (entry.By, cancel.Reason) }
            ),
            RunEvent.Ended ended => Finished(ended, entry.At),
            RunEvent.Closed => this with { IsClosed = true },
            RunEvent.Announced said => this with { Posts = Posts.SetItem(said.Key, said.PostId) },
            RunEvent.IncidentReported reported => With(
                reported.Step,
                incident => incident.Fire(IncidentTrigger.Report) with { Issue = reported.Issue }
            ),
            RunEvent.IncidentClosed closed => With(closed.Step, incident => incident.Fire(IncidentTrigger.Close)),
            _ => ApplyControl(entry),
        };

    private Run ApplyToStep(Entry entry) =>
        entry.What switch
        {
            RunEvent.StepAlreadyDone e => Step(
                e.Step,
                StepTrigger.FindDone,
                s => s with { Saw = e.Saw, EndedAt = entry.At },
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
                        Saw = "",
                        Processes = [],
                    }
            ),
            RunEvent.StepActed e => Step(e.Step, StepTrigger.Verify, s => s with { Saw = e.Said }),
            RunEvent.StepSucceeded e => Step(
                e.Step,
                StepTrigger.Succeed,
                s => s with { Saw = e.Saw, EndedAt = entry.At },
                run => run.Heal(e.Step)
            ),
            RunEvent.StepFailed { RetryAt: { } at } e => Step(
                e.Step,
                StepTrigger.RetryLater,
                s => s with { Saw = e.Failure.Said, Failure = e.Failure, RetryAt = at }
            ),
            _ => ApplyInterruption(entry),
        };

    private Run ApplyInterruption(Entry entry) =>
        entry.What switch
        {
            RunEvent.StepFailed e => Step(
                e.Step,
                StepTrigger.Fail,
                s => s with { Saw = e.Failure.Said, Failure = e.Failure, EndedAt = entry.At },
                run => run.Detect(e.Step, e.Failure, entry.At)
            ),
            RunEvent.ProcessStarted e => Step(
                e.Step,
                trigger: null,
                s => s with { Processes = s.Processes.Add(new ProcessFact(e.Tool, e.Pid, e.StartTime, e.BootId)) }
            ),
            RunEvent.StepInterrupted e => Step(e.Step, StepTrigger.Interrupt, s => s with { WasInterrupted = true }),
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
                    }
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

    private Run Counted(RunEvent.Voted voted, Entry entry) =>
        Approvals.TryGetValue(voted.Phase, out var approval)
            ? With(approval.With(new Vote(entry.By, voted.Decision, voted.Reason, entry.At)))
            : this;

    private Run Finished(RunEvent.Ended ended, DateTimeOffset at)
    {
        var trigger = ended.As switch
        {
            RunState.Succeeded => RunTrigger.Finish,
            RunState.Failed => RunTrigger.Abort,
            RunState.Cancelled => RunTrigger.Stop,
            RunState.RolledBack => RunTrigger.Undo,
            RunState.Denied => RunTrigger.Deny,
            _ => RunTrigger.Expire,
        };

        if (RunStates.Table.Next(State, trigger) is not { } end)
            return this;

        return this with
        {
            State = end,
            EndedAt = at,
            EndedWhy = ended.Why,
            EndAnchor = Anchor,
            LockedSince = null,
            Approvals = Approvals.ToImmutableDictionary(
                pair => pair.Key,
                pair => pair.Value.Fire(ApprovalTrigger.Withdraw)
            ),
        };
    }

    private Run Detect(string step, Failure failure, DateTimeOffset at) =>
        Incidents.TryGetValue(step, out var old)
            ? With(step, _ => old.Again(failure, at))
            : this with
            {
                Incidents = Incidents.Add(step, new Incident(step, at, [failure])),
            };

    private Run Heal(string step) => With(step, incident => incident.Fire(IncidentTrigger.Heal));

    private Run Acknowledge(string step) => With(step, incident => incident.Fire(IncidentTrigger.Acknowledge));

    private Run With(Approval approval) => this with { Approvals = Approvals.SetItem(approval.Phase, approval) };

    private Run With(string step, Func<Incident, Incident> change) =>
        Incidents.TryGetValue(step, out var incident)
            ? this with
            {
                Incidents = Incidents.SetItem(step, change(incident)),
            }
            : this;

    private Run Fire(RunTrigger trigger) => this with { State = RunStates.Table.Next(State, trigger) ?? State };

    /// <summary>What follows from a trigger, when the table lets the run move at all.</summary>
    private Run When(RunTrigger trigger, Func<Run, Run> then) =>
        RunStates.Table.Next(State, trigger) is { } next ? then(this with { State = next }) : this;

    /// <summary>Phases follow their steps.</summary>
    private Run FollowPhases()
    {
        var phases = Phases;

        foreach (var phase in Plan.Phases)
        {
            var state = phases[phase.Id];

            // At most three arrows lead from Waiting to Complete.
            for (var hop = 0; hop < 3; hop++)
                state = Wanted(phase, state) is { } trigger ? PhaseStates.Table.Next(state, trigger) ?? state : state;

            if (state != phases[phase.Id])
                phases = phases.SetItem(phase.Id, state);
        }

        return this with
        {
            Phases = phases,
        };
    }

    private PhaseTrigger? Wanted(PlannedPhase phase, PhaseState state)
    {
        var steps = PhaseTallies[phase.Id];
        var failed = steps.Any(StepState.Failed);

        return state switch
        {
            PhaseState.Abandoned or PhaseState.Undone => null,
            _ when steps.Any(StepStates.IsUndone) => PhaseTrigger.Undo,
            _ when IsOver && State is not RunState.Succeeded => PhaseTrigger.Abandon,
            PhaseState.Complete => null,
            PhaseState.Waiting => phase.Steps.Count == 0 || steps.Any(each => each is not StepState.Pending)
                ? PhaseTrigger.Begin
                : null,
            PhaseState.Working when failed => PhaseTrigger.Stick,
            PhaseState.Stuck when !failed => PhaseTrigger.Unstick,
            PhaseState.Working when steps.All(StepStates.IsSettled) => PhaseTrigger.Complete,
            _ => null,
        };
    }

    /// <summary>The run follows its steps: failed ones ask for a decision, pending approvals are waited for when nothing else moves.</summary>
    private Run FollowSteps()
    {
        var failed = Tally.Any(StepState.Failed);
        var started = Tally.Any(state => state is not StepState.Pending);
        var moving = Tally.Any(state => state is StepState.Running or StepState.Verifying or StepState.WaitingToRetry);
        // A wish that a second person has not answered holds up nothing.
        var approvals = Approvals.Values.Any(approval =>
            approval.State is ApprovalState.Requested
            && approval.Phase != Unlock?.Approval
            && approval.Phase != Rollback?.Approval
        );

        RunTrigger? trigger = State switch
        {
            RunState.Planned when started => RunTrigger.Start,
            RunState.Planned when approvals => RunTrigger.AskApproval,
            RunState.Running or RunState.AwaitingApproval when failed => RunTrigger.AskDecision,
            RunState.AwaitingDecision when !failed => RunTrigger.Decide,
            RunState.AwaitingApproval when !approvals || moving => RunTrigger.Approve,
            RunState.Running when approvals && !moving => RunTrigger.AskApproval,
            _ => null,
        };

        // A first entry may mean more than one arrow: a step that fails before it starts begins the run and asks for a person.
        return trigger is { } fired && Fire(fired) is var next && next.State != State ? next.FollowSteps() : this;
    }
}
