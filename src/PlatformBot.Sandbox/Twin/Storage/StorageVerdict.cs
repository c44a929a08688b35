using PlatformBot.Sandbox.Kubernetes;
using PlatformBot.Sandbox.Twin.Helm.Charts;

namespace PlatformBot.Sandbox.Twin.Storage;

/// <summary>The twin's own word on a cluster's storage: Ceph, the way to the NAS, and a restore that brought the data back.</summary>
internal static class StorageVerdict
{
    private const string Smoke = "platformbot-smoke";

    public static IEnumerable<TwinFact> Of(TwinWorld world, TwinCluster cluster)
    {
        var ceph = CephState.Of(world, cluster);
        yield return new TwinFact(
            $"{cluster.Name}: Ceph is healthy",
            ceph is { Answers: true, Health: "HEALTH_OK", Up: 3 },
            ceph.Answers ? $"{ceph.Health}, {ceph.Up} of {ceph.Osds.Count} OSDs up" : "there is no Ceph"
        );

        var location = cluster.Objects.View(
            new ObjectKey(VeleroChart.ApiVersion, "BackupStorageLocation", VeleroServer.Namespace, "default")
        );
        var phase = location.Text("status", "phase");
        yield return new TwinFact(
            $"{cluster.Name}: Velero reaches its bucket",
            phase == "Available",
            phase.Length > 0 ? $"the backup location is {phase}" : "there is no backup location"
        );
        yield return Restored(world, cluster, location is null ? "" : VeleroServer.PlaceOf(location, "smoke"));
        yield return Synchronized(cluster);
    }

    private static TwinFact Restored(TwinWorld world, TwinCluster cluster, string place)
    {
        var restore = cluster.Objects.View(
            new ObjectKey(VeleroChart.ApiVersion, "Restore", VeleroServer.Namespace, "smoke")
        );
        var data = world.Nas.Find(place)?.Volumes.GetValueOrDefault("storage-smoke/demo-data") ?? "";
        var phase = restore.Text("status", "phase");
        return new TwinFact(
            $"{cluster.Name}: a backup was restored",
            phase == "Completed" && data == Smoke,
            phase.Length == 0 ? "nothing was restored"
                : data == Smoke ? $"the restore is {phase}, and the bucket holds what was written"
                : $"the restore is {phase}, and the bucket does not hold what was written"
        );
    }

    private static TwinFact Synchronized(TwinCluster cluster)
    {
        var source = cluster.Objects.View(
            new ObjectKey(VolSyncChart.ApiVersion, "ReplicationSource", "storage-smoke", "demo-data")
        );
        var result = source.Text("status", "latestMoverStatus", "result");
        return new TwinFact(
            $"{cluster.Name}: VolSync has sent a volume to the NAS",
            result == "Successful",
            result.Length > 0 ? $"its mover was {result}" : "it has sent nothing"
        );
    }
}
