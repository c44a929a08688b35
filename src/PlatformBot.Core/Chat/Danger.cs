using PlatformBot.Core.Planning;

namespace PlatformBot.Core.Chat;

/// <summary>
/// What destructive steps destroy, for somebody who has ten seconds: steps that say the same but for the node are told
/// once, with all their nodes.
/// </summary>
internal static class Danger
{
    /// <summary>Stands for the node while texts are compared; no runbook can hold it.</summary>
    private const string Blank = "\0";

    private const int LongestText = 300;

    /// <summary>One line of Markdown each: first what nobody can undo, otherwise in the order of the plan.</summary>
    public static IEnumerable<string> Lines(IEnumerable<PlannedStep> steps) =>
        InOrder(steps)
            .GroupBy(step => (step.Phase, Text: Pattern(step), step.Irreversible))
            .Select(same => Line(same.Key.Text, [.. same]));

    /// <summary>What destroys something, worst first.</summary>
    public static IEnumerable<PlannedStep> InOrder(IEnumerable<PlannedStep> steps) =>
        steps.Where(step => step.Destructive is not null).OrderByDescending(step => step.Irreversible);

    /// <summary>Which clusters are other ones afterwards, a line of Markdown each.</summary>
    public static IEnumerable<string> Anew(IEnumerable<PlannedStep> steps) =>
        steps
            .Where(step => step is { MakesCluster: true, Target: not null })
            .Select(step =>
                $"{Markdown.Code(step.Id)} makes **{Markdown.Inline(step.Target!)}** a new cluster: its pin is lifted"
            );

    private static string Line(string pattern, List<PlannedStep> steps)
    {
        var nodes = string.Join(", ", steps.Select(step => step.Node).OfType<string>().Distinct());
        var text = Markdown.Inline(Words.Cut(pattern, LongestText).Replace(Blank, "\uFFFC", StringComparison.Ordinal));
        var where = nodes.Length == 0 ? "" : $"**{Markdown.Inline(nodes)}**";
        var told = text.Contains('\uFFFC', StringComparison.Ordinal)
            ? text.Replace("\uFFFC", where, StringComparison.Ordinal)
            : $"{text}{(where.Length == 0 ? "" : $" on {where}")}";
        var end =
            steps[0].Irreversible ? ". **Nobody can undo this.**"
            : steps.TrueForAll(step => step.UndoesItself) ? ". Undone by itself when it cannot be proven."
            : "";
        return $"{told} ({string.Join(", ", steps.GroupBy(Name).Select(Times))}){end}";
    }

    private static string Pattern(PlannedStep step) =>
        step.Node is null ? step.Destructive! : step.Destructive!.Replace(step.Node, Blank, StringComparison.Ordinal);

    /// <summary>"infra/convert-node" of "infra/convert-node/infra-01".</summary>
    private static string Name(PlannedStep step) =>
        step.Node is not null && step.Id.EndsWith($"/{step.Node}", StringComparison.Ordinal)
            ? step.Id[..^(step.Node.Length + 1)]
            : step.Id;

    private static string Times(IGrouping<string, PlannedStep> same) =>
        same.Count() == 1 ? $"`{same.First().Id}`" : $"`{same.Key}` ×{same.Count()}";
}
