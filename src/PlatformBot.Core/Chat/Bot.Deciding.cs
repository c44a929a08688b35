using PlatformBot.Core.Approvals;
using PlatformBot.Core.Planning;
using PlatformBot.Core.Roles;
using PlatformBot.Core.Runs;

namespace PlatformBot.Core.Chat;

/// <summary>Decisions: approve, deny, retry, skip; typed, pressed or filled in.</summary>
public sealed partial class Bot
{
    private const int LongestReason = 500;
    private static readonly Refusal CannotDecide = new(
        "Bots, guests and deactivated accounts decide nothing.",
        "Somebody with an account of their own and the role approver must."
    );
    private static readonly Refusal KeyGone = new(
        "The key that signed this does not count.",
        "The list of keys on the bot's host (Console:AllowedSigners) must hold it under your name."
    );
    private static readonly Refusal NotProven = new(
        "The chat server does not prove who typed this, so it decides nothing.",
        "Say it to me in a post of your own instead: `@platformbot approve …`. An administrator should update the chat server."
    );
    private static readonly Refusal CannotTell = new(
        "The chat server does not say whether you may decide; it was not counted.",
        "Try again in a minute."
    );

    private Task<Reply> ApproveAsync(
        ChatCommand command,
        IReadOnlyList<string> words,
        CancellationToken cancellationToken
    ) =>
        ThawIn(words) is { } thaw
            ? VoteOnThawAsync(command.By, thaw, Decision.Approve, reason: null)
            : OnApprovalAsync(
                command,
                words,
                "approve",
                (run, approval, typed) => VoteAsync(command.By, run, Yes(command.By, approval, typed))
            );

    /// <param name="typed">the words that came with it, which count only where names must be typed</param>
    private static RunEvent.Voted Yes(Caller by, Approval approval, string typed) =>
        new(
            approval.Phase,
            Decision.Approve,
            approval.Digest,
            Reason: null,
            by.Origin.Via,
            approval.MustType.IsNeeded ? typed : null
        );

    private Task<Reply> DenyAsync(
        ChatCommand command,
        IReadOnlyList<string> words,
        CancellationToken cancellationToken
    ) =>
        ThawIn(words) is { } thaw
            ? VoteOnThawAsync(command.By, thaw, Decision.Deny, ThawReason(words))
            : OnApprovalAsync(
                command,
                words,
                "deny",
                (run, approval, reason) =>
                    reason.Length == 0
                        ? RefuseAsync(command.By, run.Id, command.Text, new("A denial needs a reason.", Usage("deny")))
                        : VoteAsync(command.By, run, No(command.By, approval.Phase, approval.Digest, reason))
            );

    private static RunEvent.Voted No(Caller by, string phase, string digest, string reason) =>
        new(phase, Decision.Deny, digest, Words.Cut(reason, LongestReason), by.Origin.Via);

    /// <summary>Finds which approval is meant: the named phase, or the only one that is pending.</summary>
    private async Task<Reply> OnApprovalAsync(
        ChatCommand command,
        IReadOnlyList<string> words,
        string verb,
        Func<Run, Approval, string, Task<Reply>> vote
    )
    {
        if (!Target(words, out var rest).Ok(out var run, out var refusal))
            return await RefuseAsync(command.By, null, command.Text, refusal);

        var named = rest.Count > 0 ? run.Approvals.GetValueOrDefault(rest[0]) : null;
        var pending = run.PendingApprovals.ToList();

        // A word that looks like a phase and is none must not turn into a vote on another one.
        var misnamed =
            named is null && rest.Count > 0 && (verb != "deny" || rest[0].Contains('/', StringComparison.Ordinal));

        if (!misnamed && (named ?? (pending.Count == 1 ? pending[0] : null)) is { } approval)
            return await vote(run, approval, string.Join(' ', rest.Skip(named is null ? 0 : 1)));

        var which =
            pending.Count == 0
                ? new Refusal(
                    $"Run {run.Id} waits for no approval.",
                    $"`/platform status {run.Id}` shows where it stands."
                )
                : new Refusal(
                    "Which one?",
                    string.Join('\n', pending.Select(each => $"- `/platform {verb} {run.Id} {each.Phase}`"))
                );
        return await RefuseAsync(command.By, run.Id, command.Text, which);
    }

