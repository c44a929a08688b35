using System.Collections.Immutable;
using PlatformBot.Core.Approvals;
using PlatformBot.Core.Audit;
using PlatformBot.Core.Incidents;
using PlatformBot.Core.Journals;
using PlatformBot.Core.Planning;

namespace PlatformBot.Core.Runs;

/// <summary>One execution of one plan, as its journal tells it. Immutable: <see cref="Fold"/> gives the next one.</summary>
public sealed partial record Run : IFold<Run>
{
    /// <summary>The name of the one approval of a run whose rule is "once per run".</summary>
    public const string WholeRun = "run";

    public required RunId Id { get; init; }

    public RunId? Of => Id;

    public required Plan Plan { get; init; }

    public required Person Requester { get; init; }

    /// <summary>Where it is shown: an id; "" as long as it began while chat was away and nothing of it was shown yet.</summary>
    public required string Channel { get; init; }

    public required DateTimeOffset PlannedAt { get; init; }

    public RunState State { get; init; } = RunStates.Table.Start;

    public required ImmutableDictionary<string, StepProgress> Steps { get; init; }

    public required ImmutableDictionary<string, PhaseState> Phases { get; init; }

    private ImmutableDictionary<string, PlannedStep> ById { get; init; } =
        ImmutableDictionary<string, PlannedStep>.Empty;

    private Tally Tally { get; init; } = new(steps: 0);

    /// <summary>By phase id.</summary>
    private ImmutableDictionary<string, Tally> PhaseTallies { get; init; } = ImmutableDictionary<string, Tally>.Empty;

    /// <summary>By phase id, or <see cref="WholeRun"/>; only where one is needed.</summary>
    public ImmutableDictionary<string, Approval> Approvals { get; init; } = ImmutableDictionary<string, Approval>.Empty;

    /// <summary>By step id.</summary>
    public ImmutableDictionary<string, Incident> Incidents { get; init; } = ImmutableDictionary<string, Incident>.Empty;

    /// <summary>What was said in chat: key → post id.</summary>
    public ImmutableDictionary<string, string> Posts { get; init; } = ImmutableDictionary<string, string>.Empty;

    /// <summary>Who asked for an end, and why; null while nobody has.</summary>
    public (Person By, string? Reason)? CancelAsked { get; init; }

    /// <summary>Since when the run's locks are its own; null while it waits for its turn.</summary>
    public DateTimeOffset? LockedSince { get; init; }

    /// <summary>Who paused it, and why; null while it is not paused.</summary>
    public (Person By, string? Reason)? PausedBy { get; init; }

    /// <summary>Who wants what it did undone; null while nobody does.</summary>
    public RunWish? Rollback { get; init; }

    /// <summary>Who wants its locks for others; null while nobody does.</summary>
    public RunWish? Unlock { get; init; }

    /// <summary>Posts whose files were evidence already: of no other step, and not again.</summary>
    public ImmutableHashSet<string> EvidencePosts { get; init; } = [];

    public DateTimeOffset? EndedAt { get; init; }

    public string? EndedWhy { get; init; }

    public bool IsClosed { get; init; }

    /// <summary>The number of the newest entry that was folded in.</summary>
    public long Version { get; init; }

    /// <summary>The chain over the hashes of its entries, as an export of the run has it.</summary>
    public required string Chain { get; init; }

    /// <summary>What to write down elsewhere, so that nobody can write the run's entries up to here anew.</summary>
    public Anchor Anchor => new(Id.Number, Version, Chain);

    /// <summary>The anchor of the entry that ended it; null while it is not over.</summary>
    public Anchor? EndAnchor { get; init; }

    public bool IsOver => RunStates.Table.IsFinal(State);

    /// <summary>"bootstrap all --from mesh"</summary>
    public string Title => Plan.Title;

    public StepProgress At(PlannedStep step) => Steps[step.Id];

    public PlannedStep? FindStep(string id) => ById.GetValueOrDefault(id);

    public bool IsSettled(string step) =>
        !Steps.TryGetValue(step, out var progress) || StepStates.IsSettled(progress.State);

    public bool AllSettled => Tally.All(StepStates.IsSettled);

    /// <summary>Steps that failed for good, in the plan's order.</summary>
    public IEnumerable<PlannedStep> Failed => In(StepState.Failed);

    /// <summary>Steps that wait for their next attempt, in the plan's order.</summary>
    public IEnumerable<PlannedStep> WaitingToRetry => In(StepState.WaitingToRetry);

    /// <summary>Steps that are doing something to the world, in the plan's order; people's own work does not count.</summary>
    public IEnumerable<PlannedStep> Acting =>
        In(StepState.Running, StepState.RollingBack, StepState.TakingBack).Where(step => !IsWithPerson(step));

    /// <summary>Steps that could not be proven and that the bot undoes by itself, in the plan's order.</summary>
    public IEnumerable<PlannedStep> TakingBack => In(StepState.TakingBack);

