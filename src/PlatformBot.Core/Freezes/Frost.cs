using PlatformBot.Core.Planning;

namespace PlatformBot.Core.Freezes;

/// <summary>What is frozen at one moment.</summary>
/// <param name="Freezes">those that hold and are not lifted, the one that lasts longest first</param>
public sealed record Frost(IReadOnlyList<Freeze> Freezes)
{
    public static Frost None { get; } = new([]);

    /// <summary>What keeps the step from being started; null when nothing does. What destroys nothing is never kept.</summary>
    public Freeze? Over(PlannedStep step) => step.Destructive is null ? null : Over(step, step.Action);

    /// <summary>What keeps the step from being undone.</summary>
    public Freeze? OverUndoing(PlannedStep step) =>
        step.Rollback is { Destructive: not null } rollback ? Over(step, rollback.Action) : null;

    private Freeze? Over(PlannedStep step, PlannedAction action)
    {
        var clusters = new[] { step.Cluster, action.On }.OfType<string>().ToList();
        return Freezes.FirstOrDefault(freeze =>
            clusters.Count == 0 ? freeze.Covers(cluster: null) : clusters.Exists(freeze.Covers)
        );
    }
}
