using PlatformBot.Core.Roles;
using PlatformBot.Core.Runs;

namespace PlatformBot.Core.Chat;

/// <summary>What people do with a run as a whole, cancel, pause, resume, rollback, locks.</summary>
public sealed partial class Bot
{
    private Task<Reply> CancelAsync(
        ChatCommand command,
        IReadOnlyList<string> words,
        CancellationToken cancellationToken
    ) => OnRunAsync(command, words, "cancel", CancelOf, CancelAnswer);

    private static Result<RunEvent> CancelOf(Run run, string? reason) =>
        RunStates.Table.Next(run.State, RunTrigger.Cancel) is null ? TooLate(run) : new RunEvent.CancelAsked(reason);

    private static string CancelAnswer(Run run) => $":octagonal_sign: Run {run.Id} ends; what is done stays as it is.";

    private Task<Reply> PauseAsync(
        ChatCommand command,
        IReadOnlyList<string> words,
        CancellationToken cancellationToken
    ) =>
        OnRunAsync(
            command,
            words,
            "pause",
            (now, reason) =>
                now.State is RunState.RollingBack || RunStates.Table.Next(now.State, RunTrigger.Pause) is null
                    ? NotNow(now, "be paused")
                    : new RunEvent.Paused(reason),
            now =>
                $":double_vertical_bar: Run {now.Id} is paused: nothing new starts{UnderWay(now)}. {Go(now, "resume")}"
        );

    private Task<Reply> ResumeAsync(
        ChatCommand command,
        IReadOnlyList<string> words,
        CancellationToken cancellationToken
    ) =>
        OnRunAsync(
            command,
            words,
            "resume",
            (now, _) => ResumeOf(now),
            now =>
                $":arrow_forward: Run {now.Id} goes on{(now.HasItsTurn ? "" : " when it is its turn")}. What is done is not done again."
        );

    private static Result<RunEvent> ResumeOf(Run run)
    {
        if (run.State is not RunState.Paused)
            return NotNow(run, "be resumed");

        return run.Steps.Values.Any(step => StepStates.IsUndone(step.State))
            ? new Refusal(
                $"Part of run {run.Id} is rolled back, so it cannot go on forward.",
                $"`/platform rollback {run.Id}` undoes the rest, `/platform cancel {run.Id}` leaves it as it is."
            )
            : new RunEvent.Resumed();
    }

    private Task<Reply> RollbackAsync(
        ChatCommand command,
        IReadOnlyList<string> words,
        CancellationToken cancellationToken
    ) => OnRunAsync(command, words, "rollback", RollbackOf, now => WishPosts.RollbackAnswer(now));

    private static Result<RunEvent> RollbackOf(Run run, string? reason)
    {
        if (RunStates.Table.Next(run.State, RunTrigger.RollBack) is null)
            return NotNow(run, "be rolled back");

        var canUndo = run.Undoable.Any(step => run.At(step).State is not (StepState.RolledBack or StepState.NotUndone));

        return canUndo
            ? new RunEvent.RollbackAsked(reason)
            : new Refusal(
                $"Run {run.Id} has done nothing that I know how to undo: no step that began has a `rollback` in its runbook.",
                $"`/platform cancel {run.Id}` ends it; what is done stays."
            );
    }

    private Task<Reply> UnlockAsync(
        ChatCommand command,
        IReadOnlyList<string> words,
        CancellationToken cancellationToken
    ) =>
        OnRunAsync(
            command,
            words,
            "unlock",
            UnlockOf,
            now =>
                $":lock: Somebody else with the role {now.Plan.Access.Approve} must agree that run {now.Id} gives up {Listed(now.Plan.Locks)}. It is paused then, as soon as nothing of it acts."
        );

    private Result<RunEvent> UnlockOf(Run run, string? reason) =>
        run switch
        {
            _ when reason is null => new Refusal("Taking a run's locks away needs a reason.", Usage("unlock")),
            { Unlock: { } wish } => new Refusal(
                $"{wish.By} has asked for that already.",
                $"Whoever may approve can say `/platform approve {run.Id} {wish.Approval}`."
            ),
            { HasItsTurn: false } or { Plan.Locks.Count: 0 } => new Refusal(
                $"Run {run.Id} holds no lock.",
                "`/platform locks` shows who holds what."
            ),
            { State: RunState.RollingBack } or { CancelAsked: not null } or { IsOver: true } => NotNow(
                run,
                "give up its locks"
            ),
            _ => new RunEvent.UnlockAsked(reason),
        };

    private Task<Reply> LocksAsync(
        ChatCommand command,
        IReadOnlyList<string> words,
        CancellationToken cancellationToken
    ) => Task.FromResult(new Reply(WishPosts.Locks(_runs.Active.Select(live => live.Now), _turns, _clock.GetUtcNow())));

    /// <summary>Finds the run that is meant and, if the person may, writes what they want; the rest of the words is the reason.</summary>
    private async Task<Reply> OnRunAsync(
        ChatCommand command,
        IReadOnlyList<string> words,
        string verb,
        Func<Run, string?, Result<RunEvent>> decide,
        Func<Run, string> answer
    )
    {
        if (!Target(words, out var rest).Ok(out var run, out var refusal))
            return await RefuseAsync(command.By, null, command.Text, refusal);

        var reason = rest.Count == 0 ? null : Words.Cut(string.Join(' ', rest), LongestReason);
        return await ControlAsync(command.By, run, verb, Reach.Of(run.Plan), now => decide(now, reason), answer);
    }

    private Task<Reply> ControlAsync(
        Caller by,
        Run run,
        string verb,
        Reach reach,
        Func<Run, Result<RunEvent>> decide,
        Func<Run, string> answer
    ) =>
        MayUse(by, run.Plan.Access.Run, reach) is { } no
            ? RefuseAsync(by, run.Id, verb, no)
            : DecideAsync(by, run, verb, decide, answer);

    private static Refusal NotNow(Run run, string what) =>
        Scheduler.IsEnding(run)
            ? TooLate(run)
            : new Refusal(
                $"Run {run.Id} is {RunCard.StateWords(run.State)}; it cannot {what} now.",
                $"`/platform status {run.Id}` shows where it stands."
            );

    private static string UnderWay(Run run)
    {
        var acting = run.Steps.Values.Count(step => step.State is StepState.Running or StepState.Verifying);
        return acting == 0 ? "" : $"; {Words.Count(acting, "step")} under way may end";
    }

    private static string Go(Run run, string verb) => $"`/platform {verb} {run.Id}` lets it go on.";

    private static string Listed(IEnumerable<string> locks) => string.Join(", ", locks.Select(Markdown.Code));
}
