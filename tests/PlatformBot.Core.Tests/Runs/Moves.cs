using PlatformBot.Core.Approvals;
using PlatformBot.Core.Incidents;
using PlatformBot.Core.Planning;
using PlatformBot.Core.Runs;
using Shouldly;
using static PlatformBot.Core.Tests.Runs.Plans;

namespace PlatformBot.Core.Tests.Runs;

/// <summary>An entry that could come next.</summary>
/// <param name="Trigger">what it fires at the step; null where it fires nothing there</param>
internal sealed record Move(RunEvent What, string? Step = null, StepTrigger? Trigger = null);

/// <summary>All that can happen to a run of a small plan: what the tables permit, and everything else.</summary>
internal static class Moves
{
    private static readonly DateTimeOffset Noon = new(2026, 11, 21, 12, 0, 0, TimeSpan.Zero);
    private static readonly Failure No = new(1, "no", "helm list", 1, "no", null, "");

    /// <summary>Two phases of which one is destructive, a diamond, a person's step.</summary>
    public static Plan Plan { get; } =
        Plans.Of(
            Step("a") with
            {
                Destructive = "wipes it",
            },
            Step("b", "a"),
            Step("c", "a") with
            {
                Action = new PlannedAction.Manual("Look at it", "text") { SecondPerson = true },
            },
            Step("d", "b", "c") with
            {
                Phase = "mesh",
            }
        );

    public static IEnumerable<Move> PermittedIn(Run run)
    {
        if (run.IsOver)
            return [];

        var steps = run
            .Steps.OrderBy(step => step.Key, StringComparer.Ordinal)
            .SelectMany(step => OfStep(step.Key), (step, move) => (step.Value.State, Move: move))
            .Where(each =>
                each.Move.Trigger is not { } trigger || StepStates.Table.Next(each.State, trigger) is not null
            )
            .Select(each => each.Move);
        var asked = run.Approvals.ContainsKey("foundation")
            ? OfVotesOn("foundation").Skip(1)
            : OfVotesOn("foundation").Take(1);

        return steps.Concat(asked).Concat(OfTheRun().Where(move => MayEnd(run, move.What)));
    }

    /// <summary>What the state of its step, of its approval or of the run does not allow, and what is about nothing in the plan.</summary>
    public static IEnumerable<Move> ForbiddenIn(Run run) =>
        [
            .. run
                .Steps.SelectMany(step => OfStep(step.Key), (step, move) => (step.Value.State, Move: move))
                .Where(each => each.Move.Trigger is { } trigger && StepStates.Table.Next(each.State, trigger) is null)
                .Select(each => each.Move),
            .. OfTheRun()
                .Where(move =>
                    move.What
                        is RunEvent.CancelAsked
                            or RunEvent.Paused
                            or RunEvent.Resumed
                            or RunEvent.RollbackAsked
                            or RunEvent.Ended
                    && !MayEnd(run, move.What)
                ),
            .. OfStep("no-such-step"),
            .. OfVotesOn("no-such-phase"),
        ];

    public static IEnumerable<Move> All(IEnumerable<string> steps) =>
        [.. steps.SelectMany(OfStep), .. OfVotesOn("foundation"), .. OfVotesOn("no-such-phase"), .. OfTheRun()];

