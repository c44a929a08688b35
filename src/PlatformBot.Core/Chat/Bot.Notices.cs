using PlatformBot.Core.Approvals;
using PlatformBot.Core.Runs;

namespace PlatformBot.Core.Chat;

/// <summary>Buttons and dialogs of posts that are about no run.</summary>
public sealed partial class Bot
{
    /// <summary>The post that such a button or dialog is of; null when it is of a run.</summary>
    private static string? NoticeOf(string[] parts) =>
        parts is not [var verb, var name, _, ..] ? null
        : ThawIn(name) is { } thaw ? $"thaw:{thaw}"
        : verb == "review" && GlassIn(name) is { } glass ? $"glass:{glass}"
        : null;

    private async Task<Reply> PressedAsync(
        ButtonClick click,
        string notice,
        string[] parts,
        CancellationToken cancellationToken
    )
    {
        // Somebody was quicker, and the post shows it in a moment.
        if (IsDecided(parts))
        {
            var late = new Refusal("That is decided already.", "Its post says how.");
            return await RefuseAsync(click.By, null, click.Value, late);
        }

        if (await _ledger.PostAsync(_ => notice, PostMayLag, TimeProvider.System, cancellationToken) != click.PostId)
            return await SuspectedAsync(click, "a button in a post that is not its own");

        if (!click.By.IsProven)
            return await RefuseAsync(click.By, null, click.Value, Unverified(parts));

        return parts[0] == "approve"
            ? await VoteOnThawAsync(
                click.By,
                new RunEvent.ThawVoted(ThawIn(parts[1])!.Value, Decision.Approve, parts[^1], null)
            )
            : new Reply("") { Dialog = NoticeDialog(parts) };
    }

    private bool IsDecided(string[] parts) =>
        parts[0] == "review"
            ? GlassIn(parts[1]) is { } glass
                && glass <= _ledger.Now.LastGlass
                && !_ledger.Now.Glasses.ContainsKey(glass)
            : ThawIn(parts[1]) is { } thaw && thaw <= _ledger.Now.LastThaw && !_ledger.Now.Thaws.ContainsKey(thaw);

    private static Dialog NoticeDialog(string[] parts) =>
        parts[0] == "review"
            ? Ask(
                "Review",
                "What was approved alone: what did you look at, and what did you see?",
                "Reviewed",
                parts,
                "What you saw",
                "It is journaled under your name."
            )
            : Ask("Not lifted", "The freeze stays. Why?", "Deny", parts, "Reason", "Whoever asked reads this.");

    private Task<Reply> SubmittedAsync(DialogSubmission submission, string[] parts, string text)
    {
        var words = Words.Cut(text, LongestReason);
        return parts[0] == "review"
            ? ReviewAsync(submission.By, GlassIn(parts[1])!.Value, words)
            : VoteOnThawAsync(
                submission.By,
                new RunEvent.ThawVoted(ThawIn(parts[1])!.Value, Decision.Deny, parts[^1], words)
            );
    }

    private static Refusal Unverified(string[] parts) =>
        new(
            "The chat server does not prove who pressed this.",
            $"Say it to me in a post of your own instead: `@platformbot {Typed(parts[0])} …`."
        );
}
