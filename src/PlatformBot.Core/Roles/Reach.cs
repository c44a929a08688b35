using PlatformBot.Core.Planning;
using PlatformBot.Core.Runs;

namespace PlatformBot.Core.Roles;

/// <summary>What a role is wanted for.</summary>
/// <param name="Command">a runbook's command: "bootstrap"</param>
/// <param name="Clusters">every cluster that is touched; none when it is outside of all</param>
/// <param name="Phases">names of phases: "mesh"</param>
public sealed record Reach(string Command, IReadOnlyList<string> Clusters, IReadOnlyList<string> Phases)
{
    /// <summary>All that a plan touches.</summary>
    public static Reach Of(Plan plan) => new(plan.Command, ClustersOf(plan), Names(plan.Phases));

    /// <summary>One phase of a plan. A phase outside of all clusters is for all that the plan touches.</summary>
    public static Reach Of(Plan plan, PlannedPhase phase) =>
        new(plan.Command, phase.Cluster is { } cluster ? [cluster] : ClustersOf(plan), [phase.Name]);

    /// <summary>What an approval of a run is for: its phase, or all of the run (also of a rollback).</summary>
    public static Reach Of(Run run, string approval) =>
        run.Plan.Phases.FirstOrDefault(phase => run.ApprovalFor(phase) == approval && approval != Run.WholeRun)
            is { } phase
            ? Of(run.Plan, phase)
            : Of(run.Plan);

    /// <summary>What a step of a run is for; all of the run when it has no such step.</summary>
    public static Reach OfStep(Run run, string step) =>
        run.FindStep(step) is { } found
            ? Of(run.Plan, run.Plan.Phases.First(phase => phase.Id == found.Phase))
            : Of(run.Plan);

    /// <summary>"deploy on infra, apps"</summary>
    public override string ToString() =>
        $"{Command}{(Clusters.Count == 0 ? "" : $" on {string.Join(", ", Clusters)}")}";

    private static IReadOnlyList<string> ClustersOf(Plan plan) =>
        [.. plan.Phases.Select(phase => phase.Cluster).OfType<string>().Distinct(StringComparer.Ordinal)];

    private static IReadOnlyList<string> Names(IEnumerable<PlannedPhase> phases) =>
        [.. phases.Select(phase => phase.Name).Distinct(StringComparer.Ordinal)];
}
