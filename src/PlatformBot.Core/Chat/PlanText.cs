using System.Text;
using PlatformBot.Core.Planning;
using PlatformBot.Core.Runs;

namespace PlatformBot.Core.Chat;

/// <summary>A plan in words: short for a post, whole for a file.</summary>
public static class PlanText
{
    private const int MostDifference = 8000;

    /// <summary>The short form.</summary>
    /// <param name="sight">null while nobody has looked</param>
    public static string Summary(Plan plan, PlanSight? sight)
    {
        var text = new StringBuilder();
        text.Append(
            $"**Plan** {Markdown.Code(Words.Short(plan.Digest))}: {Words.Count(plan.Steps.Count(), "step")} in {Words.Count(plan.Phases.Count, "phase")}"
        );
        text.Append(sight is null ? ".\n\n" : $", {plan.Steps.Count(sight.IsDone)} of them done already.\n\n");
        text.Append("| phase | steps | done already | destroys |\n|---|--:|--:|---|\n");

        foreach (var phase in plan.Phases)
            text.Append(Row(phase, sight));

        foreach (var danger in Danger.Lines(plan.Steps))
            text.Append($"\n- :warning: {danger}");

        foreach (var anew in Danger.Anew(plan.Steps))
            text.Append($"\n- :link: {anew}");

        foreach (var line in sight is null ? [] : PreviewText.Lines(plan, sight))
            text.Append($"\n{line}");

        foreach (var odd in plan.Lookalikes ?? [])
            text.Append($"\n- :warning: {Markdown.Inline(odd)}");

        foreach (var note in plan.Notes)
            text.Append($"\n- :information_source: {Markdown.Inline(note)}");

        return text.ToString();
    }

    /// <summary>Everything: each step with its exact commands, checks, limits and source. Plain text.</summary>
    public static string Whole(Plan plan, PlanSight? sight, Func<PlannedStep, bool>? only = null)
    {
        var text = new StringBuilder();
        text.Append(
            $"{plan.Command} {string.Join(' ', plan.Arguments.Select(argument => $"{argument.Name}={argument.Value}"))}\n"
        );
        text.Append($"digest {plan.Digest}\n");

        foreach (var phase in plan.Phases)
        {
            var steps = phase.Steps.Where(step => only is null || only(step)).ToList();

            if (steps.Count == 0)
                continue;

            text.Append($"\n== {phase.Id}: {phase.Title}\n");

            foreach (var step in steps)
                Append(text, step, sight);
        }

        return text.ToString();
    }

    /// <summary>What a newer plan would do differently from the one that a run keeps.</summary>
    public static string Difference(Run run, Plan newer)
    {
        var diff = PlanDiff.Of(run.Plan, newer);

        if (diff.IsEmpty)
            return $"Run {run.Id} · {Markdown.Inline(run.Title)}: its runbook would plan the same now.";

        var text = new StringBuilder(
            $"Run {run.Id} · {Markdown.Inline(run.Title)} keeps plan {Markdown.Code(Words.Short(run.Plan.Digest))}. Asked for now, it would be {Markdown.Code(Words.Short(newer.Digest))}:\n"
        );

        foreach (var field in diff.Whole)
            text.Append($"- {Markdown.Code(field)} of the plan differs\n");

        var lines = diff
            .Added.Select(step => ($"+ {step.Id}: {step.Title}", step.Destructive))
            .Concat(diff.Removed.Select(step => ($"- {step.Id}: {step.Title}", (string?)null)))
            .Concat(diff.Changed.SelectMany(Lines))
            .Select(line => line.Item2 is null ? line.Item1 : $"{line.Item1}   DESTRUCTIVE: {line.Item2}");
        text.Append(Markdown.Fence(Words.Cut(string.Join('\n', lines), MostDifference)));
        return text.Append(
                "\nNothing was changed. A run keeps the plan that was approved; cancel it and ask again to take the new one."
            )
            .ToString();
    }

    private static IEnumerable<(string, string?)> Lines(ChangedStep change)
    {
        yield return ($"~ {change.After.Id}: {string.Join(", ", change.Fields)}", change.After.Destructive);

        if (!change.Fields.Contains("action"))
            yield break;

        foreach (var line in CommandText.Of(change.Before.Action))
            yield return ($"    - {line}", null);

        foreach (var line in CommandText.Of(change.After.Action))
            yield return ($"    + {line}", null);
    }

    private static string Row(PlannedPhase phase, PlanSight? sight)
    {
        var destructive = phase.Steps.Count(step => step.Destructive is not null);
        var done = sight is null ? "" : $"{phase.Steps.Count(sight.IsDone)}";
        return $"| **{phase.Id}** {Markdown.Inline(phase.Title)} | {phase.Steps.Count} | {done} | {(destructive == 0 ? "" : $":lock: {Words.Count(destructive, "step")}")} |\n";
    }

    private static void Append(StringBuilder text, PlannedStep step, PlanSight? sight)
    {
        text.Append($"\n{step.Id}: {step.Title}\n");

        if (step.Destructive is not null)
            text.Append($"  DESTRUCTIVE: {step.Destructive}{(step.Irreversible ? " (nobody can undo this)" : "")}\n");

        if (step is { MakesCluster: true, Target: { } made })
            text.Append($"  makes {made} a new cluster: its pin is lifted\n");

        if (sight?.Probes.GetValueOrDefault(step.Id) is { Holds: true } look)
            text.Append($"  done already: {look.Saw}\n");

        AppendAction(text, step, sight);

        if (step.Rollback is { } rollback)
        {
            text.Append(
                $"  undone by{(rollback.Destructive is null ? "" : $" (DESTRUCTIVE: {rollback.Destructive})")}\n"
            );

            foreach (var line in CommandText.Of(rollback.Action))
                text.Append($"  $ {line.Replace("\n", "\n  ", StringComparison.Ordinal)}\n");
        }

        if (step.UndoesItself)
            text.Append("  undone by itself, at once, when it cannot be proven\n");

        text.Append(
            $"  timeout {Words.Span(step.Timeout)}, {Words.Count(step.Attempts, "attempt")}, {Words.Count(step.Verify.Count, "check")} after it"
        );
        text.Append(step.HoldsFor is { } span ? $", which must hold for {Words.Span(span)}" : "");
        text.Append(step.Measures is null ? "" : $", measures {step.Measures}");
        text.Append(step.Lock is null ? "" : $", lock {step.Lock}");
        text.Append(step.Needs.Count == 0 ? "" : $"\n  after {string.Join(", ", step.Needs)}");
        text.Append($"\n  from {step.Source}\n");
    }

    /// <summary>Its commands, what its files hold, and what it applies.</summary>
    private static void AppendAction(StringBuilder text, PlannedStep step, PlanSight? sight)
    {
        foreach (var line in CommandText.Of(step.Action))
            text.Append($"  $ {line.Replace("\n", "\n  ", StringComparison.Ordinal)}\n");

        foreach (var file in step.Files ?? [])
        {
            var held = file.Text.TrimEnd('\n').Replace("\n", "\n    ", StringComparison.Ordinal);
            text.Append($"  {file.Path} holds\n    {held}\n");
        }

        if (step.Action is not PlannedAction.Apply apply)
            return;

        foreach (var json in apply.Objects)
            text.Append($"    {json}\n");

        foreach (var line in PreviewText.Whole(sight?.Previews.GetValueOrDefault(step.Id) ?? []))
            text.Append($"  {line}\n");
    }
}
