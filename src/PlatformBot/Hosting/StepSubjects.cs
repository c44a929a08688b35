using PlatformBot.Core.Planning;

namespace PlatformBot.Hosting;

/// <summary>What a step is about: the tools it needs, the cluster and the namespaces it touches.</summary>
internal static class StepSubjects
{
    /// <summary>Programs of the action, of its compensation, of the checks, and of what reads its secrets.</summary>
    public static IEnumerable<string> ToolsOf(PlannedStep step) =>
        ProgramsOf(step.Action)
            .Concat(step.Rollback is null ? [] : ProgramsOf(step.Rollback.Action))
            .Concat(ChecksOf(step).OfType<PlannedCheck.Run>().Select(check => check.Command[0]));

    /// <summary>Programs that the action starts, and what reads its secrets.</summary>
    public static IEnumerable<string> ProgramsOf(PlannedAction action)
    {
        var (commands, secrets) = action switch
        {
            PlannedAction.Run run => (run.Commands, run.Secrets),
            PlannedAction.Pipe pipe => (pipe.Commands, pipe.Secrets),
            PlannedAction.Http { Request.Bearer: { } token } => (
                [],
                new Dictionary<string, string> { ["bearer"] = token }
            ),
            _ => ([], new Dictionary<string, string>()),
        };

        return commands.Select(argv => argv[0]).Concat(IsOfVault(secrets) ? ["op"] : []);
    }

    private static bool IsOfVault(IReadOnlyDictionary<string, string> secrets) =>
        secrets.Values.Any(reference => reference.StartsWith("op://", StringComparison.Ordinal));

    /// <summary>Where to look when the step fails; empty when it does not say.</summary>
    public static IReadOnlySet<string> NamespacesOf(PlannedStep step)
    {
        var ofAction = step.Action switch
        {
            PlannedAction.Wait wait => [wait.For.Object.Namespace],
            PlannedAction.Patch patch => [patch.Object.Namespace],
            PlannedAction.Exec exec => [exec.Command.Namespace],
            PlannedAction.Delete delete => [delete.Object.Namespace],
            PlannedAction.Run run => run.Commands.Select(NamespaceFlag),
            PlannedAction.Pipe pipe => pipe.Commands.Select(NamespaceFlag),
            _ => Enumerable.Empty<string?>(),
        };
        var ofChecks = ChecksOf(step)
            .Select(check =>
                check switch
                {
                    PlannedCheck.Get get => get.Object.Namespace,
                    PlannedCheck.Wait wait => wait.For.Object.Namespace,
                    PlannedCheck.Exec exec => exec.Command.Namespace,
                    PlannedCheck.Run run => NamespaceFlag(run.Command),
                    _ => null,
                }
            );

        return ofAction.Concat(ofChecks).OfType<string>().ToHashSet();
    }

    /// <summary>What the step and its verification are about on a cluster, the most telling first.</summary>
    public static IReadOnlyList<PlannedWait> ObjectsOf(PlannedStep step, string cluster)
    {
        var ofAction = step.Action switch
        {
            PlannedAction.Wait wait => [wait.For],
            PlannedAction.Patch patch => [Of(patch.Cluster, patch.Object)],
            PlannedAction.Exec { Command: var command } => [PodsOf(command)],
            _ => Enumerable.Empty<PlannedWait>(),
        };
        var ofChecks = step.Verify.SelectMany(check =>
            check switch
            {
                PlannedCheck.Wait wait => [wait.For],
                PlannedCheck.Get get => [Of(get.Cluster, get.Object)],
                PlannedCheck.Exec { Command: var command } => [PodsOf(command)],
                _ => Enumerable.Empty<PlannedWait>(),
            }
        );

        // Of many objects that are applied, those that are verified tell more than those that come first.
        var applied = step.Action is PlannedAction.Apply apply
            ? apply.Objects.Select(json => Of(apply.Cluster, ObjectReference.Of(json)))
            : [];
        return
        [
            .. ofAction
                .Concat(ofChecks)
                .Concat(applied)
                .Where(each => each.Cluster == cluster)
                .DistinctBy(each => (each.Object, each.Selector)),
        ];
    }

    private static PlannedWait Of(string cluster, ObjectReference about) =>
        new(cluster, "exists", about, Selector: null);

    private static PlannedWait PodsOf(PlannedExec command) =>
        new(command.Cluster, "exists", new("v1", "Pod", command.Namespace, command.Pod), command.Selector);

    /// <summary>For a sentence: "helm", "daemonset kube-system/cilium", "/readyz".</summary>
    public static string Of(PlannedCheck check) =>
        check switch
        {
            PlannedCheck.Run run => run.Command[0],
            PlannedCheck.Get get => get.Object.ToString(),
            PlannedCheck.Wait wait => wait.For.Object.ToString(),
            PlannedCheck.Raw raw => raw.Path,
            PlannedCheck.Exec exec => exec.Command.Place,
            PlannedCheck.Query query => query.Ask.Promql,
            PlannedCheck.Http http => http.Request.Url,
            _ => "the check",
        };

    private static IEnumerable<PlannedCheck> ChecksOf(PlannedStep step) =>
        step.Probe.Concat(step.Verify).Concat(step.Rollback?.Verify ?? []);

    /// <summary>Nearly every tool of this world spells it alike.</summary>
    private static string? NamespaceFlag(IReadOnlyList<string> argv)
    {
        for (var at = 1; at < argv.Count; at++)
        {
            if (argv[at] is "--namespace" or "-n" && at + 1 < argv.Count)
                return argv[at + 1];

            if (argv[at].StartsWith("--namespace=", StringComparison.Ordinal))
                return argv[at]["--namespace=".Length..];
        }

        return null;
    }
}
