using System.Text.Json.Nodes;
using PlatformBot.Sandbox.Kubernetes;
using PlatformBot.Sandbox.Twin.Helm;

namespace PlatformBot.Sandbox.Twin.Storage;

/// <summary>
/// Rook's operator: monitors, then managers, then one job per node that looks at its disk, then an OSD for each disk that it took;
/// the CSI driver beside them. A disk that it does not take is no error to it: Ceph then has fewer OSDs, and warns.
/// </summary>
internal sealed class RookController(TwinWorld world) : IController
{
    public const string ApiVersion = "ceph.rook.io/v1";

    private readonly Quiet _quiet = new();

    public void Reconcile(TwinCluster cluster)
    {
        // Disks and faults change without the cluster's objects: looked at every few seconds.
        var moment = world.Clock.GetUtcNow().ToUnixTimeSeconds() / 5;

        if (
            !cluster.ApiIsUp
            || _quiet.Is(cluster, $"{moment}")
            || !Pods.IsAvailable(cluster, CephState.Namespace, "rook-ceph-operator")
        )
        {
            return;
        }

        foreach (var ceph in cluster.Objects.View(ApiVersion, "CephCluster"))
        {
            CephCsi.Ensure(cluster);
            Report(cluster, ceph, Build(cluster, ceph));
        }

        foreach (var pool in cluster.Objects.View(ApiVersion, "CephBlockPool"))
            ReportPool(cluster, pool);
    }

    /// <summary>One step nearer to a whole Ceph; what is being worked on, or null when everything is there.</summary>
    private string? Build(TwinCluster cluster, JsonObject ceph)
    {
        string[] nodes = [.. cluster.Objects.View("v1", "Node").Select(node => node.Name())];
        var wanted = (int)(ceph.Whole("spec", "mon", "count") ?? 3);

        if (nodes.Length < wanted && !ceph.Is("spec", "mon", "allowMultiplePerNode"))
            return $"failed to create cluster: failed to start ceph monitors: failed to assign pods to mons: {nodes.Length} nodes for {wanted} mons";

        var programs = new CephPrograms(cluster, ceph);
        programs.EnsureIdentity();
        var fsid = CephState.FsidOf(cluster);

        if (!programs.Run("rook-ceph-mon", "mon", ["a", "b", "c"], nodes))
            return "Configuring Ceph Mons";

        if (!programs.Run("rook-ceph-mgr", "mgr", ["a", "b"], nodes))
            return "Configuring Ceph Mgr(s)";

        string[] named = [.. ceph.Items("spec", "storage", "nodes").Select(node => node.Text("name"))];
        var prepared = true;

        foreach (var node in named.Where(nodes.Contains))
        {
            if (!programs.Prepared(node))
                prepared = false;
            else if (!programs.HasOsd(node) && CephDisks.Take(world, ceph, node, fsid).Path is { } path)
                programs.EnsureOsd(node, path);
        }

        return prepared && programs.OsdsRun() ? null : "Configuring Ceph OSDs";
    }

    private void Report(TwinCluster cluster, JsonObject ceph, string? working)
    {
        var state = CephState.Of(world, cluster);
        var failed = working?.StartsWith("failed", StringComparison.Ordinal) == true;

        // An OSD that goes later makes Ceph unwell, not the cluster unmade.
        var ready = working is null || ceph.Text("status", "phase") == "Ready" && !failed;

        cluster.Objects.Update(
            ObjectKey.Of(ceph),
            json =>
            {
                var status = json.Section("status");
                status["observedGeneration"] = json.At("metadata", "generation")?.DeepClone();
                status["phase"] =
                    ready ? "Ready"
                    : failed ? "Failure"
                    : "Progressing";
                status["state"] =
                    ready ? "Created"
                    : failed ? "Error"
                    : "Creating";
                status["message"] = ready ? "Cluster created successfully" : working;
                SetConditions(json, ready, status.Text("message"), cluster.Clock);

                if (state.Answers)
                    WriteHealth(status, state, cluster.Clock);

                if (ready)
                {
                    var image = json.Text("spec", "cephVersion", "image");
                    status["version"] = Manifest.Map(("image", image), ("version", "19.2.3-0"));
                }
            }
        );
    }

    private static void SetConditions(JsonObject json, bool ready, string message, TimeProvider clock)
    {
        var reason = ready ? "ClusterCreated" : "ClusterProgressing";
        Workloads.Conditions.Set(json, clock, "Ready", ready, reason, message);
        Workloads.Conditions.Set(json, clock, "Progressing", !ready, reason, message);
    }

    private static void WriteHealth(JsonObject status, CephState state, TimeProvider clock)
    {
        var ceph = status.Section("ceph");

        if (ceph.Text("health") != state.Health)
        {
            ceph["previousHealth"] = ceph["health"]?.DeepClone();
            ceph["lastChanged"] = Timestamp.Of(clock);
        }

        ceph["fsid"] = state.Fsid;
        ceph["health"] = state.Health;
        ceph["details"] = new JsonObject(
            state.Checks.Select(check =>
                KeyValuePair.Create(
                    check.Code,
                    (JsonNode?)Manifest.Map(("message", check.Message), ("severity", check.Severity))
                )
            )
        );
        ceph["capacity"] = new JsonObject
        {
            ["bytesTotal"] = CephState.DiskBytes * state.Osds.Count,
            ["bytesUsed"] = state.UsedBytes,
            ["bytesAvailable"] = CephState.DiskBytes * state.Osds.Count - state.UsedBytes,
        };
    }

    private static void ReportPool(TwinCluster cluster, JsonObject pool)
    {
        var ready = cluster
            .Objects.View(ApiVersion, "CephCluster", pool.Namespace())
            .Any(ceph => ceph.Text("status", "phase") == "Ready");
        cluster.Objects.Update(
            ObjectKey.Of(pool),
            json =>
            {
                var status = json.Section("status");
                status["observedGeneration"] = json.At("metadata", "generation")?.DeepClone();

                // Once made, a pool stays.
                if (status.Text("phase") != "Ready")
                    status["phase"] = ready ? "Ready" : "Progressing";

                status["info"] = Manifest.Map(
                    ("failureDomain", json.Text("spec", "failureDomain")),
                    ("type", "Replicated")
                );
            }
        );
    }
}
