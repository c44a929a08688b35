using System.Text.Json.Nodes;
using PlatformBot.Sandbox.Kubernetes;
using PlatformBot.Sandbox.Twin.Helm;
using PlatformBot.Sandbox.Twin.Workloads;

namespace PlatformBot.Sandbox.Twin.Storage;

/// <summary>The snapshot controller and the driver's sidecar: a VolumeSnapshot becomes a content with what was written then.</summary>
internal sealed class SnapshotController(TwinWorld world) : IController
{
    public const string ApiVersion = "snapshot.storage.k8s.io/v1";

    private static readonly TimeSpan Taking = TimeSpan.FromSeconds(2);

    public void Reconcile(TwinCluster cluster)
    {
        var all = cluster.Objects.View(ApiVersion, "VolumeSnapshot");
        var contents = cluster.Objects.View(ApiVersion, "VolumeSnapshotContent");

        if (
            !cluster.ApiIsUp
            || all.Count + contents.Count == 0
            || !Pods.IsAvailable(cluster, "kube-system", "snapshot-controller")
        )
        {
            return;
        }

        foreach (var snapshot in all.Where(one => !one.Is("status", "readyToUse") && !one.IsEnding()))
            Take(cluster, snapshot);

        foreach (var content in contents.Where(one => all.All(snapshot => ContentOf(snapshot) != one.Name())))
        {
            cluster.Objects.Delete(ObjectKey.Of(content));
            cluster.Written.TryRemove(content.Name(), out _);
        }
    }

    private static string ContentOf(JsonObject snapshot) => $"snapcontent-{snapshot.Uid()}";

    private void Take(TwinCluster cluster, JsonObject snapshot)
    {
        var age = cluster.Clock.GetUtcNow() - Timestamp.Read(snapshot.Text("metadata", "creationTimestamp"));

        if (age < Taking)
            return;

        if (Trouble(cluster, snapshot) is { } trouble)
        {
            Fail(cluster, snapshot, trouble);
            return;
        }

        var claim = snapshot.Text("spec", "source", "persistentVolumeClaimName");
        var content = ContentOf(snapshot);
        cluster.Written[content] = VolumeData.Of(cluster, snapshot.Namespace(), claim);
        cluster.Objects.Put(
            Manifest
                .New(ApiVersion, "VolumeSnapshotContent", "", content)
                .With("spec", Manifest.Map(("driver", CephCsi.Driver), ("deletionPolicy", "Delete")))
                .With("status", new JsonObject { ["readyToUse"] = true })
        );
        cluster.Objects.Update(
            ObjectKey.Of(snapshot),
            json =>
            {
                json["status"] = new JsonObject
                {
                    ["boundVolumeSnapshotContentName"] = content,
                    ["creationTime"] = Timestamp.Of(cluster.Clock),
                    ["readyToUse"] = true,
                    ["restoreSize"] = "1Gi",
                };
            }
        );
    }

    private string? Trouble(TwinCluster cluster, JsonObject snapshot)
    {
        var name = snapshot.Text("spec", "volumeSnapshotClassName");
        var type = cluster.Objects.View(new ObjectKey(ApiVersion, "VolumeSnapshotClass", "", name));

        if (type is null)
            return $"Failed to get snapshot class with error failed to retrieve snapshot class {name} from the informer: \"volumesnapshotclass.snapshot.storage.k8s.io \\\"{name}\\\" not found\"";

        var claim = snapshot.Text("spec", "source", "persistentVolumeClaimName");
        var found = cluster.Objects.View(new ObjectKey("v1", "PersistentVolumeClaim", snapshot.Namespace(), claim));

        if (found.Text("status", "phase") != "Bound")
            return $"Failed to create snapshot content with error snapshot controller failed to update {snapshot.Name()} on API server: cannot get claim from snapshot";

        if (type.Text("driver") != CephCsi.Driver)
            return "Failed to check and update snapshot content: no driver";

        return CephCsi.Runs(cluster) && CephState.Of(world, cluster).Writes
            ? null
            : "Failed to check and update snapshot content: failed to take snapshot of the volume: \"rpc error: code = DeadlineExceeded desc = context deadline exceeded\"";
    }

    private static void Fail(TwinCluster cluster, JsonObject snapshot, string trouble)
    {
        EventLog.Record(
            cluster,
            snapshot,
            "snapshot-controller",
            "SnapshotContentCreationFailed",
            trouble,
            isWarning: true
        );

        if (snapshot.Text("status", "error", "message") == trouble)
            return;

        cluster.Objects.Update(
            ObjectKey.Of(snapshot),
            json =>
            {
                json.Section("status")["readyToUse"] = false;
                json.Section("status")["error"] = Manifest.Map(
                    ("message", trouble),
                    ("time", Timestamp.Of(cluster.Clock))
                );
            }
        );
    }
}
