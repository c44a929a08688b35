using PlatformBot.Core.Approvals;
using PlatformBot.Core.Runs;

namespace PlatformBot.Core.Chat;

/// <summary>Buttons and dialogs of posts that are about no run.</summary>
public sealed partial class Bot
{
    /// <summary>What a button or a dialog of such a post is about; null when it is of a run.</summary>
    private static string? NoticeOf(string[] parts) =>
        parts.Length >= 3 && ThawIn(parts[1]) is { } thaw ? $"thaw:{thaw}" : null;

    private async Task<Reply> PressedAsync(
        ButtonClick click,
        string notice,
        string[] parts,
        CancellationToken cancellationToken
    )
    {
        if (await _ledger.PostAsync(_ => notice, PostMayLag, TimeProvider.System, cancellationToken) != click.PostId)
            return await SuspectedAsync(click, "a button in a post that is not its own");

        if (!click.Verified)
            return await RefuseAsync(click.By, null, click.Value, Unverified(parts));

        return parts[0] == "approve"
            ? await VoteOnThawAsync(
                click.By,
                new RunEvent.ThawVoted(ThawIn(parts[1])!.Value, Decision.Approve, parts[^1], null)
            )
            : new Reply("")
            {
                Dialog = Ask(
                    "Not lifted",
                    "The freeze stays. Why?",
                    "Deny",
                    parts,
                    "Reason",
                    "Whoever asked reads this."
                ),
            };
    }

    private Task<Reply> SubmittedAsync(DialogSubmission submission, string[] parts, string text) =>
        VoteOnThawAsync(
            submission.By,
            new RunEvent.ThawVoted(ThawIn(parts[1])!.Value, Decision.Deny, parts[^1], Markdown.Cut(text, LongestReason))
        );

    private static Refusal Unverified(string[] parts) =>
        new(
            "The chat server does not prove who pressed this.",
            $"Type the command instead: `/platform help {Typed(parts[0])}`."
        );
}
