namespace PlatformBot.Core.Runbooks;

/// <summary>The clusters, their machines and versions: the facts that runbooks refer to.</summary>
public sealed class Inventory
{
    internal Inventory(YamlMap tree)
    {
        Tree = tree;
        Clusters =
        [
            .. (tree.Map("clusters")?.Entries ?? [])
                .Where(entry => entry.Value is YamlMap)
                .Select(entry => new InventoryCluster(entry.Key.Text, NodesOf(entry.Key.Text, (YamlMap)entry.Value))),
        ];
        Metrics = tree.Map("metrics") is { } store
            ? new(store.Text("cluster", ""), $"{store.Text("namespace")}/{store.Text("service")}:{store.Text("port")}")
            : null;
    }

    /// <summary>Where queries are asked; null: nowhere.</summary>
    public MetricsStore? Metrics { get; }

    /// <summary>In the order of the file.</summary>
    public IReadOnlyList<InventoryCluster> Clusters { get; }

    public IEnumerable<InventoryNode> Nodes => Clusters.SelectMany(cluster => cluster.Nodes);

    internal YamlMap Tree { get; }

    /// <summary>All facts of a cluster, with its name.</summary>
    internal YamlMap FactsOf(string cluster)
    {
        var facts = (YamlMap)Tree.Map("clusters")![cluster]!;
        return new YamlMap(facts.At, [Named(facts.At, cluster), .. facts.Entries]);
    }

    internal YamlMap FactsOf(InventoryNode node) =>
        FactsOf(node.Cluster).Maps("nodes").First(facts => facts.Text("name") == node.Name);

    private static YamlEntry Named(Place at, string name) =>
        new(new YamlScalar(at, "name", true), new YamlScalar(at, name, false));

    private static IReadOnlyList<InventoryNode> NodesOf(string cluster, YamlMap facts) =>
        [
            .. facts
                .Maps("nodes")
                .Select(node => new InventoryNode(node.Text("name", ""), node.Text("address", ""), cluster)),
        ];
}

public sealed record InventoryCluster(string Name, IReadOnlyList<InventoryNode> Nodes);

/// <param name="Address">an IP address</param>
public sealed record InventoryNode(string Name, string Address, string Cluster);

/// <param name="Service">"monitoring/vmsingle:8428"</param>
public sealed record MetricsStore(string Cluster, string Service);
