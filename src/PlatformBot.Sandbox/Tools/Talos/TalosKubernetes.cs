using PlatformBot.Sandbox.Twin;
using PlatformBot.Sandbox.Twin.Machines;

namespace PlatformBot.Sandbox.Tools.Talos;

/// <summary>
/// <c>talosctl upgrade-k8s</c>: the control plane's programs on every node, one after the other, then every kubelet. What is done when it is
/// cut off stays done; the next call goes on from the lowest version that it finds.
/// </summary>
/// <remarks>Fault "NODE/kubelet-old".</remarks>
internal sealed class TalosKubernetes(TwinWorld world, MachineRoom room)
{
    public const string UpgradeFlags =
        "to= from= endpoint= dry-run pre-pull-images upgrade-kubelet with-docs with-examples";

    private static readonly TimeSpan PullTime = TimeSpan.FromSeconds(15);
    private static readonly TimeSpan PodTime = TimeSpan.FromSeconds(12);
    private static readonly TimeSpan KubeletTime = TimeSpan.FromSeconds(20);
    private static readonly string[] Services = ["kube-apiserver", "kube-controller-manager", "kube-scheduler"];

    public async Task<int> UpgradeAsync(ToolCall call, Flags flags)
    {
        var machine = (await TalosConnection.OpenAsync(call, flags, room)).Only("upgrade-k8s", "error detecting");
        var to = flags.Get("to") ?? throw new ToolException("error creating upgrade path: no version");
        var cluster = world.Clusters.GetValueOrDefault(machine.Config?.ClusterName ?? "");

        if (cluster is not { ApiIsUp: true })
            throw new ToolException("error detecting the lowest Kubernetes version connection refused");

        Machine[] nodes = [.. room.Machines.Where(other => other.Config?.ClusterName == cluster.Name)];
        Check(call, cluster, nodes, to);

        if (!TalosReleases.HasKubernetes(to))
            throw NotPulled(nodes[0], $"registry.k8s.io/kube-apiserver:v{to}");

        await call.PauseAsync(PullTime);
        await ControlPlaneAsync(call, cluster, nodes, to, flags.IsOn("dry-run"));
        await KubeletsAsync(call, nodes, to, flags.IsOn("dry-run"));
        return 0;
    }

    private static void Check(ToolCall call, TwinCluster cluster, Machine[] nodes, string to)
    {
        var from = nodes.Select(node => node.Kubelet).Append(cluster.Kubernetes).MinBy(Order)!;
        call.PrintLine($"automatically detected the lowest Kubernetes version {from}");
        var (minor, target) = (TalosReleases.Minor(from), TalosReleases.Minor(to));

        if (Order(to) < Order(from) || target - minor > 1)
        {
            throw new ToolException($"unsupported upgrade path 1.{minor}->1.{target} (from \"{from}\" to \"{to}\")");
        }

        call.PrintLine(
            $"discovered controlplane nodes [{string.Join(' ', nodes.Select(node => $"\"{node.Address}\""))}]"
        );
        call.PrintLine("discovered worker nodes []");

        foreach (var node in nodes)
        {
            if (TalosReleases.Incompatible(to, node.Talos) is { } wrong)
                throw new ToolException(wrong);

            call.PrintLine(
                $" > \"{node.Address}\": Talos version {node.Talos} is compatible with Kubernetes version {to}"
            );
        }

        call.PrintLine("checking for removed Kubernetes component flags");
        call.PrintLine("checking for removed Kubernetes API resource versions");
    }

    private static async Task ControlPlaneAsync(
        ToolCall call,
        TwinCluster cluster,
        Machine[] nodes,
        string to,
        bool dryRun
    )
    {
        foreach (var service in Services)
        {
            call.PrintLine($"updating \"{service}\" to version \"{to}\"");

            foreach (var node in nodes)
            {
                call.PrintLine($" > \"{node.Address}\": starting update");

                if (cluster.Kubernetes != to)
                    call.PrintLine($" > update {service}: v{cluster.Kubernetes} -> {to}");

                await FinishAsync(call, node, $"waiting for {service} pod update", dryRun, PodTime);
            }

            if (!dryRun && service == Services[0])
                cluster.Kubernetes = to;
        }
    }

    private async Task KubeletsAsync(ToolCall call, Machine[] nodes, string to, bool dryRun)
    {
        call.PrintLine($"updating kubelet to version \"{to}\"");

        foreach (var node in nodes)
        {
            call.PrintLine($" > \"{node.Address}\": starting update");

            if (node.Kubelet != to)
                call.PrintLine($" > update kubelet: v{node.Kubelet} -> {to}");

            await FinishAsync(call, node, "waiting for node update", dryRun, KubeletTime);

            if (dryRun)
                continue;

            if (world.Faults.Lasts($"{node.Name}/kubelet-old"))
            {
                throw new ToolException(
                    $"failed upgrading kubelet: error updating node \"{node.Address}\": context deadline exceeded"
                );
            }

            node.Kubelet = to;
        }
    }

    private static async Task FinishAsync(ToolCall call, Machine node, string waiting, bool dryRun, TimeSpan time)
    {
        if (dryRun)
        {
            call.PrintLine(" > skipped in dry-run");
            return;
        }

        call.PrintLine($" > \"{node.Address}\": machine configuration patched");
        call.PrintLine($" > \"{node.Address}\": {waiting}");
        await call.PauseAsync(time);
        call.PrintLine($" < \"{node.Address}\": successfully updated");
    }

    private static ToolException NotPulled(Machine node, string image) =>
        new(
            $"failed pre-pulling images: error pre-pulling {image} on {node.Address}: rpc error: code = NotFound desc = failed to pull image \"{image}\": "
                + $"failed to resolve reference \"{image}\": {image}: not found"
        );

    private static int Order(string version) => TalosReleases.Minor(version) * 1000 + TalosReleases.Patch(version);
}
