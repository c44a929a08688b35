using System.Text.Json.Nodes;
using Microsoft.Extensions.Logging.Abstractions;
using PlatformBot.Core.Checks;
using PlatformBot.Core.Planning;
using PlatformBot.Core.Runs;
using PlatformBot.Kubernetes;
using PlatformBot.Sandbox.Kubernetes;
using PlatformBot.Sandbox.Twin;
using Xunit;

namespace PlatformBot.Tests.Kubernetes;

/// <summary>A twin cluster behind its real API server, and the bot's client configuration for it.</summary>
internal sealed class Scene : IAsyncDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("platformbot-kubernetes-");
    private readonly KubeApiServer _server;

    private Scene(TwinCluster cluster, KubeApiServer server)
    {
        (Cluster, _server) = (cluster, server);
        Kubeconfig = Path.Combine(_folder.FullName, "infra");
        Clusters = new(
            new()
            {
                Kubeconfig = [Kubeconfig],
                Timeout = TimeSpan.FromSeconds(5),
                RetryFor = TimeSpan.FromSeconds(1),
            },
            NoPlugins,
            Redactor,
            NullLoggerFactory.Instance,
            TimeProvider.System
        );
        Waits = new(Clusters, TimeProvider.System);
        Steps = new(Clusters, Waits, new(Waits, TimeProvider.System));
        Exec = new(Clusters, Redactor);
        Diagnosis = new(Clusters, Redactor, TimeProvider.System);
    }

    public static PluginRunner NoPlugins { get; } =
        (plugin, _, _) => throw new InvalidOperationException($"{plugin.Command} is not started in this test.");

    public static CancellationToken Stop => TestContext.Current.CancellationToken;

    public TwinCluster Cluster { get; }

    public KubeApiServer Server => _server;

    /// <summary>The file; it is written by <see cref="WriteKubeconfig"/>.</summary>
    public string Kubeconfig { get; }

    public Redactor Redactor { get; } = new();

    public Clusters Clusters { get; }

    public Waits Waits { get; }

    public ClusterSteps Steps { get; }

    public ExecSteps Exec { get; }

    public Diagnosis Diagnosis { get; }

    public List<string> Progress { get; } = [];

    public static async Task<Scene> StartAsync()
    {
        var scene = await StartWithoutKubeconfigAsync();
        scene.WriteKubeconfig();
        return scene;
    }

    public static async Task<Scene> StartWithoutKubeconfigAsync()
    {
        var cluster = new TwinCluster("infra", TimeProvider.System);
        cluster.BringUp();
        return new(cluster, await KubeApiServer.StartAsync(cluster, Stop));
    }

    public void WriteKubeconfig() => File.WriteAllText(Kubeconfig, _server.Kubeconfig("infra"));

    /// <summary>The client configuration stays, but what answers at its address is another cluster.</summary>
    public void LeadTo(Scene other) =>
        File.WriteAllText(
            Kubeconfig,
            _server
                .Kubeconfig("infra")
                .Replace(_server.Uri.Authority, other._server.Uri.Authority, StringComparison.Ordinal)
        );

    /// <summary>As a controller would.</summary>
    public void Has(string json) => Cluster.Objects.Put((JsonObject)JsonNode.Parse(json)!);

    public Task<ActionOutcome> ApplyAsync(params string[] objects) =>
        Steps.ApplyAsync(new PlannedAction.Apply("infra", objects, Force: false), Progress.Add, Stop);

    public Task<CheckOutcome> LookAsync(string what, string apiVersion, string kind, string? ns, string? name) =>
        Waits.LookAsync(new("infra", what, new(apiVersion, kind, ns, name), Selector: null), Stop);

    public Task<CheckOutcome> GetAsync(ObjectReference reference, params Expectation[] expected) =>
        Steps.CheckAsync(new PlannedCheck.Get("infra", reference) { Expect = expected }, Stop);

    public async ValueTask DisposeAsync()
    {
        Clusters.Dispose();
        await _server.DisposeAsync();
        _folder.Delete(recursive: true);
    }
}
