using System.Text.Json.Nodes;
using PlatformBot.Sandbox.Twin.Workloads;

namespace PlatformBot.Sandbox.Twin.Storage;

/// <summary>What goes wrong inside the programs of storage, and what they log.</summary>
internal static class StorageTroubles
{
    public static PodTrouble? Of(TwinWorld world, TwinCluster cluster, JsonObject pod) =>
        Osd(world, cluster, pod)
        ?? VolSyncController.Mover(world, cluster, pod)
        ?? ObjectCopies.Of(world, cluster, pod)
        ?? VolumeData.Program(cluster, pod);

    /// <summary>Null for what has nothing of its own to say.</summary>
    public static string? Log(TwinWorld world, TwinCluster cluster, LogRequest request)
    {
        var pod = cluster.Objects.View(new ObjectKey("v1", "Pod", request.Namespace, request.Pod));

        if (pod?.Label("app") != "rook-ceph-osd-prepare")
            return null;

        return cluster.Objects.View(RookController.ApiVersion, "CephCluster", request.Namespace) is [var ceph, ..]
            ? CephDisks.Log(world, ceph, pod.Label("node"), CephState.FsidOf(cluster))
            : null;
    }

    /// <summary>The disk was wiped under the OSD, or given to another cluster.</summary>
    private static PodTrouble? Osd(TwinWorld world, TwinCluster cluster, JsonObject pod) =>
        pod.Label("app") == "rook-ceph-osd"
        && !CephDisks.Belongs(world, pod.Label("topology-location-host"), CephState.FsidOf(cluster))
            ? new PodTrouble(
                "osd",
                Crashes: true,
                $" ** ERROR: unable to open OSD superblock on /var/lib/ceph/osd/ceph-{pod.Label("ceph-osd-id")}: (2) No such file or directory"
            )
            : null;
}
