using PlatformBot.Core.Approvals;
using PlatformBot.Core.Journals;
using PlatformBot.Core.Runs;

namespace PlatformBot.CrashMatrix;

/// <summary>
/// What must be true of runs that people interfered with, read from their journals; each method names what is not. The run before
/// each entry is the fold of those before it.
/// </summary>
internal static class ControlTruth
{
    /// <summary>What a step that began may be when its run is over.</summary>
    private static readonly StepState[] Ends =
    [
        StepState.AlreadyDone,
        StepState.Succeeded,
        StepState.Failed,
        StepState.Skipped,
        StepState.Cancelled,
        StepState.RolledBack,
        StepState.RollbackFailed,
        StepState.NotUndone,
    ];

    public static IEnumerable<string> OfRun(IReadOnlyList<Entry> entries)
    {
        var before = Run.Begin(entries[0])!;

        foreach (var entry in entries.Skip(1))
        {
            foreach (var wrong in OfEntry(before, entry))
                yield return $"entry {entry.Number}: {wrong}";

            before = before.Fold(entry);
        }

        foreach (var wrong in OfSteps(before).Concat(OfOrder(entries)))
            yield return wrong;
    }

    /// <summary>A lock has one holder at a time.</summary>
    public static IEnumerable<string> OfLocks(IEnumerable<Entry> all)
    {
        var holders = new Dictionary<string, long>();

        foreach (var entry in all.OrderBy(entry => entry.Number))
        {
            var run = entry.Run!.Value.Number;

            foreach (var name in (entry.What as RunEvent.LocksTaken)?.Locks ?? [])
            {
                if (!holders.TryAdd(name, run))
                    yield return $"entry {entry.Number}: run {run} takes {name}, which run {holders[name]} holds";
            }

            if (entry.What is not (RunEvent.LocksGivenUp or RunEvent.Ended))
                continue;

            foreach (var name in holders.Where(held => held.Value == run).Select(held => held.Key).ToList())
                holders.Remove(name);
        }
    }

    private static IEnumerable<string> OfEntry(Run before, Entry entry) =>
        entry.What switch
        {
            RunEvent.StepStarted e => OfStart(before, e.Step),
            RunEvent.StepSucceeded e => OfSettling(before, e.Step),
            RunEvent.StepAlreadyDone e => OfSettling(before, e.Step),
            RunEvent.StepSkipped e => OfSettling(before, e.Step),
            RunEvent.RollbackStarted e => OfUndoing(before, e.Step),
            RunEvent.LocksGivenUp when !HasSecondPair(before, before.Unlock) =>
            [
                "the locks are given up, and nobody agreed",
            ],
            _ => [],
        };

    private static IEnumerable<string> OfStart(Run before, string step)
    {
        if (before.State is RunState.Paused)
            yield return $"{step} starts while the run is paused";

        if (!before.HasItsTurn)
            yield return $"{step} starts before it is the run's turn";

        if (before.CancelAsked is not null)
            yield return $"{step} starts after the run was cancelled";

        if (before.MayRollBack)
            yield return $"{step} starts while the run is undone";
    }

    private static IEnumerable<string> OfSettling(Run before, string step) =>
        StepStates.IsSettled(before.Steps[step].State) ? [$"{step} is settled a second time"] : [];

    private static IEnumerable<string> OfUndoing(Run before, string step)
    {
        if (!HasSecondPair(before, before.Rollback))
            yield return $"{step} is undone, and nobody agreed";

        if (!before.HasItsTurn || before.CancelAsked is not null)
            yield return $"{step} is undone before the run's turn or after it was cancelled";

        if (before.Acting.Any())
            yield return $"{step} is undone while {string.Join(", ", before.Acting.Select(each => each.Id))} acts";

        // Again only when a person has looked and wants it so.
        if (before.Steps[step] is { State: var state, UndoAgain: false } && StepStates.IsUndone(state))
            yield return $"{step} is undone a second time";
    }

    /// <summary>Somebody else than who asked said yes.</summary>
    private static bool HasSecondPair(Run run, RunWish? wish) =>
        wish is not null
        && run.Approvals.GetValueOrDefault(wish.Approval) is { } approval
        && approval.State is ApprovalState.Approved
        && approval.Votes.Exists(vote => vote.Decision is Decision.Approve && vote.By.Id != wish.By.Id);

    /// <summary>At its end nothing is under way, and what was to be undone is, or a person left it as it is.</summary>
    private static IEnumerable<string> OfSteps(Run over)
    {
        foreach (var (id, step) in over.Steps.Where(step => step.Value.StartedAt is not null))
        {
            if (!Ends.Contains(step.State))
                yield return $"{id} is {step.State} at the end";

            var isUndone = step.State is StepState.RolledBack or StepState.NotUndone;

            if (over.State is RunState.RolledBack && over.FindStep(id)?.Rollback is not null && !isUndone)
                yield return $"{id} is {step.State} after a rollback";
        }
    }

    /// <summary>What began last is undone first.</summary>
    private static IEnumerable<string> OfOrder(IReadOnlyList<Entry> entries)
    {
        var begun = entries.Select(entry => entry.What).OfType<RunEvent.StepStarted>().Select(e => e.Step).Distinct();
        var undone = entries
            .Select(entry => entry.What)
            .OfType<RunEvent.RollbackStarted>()
            .Select(e => e.Step)
            .Distinct()
            .ToList();
        var expected = begun.Where(undone.Contains).Reverse().ToList();

        if (!undone.SequenceEqual(expected))
            yield return $"undone in the order {string.Join(", ", undone)} instead of {string.Join(", ", expected)}";
    }
}
