using System.Globalization;
using PlatformBot.Core.Approvals;
using PlatformBot.Core.Roles;
using PlatformBot.Core.Runs;

namespace PlatformBot.Core.Chat;

/// <summary>Buttons and dialogs: from what was pressed or filled in to the decision that it means.</summary>
public sealed partial class Bot
{
    /// <summary>What a one-line field of a dialog holds.</summary>
    private const int LongestName = 150;

    private static readonly TimeSpan PostMayLag = TimeSpan.FromSeconds(2);

    public Task<Reply> PressAsync(ButtonClick click, CancellationToken cancellationToken) =>
        OrNothingAsync(() => PressedAsync(click, cancellationToken));

    public Task<Reply> SubmitAsync(DialogSubmission submission, CancellationToken cancellationToken) =>
        OrNothingAsync(() => SubmittedAsync(submission));

    private async Task<Reply> PressedAsync(ButtonClick click, CancellationToken cancellationToken)
    {
        var parts = click.Value.Split('|');

        if (NoticeOf(parts) is { } notice)
            return await PressedAsync(click, notice, parts, cancellationToken);

        if (parts.Length < 3 || RunId.Parse(parts[1]) is not { } id || _runs.Look(id) is not { } run)
            return await SuspectedAsync(click, "a button of no run");

        if (await OwnPostAsync(id, now => PostKey(now, parts), cancellationToken) != click.PostId)
            return await SuspectedAsync(click, "a button in a post that is not its own");

        if (!click.By.IsProven)
            return await RefuseAsync(click.By, id, click.Value, Unverified(parts));

        return parts[0] switch
        {
            "approve" => run.Approvals.GetValueOrDefault(parts[2]) is { MustType.IsNeeded: true } approval
                ? await AskForNamesAsync(click.By, run, approval, parts)
                : await VoteAsync(click.By, run, Yes(click.By, parts, typed: null)),
            "retry" => await RetryAsync(click.By, run, parts[2]),
            "agree" => await AgreeAsync(click.By, run, parts[2], NumberIn(parts), note: null),
            _ => new Reply("") { Dialog = DialogFor(run, parts) },
        };
    }

    private async Task<Reply> SubmittedAsync(DialogSubmission submission)
    {
        var parts = submission.State.Split('|');
        var text = submission.Values.GetValueOrDefault("text", "").Trim();

        if (NoticeOf(parts) is not null)
            return await SubmittedAsync(submission, parts, text);

        if (parts.Length < 3 || RunId.Parse(parts[1]) is not { } id || _runs.Look(id) is not { } run)
            return Reply.Silent;

        if (text.Length == 0 && parts[0] is not ("abort" or "rollback"))
        {
            return new Reply("")
            {
                FieldErrors = new Dictionary<string, string> { ["text"] = "Say it in a few words." },
            };
        }

        var reason = text.Length == 0 ? null : Words.Cut(text, LongestReason);

        return parts[0] switch
        {
            "approve" => await VoteAsync(submission.By, run, Yes(submission.By, parts, text)),
            "deny" => await VoteAsync(submission.By, run, No(submission.By, parts[2], parts[^1], text)),
            "skip" => await SkipAsync(submission.By, run, parts[2], text),
            "confirm" => await GiveEvidenceAsync(submission.By, run, parts[2], text),
            "reject" => await RejectAsync(submission.By, run, parts[2], NumberIn(parts), text),
            "abort" => await AllOfItAsync("cancel", now => CancelOf(now, reason), CancelAnswer),
            "rollback" => await AllOfItAsync("rollback", now => RollbackOf(now, reason), WishPosts.RollbackAnswer),
            _ => Reply.Silent,
        };

        Task<Reply> AllOfItAsync(string verb, Func<Run, Result<RunEvent>> decide, Func<Run, string> answer) =>
            ControlAsync(submission.By, run, verb, Reach.Of(run.Plan), decide, answer);
    }

