namespace PlatformBot.Core.Ledgers;

/// <summary>Which cluster a name means, for good.</summary>
/// <param name="Uid">of its namespace kube-system, which lives and dies with the cluster</param>
/// <param name="Server">where it answered then; it may move</param>
public sealed record ClusterPin(string Uid, string Server, DateTimeOffset Since);

/// <summary>Somebody said that a name may mean another cluster from now on.</summary>
/// <param name="Was">what it meant until then</param>
public sealed record Repin(long Number, string Cluster, ClusterPin Was, Person By, string Reason, DateTimeOffset At);
