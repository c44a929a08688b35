using PlatformBot.Core.Approvals;
using PlatformBot.Core.Planning;

namespace PlatformBot.Core.Runs;

/// <summary>What follows from where the steps are: the states of the phases, and of the run.</summary>
public sealed partial record Run
{
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
        var moving = Tally.Any(state =>
            state is StepState.Running or StepState.Verifying or StepState.WaitingToRetry or StepState.TakingBack
        );
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
