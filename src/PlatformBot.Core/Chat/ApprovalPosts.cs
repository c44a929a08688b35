using PlatformBot.Core.Approvals;
using PlatformBot.Core.Runs;

namespace PlatformBot.Core.Chat;

/// <summary>The posts in which a second person is asked. Pure.</summary>
public static class ApprovalPosts
{
    /// <summary>Asks for an approval, danger first.</summary>
    /// <param name="deciders">who can decide</param>
    /// <param name="denials">what people said no to before, newest first; none when left out</param>
    public static Post Approval(
        Run run,
        Approval approval,
        IReadOnlyList<Person> deciders,
        params IReadOnlyList<Denial> denials
    )
    {
        var heading = ApprovalHeading(run, approval);
        var can = Deciders(approval, deciders);

        if (!run.NeededApprovals.Contains(approval.Phase))
        {
            return new Post
            {
                Text = $"{heading}{WishPosts.Question(run, approval, can)}",
                Box = ApprovalBox(run, approval),
            };
        }

        return OfPhases(run, approval, $"{heading}{Before(run, denials)}", can);
    }

    private static Post OfPhases(Run run, Approval approval, string heading, string can)
    {
        var file = ApprovalText.File(run, approval);
        return new Post
        {
            Text = $"{heading}{run.Requester} asks. {can}\n\n{ApprovalText.Of(run, approval, file)}",
            Box = ApprovalBox(run, approval),
            Files = [file],
        };
    }

    /// <summary>That others said no before, and why.</summary>
    private static string Before(Run run, IReadOnlyList<Denial> denials)
    {
        if (denials.Count == 0)
            return "";

        var (last, same) = (denials[0], denials.Count(denial => denial.Digest == run.Plan.Digest));
        var plan =
            same == denials.Count ? "with this very plan"
            : same == 0 ? "with another plan"
            : $"{Words.Count(same, "time")} with this very plan";
        return $":no_entry_sign: {Markdown.Code(run.Plan.Command)} was **denied {Words.Count(denials.Count, "time")} before**, {plan} (last by {last.By} in run {last.Run}: “{Markdown.Inline(last.Reason ?? "")}”).\n";
    }

    /// <summary>What an approval is for, in words.</summary>
    public static string Approved(string approval) => approval == Run.WholeRun ? "the whole run" : approval;

    private static string ApprovalHeading(Run run, Approval approval)
    {
        return $"#### {Heading(approval.State)} Run {run.Id} · {Markdown.Inline(run.Title)} · **{Approved(approval.Phase)}** {Became(approval)}\n";
    }

    /// <summary>Who else than whoever asked can decide.</summary>
    internal static string Deciders(Approval approval, IReadOnlyList<Person> deciders)
    {
        var others = deciders.Where(person => person.Id != approval.Requester.Id).ToList();
        return others.Count == 0
            ? $"Nobody else has the role {string.Join(" or ", approval.Roles)}."
            : $"{string.Join(' ', others)} can decide.";
    }

    private static string Heading(ApprovalState state) =>
        state switch
        {
            ApprovalState.Requested => ":lock:",
            ApprovalState.Approved => ":white_check_mark:",
            ApprovalState.Denied => ":no_entry:",
            ApprovalState.Expired => ":hourglass:",
            ApprovalState.Withdrawn => ":octagonal_sign:",
        };

    private static string Became(Approval approval) =>
        approval.State switch
        {
            ApprovalState.Requested =>
                $"needs {Words.Count(approval.Quorum, "approval")}{(approval.Groups.Count == 0 ? "" : $": {Seats.Words(approval.Groups)}")}",
            ApprovalState.Approved => "was approved",
            ApprovalState.Denied => "was denied",
            ApprovalState.Expired => "expired",
            ApprovalState.Withdrawn => "was withdrawn",
        };

    private static Box ApprovalBox(Run run, Approval approval) =>
        VotesBox(
            approval,
            Colours.Red,
            Type(approval),
            [
                RunPosts.Button(
                    "approve",
                    approval.MustType.IsNeeded ? "Approve…" : "Approve",
                    "danger",
                    run,
                    approval.Phase,
                    approval.Digest
                ),
                RunPosts.Button("deny", "Deny…", "default", run, approval.Phase, approval.Digest),
            ]
        );

    /// <summary>Who has decided what, until when it can be decided, and how.</summary>
    /// <param name="colour">while it is open</param>
    /// <param name="how">what else whoever decides must know, lines of Markdown; "" for nothing</param>
    internal static Box VotesBox(Approval approval, string colour, string how, IReadOnlyList<Button> buttons)
    {
        var votes = string.Concat(
            approval.Votes.Select(vote =>
                $"{(vote.Decision is Decision.Approve ? ":white_check_mark: approved" : ":no_entry: denied")} by {vote.By}{(vote.Reason is null ? "" : $": {Markdown.Inline(vote.Reason)}")}\n"
            )
        );

        if (approval.Alone is not null)
            return new Box(Colours.Red, "Approved by one alone", $"{votes}{GlassPosts.Line(approval)}", []);

        return approval.State switch
        {
            ApprovalState.Requested => new Box(
                colour,
                $"{approval.Votes.Count} of {Words.Count(approval.Quorum, "approval")}",
                $"{votes}{Missing(approval)}{how}Expires {Words.Utc(approval.ExpiresAt)}.",
                buttons
            ),
            ApprovalState.Approved => new Box(Colours.Green, "Approved", $"{votes}{Carried(approval)}", []),
            ApprovalState.Denied => new Box(Colours.Red, "Denied", votes, []),
            ApprovalState.Expired => new Box(Colours.Amber, "Expired", $"{votes}Nobody decided in time.", []),
            ApprovalState.Withdrawn => new Box(Colours.Amber, "Withdrawn", $"{votes}The run ended without it.", []),
        };
    }

    private static string Missing(Approval approval) =>
        approval.Missing.Count == 0 ? "" : $"Still missing: {Seats.Words(approval.Missing)}.\n";

    private static string Carried(Approval approval) =>
        approval.CarriedFrom is { } from
            ? $"Taken over from run #{from}: nothing in it is new, and whoever approved it may still approve.\n"
            : "";

    private static string Type(Approval approval) =>
        approval.MustType.IsNeeded
            ? $"Nobody can undo this: whoever approves types {Markdown.Inline(approval.MustType.Wanted)}.\n"
            : "";
}
