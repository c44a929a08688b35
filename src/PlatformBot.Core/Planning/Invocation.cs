using PlatformBot.Core.Runbooks;

namespace PlatformBot.Core.Planning;

/// <summary>What a runbook is planned with.</summary>
/// <param name="Arguments">by name; a node is all its facts, what is not known yet is unknown</param>
/// <param name="Chosen">names of the clusters that it is for</param>
/// <param name="From">the phase that it starts at; null: the first</param>
internal sealed record Invocation(
    IReadOnlyDictionary<string, YamlNode> Arguments,
    IReadOnlyList<string> Chosen,
    string? From
)
{
    /// <summary>For all clusters, with arguments that are not known yet, only to find mistakes.</summary>
    public static Invocation ToRehearse(Runbook runbook, Inventory inventory) =>
        new(
            runbook.Parameters.ToDictionary(it => it.Name, it => Sample(it, inventory)),
            [.. inventory.Clusters.Select(cluster => cluster.Name)],
            From: null
        );

    public static Invocation Of(IReadOnlyList<BoundArgument> arguments, Inventory inventory) =>
        new(
            arguments.ToDictionary(it => it.Parameter.Name, it => ValueOf(it, inventory)),
            ClustersOf(arguments, inventory),
            arguments.FirstOrDefault(it => it.Parameter.Type is ParameterType.Phase)?.Value
        );

    /// <summary>A node is all its facts: <c>${{ arguments.node.address }}</c>.</summary>
    private static YamlNode ValueOf(BoundArgument argument, Inventory inventory) =>
        argument.Parameter.Type is ParameterType.Node
            ? inventory.FactsOf(inventory.Nodes.First(node => node.Name == argument.Value))
            : new YamlScalar(inventory.Tree.At, argument.Value, plain: false);

    public static YamlNode Sample(Parameter parameter, Inventory inventory) =>
        parameter.Type is ParameterType.Node && inventory.Nodes.FirstOrDefault() is { } node
            ? inventory.FactsOf(node)
            : new YamlScalar(inventory.Tree.At, "", plain: false, unknown: true);

    private static IReadOnlyList<string> ClustersOf(IReadOnlyList<BoundArgument> arguments, Inventory inventory)
    {
        if (arguments.FirstOrDefault(it => it.Parameter.Type is ParameterType.Cluster) is { } cluster)
        {
            return
            [
                .. inventory
                    .Clusters.Select(it => it.Name)
                    .Where(name => name == cluster.Value || cluster.Value == ArgumentValue.AllClusters),
            ];
        }

        var nodes = arguments.Where(it => it.Parameter.Type is ParameterType.Node).Select(it => it.Value).ToArray();
        return [.. inventory.Nodes.Where(node => nodes.Contains(node.Name)).Select(node => node.Cluster).Distinct()];
    }
}
