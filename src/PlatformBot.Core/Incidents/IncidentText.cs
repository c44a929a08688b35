using System.Text;
using PlatformBot.Core.Chat;
using PlatformBot.Core.Planning;
using PlatformBot.Core.Runs;

namespace PlatformBot.Core.Incidents;

/// <summary>What an issue says: what, where, command, output, surroundings, what was tried, how to go on. Pure.</summary>
public static class IncidentText
{
    public static string Title(Run run, PlannedStep step) =>
        $"{step.Id} {(IsUndoing(run, step) ? "could not be undone" : "failed")} in run {run.Id.Number} ({run.Title})";

    /// <param name="card">where the run's card is in chat; null while it has none</param>
    public static string Body(Run run, PlannedStep step, string? card)
    {
        var failure = run.At(step).Failure!;
        var text = new StringBuilder();
        text.Append($"**{Markdown.Inline(failure.Said)}**\n\n");
        text.Append("| | |\n|---|---|\n");
        text.Append($"| step | `{step.Id}`: {Markdown.Inline(step.Title)} |\n");
        text.Append(
            $"| run | {run.Id.Number} {Markdown.Inline(run.Title)}, asked for by {Markdown.Inline(run.Requester.Name)} |\n"
        );
        text.Append(
            $"| where | {(step.Cluster is null ? "no cluster" : $"cluster {step.Cluster}")}{(step.Node is null ? "" : $", node {step.Node}")} |\n"
        );
        text.Append($"| written in | `{step.Source}` |\n");
        text.Append($"| attempts | {Attempts(step, failure)} |\n");
        text.Append($"| plan | `{run.Plan.Digest}` |\n");
        text.Append(Glass(run));
        text.Append(card is null ? "" : $"| chat | {card} |\n");
        text.Append($"| journal | `{run.Anchor}` |\n");
        AppendWhat(text, IsUndoing(run, step) ? step with { Action = step.Rollback!.Action } : step, failure);
        text.Append(failure.Diagnosis.Length == 0 ? "" : $"\n## What the cluster shows\n\n{failure.Diagnosis}\n");
        text.Append($"\n## How to go on\n\n{GoOn(run, step)}\n");
        return text.ToString();
    }

    public static string Healed(Run run, PlannedStep step) =>
        $"Healed: `{step.Id}` is {RunPosts.StateWords(run.At(step).State)} (attempt {run.At(step).Attempt}). Seen: {Markdown.Inline(run.At(step).Saw)}";

    public static string Again(Run run, PlannedStep step)
    {
        var failure = run.At(step).Failure!;
        return $"It failed again (attempt {failure.Attempt}): **{Markdown.Inline(failure.Said)}**\n\n{Output(failure, failure.Command)}\n{(failure.Diagnosis.Length == 0 ? "" : $"\n{failure.Diagnosis}\n")}";
    }

    public static string Left(Run run) =>
        $"Run {run.Id.Number} {RunCard.StateWords(run.State)}: {Markdown.Inline(run.EndedWhy ?? "")}. This stays open until somebody closes it.";

    /// <summary>What failed is the way back.</summary>
    private static bool IsUndoing(Run run, PlannedStep step) =>
        step.Rollback is not null && run.At(step).State is StepState.RollbackFailed;

    private static string Glass(Run run) =>
        string.Concat(
            GlassPosts
                .Of(run)
                .Split('\n', StringSplitOptions.RemoveEmptyEntries)
                .Select(line => $"| approved | {line} |\n")
        );

    private static string Attempts(PlannedStep step, Failure failure) =>
        failure.Attempt == 0 ? "none: it was not started"
        : failure.Attempt > step.Attempts ? $"{failure.Attempt}; the runbook gives {step.Attempts}"
        : $"{failure.Attempt} of {step.Attempts}";

    private static void AppendWhat(StringBuilder text, PlannedStep step, Failure failure)
    {
        text.Append(
            $"\n## What {(failure.Attempt == 0 ? "would be" : "was")} run\n\n{Markdown.Fence(CommandText.Folded(What(step)))}\n"
        );
        text.Append(step.Why is null ? "" : $"\n{Markdown.Inline(step.Why)}\n");
        text.Append(
            $"\n## What it said\n\n{Output(failure, failure.Command == What(step) ? null : failure.Command)}\n"
        );
        text.Append(failure.Explanation is null ? "" : $"\n:bulb: {Markdown.Inline(failure.Explanation)}\n");
    }

    private static string What(PlannedStep step) => string.Join('\n', CommandText.Of(step.Action));

    /// <param name="ended">the command that ended it, when what was run does not say so already</param>
    private static string Output(Failure failure, string? ended)
    {
        var command = ended is null ? "" : $"$ {CommandText.Folded(ended)}\n";
        var code = failure.ExitCode is { } exit ? $"\nexit {exit}" : "";
        return Markdown.Fence(
            $"{command}{failure.Output.TrimEnd()}{code}".Trim() is { Length: > 0 } said ? said : failure.Said
        );
    }

    private static string GoOn(Run run, PlannedStep step)
    {
        if (IsUndoing(run, step))
            return UndoIt(run, step);

        var waiting = run
            .Plan.Steps.Where(other => other.Needs.Contains(step.Id))
            .Select(other => $"`{other.Id}`")
            .Take(6)
            .ToList();
        var blocked =
            waiting.Count == 0 ? "Nothing depends on this step." : $"These wait for it: {string.Join(", ", waiting)}.";

        if (run.At(step).Failure is { IsFinal: true })
        {
            return $"""
                {blocked} The step was not started, because its approval is void; trying again does not help.

                1. End this run: press **Abort** in its thread, or type `/platform cancel {run.Id.Number}`.
                2. Ask for it again and have it approved. What is done already is not done twice.
                """;
        }

        return $"""
            {blocked} Everything that does not depend on it goes on.

            1. Remove the cause.
            2. In the run's thread press **Retry**, or type `/platform retry {run.Id.Number} {step.Id}`. The step is probed first; what is done already is not run again.
            3. Or go on without it: `/platform skip {run.Id.Number} {step.Id} <reason>`. Or end the run: `/platform cancel {run.Id.Number}`.

            This issue is closed by itself when the step succeeds.
            """;
    }

    private static string UndoIt(Run run, PlannedStep step) =>
        $"""
            It is not undone a second time by itself, and what began before it is not undone until somebody says how it goes on.

            1. Look whether it is undone, and remove what keeps it from being undone.
            2. If it is not: in the run's thread press **Undo again**, or type `/platform retry {run.Id.Number} {step.Id}`.
            3. If it is, or may stay: press **Leave it**, or type `/platform skip {run.Id.Number} {step.Id} <reason>`. Or end the run as it is: `/platform cancel {run.Id.Number}`.

            This issue is closed by itself when the step is undone.
            """;
}