    /// <summary>The one place where votes are counted, whichever way they came in.</summary>
    private async Task<Reply> VoteAsync(Caller by, Run run, RunEvent.Voted vote)
    {
        var what = $"{vote.Decision} {vote.Phase}";
        var held = await HeldAsync(by, run, vote.Phase);

        var groups = run.Plan.Approval.Groups;
        var counted = vote with { Roles = groups is null ? null : [.. held.Roles.Where(groups.ContainsKey)] };

        return Unfit(held.May) is { } unfit
            ? await RefuseAsync(by, run.Id, what, unfit)
            : await DecideAsync(
                by,
                run,
                what,
                now => Counted(now, by, held.May is MayDecide.Yes, counted),
                now => Counted(now, now.Approvals[vote.Phase])
            );
    }

    /// <summary>
    /// The form in which the names are typed of what cannot be undone. Whoever may not approve, or no longer, is told so before
    /// they have typed anything.
    /// </summary>
    private async Task<Reply> AskForNamesAsync(Caller by, Run run, Approval approval, string[] parts)
    {
        var vote = Yes(by, approval, $"{approval.MustType}") with { Digest = parts[^1] };
        var held = await HeldAsync(by, run, vote.Phase);
        var refusal =
            Unfit(held.May) ?? (Counted(run, by, held.May is MayDecide.Yes, vote).Ok(out _, out var no) ? null : no);

        return refusal is null
            ? new Reply("") { Dialog = NamesDialog(run, approval, parts) }
            : await RefuseAsync(by, run.Id, $"{vote.Decision} {vote.Phase}", refusal);
    }

    private Task<Held> HeldAsync(Caller by, Run run, string approval) =>
        _standing.OfAsync(by, run.Plan.DecidingRoles, Reach.Of(run, approval), CancellationToken.None);

    /// <summary>Told apart from a missing role, because only an administrator of the chat server can change it.</summary>
    private static Refusal? Unfit(MayDecide may) =>
        may switch
        {
            MayDecide.NoAccount => CannotDecide,
            MayDecide.NoKey => KeyGone,
            MayDecide.NotProven => NotProven,
            MayDecide.CannotTell => CannotTell,
            _ => null,
        };

    /// <summary>The vote, or what stands against it.</summary>
    private Result<RunEvent> Counted(Run run, Caller by, bool mayDecide, RunEvent.Voted vote)
    {
        if (Scheduler.IsEnding(run))
            return TooLate(run);

        if (run.Rollback is { } wish && vote.Phase != wish.Approval)
            return BeingUndone(run);

        if (!run.Approvals.TryGetValue(vote.Phase, out var approval))
        {
            return new Refusal(
                $"Run {run.Id} waits for no approval of {Markdown.Code(Words.Cut(vote.Phase, 60))}.",
                $"`/platform status {run.Id}` shows what it waits for."
            );
        }

        var objection =
            approval.Objection(by.Person, vote.Decision, vote.Digest, mayDecide, _clock.GetUtcNow())
            ?? (
                vote.Decision is Decision.Approve
                    ? Frozen(run, vote.Phase) ?? approval.MustType.Objection(vote.Phase, vote.Typed)
                    : null
            );
        return objection is null ? vote : objection;
    }

    private static string Counted(Run run, Approval approval) =>
        approval.State switch
        {
            ApprovalState.Approved => $":white_check_mark: {approval.Phase} of run {run.Id} is approved; it goes on.",
            ApprovalState.Denied =>
                $":no_entry: {approval.Phase} of run {run.Id} is denied; {(Scheduler.IsEnding(run) ? "the run ends" : $"it is {RunCard.StateWords(run.State)}")}.",
            _ =>
                $":white_check_mark: Your vote counts: {approval.Votes.Count} of {approval.Quorum}.{(approval.Missing.Count == 0 ? "" : $" Still missing: {Seats.Words(approval.Missing)}.")}",
        };

    private Task<Reply> RetryAsync(
        ChatCommand command,
        IReadOnlyList<string> words,
        CancellationToken cancellationToken
    ) => OnStepAsync(command, words, (run, step, _) => RetryAsync(command.By, run, step));

    private Task<Reply> SkipAsync(
        ChatCommand command,
        IReadOnlyList<string> words,
        CancellationToken cancellationToken
    ) => OnStepAsync(command, words, (run, step, text) => SkipAsync(command.By, run, step, text));

