using PlatformBot.Core.Approvals;
using PlatformBot.Core.Planning;
using PlatformBot.Core.Roles;
using PlatformBot.Core.Runs;

namespace PlatformBot.Core.Chat;

/// <summary>Manual steps: what somebody did and saw, and what a second person says to that.</summary>
public sealed partial class Bot
{
    /// <summary>Files are read to their end, and people wait for the answer.</summary>
    private static readonly TimeSpan ReadingMayTake = TimeSpan.FromSeconds(20);

    private Task<Reply> ConfirmAsync(
        ChatCommand command,
        IReadOnlyList<string> words,
        CancellationToken cancellationToken
    ) => OnStepAsync(command, words, (run, step, text) => ConfirmAsync(command.By, run, step, text));

    private Task<Reply> RejectAsync(
        ChatCommand command,
        IReadOnlyList<string> words,
        CancellationToken cancellationToken
    ) =>
        OnStepAsync(
            command,
            words,
            (run, step, text) => RejectAsync(command.By, run, step, NewestEvidence(run, step), text)
        );

    /// <summary>Typed, "confirm" is what the step waits for; whoever has said something of it may say it anew.</summary>
    private Task<Reply> ConfirmAsync(Caller by, Run run, string step, string text) =>
        run.AwaitingSecondPerson.Any(waiting => waiting.Id == step) && !(SaidIt(by, run, step) && text.Length > 0)
            ? AgreeAsync(by, run, step, NewestEvidence(run, step), text.Length == 0 ? null : text)
            : GiveEvidenceAsync(by, run, step, text);

    private static bool SaidIt(Caller by, Run run, string step) =>
        run.Steps.GetValueOrDefault(step)?.Evidence?.By.Id == by.Id;

    private static long NewestEvidence(Run run, string step) =>
        run.Steps.GetValueOrDefault(step)?.Evidence?.Number ?? 0;

    private async Task<Reply> GiveEvidenceAsync(Caller by, Run run, string step, string text)
    {
        var what = $"confirm {step}";

        if (MayUse(by, run.Plan.Access.Run, Reach.OfStep(run, step)) is { } no)
            return await RefuseAsync(by, run.Id, what, no);

        if (text.Length == 0)
            return await RefuseAsync(by, run.Id, what, new Refusal("Say what you saw.", Usage("confirm")));

        if (NotAsked(by, run, step) is { } idle)
            return await RefuseAsync(by, run.Id, what, idle);

        return (await ShownAsync(by, run, step)).Ok(out var files, out var missing)
            ? await DecideAsync(by, run, what, Given, now => Thanks(now, step))
            : await RefuseAsync(by, run.Id, what, missing);

        Result<RunEvent> Given(Run now) =>
            NotAsked(by, now, step) is { } idle ? idle
            : files.Any(file => now.EvidencePosts.Contains(file.Post))
                ? new Refusal(
                    "These files have become evidence of another step meanwhile.",
                    "Attach them once more for this one, then confirm again."
                )
            : new RunEvent.EvidenceGiven(step, Words.Cut(text, LongestReason), files.Length == 0 ? null : files);
    }

    private static Refusal? NotAsked(Caller by, Run run, string step) =>
        Scheduler.IsEnding(run) ? TooLate(run)
        : run.AwaitingEvidence.Any(waiting => waiting.Id == step) ? null
        : run.AwaitingSecondPerson.Any(waiting => waiting.Id == step) && SaidIt(by, run, step) ? null
        : run.AwaitingSecondPerson.FirstOrDefault(waiting => waiting.Id == step) is { } waiting
            ? new Refusal(
                $"{run.At(waiting).Evidence!.By} has said already what they saw of {Markdown.Code(step)}.",
                $"It waits for a second person with the role {run.Plan.Access.Approve}: `/platform confirm` or `/platform reject`."
            )
        : new Refusal(
            $"{Markdown.Code(Words.Cut(step, 60))} waits for nobody's word now.",
            $"`/platform status {run.Id}` shows what does."
        );

    private static string Thanks(Run run, string step) =>
        run.AwaitingSecondPerson.Any(waiting => waiting.Id == step)
            ? $":eyes: {step}: somebody else with the role {run.Plan.Access.Approve} must look now and say the same."
            : $":white_check_mark: {step} is confirmed.";

