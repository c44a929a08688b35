using System.Text;
using PlatformBot.Core.Approvals;
using PlatformBot.Core.Planning;
using PlatformBot.Core.Runs;

namespace PlatformBot.Core.Chat;

/// <summary>What is said about a run as a whole: its turn, its locks, its rollback. Pure.</summary>
public static class WishPosts
{
    private const int MostLines = 15;

    /// <summary>Why a run does not begin: whom it waits for. "" when it is its turn.</summary>
    public static string Turn(Run run, RunLocks turns, DateTimeOffset now)
    {
        if (run.HasItsTurn || run.IsOver)
            return "";

        if (turns.Unreadable.FirstOrDefault() is { Value: not null } broken)
        {
            return $"No lock can be taken: the journal of run {broken.Key} cannot be read ({Markdown.Inline(broken.Value)}), so it may hold any.";
        }

        var before = turns.Before(run);
        return before.Count == 0
            ? ""
            : $"It waits for its turn, place {before.Count} in the queue. Before it: {string.Join("; ", before.Select(other => Holder(other, run, now)))}.";
    }

    /// <summary>Everything that holds a lock or waits for one.</summary>
    public static string Locks(IEnumerable<Run> runs, RunLocks turns, DateTimeOffset now)
    {
        var text = new StringBuilder();
        var open = runs.Where(run => !run.IsOver && run.Plan.Locks.Count > 0).ToList();

        foreach (var (id, why) in turns.Unreadable)
        {
            text.Append(
                $"- :warning: The journal of run {id} cannot be read ({Markdown.Inline(why)}): it may hold any lock, so none is given.\n"
            );
        }

        foreach (var name in open.SelectMany(run => run.Plan.Locks).Distinct().Order(StringComparer.Ordinal))
        {
            var wanting = open.Where(run => run.Plan.Locks.Contains(name)).ToList();
            var holder = wanting.Find(run => run.HasItsTurn);
            var queue = wanting.Where(run => !run.HasItsTurn).Select(run => $"{run.Id} ({run.Requester})").ToList();
            text.Append(
                $"- {Markdown.Code(name)} {(holder is null ? "is free" : $"is held by run {holder.Id} · {Markdown.Inline(holder.Title)}, {holder.Requester}, for {Words.Span(now - holder.LockedSince!.Value)}")}"
            );
            text.Append(queue.Count == 0 ? "\n" : $"; waiting, in this order: {string.Join(", ", queue)}\n");
        }

        return text.Length == 0
            ? "No lock is held."
            : $"{text}\nA run gives its locks back when it ends. `/platform unlock <run> <reason>` asks a second person to take them from it.";
    }

    /// <summary>The answer to whoever asked for a rollback.</summary>
    public static string RollbackAnswer(Run run) =>
        $":leftwards_arrow_with_hook: Run {run.Id} is to be rolled back, the latest step first; what is under way ends before.\n{Undoing(run)}"
        + (
            run.RollbackNeedsApproval
                ? $"\n:lock: Undoing it destroys something: somebody else with the role {run.Plan.Access.Approve} must approve."
                : ""
        );

    /// <summary>What a second person is asked when it is about no phase: a rollback, or giving up the locks.</summary>
    public static string Question(Run run, Approval approval, string deciders)
    {
        var isUnlock = approval.Phase.StartsWith("unlock", StringComparison.Ordinal);
        var wish = isUnlock ? run.Unlock : run.Rollback;
        var why = wish?.Reason is { } reason ? $" “{Markdown.Inline(reason)}”" : "";
        return isUnlock
            ? $"{approval.Requester} wants the locks of run {run.Id} ({string.Join(", ", run.Plan.Locks.Select(Markdown.Code))}) for others.{why} {deciders}\n\nThe run belongs to {run.Requester}. It is paused as soon as nothing of it acts, and must queue for its locks again when it is resumed. What it has done stays as it is."
            : $"{approval.Requester} asks that run {run.Id} is undone.{why} {deciders}\n\n{Undoing(run)}\n{ApprovalText.Reads(approval.Inputs)}{ApprovalText.Digest(approval)}";
    }

    /// <summary>What a rollback does, in its order, and what it cannot do; the same words before and afterwards, because they are what was approved.</summary>
    private static string Undoing(Run run)
    {
        var steps = run.Undoable.ToList();
        var stays = run.RollbackCannot.Select(step => Markdown.Code(step.Id)).ToList();
        var text = new StringBuilder("**What is undone, in this order**\n");

        foreach (var step in steps.Take(MostLines))
            text.Append(Line(step));

        text.Append(steps.Count > MostLines ? $"- … and {steps.Count - MostLines} more\n" : "");
        text.Append(
            stays.Count == 0
                ? ""
                : $"**What stays**, because its runbook says no way back: {Words.Few(stays, MostLines)}\n"
        );
        return text.ToString();
    }

    private static string Line(PlannedStep step)
    {
        var danger = step.Rollback!.Destructive is { } destroys ? $" :warning: {Markdown.Inline(destroys)}" : "";
        var commands = string.Join(" ; ", CommandText.Of(step.Rollback.Action));
        return $"- `{step.Id}`{danger}: {Markdown.Code(Words.Cut(commands.ReplaceLineEndings(" "), 300))}\n";
    }

    private static string Holder(Run other, Run run, DateTimeOffset now)
    {
        var shared = string.Join(", ", other.Plan.Locks.Intersect(run.Plan.Locks).Select(Markdown.Code));
        return other.LockedSince is { } since
            ? $"run {other.Id} · {Markdown.Inline(other.Title)} holds {shared} ({other.Requester}, for {Words.Span(now - since)})"
            : $"run {other.Id} · {Markdown.Inline(other.Title)} waits for {shared} ({other.Requester})";
    }
}
