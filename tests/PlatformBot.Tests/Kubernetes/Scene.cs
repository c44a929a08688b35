using System.Collections.Concurrent;
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

    private Scene(TwinCluster cluster, KubeApiServer server, TimeProvider clock, IClusterPins? pins)
    {
        (Cluster, Server) = (cluster, server);
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
            pins,
            NullLoggerFactory.Instance,
            clock
        );
        Waits = new(Clusters, clock);
        Steps = new(Clusters, Waits, new(Waits, clock), new(Waits), Redactor, clock);
        Diagnosis = new(Clusters, Redactor, new KubernetesOptions(), clock);
        Exec = new(Clusters, Redactor, clock);
        Queries = new(Clusters, clock);
    }

    public static PluginRunner NoPlugins { get; } =
        (plugin, _, _) => throw new InvalidOperationException($"{plugin.Command} is not started in this test.");

    public static CancellationToken Stop => TestContext.Current.CancellationToken;

    public TwinCluster Cluster { get; }

    /// <summary>The file; it is written by <see cref="WriteKubeconfig"/>.</summary>
    public string Kubeconfig { get; }

    public Redactor Redactor { get; } = new();

    public Clusters Clusters { get; }

    public Waits Waits { get; }

    public ClusterSteps Steps { get; }

    public ExecSteps Exec { get; }

    public QuerySteps Queries { get; }

    public Diagnosis Diagnosis { get; }

    public List<string> Progress { get; } = [];

    public KubeApiServer Server { get; }

    public static Task<Scene> StartAsync(IClusterPins? pins = null) => StartAtAsync(TimeProvider.System, pins);

    /// <param name="clock">the bot's; the cluster's is the real one</param>
    public static async Task<Scene> StartAtAsync(TimeProvider clock, IClusterPins? pins = null)
    {
        var scene = await StartWithoutKubeconfigAtAsync(clock, pins);
        scene.WriteKubeconfig();
        return scene;
    }

    public static Task<Scene> StartWithoutKubeconfigAsync() =>
        StartWithoutKubeconfigAtAsync(TimeProvider.System, pins: null);

    private static async Task<Scene> StartWithoutKubeconfigAtAsync(TimeProvider clock, IClusterPins? pins)
    {
        var cluster = new TwinCluster("infra", TimeProvider.System);
        cluster.BringUp();
        return new(cluster, await KubeApiServer.StartAsync(cluster, Stop), clock, pins);
    }

    /// <param name="ns">the namespace in which the context is</param>
    public void WriteKubeconfig(string ns = "default") =>
        File.WriteAllText(
            Kubeconfig,
            Server.Kubeconfig("infra").Replace("namespace: default", $"namespace: {ns}", StringComparison.Ordinal)
        );

    /// <summary>The client configuration stays, but what answers at its address is another cluster.</summary>
    public void LeadTo(Scene other) =>
        File.WriteAllText(
            Kubeconfig,
            Server
                .Kubeconfig("infra")
                .Replace(Server.Uri.Authority, other.Server.Uri.Authority, StringComparison.Ordinal)
        );

    /// <summary>As a controller would.</summary>
    public void Has(string json) => Cluster.Objects.Put((JsonObject)JsonNode.Parse(json)!);

    public Task<ActionOutcome> ApplyAsync(params string[] objects) =>
        Steps.ApplyAsync(new PlannedAction.Apply("infra", objects, Force: false), Progress.Add, Stop);

    public Task<CheckOutcome> LookAsync(string what, string apiVersion, string kind, string? ns, string? name) =>
        Waits.LookAsync(new("infra", what, new(apiVersion, kind, ns, name), Selector: null), Stop);

    /// <summary>Waits until it holds; what it says on the way goes to <paramref name="said"/>.</summary>
    public Task<CheckOutcome> UntilAsync(string what, ObjectReference reference, Heard? said = null) =>
        Waits.UntilAsync(new("infra", what, reference, Selector: null), (said ?? new()).Add, Stop);

    public Task<CheckOutcome> GetAsync(ObjectReference reference, params Expectation[] expected) =>
        Steps.CheckAsync(new PlannedCheck.Get("infra", reference) { Expect = expected }, Stop);

    public async ValueTask DisposeAsync()
    {
        Clusters.Dispose();
        await Server.DisposeAsync();
        _folder.Delete(recursive: true);
    }
}

/// <summary>What somebody says, for others to wait for.</summary>
internal sealed class Heard
{
    private readonly Signal _changed = new();
    private readonly ConcurrentQueue<string> _lines = new();

    public IReadOnlyList<string> Lines => [.. _lines];

    public void Add(string line)
    {
        _lines.Enqueue(line);
        _changed.Raise();
    }

    /// <summary>Ends when a line has this in it.</summary>
    public async Task UntilAsync(string text)
    {
        while (true)
        {
            var next = _changed.Next;

            if (_lines.Any(line => line.Contains(text, StringComparison.Ordinal)))
                return;

            await next.WaitAsync(TimeSpan.FromSeconds(20), TimeProvider.System, TestContext.Current.CancellationToken);
        }
    }
}
