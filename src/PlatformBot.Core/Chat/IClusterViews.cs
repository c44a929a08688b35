namespace PlatformBot.Core.Chat;

/// <summary>Live clusters, at a glance.</summary>
public interface IClusterViews
{
    /// <summary>Looks at everything at once, for a few seconds. Never throws for what the cluster answers; redacted.</summary>
    Task<ClusterView> LookAsync(string cluster, CancellationToken cancellationToken);
}

/// <summary>How a part of a cluster is.</summary>
public enum Health
{
    Well,

    /// <summary>Works, but somebody should look soon: a certificate that ends in a month, a backup that is late.</summary>
    Attention,

    Ill,

    /// <summary>It was asked, and did not answer.</summary>
    Unknown,
}

/// <summary>One line of a view.</summary>
/// <param name="Topic">"nodes", "Flux", "certificates"</param>
/// <param name="Text">"3 of 3 Ready, kubelet v1.34.1"</param>
/// <param name="Details">what is not well, a line each, the worst first</param>
public sealed record ClusterFinding(Health Health, string Topic, string Text, IReadOnlyList<string> Details)
{
    public ClusterFinding(Health health, string topic, string text)
        : this(health, topic, text, []) { }
}

/// <param name="Missing">topics of which nothing is installed</param>
public sealed record ClusterView(
    string Cluster,
    DateTimeOffset At,
    IReadOnlyList<ClusterFinding> Findings,
    IReadOnlyList<string> Missing
);
