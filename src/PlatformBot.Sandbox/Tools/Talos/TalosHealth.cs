using System.Text.Json.Nodes;
using PlatformBot.Sandbox.Twin;
using PlatformBot.Sandbox.Twin.Machines;

namespace PlatformBot.Sandbox.Tools.Talos;

/// <summary><c>talosctl health</c>: one condition after the other, each waited for, all of them within one time limit.</summary>
internal sealed class TalosHealth(TwinWorld world, MachineRoom room)
{
    private const string Skip = "SKIP";

    public async Task<int> RunAsync(ToolCall call, Flags flags)
    {
        var connection = await TalosConnection.OpenAsync(call, flags, room);
        var machine = connection.Only("health", "rpc error");
        var cluster = world.Clusters.GetValueOrDefault(machine.Config?.ClusterName ?? "");
        var deadline = call.Now + flags.Duration("wait-timeout", TimeSpan.FromMinutes(20));
        var members = room.EtcdMembersWith(machine);
        call.ComplainLine($"discovered nodes: [{string.Join(' ', members.Select(member => $"\"{member.Address}\""))}]");

        foreach (var (name, look) in Conditions(machine, cluster))
        {
            call.ComplainLine($"waiting for {name}: ...");
            await WaitAsync(call, name, look, deadline);
        }

        return 0;
    }

    private static async Task WaitAsync(ToolCall call, string name, Func<string?> look, DateTimeOffset deadline)
    {
        for (var said = ""; look() is { } reason && reason != Skip; )
        {
            if (reason != said)
                call.ComplainLine($"waiting for {name}: {said = reason}");

            if (call.Now >= deadline)
                throw new ToolException("rpc error: code = DeadlineExceeded desc = context deadline exceeded");

            await call.PauseAsync(TimeSpan.FromSeconds(2));
        }

        call.ComplainLine($"waiting for {name}: {look() ?? "OK"}");
    }

    /// <summary>What is waited for, and what stands in its way: null = nothing.</summary>
    private IEnumerable<(string Name, Func<string?> Look)> Conditions(Machine machine, TwinCluster? cluster)
    {
        string? Etcd() => room.EtcdMembersWith(machine).Count >= 3 ? null : "service \"etcd\" not in expected state";
        string? Control() => cluster is { ApiIsUp: true } ? null : "the API server does not answer";
        static string? Nothing() => null;

        return
        [
            ("etcd to be healthy", Etcd),
            ("etcd members to be consistent across nodes", Etcd),
            ("etcd members to be control plane nodes", Etcd),
            ("apid to be ready", Nothing),
            ("all nodes memory sizes", Nothing),
            ("all nodes disk sizes", Nothing),
            ("no diagnostics", Nothing),
            ("kubelet to be healthy", Nothing),
            ("all nodes to finish boot sequence", Nothing),
            ("all k8s nodes to report", () => Nodes(cluster).Count >= 3 ? null : "can't find expected nodes"),
            ("all control plane static pods to be running", Control),
            ("all control plane components to be ready", Control),
            ("all k8s nodes to report ready", () => NotReady(cluster)),
            ("kube-proxy to report ready", () => Skip),
            ("coredns to report ready", () => CoreDns(cluster)),
            ("all k8s nodes to report schedulable", Nothing),
        ];
    }

    private static IReadOnlyList<JsonObject> Nodes(TwinCluster? cluster) =>
        cluster is { ApiIsUp: true } ? cluster.Objects.List("v1", "Node") : [];

    private static string? NotReady(TwinCluster? cluster)
    {
        var names = Nodes(cluster)
            .Where(node => !HasCondition(node, "Ready"))
            .Select(node => (string?)node["metadata"]?["name"])
            .ToList();
        return names.Count == 0 ? null : $"some nodes are not ready: [{string.Join(' ', names)}]";
    }

    private static string? CoreDns(TwinCluster? cluster)
    {
        var deployment = cluster?.Objects.Get(new ObjectKey("apps/v1", "Deployment", "kube-system", "coredns"));
        return deployment is null
                ? "no pods found for namespace \"kube-system\" and label selector \"k8s-app=kube-dns\""
            : HasCondition(deployment, "Available") ? null
            : "some pods are not ready: [coredns]";
    }

    private static bool HasCondition(JsonObject json, string type) =>
        (json["status"]?["conditions"] as JsonArray ?? []).Any(condition =>
            (string?)condition?["type"] == type && (string?)condition["status"] == "True"
        );
}