    /// <summary>What the person has shown below the question, where the step wants that.</summary>
    private async Task<Result<EvidenceFile[]>> ShownAsync(Caller by, Run run, string step)
    {
        if (run.FindStep(step)?.Action is not PlannedAction.Manual { Evidence: "file" })
            return Array.Empty<EvidenceFile>();

        var how = $"Attach it to an answer in the thread of run {run.Id}, below the question, then confirm again.";

        // Nobody can have answered a question that is not there yet.
        if (await OwnPostAsync(run.Id, _ => $"manual:{step}", CancellationToken.None) is not { } question)
            return new Refusal("This needs a file.", how);

        try
        {
            using var patience = new CancellationTokenSource(ReadingMayTake, TimeProvider.System);
            var wanted = new WantedFiles(by.Id, run.EvidencePosts);
            var shown = await _chat.FilesAfterAsync(question, wanted, patience.Token);
            return shown.Ok(out var files, out _) && files.Length == 0
                ? new Refusal("This needs a file of yours that is not evidence already.", how)
                : shown;
        }
        catch (Exception exception) when (exception is ChatRefusedException or OperationCanceledException)
        {
            return new Refusal("The chat server does not give me your files now.", "Confirm again in a minute.");
        }
    }

    private Task<Reply> AgreeAsync(Caller by, Run run, string step, long evidence, string? note) =>
        JudgeAsync(
            by,
            run,
            step,
            evidence,
            $"confirm {step} as the second person",
            new RunEvent.EvidenceConfirmed(step, evidence, note is null ? null : Words.Cut(note, LongestReason)),
            $":white_check_mark: {step} is confirmed."
        );

    private Task<Reply> RejectAsync(Caller by, Run run, string step, long evidence, string reason) =>
        reason.Length == 0
            ? RefuseAsync(by, run.Id, $"reject {step}", new Refusal("A rejection needs a reason.", Usage("reject")))
            : JudgeAsync(
                by,
                run,
                step,
                evidence,
                $"reject {step}",
                new RunEvent.EvidenceRejected(step, evidence, Words.Cut(reason, LongestReason)),
                $":leftwards_arrow_with_hook: {step} is asked again."
            );

    /// <summary>The second pair of eyes: somebody else, who may approve, about the very words that they saw.</summary>
    private async Task<Reply> JudgeAsync(
        Caller by,
        Run run,
        string step,
        long evidence,
        string what,
        RunEvent happens,
        string done
    )
    {
        var may = await _standing.OfAsync(by, run.Plan.Access.Approve, Reach.OfStep(run, step), CancellationToken.None);

        return Unfit(may) is { } unfit
            ? await RefuseAsync(by, run.Id, what, unfit)
            : await DecideAsync(
                by,
                run,
                what,
                now => MayNotJudge(now, step, evidence, by, may) is { } objection ? objection : happens,
                _ => done
            );
    }

    private static Refusal? MayNotJudge(Run run, string step, long evidence, Caller by, MayDecide may)
    {
        if (Scheduler.IsEnding(run))
            return TooLate(run);

        var given = run.AwaitingSecondPerson.FirstOrDefault(waiting => waiting.Id == step) is { } waiting
            ? run.At(waiting).Evidence
            : null;

        return given switch
        {
            null => new Refusal(
                $"{Markdown.Code(Words.Cut(step, 60))} waits for no second person now.",
                $"`/platform status {run.Id}` shows what is waited for."
            ),
            _ when given.By.Id == by.Id => new Refusal(
                "You said it yourself. Somebody else must look and say the same.",
                $"Ask somebody with the role {run.Plan.Access.Approve}; `/platform confirm {run.Id} {step} <what you saw>` says it anew."
            ),
            _ when may is not MayDecide.Yes => NoRole(run.Plan.Access.Approve, Reach.OfStep(run, step)),
            _ when given.Number != evidence => new Refusal(
                $"{given.By} has said something newer of {step} meanwhile.",
                "Look at the post again, then decide."
            ),
            _ => null,
        };
    }
}
