using PlatformBot.Sandbox.Kubernetes;
using PlatformBot.Sandbox.Tools;
using PlatformBot.Sandbox.Twin;
using PlatformBot.Sandbox.Twin.Machines;
using PlatformBot.Sandbox.Twin.Vault;
using PlatformBot.Sandbox.Twin.Workloads;
using Xunit;

namespace PlatformBot.Sandbox.Tests.Tools;

/// <summary>All tools, both API servers, a checkout of the GitOps repository, and a world whose time runs fast by itself.</summary>
internal sealed class Workbench : IAsyncDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("bench-").FullName;
    private readonly Dictionary<string, KubeApiServer> _servers = [];
    private readonly MachineRoom _machines;
    private readonly CancellationTokenSource _ending = new();
    private PlatformTools? _tools;
    private Task _passing = Task.CompletedTask;

    private Workbench()
    {
        World = new TwinWorld(new FastClock(TimeProvider.System, speed: 100), Faults, _folder);
        _machines = new MachineRoom(World);
        Vault.AddItemsOfPeople(_machines.Old.ToFields());
        Box = new ToolBox(Path.Combine(_folder, "bin"), _folder);
        Box.Environment["KUBECONFIG"] = PathOf("infra.kubeconfig");
        Box.Environment["OP_SERVICE_ACCOUNT_TOKEN"] = Vault.ServiceAccountToken;
    }

    public Faults Faults { get; } = new();

    public TwinWorld World { get; }

    public PasswordVault Vault => World.Vault;

    public ToolBox Box { get; }

    public TwinCluster Infra => World.Clusters["infra"];

    /// <param name="seed">what the GitOps repository holds at first; a README alone when not given</param>
    public static async Task<Workbench> StartAsync(string? seed = null)
    {
        var bench = new Workbench();

        foreach (var cluster in bench.World.Clusters.Values)
        {
            bench._servers[cluster.Name] = await KubeApiServer.StartAsync(
                cluster,
                TestContext.Current.CancellationToken
            );
        }

        bench.Write("seed/README.md", "GitOps\n");
        bench.World.Git.Seed("main", seed ?? bench.PathOf("seed"));
        bench._tools = PlatformTools.Start(
            bench.World,
            bench._machines,
            bench.Vault,
            bench._servers,
            bench.PathOf("bin")
        );
        bench._tools.Checkout(bench.PathOf("gitops"));
        bench.Write("infra.kubeconfig", bench._servers["infra"].Kubeconfig("infra"));
        return bench;
    }

    /// <summary>infra's API answers and three machines have registered, as after an etcd bootstrap.</summary>
    public void BringUpInfra()
    {
        Infra.BringUp();

        for (var index = 0; index < 3; index++)
            Infra.Objects.Put(NodeObject.Of(_machines.Machines[index], index));
    }

    /// <summary>From now on the twin's laws are at work, until the end of the test.</summary>
    public void LetTimePass()
    {
        KubernetesLaws.AddTo(World);
        PlatformLaws.Add(World);
        _passing = PassAsync();
    }

    public string PathOf(string file) => Path.Combine(_folder, file);

    public string Read(string file) => File.ReadAllText(PathOf(file));

    public void Write(string file, string text)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(PathOf(file))!);
        File.WriteAllText(PathOf(file), text);
    }

    public Task<Said> RunAsync(string commandLine, string? stdin = null) => Box.RunAsync(commandLine.Split(' '), stdin);

    public async ValueTask DisposeAsync()
    {
        await _ending.CancelAsync();
        await _passing;
        _ending.Dispose();
        await _tools!.DisposeAsync();

        foreach (var server in _servers.Values)
            await server.DisposeAsync();

        Directory.Delete(_folder, recursive: true);
    }

    private async Task PassAsync()
    {
        using var beat = new PeriodicTimer(TimeSpan.FromMilliseconds(20), TimeProvider.System);

        try
        {
            while (await beat.WaitForNextTickAsync(_ending.Token))
                World.Tick();
        }
        catch (OperationCanceledException)
        {
            // The test is over.
        }
    }
}
