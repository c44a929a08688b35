using System.Text;
using PlatformBot.Core.Freezes;
using PlatformBot.Core.Ledgers;
using PlatformBot.Core.Planning;
using PlatformBot.Core.Runs;

namespace PlatformBot.Core.Chat;

/// <summary>What is said about freezes: on cards, in refusals, in posts of their own. Pure.</summary>
public static class FreezePosts
{
    private const int MostNames = 5;

    /// <summary>Why destructive steps of the run wait; "" when none does.</summary>
    public static string OnCard(Run run, Frost frost)
    {
        if (run.IsOver || frost.Freezes.Count == 0)
            return "";

        var kept = run
            .Plan.Steps.Select(step =>
                (step.Id, By: run.MayRollBack ? KeptBack(run, step, frost) : Scheduler.Kept(run, step, frost))
            )
            .Where(each => each.By is not null)
            .ToLookup(each => each.By!, each => Markdown.Code(each.Id));
        return string.Concat(
            kept.Select(group =>
                $":snowflake: {Sentence(group.Key)} {Words.Few([.. group], MostNames)} must wait. {Lift(group.Key)}\n\n"
            )
        );
    }

    /// <summary>Why it may not be: what somebody wants done would destroy something.</summary>
    public static Refusal Refuse(Freeze freeze, IReadOnlyList<Person> deciders) =>
        new(
            $":snowflake: {Sentence(freeze)} Nothing may be destroyed there.",
            $"{(freeze.Until is null ? "" : "Wait, or lift it: ")}{Lift(freeze)}{(deciders.Count == 0 ? "" : $" {string.Join(' ', deciders)} can agree.")}"
        );

    /// <summary>"`infra` is frozen until 2026-12-01 08:00 UTC by @ada (“release”)."</summary>
    public static string Sentence(Freeze freeze)
    {
        var by = freeze.By is { } person ? $"{person}" : $"the window {Markdown.Code(freeze.Name)}";
        var many = freeze.Clusters.Count == 1 ? "is" : "are";
        return $"{Where(freeze)} {many} frozen {Until(freeze)} by {by} (“{Markdown.Inline(freeze.Reason)}”).";
    }

    /// <summary>What holds, what comes, and what people want lifted.</summary>
    public static string List(Frost frost, IReadOnlyList<Freeze> coming, Ledger ledger, TimeSpan within)
    {
        var text = new StringBuilder();
        text.Append(frost.Freezes.Count == 0 ? "Nothing is frozen.\n" : "**Frozen now**\n");

        foreach (var freeze in frost.Freezes)
            text.Append($"- {Markdown.Code(freeze.Name)} {Sentence(freeze)}{Asked(ledger, freeze)}\n");

        if (coming.Count > 0)
            text.Append($"\n**Within {Words.Span(within)}**\n");

        foreach (var freeze in coming)
        {
            text.Append(
                $"- {Markdown.Code(freeze.Name)} {Where(freeze)} from {Words.Utc(freeze.From)} {Until(freeze)} (“{Markdown.Inline(freeze.Reason)}”)\n"
            );
        }

        return text.Append("\n`/platform unfreeze <name> <reason>` asks a second person to lift one.").ToString();
    }

    /// <summary>Says that somebody froze something, and later how that ended.</summary>
    public static Post Made(long number, Freeze freeze, bool lifted, DateTimeOffset now)
    {
        var ended =
            lifted ? " It was lifted."
            : freeze.HasEndedAt(now) ? " It is over."
            : $" Nothing is destroyed there meanwhile; runs wait. {Lift(freeze)}";
        return new Post { Text = $":snowflake: **Freeze {number}**: {Sentence(freeze)}{ended}" };
    }

    /// <summary>Asks a second person whether a freeze may be lifted.</summary>
    public static Post Asking(Thaw thaw, IReadOnlyList<Person> deciders)
    {
        var text =
            $"#### :snowflake: {thaw.Approval.Requester} wants a freeze lifted\n“{Markdown.Inline(thaw.Reason)}” {ApprovalPosts.Deciders(thaw.Approval, deciders)}\n\n{Sentence(thaw.Freeze)} From then on, destructive steps that wait for it start.";
        return new Post
        {
            Text = text,
            Box = ApprovalPosts.VotesBox(thaw.Approval, Colours.Blue, how: "", Buttons(thaw)),
        };
    }

    private static Button[] Buttons(Thaw thaw) =>
        [
            new("approve", "Agree", "primary", $"approve|{thaw.Name}|{thaw.Approval.Digest}"),
            new("deny", "Deny…", "default", $"deny|{thaw.Name}|{thaw.Approval.Digest}"),
        ];

    private static Freeze? KeptBack(Run run, PlannedStep step, Frost frost) =>
        step.Rollback?.Destructive is not null && run.RollbackDue.Any(due => due.Id == step.Id)
            ? frost.OverUndoing(step)
            : null;

    private static string Asked(Ledger ledger, Freeze freeze) =>
        ledger.Thaws.Values.FirstOrDefault(thaw => thaw.IsOpen && thaw.Freeze.Key == freeze.Key) is { } thaw
            ? $" {thaw.Approval.Requester} wants it lifted: `/platform approve {thaw.Name}`."
            : "";

    private static string Lift(Freeze freeze) =>
        $"`/platform unfreeze {freeze.Name} <reason>` asks a second person to lift it.";

    private static string Where(Freeze freeze) =>
        freeze.Clusters.Count == 0 ? "All clusters" : string.Join(", ", freeze.Clusters.Select(Markdown.Code));

    private static string Until(Freeze freeze) =>
        freeze.Until is { } until ? $"until {Words.Utc(until)}" : "until it is lifted,";
}
