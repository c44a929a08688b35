using PlatformBot.Sandbox.Twin;
using PlatformBot.Sandbox.Twin.Machines;

namespace PlatformBot.Sandbox.Tools.Talos;

/// <summary>talosctl, acting on the machines of the twin.</summary>
/// <param name="kubeconfig">(cluster, context name) → the kubeconfig of its API server; null when there is none</param>
internal sealed class TalosTool(TwinWorld world, MachineRoom room, Func<string, string, string?> kubeconfig)
{
    public Tool Create()
    {
        var changes = new TalosChanges(room);
        var views = new TalosViews(room);
        var upgrades = new TalosUpgrades(room);
        var resources = new TalosResources(room);

        return new(
            "talosctl",
            "talosconfig= nodes,n= endpoints,e= context= cluster=",
            "{0}",
            [
                new Command("version", "client short insecure,i", views.VersionAsync),
                .. OfFiles,
                new Command("apply-config", TalosChanges.ApplyFlags, changes.ApplyAsync),
                new Command("reset", TalosChanges.ResetFlags, changes.ResetAsync),
                new Command("bootstrap", "recover-from= recover-skip-hash-check", changes.BootstrapAsync),
                new Command("upgrade", TalosUpgrades.UpgradeFlags, upgrades.UpgradeAsync),
                new Command("upgrade-k8s", TalosKubernetes.UpgradeFlags, new TalosKubernetes(world, room).UpgradeAsync),
                new Command("rollback", "", upgrades.RollbackAsync),
                new Command("image pull", "namespace=", upgrades.PullAsync),
                new Command("wipe disk", TalosChanges.WipeFlags, changes.WipeDiskAsync),
                new Command("etcd members", "", views.EtcdMembersAsync),
                new Command("etcd status", "", views.EtcdStatusAsync),
                new Command("etcd alarm list", "", views.EtcdAlarmsAsync),
                new Command("etcd snapshot", "", views.EtcdSnapshotAsync),
                new Command("service", "", views.ServiceAsync),
                new Command(
                    "health",
                    "wait-timeout= server control-plane-nodes= worker-nodes=",
                    new TalosHealth(world, room).RunAsync
                ),
                new Command("kubeconfig", "force,f merge,m force-context-name=", KubeconfigAsync),
                new Command("get", "output,o= namespace= insecure,i", resources.GetAsync),
                Command.Quick("disks", "insecure,i", Disks),
            ]
        );
    }

    /// <summary>What needs no machine.</summary>
    private static readonly Command[] OfFiles =
    [
        new Command("gen secrets", "output-file,o= force,f talos-version=", TalosFiles.GenSecretsAsync),
        new Command("gen config", TalosFiles.GenConfigFlags, TalosFiles.GenConfigAsync),
        new Command("config endpoint", "", TalosConfigFile.SetEndpointsAsync),
        new Command("config endpoints", "", TalosConfigFile.SetEndpointsAsync),
        new Command("config node", "", TalosConfigFile.SetNodesAsync),
        new Command("config nodes", "", TalosConfigFile.SetNodesAsync),
        new Command("config context", "", TalosConfigFile.UseContextAsync),
        new Command("config info", "output,o=", TalosConfigFile.InfoAsync),
        new Command("machineconfig patch", "patch,p= output,o=", TalosFiles.PatchAsync),
        new Command("validate", "mode,m= config,c= strict", TalosFiles.ValidateAsync),
    ];

    private static int Disks(ToolCall call, Flags flags) =>
        throw new ToolException(
            "`talosctl disks` is deprecated, please use `talosctl get disks`, `talosctl get systemdisk`, "
                + "`talosctl get discoveredvolumes` instead"
        );

    private async Task<int> KubeconfigAsync(ToolCall call, Flags flags)
    {
        var connection = await TalosConnection.OpenAsync(call, flags, room);
        var machine = connection.Only("kubeconfig", "error copying");
        var path = flags.Words.FirstOrDefault() ?? $"{call.Variable("HOME")}/.kube/config";

        if (Directory.Exists(call.PathOf(path)))
            path = Path.Combine(path, "kubeconfig");

        if (flags.IsOn("merge", otherwise: true) && File.Exists(call.PathOf(path)))
        {
            throw new ToolException(
                "the sandbox's talosctl does not merge kubeconfigs: use --merge=false and one file per cluster"
            );
        }

        if (!flags.IsOn("force") && File.Exists(call.PathOf(path)))
            throw new ToolException($"kubeconfig file already exists, use --force to overwrite: \"{path}\"");

        var cluster = machine.Config?.ClusterName ?? "";
        var text = kubeconfig(cluster, flags.Get("force-context-name") ?? $"admin@{cluster}");
        await call.WriteAsync(
            path,
            text
                ?? throw new ToolException(
                    "error copying: rpc error: code = Unknown desc = the API of this cluster is not simulated"
                )
        );
        return 0;
    }
}
