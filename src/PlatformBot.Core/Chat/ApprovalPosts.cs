using System.Text;
using PlatformBot.Core.Approvals;
using PlatformBot.Core.Planning;
using PlatformBot.Core.Runs;

namespace PlatformBot.Core.Chat;

/// <summary>The posts in which a second person is asked. Pure.</summary>
public static class ApprovalPosts
{
    private const string Red = "#c4314b";
    private const string Amber = "#d9822b";
    private const string Green = "#2e7d32";
    private const int MostCommands = 5000;

    /// <summary>Asks for an approval, danger first.</summary>
    /// <param name="deciders">who can decide</param>
    public static Post Approval(Run run, Approval approval, IReadOnlyList<Person> deciders)
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

        return OfPhases(run, approval, heading, can);
    }

    private static Post OfPhases(Run run, Approval approval, string heading, string can)
    {
        var phases = run.Plan.Phases.Where(phase => run.ApprovalFor(phase) == approval.Phase).ToList();
        var steps = phases.SelectMany(phase => phase.Steps).ToList();
        var dangers = steps.Where(step => step.Destructive is not null).ToList();
        var clusters = phases.Select(phase => phase.Cluster).OfType<string>().Distinct(StringComparer.Ordinal).ToList();
        var where =
            clusters.Count == 0
                ? ""
                : $", on {(clusters.Count == 1 ? "cluster" : "clusters")} **{string.Join("**, **", clusters)}**";
        var text = new StringBuilder();
        text.Append($"{heading}{run.Requester} asks{where}. {can}\n\n");
        text.Append("**What is destroyed**\n");

        foreach (var danger in Danger.Lines(dangers))
            text.Append($"- :warning: {danger}\n");

        text.Append($"\n**The exact commands**\n{Markdown.Fence(Markdown.Cut(Commands(dangers), MostCommands))}\n");
        text.Append($"All {Words.Count(steps.Count, "step")}: the file below. Plan {Markdown.Code(approval.Digest)}");

        return new Post
        {
            Text = text.ToString(),
            Box = ApprovalBox(run, approval),
            Files =
            [
                new AttachedFile(
                    $"run-{run.Id.Number}-{approval.Phase.Replace('/', '-')}.txt",
                    PlanText.Whole(run.Plan, null, steps.Contains)
                ),
            ],
        };
    }

    /// <summary>What an approval is for, in words.</summary>
    public static string Approved(string approval) => approval == Run.WholeRun ? "the whole run" : approval;

    private static string ApprovalHeading(Run run, Approval approval)
    {
        return $"#### {Heading(approval.State)} Run {run.Id} · {Markdown.Inline(run.Title)} · **{Approved(approval.Phase)}** {Became(approval)}\n";
    }

    private static string Deciders(Approval approval, IReadOnlyList<Person> deciders)
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
            Red,
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

        return approval.State switch
        {
            ApprovalState.Requested => new Box(
                colour,
                $"{approval.Votes.Count} of {Words.Count(approval.Quorum, "approval")}",
                $"{votes}{Missing(approval)}{how}Expires {approval.ExpiresAt:yyyy-MM-dd HH:mm} UTC.",
                buttons
            ),
            ApprovalState.Approved => new Box(Green, "Approved", votes, []),
            ApprovalState.Denied => new Box(Red, "Denied", votes, []),
            ApprovalState.Expired => new Box(Amber, "Expired", $"{votes}Nobody decided in time.", []),
            ApprovalState.Withdrawn => new Box(Amber, "Withdrawn", $"{votes}The run ended without it.", []),
        };
    }

    private static string Missing(Approval approval) =>
        approval.Missing.Count == 0 ? "" : $"Still missing: {Seats.Words(approval.Missing)}.\n";

    private static string Type(Approval approval) =>
        approval.MustType.IsNeeded
            ? $"Nobody can undo this: whoever approves types {Markdown.Inline(approval.MustType.Wanted)}.\n"
            : "";

    private static string Commands(IEnumerable<PlannedStep> steps) =>
        string.Join(
            "\n\n",
            steps.Select(step => $"# {step.Id}\n{CommandText.Folded(string.Join('\n', CommandText.Of(step.Action)))}")
        );
}
