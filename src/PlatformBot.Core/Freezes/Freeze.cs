using PlatformBot.Core.Roles;
using PlatformBot.Core.Runbooks;

namespace PlatformBot.Core.Freezes;

/// <summary>A time in which nothing is destroyed: made by hand, or one occurrence of a configured window.</summary>
/// <param name="Name">by which people call it: the number of one that was made by hand, or the window's name</param>
/// <param name="Clusters">where it holds; empty: everywhere</param>
/// <param name="Until">the first moment at which it holds no more; null: until it is lifted</param>
/// <param name="By">who made it; null: the configuration</param>
public sealed record Freeze(
    string Name,
    string Reason,
    IReadOnlyList<string> Clusters,
    DateTimeOffset From,
    DateTimeOffset? Until,
    Person? By = null
)
{
    /// <summary>Tells it from every other one, also of the same window.</summary>
    public string Key => $"{Name}@{From.UtcDateTime:O}";

    /// <summary>What making or lifting it takes a role for.</summary>
    public Reach Reach(Inventory inventory) =>
        new("freeze", Clusters.Count > 0 ? Clusters : [.. inventory.Clusters.Select(cluster => cluster.Name)], []);

    public bool HoldsAt(DateTimeOffset now) => From <= now && !HasEndedAt(now);

    public bool HasEndedAt(DateTimeOffset now) => now >= Until;

    /// <param name="cluster">null for what is of no one cluster: it may touch any</param>
    public bool Covers(string? cluster) =>
        Clusters.Count == 0 || cluster is null || Clusters.Contains(cluster, StringComparer.Ordinal);
}
