namespace PlatformBot.Core.Planning;

/// <summary>What a newer plan would do differently.</summary>
/// <param name="Added">steps that only the newer plan has, in its order</param>
/// <param name="Removed">steps that only the older plan has, in its order</param>
/// <param name="Changed">in the newer plan's order</param>
/// <param name="Whole">fields of the plan itself that differ: "locks", "approval"</param>
public sealed record PlanDiff(
    IReadOnlyList<PlannedStep> Added,
    IReadOnlyList<PlannedStep> Removed,
    IReadOnlyList<ChangedStep> Changed,
    IReadOnlyList<string> Whole
)
{
    /// <summary>Where a step or a plan is written, or what it was called by, does not change what is done.</summary>
    private static readonly string[] Beside = ["digest", "phases", "notes", "source", "summary"];

    public bool IsEmpty => Added.Count + Removed.Count + Changed.Count + Whole.Count == 0;

    public static PlanDiff Of(Plan older, Plan newer)
    {
        var before = older.Steps.ToDictionary(step => step.Id);
        var after = newer.Steps.ToDictionary(step => step.Id);

        return new PlanDiff(
            [.. newer.Steps.Where(step => !before.ContainsKey(step.Id))],
            [.. older.Steps.Where(step => !after.ContainsKey(step.Id))],
            [
                .. newer
                    .Steps.Where(step => before.ContainsKey(step.Id))
                    .Select(step => new ChangedStep(before[step.Id], step, Fields(before[step.Id], step)))
                    .Where(change => change.Fields.Count > 0),
            ],
            Fields(older, newer)
        );
    }

    /// <summary>The names of the fields whose canonical JSON differs.</summary>
    internal static IReadOnlyList<string> Fields<T>(T older, T newer)
    {
        var (before, after) = (PlanJson.FieldsOf(older), PlanJson.FieldsOf(newer));
        return
        [
            .. before
                .Keys.Union(after.Keys)
                .Except(Beside)
                .Where(name => before.GetValueOrDefault(name) != after.GetValueOrDefault(name))
                .Order(StringComparer.Ordinal),
        ];
    }
}

/// <summary>A step that both plans have.</summary>
/// <param name="Fields">what differs: "action", "needs", "timeout"</param>
public sealed record ChangedStep(PlannedStep Before, PlannedStep After, IReadOnlyList<string> Fields);
