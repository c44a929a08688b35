using PlatformBot.Sandbox.Kubernetes;
using PlatformBot.Sandbox.Tools.Git;
using PlatformBot.Sandbox.Tools.Kube;
using PlatformBot.Sandbox.Tools.Platform;
using PlatformBot.Sandbox.Tools.Talos;
using PlatformBot.Sandbox.Twin;
using PlatformBot.Sandbox.Twin.Machines;
using PlatformBot.Sandbox.Twin.Vault;

namespace PlatformBot.Sandbox.Tools;

/// <summary>
/// Everything that a platform engineer has on PATH, acting on the twin: talosctl, op, minijinja-cli, yq, git, kubectl,
/// helm, flux, cilium, linkerd, velero, age, rclone.
/// </summary>
public sealed class PlatformTools : IAsyncDisposable
{
    private readonly KubeClients _clients = new();
    private readonly GitTool _git;
    private readonly ToolServer _server;

    private PlatformTools(
        TwinWorld world,
        MachineRoom machines,
        PasswordVault vault,
        IReadOnlyDictionary<string, KubeApiServer> servers,
        string folder,
        CallLoss? loses
    )
    {
        _git = new GitTool(world.Git);
        var talos = new TalosTool(
            world,
            machines,
            (cluster, name) => servers.GetValueOrDefault(cluster)?.Kubeconfig(name)
        );
        Tool[] tools =
        [
            talos.Create(),
            new OpTool(vault, world.Faults).Create(),
            MiniJinjaTool.Create(),
            YqTool.Create(),
            _git.Create(),
            new KubectlTool(_clients).Create(),
            new HelmTool(world, _clients).Create(),
            new FluxTool(world, _clients, vault).Create(),
            new CiliumTool(world, _clients).Create(),
            new LinkerdTool(world, _clients).Create(),
            new VeleroTool(world, _clients).Create(),
            AgeTool.Create(),
            new RcloneTool(world).Create(),
        ];
        _server = ToolServer.Start(tools, world.Clock, folder, world.Faults, loses);
    }

    /// <summary>What belongs at the front of PATH.</summary>
    public string Folder => _server.Folder;

    /// <summary>Every finished call, oldest first.</summary>
    public IReadOnlyList<ToolRun> Log => _server.Log;

    /// <param name="machines">a law of the world too: add it to <paramref name="world"/></param>
    /// <param name="servers">cluster name → its API server</param>
    /// <param name="folder">where the programs are put</param>
    /// <param name="loses">told of every call, and may lose it; null loses none</param>
    public static PlatformTools Start(
        TwinWorld world,
        MachineRoom machines,
        PasswordVault vault,
        IReadOnlyDictionary<string, KubeApiServer> servers,
        string folder,
        CallLoss? loses = null
    ) => new(world, machines, vault, servers, folder, loses);

    /// <summary>Makes a folder a checkout of the GitOps repository, as a person did before the bot came.</summary>
    public void Checkout(string folder) => _git.Prepare(folder);

    /// <summary>Installs a tool that was missing.</summary>
    public void Install(string tool) => _server.Install([tool]);

    public async ValueTask DisposeAsync()
    {
        await _server.DisposeAsync();
        _clients.Dispose();
    }
}