    // csharpier-ignore - one row per entry
    public static IEnumerable<Move> OfStep(string step) =>
    [
        new(new RunEvent.StepAlreadyDone(step, "there"),              step, StepTrigger.FindDone),
        new(new RunEvent.StepStarted(step, 1),                        step, StepTrigger.Start),
        new(new RunEvent.StepActed(step, "exit 0"),                   step, StepTrigger.Verify),
        new(new RunEvent.StepSucceeded(step, "as expected"),          step, StepTrigger.Succeed),
        new(new RunEvent.StepFailed(step, No, Noon),                  step, StepTrigger.RetryLater),
        new(new RunEvent.StepFailed(step, No, RetryAt: null),         step, StepTrigger.Fail),
        new(new RunEvent.StepInterrupted(step),                       step, StepTrigger.Interrupt),
        new(new RunEvent.StepCancelled(step, "stopped"),              step, StepTrigger.Cancel),
        new(new RunEvent.StepRetried(step),                           step, StepTrigger.Retry),
        new(new RunEvent.StepSkipped(step, "by hand"),                step, StepTrigger.Skip),
        new(new RunEvent.RollbackStarted(step),                       step, StepTrigger.RollBack),
        new(new RunEvent.StepRolledBack(step, "gone"),                step, StepTrigger.Undo),
        new(new RunEvent.RollbackFailed(step, No),                    step, StepTrigger.FailToUndo),
        new(new RunEvent.StepTurnedRed(step, No),                     step, StepTrigger.TurnRed),
        new(new RunEvent.EvidenceGiven(step, "seen"),                 step),
        new(new RunEvent.EvidenceConfirmed(step, 1, Note: null),      step),
        new(new RunEvent.EvidenceRejected(step, 1, "not so"),         step),
        new(new RunEvent.ProcessStarted(step, "helm", 7, "1", "b"),   step),
        new(new RunEvent.IncidentReported(step, new IssueLink(1, "https://github.example/1")), step),
        new(new RunEvent.IncidentClosed(step),                        step),
    ];

    /// <summary>Asking for it comes first.</summary>
    public static IEnumerable<Move> OfVotesOn(string phase)
    {
        if (phase == "foundation")
            yield return new(new RunEvent.ApprovalAsked(phase, "d1", 2, Noon));

        yield return new(new RunEvent.Voted(phase, Decision.Approve, "d1", null, "test"));
        yield return new(new RunEvent.Voted(phase, Decision.Deny, "d1", "because", "test"));
        yield return new(new RunEvent.ApprovedAlone(phase, "d1", "the router burns", 4, "oncall"));
        yield return new(new RunEvent.ApprovalExpired(phase));
    }

    private static IEnumerable<Move> OfTheRun() =>
        [
            new(new RunEvent.CancelAsked("enough")),
            new(new RunEvent.Paused("lunch")),
            new(new RunEvent.Resumed()),
            new(new RunEvent.RollbackAsked("wrong version")),
            new(new RunEvent.LocksTaken(["cluster/infra"])),
            new(new RunEvent.UnlockAsked("on leave")),
            new(new RunEvent.LocksGivenUp()),
            .. Enum.GetValues<RunState>()
                .Where(RunStates.Table.IsFinal)
                .Select(end => new Move(new RunEvent.Ended(end, "so"))),
            new(new RunEvent.Announced("card", "ops", "post1")),
            new(new RunEvent.Closed()),
        ];

    /// <summary>A bot ends a run only from where the table lets it, and then says no more than that it is closed.</summary>
    private static bool MayEnd(Run run, RunEvent what) =>
        what switch
        {
            RunEvent.CancelAsked => RunStates.Table.Next(run.State, RunTrigger.Cancel) is not null,
            RunEvent.Paused => RunStates.Table.Next(run.State, RunTrigger.Pause) is not null,
            RunEvent.Resumed => RunStates.Table.Next(run.State, RunTrigger.Resume) is not null,
            RunEvent.RollbackAsked => RunStates.Table.Next(run.State, RunTrigger.RollBack) is not null,
            RunEvent.Ended ended => RunStates.Table.Any(row => row.From == run.State && row.To == ended.As),
            RunEvent.Closed => false,
            _ => true,
        };

    /// <summary>One may get from here to there along the table's arrows, or stay.</summary>
    public static void ShouldReach<TState, TTrigger>(this StateTable<TState, TTrigger> table, TState from, TState to)
        where TState : struct, Enum
        where TTrigger : struct, Enum
    {
        var reached = new HashSet<TState> { from };

        while (table.Where(row => reached.Contains(row.From)).Any(row => reached.Add(row.To)))
        {
            // Each round goes one arrow further.
        }

        reached.ShouldContain(to, $"{from} does not lead to {to}");
    }
}