    /// <summary>Steps that undo themselves, may have done something and are not proven, in the plan's order.</summary>
    public IEnumerable<PlannedStep> Unproven =>
        In(StepState.Pending, StepState.Verifying, StepState.WaitingToRetry, StepState.Interrupted)
            .Where(step => step.UndoesItself && At(step).MayStand);

    /// <summary>A manual step that has begun and is not done: the bot only waits.</summary>
    public bool IsWithPerson(PlannedStep step) =>
        step.Action is PlannedAction.Manual && At(step).State is StepState.Running;

    /// <summary>Steps whose compensation did not work and that wait for a person, in the plan's order.</summary>
    public IEnumerable<PlannedStep> NotRolledBack => In(StepState.RollbackFailed).Where(step => !At(step).UndoAgain);

    /// <summary>Manual steps that wait for somebody to do them, in the plan's order.</summary>
    public IEnumerable<PlannedStep> AwaitingEvidence =>
        In(StepState.Running).Where(step => AsksPeople(step) && At(step).Evidence is null);

    /// <summary>Manual steps that somebody has done, and that a second person must look at, in the plan's order.</summary>
    public IEnumerable<PlannedStep> AwaitingSecondPerson =>
        In(StepState.Running).Where(step => AsksPeople(step) && At(step).Evidence is not null);

    /// <summary>A manual step for which not everybody has said yet what they must.</summary>
    public bool AsksPeople(PlannedStep step) =>
        step.Action is PlannedAction.Manual manual
        && At(step) is { State: StepState.Running, Evidence: var evidence }
        && (evidence is null || (manual.SecondPerson && evidence.Confirmed is null));

    private IEnumerable<PlannedStep> In(params StepState[] states) =>
        states.Any(Tally.Any) ? Plan.Steps.Where(step => states.Contains(At(step).State)) : [];

    public IEnumerable<Approval> PendingApprovals =>
        Approvals
            .Values.Where(approval => approval.State is ApprovalState.Requested)
            .OrderBy(approval => approval.Phase, StringComparer.Ordinal);

    /// <summary>Whether the phase may only start with an approval. Asked once per run, the approval is for its harmless phases, too.</summary>
    public bool NeedsApproval(PlannedPhase phase) => Plan.NeedsApproval(phase);

    /// <summary>The approval that the phase needs: its own, or the one for the whole run.</summary>
    public string ApprovalFor(PlannedPhase phase) => Plan.Approval.Per == "run" ? WholeRun : phase.Id;

    /// <summary>The steps that an approval is for, in the plan's order; none when it is for no phase.</summary>
    public IEnumerable<PlannedStep> StepsOf(string approval) =>
        Plan.Phases.Where(phase => ApprovalFor(phase) == approval).SelectMany(phase => phase.Steps);

    /// <summary>What destroys something of that which an approval is for; of a rollback, the compensations as steps of their own.</summary>
    public IEnumerable<PlannedStep> DestroyingOf(string approval) =>
        (Rollback?.Approval == approval ? Undoable.Select(step => step.Undoing!) : StepsOf(approval)).Where(step =>
            step.Destructive is not null
        );

    /// <summary>The approvals that this run needs, in the plan's order.</summary>
    public IEnumerable<string> NeededApprovals => Plan.Phases.Where(NeedsApproval).Select(ApprovalFor).Distinct();

    /// <summary>A phase that needs no approval, or has it.</summary>
    public bool MayTouch(PlannedPhase phase) =>
        !NeedsApproval(phase) || Approvals.GetValueOrDefault(ApprovalFor(phase)) is { State: ApprovalState.Approved };

    /// <summary>The run as its journal tells it; null when there are no entries or they do not begin with a plan.</summary>
    public static Run? Replay(IEnumerable<Entry> entries)
    {
        Run? run = null;

        foreach (var entry in entries)
            run = run is null ? Begin(entry) : run.Fold(entry);

        return run;
    }

    public static Run? Begin(Entry entry)
    {
        if (entry is not { What: RunEvent.Planned { Plan: var plan } planned, Run: { } id })
            return null;

        var steps = plan.Steps.ToList();
        return new Run
        {
            Id = id,
            Plan = plan,
            Requester = entry.By,
            Channel = planned.Channel,
            PlannedAt = entry.At,
            Steps = steps.ToImmutableDictionary(step => step.Id, _ => new StepProgress()),
            Phases = plan.Phases.ToImmutableDictionary(phase => phase.Id, _ => PhaseStates.Table.Start),
            ById = steps.ToImmutableDictionary(step => step.Id),
            Tally = new Tally(steps.Count),
            PhaseTallies = plan.Phases.ToImmutableDictionary(phase => phase.Id, phase => new Tally(phase.Steps.Count)),
            Version = entry.Number,
            Chain = AuditLine.Link(EntryJson.Genesis, entry.Hash),
        };
    }
}

/// <summary>What somebody wants done with a run as a whole.</summary>
/// <param name="Approval">the name of the approval that it needs, if it needs one: "rollback", and "rollback-2" when it is asked again</param>
public sealed record RunWish(Person By, string? Reason, string Approval);
