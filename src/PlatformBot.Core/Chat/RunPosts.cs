using PlatformBot.Core.Planning;
using PlatformBot.Core.Runs;

namespace PlatformBot.Core.Chat;

/// <summary>What a run says of its end. Pure.</summary>
public static class RunPosts
{
    private const int MostNames = 20;

    /// <summary>How a run ended, for its thread.</summary>
    public static Post End(Run run)
    {
        var counts = run
            .Steps.Values.GroupBy(step => step.State)
            .OrderBy(group => group.Key)
            .Select(group => $"{group.Count()} {StateWords(group.Key)}");
        var took = Words.Span(run.EndedAt!.Value - run.PlannedAt);
        var why = run.EndedWhy is null ? "" : $"\n{Markdown.Inline(run.EndedWhy)}";
        return new Post
        {
            Text =
                $"{RunCard.Mark(run.State)} Run {run.Id} {RunCard.StateWords(run.State)} after {took}: {string.Join(", ", counts)}.{why}{Glass(run)}{Measured(run)}{Effects(run)}\nJournal: {Markdown.Code($"{run.EndAnchor}")}",
        };
    }

    private static string Glass(Run run) => GlassPosts.Of(run) is { Length: > 0 } broken ? $"\n{broken.TrimEnd()}" : "";

    /// <summary>What steps were there to measure: their time by the journal, their limit, and what they saw.</summary>
    private static string Measured(Run run) =>
        string.Concat(
            run.Plan.Steps.Where(step => step.Measures is not null && run.At(step).EndedAt is not null)
                .Select(step => (Step: step, At: run.At(step)))
                .Where(each => each.At.StartedAt is not null)
                .Select(each => $"\n- {Measured(each.Step, each.At)}")
        );

    private static TimeSpan LimitOf(PlannedStep step) =>
        step.Action is PlannedAction.Manual { Expires: { } expires } ? expires : step.Timeout;

    private static string Measured(PlannedStep step, StepProgress at) =>
        at.State is StepState.AlreadyDone
            ? $":heavy_minus_sign: **{Markdown.Inline(step.Measures!)}**: found done, so not measured."
            : $"{(at.State is StepState.Succeeded ? ":white_check_mark:" : ":x:")} **{Markdown.Inline(step.Measures!)}**: {Words.Span(at.Took)}, limit {Words.Span(LimitOf(step))}. {Markdown.Inline(Words.Cut(at.Saw, 160))}";

    /// <summary>What a run that did not reach its goal leaves behind.</summary>
    private static string Effects(Run run)
    {
        if (run.State is RunState.Succeeded)
            return "";

        var begun = run
            .Plan.Steps.Where(step => run.At(step).StartedAt is not null)
            .ToLookup(step => EffectOf(run.At(step)));
        var lines = Enum.GetValues<Effect>()
            .Where(begun.Contains)
            .Select(effect =>
                $"\n- **{EffectWords(effect)}**: {Words.Few([.. begun[effect].Select(step => Markdown.Code(step.Id))], MostNames)}"
            );
        return begun.Count == 0 ? "\nIt has changed nothing." : string.Concat(lines);
    }

    private enum Effect
    {
        Stays,
        Unclear,
        Undone,
    }

    private static Effect EffectOf(StepProgress at) =>
        at.State switch
        {
            StepState.Succeeded or StepState.AlreadyDone => Effect.Stays,
            StepState.RolledBack => Effect.Undone,
            StepState.Failed when at.IsTakenBack => Effect.Undone,
            _ => Effect.Unclear,
        };

    private static string EffectWords(Effect effect) =>
        effect switch
        {
            Effect.Stays => "Done, and stays",
            Effect.Unclear => "Begun, and not known to be done: look at it",
            Effect.Undone => "Undone",
        };

    /// <summary>A step's state in words.</summary>
    public static string StateWords(StepState state) =>
        state switch
        {
            StepState.Pending => "not started",
            StepState.Running => "running",
            StepState.Verifying => "being verified",
            StepState.WaitingToRetry => "waiting to be tried again",
            StepState.Interrupted => "interrupted",
            StepState.AlreadyDone => "done already",
            StepState.Succeeded => "done",
            StepState.Failed => "failed",
            StepState.Skipped => "skipped",
            StepState.Cancelled => "cancelled",
            StepState.RollingBack => "being undone",
            StepState.RolledBack => "undone",
            StepState.RollbackFailed => "not undone",
            StepState.NotUndone => "left as it is",
            StepState.TakingBack => "being taken back",
        };

    internal static Button Button(string action, string label, string style, Run run, params string[] rest) =>
        new(action, label, style, string.Join('|', new[] { action, $"{run.Id.Number}" }.Concat(rest)));
}
