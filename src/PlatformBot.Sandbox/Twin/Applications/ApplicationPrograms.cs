using System.Text.Json.Nodes;

namespace PlatformBot.Sandbox.Twin.Applications;

/// <summary>Who speaks for the programs of applications: the first that knows the pod.</summary>
internal sealed class ApplicationPrograms(TwinWorld world)
{
    private readonly GitLab _gitLab = new(world);
    private readonly GitLabRunner _runner = new(world);
    private readonly Harbor _harbor = new(world);
    private readonly Mattermost _mattermost = new(world);

    public PodTrouble? Trouble(TwinCluster cluster, JsonObject pod) =>
        _gitLab.Trouble(cluster, pod)
        ?? _runner.Trouble(cluster, pod)
        ?? _harbor.Trouble(cluster, pod)
        ?? _mattermost.Trouble(cluster, pod);

    public ExecAnswer? Exec(TwinCluster cluster, ExecRequest request) => _gitLab.Exec(cluster, request);

    public ServiceAnswer? Answer(TwinCluster cluster, JsonObject pod, string path) =>
        _gitLab.Answer(cluster, pod, path)
        ?? _harbor.Answer(cluster, pod, path)
        ?? _mattermost.Answer(cluster, pod, path);

    /// <summary>True while an application holds connections to a database of this name.</summary>
    public bool AreConnected(string database) =>
        world.Clusters.Values.Any(cluster =>
            _gitLab.IsConnected(cluster, database)
            || _harbor.IsConnected(cluster, database)
            || _mattermost.IsConnected(cluster, database)
        );
}
