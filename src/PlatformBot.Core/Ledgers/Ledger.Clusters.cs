using System.Collections.Immutable;
using PlatformBot.Core.Journals;
using PlatformBot.Core.Runs;

namespace PlatformBot.Core.Ledgers;

/// <summary>Which cluster is meant by which name.</summary>
public sealed partial record Ledger
{
    public ImmutableDictionary<string, ClusterPin> Clusters { get; init; } =
        ImmutableDictionary<string, ClusterPin>.Empty;

    /// <summary>What people lifted, by number, until a post says so. What steps lift their run's card says.</summary>
    public ImmutableSortedDictionary<long, Repin> Repins { get; init; } = ImmutableSortedDictionary<long, Repin>.Empty;

    /// <summary>The number of the newest one; 0 while there was none.</summary>
    public long LastRepin { get; init; }

    private Ledger FoldClusters(Entry entry) =>
        entry.What switch
        {
            RunEvent.ClusterPinned pinned => this with
            {
                Clusters = Clusters.SetItem(pinned.Cluster, new ClusterPin(pinned.Uid, pinned.Server, entry.At)),
            },
            RunEvent.ClusterUnpinned lifted when Clusters.TryGetValue(lifted.Cluster, out var was) => Told(
                new Repin(LastRepin + 1, lifted.Cluster, was, entry.By, lifted.Reason, entry.At)
            ) with
            {
                Clusters = Clusters.Remove(lifted.Cluster),
            },
            _ => this,
        };

    private Ledger Told(Repin repin) =>
        repin.By == Person.Bot
            ? this
            : this with
            {
                LastRepin = repin.Number,
                Repins = Repins.SetItem(repin.Number, repin),
            };
}