    /// <summary>Finds which step is meant: the named one, or the only one that waits for a person.</summary>
    private async Task<Reply> OnStepAsync(
        ChatCommand command,
        IReadOnlyList<string> words,
        Func<Run, string, string, Task<Reply>> decide
    )
    {
        if (!Target(words, out var rest).Ok(out var run, out var refusal))
            return await RefuseAsync(command.By, null, command.Text, refusal);

        if (rest.Count > 0 && run.FindStep(rest[0]) is not null)
            return await decide(run, rest[0], string.Join(' ', rest.Skip(1)));

        var waiting = run
            .Failed.Concat(run.NotRolledBack)
            .Concat(run.AwaitingEvidence)
            .Concat(run.AwaitingSecondPerson)
            .ToList();

        if (rest.Count == 0 && waiting is [var only])
            return await decide(run, only.Id, "");

        var which = rest.Count == 0 ? Which(run, waiting) : NoSuchStep(run, rest[0]);
        return await RefuseAsync(command.By, run.Id, command.Text, which);
    }

    private static Refusal Which(Run run, List<PlannedStep> waiting) =>
        waiting.Count == 0
            ? new Refusal(
                $"No step of run {run.Id} waits for a person.",
                $"`/platform status {run.Id}` shows where it stands."
            )
            : new Refusal(
                "Which step?",
                $"These wait for a person: {string.Join(", ", waiting.Select(step => Markdown.Code(step.Id)))}."
            );

    private Task<Reply> RetryAsync(Caller by, Run run, string step) =>
        OperateAsync(
            by,
            run,
            $"retry {step}",
            step,
            StepTrigger.Retry,
            new RunEvent.StepRetried(step),
            $":repeat: {step} is tried again."
        );

    private Task<Reply> SkipAsync(Caller by, Run run, string step, string reason) =>
        reason.Length == 0
            ? RefuseAsync(by, run.Id, $"skip {step}", new Refusal("Skipping needs a reason.", Usage("skip")))
            : OperateAsync(
                by,
                run,
                $"skip {step}",
                step,
                StepTrigger.Skip,
                new RunEvent.StepSkipped(step, Words.Cut(reason, LongestReason)),
                $":fast_forward: {step} is skipped."
            );

    private Task<Reply> OperateAsync(
        Caller by,
        Run run,
        string what,
        string step,
        StepTrigger trigger,
        RunEvent happens,
        string done
    ) =>
        ControlAsync(
            by,
            run,
            what,
            Reach.OfStep(run, step),
            now => Objection(now, step, trigger) is { } objection ? objection : happens,
            _ => done
        );

    private static Refusal? Objection(Run run, string step, StepTrigger trigger)
    {
        var isUndone = run.Steps.GetValueOrDefault(step) is { State: StepState.RollbackFailed };

        if (run.Rollback is not null && !isUndone)
            return BeingUndone(run);

        if (run.Rollback is null ? Scheduler.IsEnding(run) : run.IsOver || run.CancelAsked is not null)
            return TooLate(run);

        if (run.Steps.TryGetValue(step, out var at) && StepStates.Table.Next(at.State, trigger) is not null)
            return null;

        return new Refusal(
            $"{step} is {(at is null ? "no step of this run" : RunPosts.StateWords(at.State))}; there is nothing to {trigger.ToString().ToLowerInvariant()}.",
            $"`/platform status {run.Id}` shows what needs a person."
        );
    }

    private static Refusal BeingUndone(Run run) =>
        new(
            $"Run {run.Id} is being rolled back; nothing goes forward in it.",
            $"`/platform status {run.Id}` shows how far it is, `/platform cancel {run.Id}` stops it there."
        );

    /// <summary>Nothing is decided in a run that ends.</summary>
    private static Refusal TooLate(Run run) =>
        new(
            run.IsOver ? $"Run {run.Id} is over: {RunCard.StateWords(run.State)}."
                : run.CancelAsked is { } cancel
                    ? $"Run {run.Id} is being cancelled (by {cancel.By}); nothing more is decided in it."
                : run.Rollback is not null ? $"Run {run.Id} is being rolled back; nothing goes forward in it."
                : $"Run {run.Id} is ending, because an approval was refused; nothing more is decided in it.",
            $"Ask for a new run{(run.IsOver ? "" : " when it has ended")}: what is done already is not done twice."
        );

    private async Task<Reply> DecideAsync(
        Caller by,
        Run run,
        string what,
        Func<Run, Result<RunEvent>> decide,
        Func<Run, string> answer
    )
    {
        if (_runs.Find(run.Id) is not { } live)
            return await RefuseAsync(by, run.Id, what, TooLate(run));

        return (await live.DecideAsync(by, decide)).Ok(out var now, out var refusal)
            ? new Reply($"{answer(now)}{Later()}")
            : await RefuseAsync(by, run.Id, what, refusal);
    }

    /// <summary>A decision is written at once; what follows from it may have to wait.</summary>
    private string Later() =>
        _runs.IsLeaving
            ? "\n:zzz: I am being stopped just now: what follows from this begins when I am started again."
            : "";
}