    private async Task<Reply> SuspectedAsync(ButtonClick click, string what)
    {
        await _journal.AppendAsync(
            null,
            click.By.Person,
            new RunEvent.Suspected($"{what}: {Words.Cut(click.Value, 200)}", $"post {click.PostId}")
            {
                Origin = click.By.Origin,
            }
        );
        return Reply.Refuse(new Refusal("This button no longer counts.", "Look at the newest posts of the run."));
    }

    /// <summary>The post in which the run itself said this. A click that comes before its id is in the journal is not lost for that.</summary>
    private async Task<string?> OwnPostAsync(RunId id, Func<Run, string> key, CancellationToken cancellationToken)
    {
        if (_runs.Find(id) is not { } live)
            return _runs.Look(id) is { } over ? over.Posts.GetValueOrDefault(key(over)) : null;

        try
        {
            return await live.PostAsync(key, PostMayLag, TimeProvider.System, cancellationToken);
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            return null;
        }
    }

    /// <summary>Yes to what was seen when the button was pressed.</summary>
    private static RunEvent.Voted Yes(Caller by, string[] parts, string? typed) =>
        new(parts[2], Decision.Approve, parts[^1], Reason: null, by.Origin.Via, typed);

    /// <summary>The command that does the same as a button.</summary>
    private static string Typed(string button) =>
        button switch
        {
            "abort" => "cancel",
            "agree" => "confirm",
            _ => button,
        };

    /// <summary>Which evidence a button is about.</summary>
    private static long NumberIn(string[] parts) =>
        long.TryParse(parts[^1], CultureInfo.InvariantCulture, out var number) ? number : 0;

    private static string PostKey(Run run, string[] parts) =>
        parts[0] switch
        {
            "approve" or "deny" => $"approval:{parts[2]}",
            "confirm" or "agree" or "reject" => $"manual:{parts[2]}",
            _ => $"failed:{parts[2]}:{run.Incidents.GetValueOrDefault(parts[2])?.Times}",
        };

    // csharpier-ignore - one row per dialog
    private static Dialog DialogFor(Run run, string[] parts) =>
        parts[0] switch
        {
            "deny"    => Ask($"Deny run {run.Id}", $"{parts[2]} will not run. Why?", "Deny", parts, "Reason", "The requester reads this."),
            "skip"    => Ask($"Skip a step of {run.Id}", $"The run goes on as if {parts[2]} were done. Why is that right?", "Skip", parts, "Reason", "It is journaled under your name."),
            "reject"  => Ask("Not so", $"{parts[2]} is asked again. What is not as it was said?", "Reject", parts, "Reason", "Whoever did it reads this."),
            "confirm" => Ask("Confirm", $"{parts[2]}: what did you do, and what did you see?", "Confirm", parts, "What you saw", "It is journaled under your name."),
            "rollback" => Ask($"Roll back run {run.Id}", "What this run did is undone, the latest step first, where its runbook says how; then the run ends.", "Roll back", parts, "Reason", "Optional.", optional: true),
            _         => Ask($"End run {run.Id}", "What is done stays as it is; nothing new starts.", "End the run", parts, "Reason", "Optional.", optional: true),
        };

    private static Dialog NamesDialog(Run run, Approval approval, string[] parts) =>
        new(
            $"Approve run {run.Id}",
            $"Nobody can undo what {approval.Phase} does. Type {approval.MustType.Wanted}, letter by letter, if that is what is meant.",
            "Approve",
            string.Join('|', parts),
            [new Field("text", "What it is done to", "text", "It is journaled that you typed it.", LongestName)]
        );

    private static Dialog Ask(
        string title,
        string introduction,
        string submit,
        string[] parts,
        string label,
        string help,
        bool optional = false
    ) =>
        new(
            title,
            introduction,
            submit,
            string.Join('|', parts),
            [new Field("text", label, "textarea", help, LongestReason, optional)]
        );
}
