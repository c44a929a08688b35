using System.ComponentModel.DataAnnotations;

namespace PlatformBot.Kubernetes;

/// <summary>Section "Kubernetes": how clusters are reached. A cluster of the inventory is the context of the same name.</summary>
internal sealed record KubernetesOptions
{
    /// <summary>
    /// Client configuration files, the first one wins where they say different things. They may appear while the bot runs: a bootstrap
    /// writes them. Default: KUBECONFIG, else ~/.kube/config.
    /// </summary>
    public IReadOnlyList<string> Kubeconfig { get; init; } = [];

    /// <summary>
    /// Programs that client configurations may start for credentials ("exec"): a name as it is written there, or a whole path. None by
    /// default: who writes such a file would decide what runs on the bot's host.
    /// </summary>
    public IReadOnlyList<string> ExecPlugins { get; init; } = [];

    /// <summary>Contexts that may skip TLS verification (insecure-skip-tls-verify).</summary>
    public IReadOnlyList<string> Insecure { get; init; } = [];

    /// <summary>The cluster of the inventory that the bot itself runs in, reached by its pod's service account; null: none.</summary>
    public string? InCluster { get; init; }

    /// <summary>The folder of that service account.</summary>
    public string ServiceAccount { get; init; } = Kubernetes.InCluster.WellKnown;

    /// <summary>How long one answer may take.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "00:05:00")]
    public TimeSpan Timeout { get; init; } = TimeSpan.FromSeconds(15);

    /// <summary>How long a request that may be sent again is tried, all in all, while the server cannot be reached. What waits looks again anyway.</summary>
    [Range(typeof(TimeSpan), "00:00:00", "00:05:00")]
    public TimeSpan RetryFor { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>How long a cluster is looked at to explain a failed step. Whoever waits for it has a failure to tell about: what is late is no use.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "00:10:00")]
    public TimeSpan DiagnosisTimeout { get; init; } = TimeSpan.FromSeconds(20);

    /// <summary>Requests to one cluster at the same time; watches do not count.</summary>
    [Range(1, 100)]
    public int AtOnce { get; init; } = 8;

    public IReadOnlyList<string> Files()
    {
        if (Kubeconfig.Count > 0)
            return Kubeconfig;

        var fromEnvironment = Environment.GetEnvironmentVariable("KUBECONFIG") ?? "";
        var files = fromEnvironment
            .Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries)
            .Distinct()
            .ToList();
        var home = Environment.GetFolderPath(Environment.SpecialFolder.UserProfile);
        return files.Count > 0 ? files : [Path.Combine(home, ".kube", "config")];
    }
}
