namespace PlatformBot.Core.Roles;

/// <summary>Makes whoever holds one role hold another, within limits: "apps-team is operator of deploy on apps".</summary>
/// <param name="Role">who holds this one</param>
/// <param name="As">holds that one, too</param>
/// <param name="Commands">runbooks' commands; empty for all</param>
/// <param name="Clusters">empty for all</param>
/// <param name="Phases">names of phases; empty for all</param>
public sealed record Grant(
    string Role,
    string As,
    IReadOnlyList<string> Commands,
    IReadOnlyList<string> Clusters,
    IReadOnlyList<string> Phases
)
{
    private bool IsUnlimited => Commands.Count == 0 && Clusters.Count == 0 && Phases.Count == 0;

    /// <summary>Whether all of it is within the limits. What belongs to no runbook (null) is within none.</summary>
    public bool Covers(Reach? reach) =>
        IsUnlimited
        || (
            reach is not null
            && Within(Commands, [reach.Command])
            && Within(Clusters, reach.Clusters)
            && Within(Phases, reach.Phases)
        );

    /// <summary>Something that names no cluster may touch any, so a limit on clusters does not let it pass.</summary>
    private static bool Within(IReadOnlyList<string> limit, IReadOnlyList<string> wanted) =>
        limit.Count == 0 || (wanted.Count > 0 && wanted.All(limit.Contains));

    /// <summary>"operator of deploy on apps, phase mesh"</summary>
    public override string ToString() =>
        $"{As}{Listed(" of ", Commands)}{Listed(" on ", Clusters)}{Listed(", only in ", Phases)}";

    private static string Listed(string before, IReadOnlyList<string> names) =>
        names.Count == 0 ? "" : $"{before}{string.Join(", ", names)}";
}
