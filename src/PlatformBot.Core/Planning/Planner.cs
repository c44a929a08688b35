using PlatformBot.Core.Runbooks;

namespace PlatformBot.Core.Planning;

/// <summary>Folders that runbooks refer to.</summary>
/// <param name="Root">holds <c>commands/</c> and <c>deploy/</c></param>
/// <param name="Repository">the GitOps checkout</param>
/// <param name="Runtime">a private folder in memory, for client configurations</param>
public sealed record PlanPaths(string Root, string Repository, string Runtime);

/// <summary>An argument of a runbook with the value that a person gave, or its default. Made by <see cref="Arguments.Bind"/>.</summary>
public sealed record BoundArgument(Parameter Parameter, string Value);

/// <summary>Makes plans. Reads manifests below the root folder, and nothing else of the world; changes nothing.</summary>
public static class Planner
{
    /// <summary>The same inputs give the same digest, on every machine.</summary>
    public static Result<Plan> Plan(
        Catalogue catalogue,
        Runbook runbook,
        IReadOnlyList<BoundArgument> arguments,
        PlanPaths paths
    )
    {
        var problems = new Problems();
        var plan = new PlanBuilder(catalogue, runbook, paths, problems).Build(arguments);

        if (problems.InOrder() is not [var first, ..] found)
            return PlanJson.WithDigest(plan);

        var others = string.Join("; ", found.Skip(1).Take(5));
        return new Refusal(
            $"{runbook.Command} cannot be planned: {first}",
            $"{(others.Length > 0 ? $"Also: {others}. " : "")}Correct the runbook or the manifests that it names."
        );
    }
}
