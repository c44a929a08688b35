using System.Text.Json.Nodes;
using PlatformBot.Sandbox.Kubernetes;
using PlatformBot.Sandbox.Twin.Helm;
using PlatformBot.Sandbox.Twin.Helm.Charts;
using PlatformBot.Sandbox.Twin.Workloads;

namespace PlatformBot.Sandbox.Twin.Storage;

/// <summary>
/// Velero's backups: checked, then the objects are taken and each CSI volume is snapshotted, then the data mover carries the snapshots
/// away. One volume that fails makes the backup PartiallyFailed.
/// </summary>
/// <remarks>Fault "CLUSTER/velero-partially-failed".</remarks>
internal sealed class VeleroBackups(TwinWorld world)
{
    private const string OfBackup = "velero.io/backup-name";

    private static readonly TimeSpan Collecting = TimeSpan.FromSeconds(3);
    private static readonly TimeSpan Moving = TimeSpan.FromSeconds(8);

    /// <summary>How long Velero waits for a node's agent to take a volume.</summary>
    private static readonly TimeSpan Preparing = TimeSpan.FromMinutes(30);

    // What is made anew where a backup is restored, or means nothing there.
    private static readonly string[] NotTaken =
    [
        "Event",
        "Endpoints",
        "EndpointSlice",
        "Lease",
        "VolumeSnapshot",
        "ReplicaSet",
    ];

    public void Reconcile(TwinCluster cluster)
    {
        foreach (var backup in cluster.Objects.View(VeleroChart.ApiVersion, "Backup", VeleroServer.Namespace))
        {
            switch (backup.Text("status", "phase"))
            {
                case "" or "New":
                    Begin(cluster, backup);
                    break;
                case "InProgress" when Age(cluster, backup) >= Collecting:
                    Collect(cluster, backup);
                    break;
                case "WaitingForPluginOperations":
                    Follow(cluster, backup);
                    break;
            }
        }

        foreach (var upload in cluster.Objects.View(VeleroChart.MoverApiVersion, "DataUpload", VeleroServer.Namespace))
            Upload(cluster, upload);
    }

    private static void Begin(TwinCluster cluster, JsonObject backup)
    {
        var location = VeleroServer.LocationOf(cluster, backup);
        var asked = backup.Text("spec", "storageLocation") is { Length: > 0 } name ? name : "default";
        var wrong =
            location is null
                ? $"an existing backup storage location wasn't specified at backup creation time and the default '{asked}' wasn't found. Please address this issue (see `velero backup-location -h` for options) and create a new backup. Error: BackupStorageLocation.velero.io \"{asked}\" not found"
            : location.Text("status", "phase") != "Available"
                ? $"backup can't be created because BackupStorageLocation {asked} is in Unavailable status."
            : null;
        cluster.Objects.Update(
            ObjectKey.Of(backup),
            json =>
            {
                json.Section("spec")["storageLocation"] = asked;
                var status = json.Section("status");
                status["phase"] = wrong is null ? "InProgress" : "FailedValidation";
                status["version"] = 1;

                if (wrong is null)
                    status["startTimestamp"] = Timestamp.Of(cluster.Clock);
                else
                    status["validationErrors"] = new JsonArray(wrong);
            }
        );
    }

    /// <summary>Takes the objects, and a snapshot of each volume that has a driver for it.</summary>
    private void Collect(TwinCluster cluster, JsonObject backup)
    {
        var scope = new VeleroScope(backup);
        var objects = cluster
            .Objects.ViewAll()
            .Where(json => !NotTaken.Contains(json.Text("kind")) && scope.Holds(json))
            .Select(json => json.Copy())
            .ToList();
        var type = SnapshotClass(cluster);
        var claims = objects.Where(json => scope.TakesVolumes && IsMoved(cluster, json)).ToList();

        if (type is not null)
            claims.ForEach(claim => BeginUpload(cluster, backup, claim, type));

        var place = VeleroServer.PlaceOf(VeleroServer.LocationOf(cluster, backup)!, backup.Name());
        world.Nas.Keep(place, new KeptBackup(objects, new Dictionary<string, string>()));
        ReportCollected(cluster, backup, objects.Count, errors: type is null ? claims.Count : 0);
    }

    /// <param name="errors">claims that no snapshot class was found for</param>
    private static void ReportCollected(TwinCluster cluster, JsonObject backup, int count, int errors) =>
        cluster.Objects.Update(
            ObjectKey.Of(backup),
            json =>
            {
                var status = json.Section("status");
                status["phase"] = "WaitingForPluginOperations";
                status["progress"] = new JsonObject { ["totalItems"] = count, ["itemsBackedUp"] = count };
                status["backupItemOperationsAttempted"] = Uploads(cluster, backup.Name()).Count;

                if (errors > 0)
                    status["errors"] = errors;
            }
        );

    private void Follow(TwinCluster cluster, JsonObject backup)
    {
        var uploads = Uploads(cluster, backup.Name());

        if (uploads.Exists(one => one.Text("status", "phase") is not ("Completed" or "Failed")))
            return;

        var completed = uploads.Where(one => one.Text("status", "phase") == "Completed").ToList();
        var place = VeleroServer.PlaceOf(VeleroServer.LocationOf(cluster, backup)!, backup.Name());

        if (world.Nas.Find(place) is { } kept)
        {
            var volumes = completed.ToDictionary(
                one => $"{one.Text("spec", "sourceNamespace")}/{one.Text("spec", "sourcePVC")}",
                one => Moved(cluster, one)
            );
            world.Nas.Keep(place, kept with { Volumes = volumes });
        }

        cluster.Objects.Update(
            ObjectKey.Of(backup),
            json =>
            {
                var status = json.Section("status");
                var errors = (status.Whole("errors") ?? 0) + uploads.Count - completed.Count;
                status["phase"] = errors == 0 ? "Completed" : "PartiallyFailed";
                status["completionTimestamp"] = Timestamp.Of(cluster.Clock);
                status["backupItemOperationsCompleted"] = completed.Count;

                if (errors > 0)
                    status["errors"] = errors;
            }
        );

        foreach (var upload in uploads)
            Deletion.Begin(cluster, SnapshotOf(upload));
    }

    private static string Moved(TwinCluster cluster, JsonObject upload) =>
        cluster.Objects.View(SnapshotOf(upload)).Text("status", "boundVolumeSnapshotContentName")
            is { Length: > 0 } content
            ? cluster.Written.GetValueOrDefault(content, "")
            : "";

    private static void BeginUpload(TwinCluster cluster, JsonObject backup, JsonObject claim, string type)
    {
        var name = $"{backup.Name()}-{claim.Uid()[..5]}";
        var snapshot = $"velero-{claim.Name()}-{backup.Uid()[..5]}";
        cluster.Objects.Put(
            Manifest
                .New(SnapshotController.ApiVersion, "VolumeSnapshot", claim.Namespace(), snapshot)
                .Labelled((OfBackup, backup.Name()))
                .With(
                    "spec",
                    new JsonObject
                    {
                        ["source"] = Manifest.Map(("persistentVolumeClaimName", claim.Name())),
                        ["volumeSnapshotClassName"] = type,
                    }
                )
        );
        cluster.Objects.Put(
            Manifest
                .New(VeleroChart.MoverApiVersion, "DataUpload", VeleroServer.Namespace, name)
                .Labelled((OfBackup, backup.Name()))
                .With(
                    "spec",
                    new JsonObject
                    {
                        ["snapshotType"] = "CSI",
                        ["csiSnapshot"] = Manifest.Map(("volumeSnapshot", snapshot), ("snapshotClass", type)),
                        ["sourcePVC"] = claim.Name(),
                        ["sourceNamespace"] = claim.Namespace(),
                        ["backupStorageLocation"] = backup.Text("spec", "storageLocation"),
                    }
                )
        );
    }

    /// <summary>
    /// New → Accepted while there is no node agent or snapshot, which is given up after half an hour → InProgress → Completed or Failed.
    /// </summary>
    private void Upload(TwinCluster cluster, JsonObject upload)
    {
        var phase = upload.Text("status", "phase");

        if (phase is "Completed" or "Failed")
            return;

        var (next, trouble) = Next(cluster, upload);

        if (next == phase)
            return;

        cluster.Objects.Update(
            ObjectKey.Of(upload),
            json =>
            {
                var status = json.Section("status");
                status["phase"] = next;
                status[StampOf(next)] = Timestamp.Of(cluster.Clock);

                if (trouble is not null)
                    status["message"] = trouble;
            }
        );
    }

    private (string Phase, string? Trouble) Next(TwinCluster cluster, JsonObject upload)
    {
        var now = cluster.Clock.GetUtcNow();
        TimeSpan Since(string stamp) => now - (Timestamp.Read(upload.Text("status", stamp)) ?? now);

        if (!VeleroServer.Moves(cluster) || !cluster.Objects.View(SnapshotOf(upload)).Is("status", "readyToUse"))
        {
            return Since(StampOf("Accepted")) >= Preparing
                ? ("Failed", "timeout on preparing data upload")
                : ("Accepted", null);
        }

        if (Since(StampOf("InProgress")) < Moving)
            return ("InProgress", null);

        var trouble = UploadTrouble(cluster, upload);
        return (trouble is null ? "Completed" : "Failed", trouble);
    }

    private static string StampOf(string phase) =>
        phase switch
        {
            "Accepted" => "acceptedTimestamp",
            "InProgress" => "startTimestamp",
            _ => "completionTimestamp",
        };

    private string? UploadTrouble(TwinCluster cluster, JsonObject upload)
    {
        if (world.Faults.Lasts($"{cluster.Name}/velero-partially-failed"))
            return "data path backup failed: Failed to run kopia backup: unable to write pack blob: unexpected EOF";

        return
            VeleroServer.LocationOf(cluster, upload) is { } location
            && NasAccess.OfVelero(world, cluster, location) is { } away
            ? $"error to initialize data path: error to boost backup repository connection: {away}"
            : null;
    }

    private static List<JsonObject> Uploads(TwinCluster cluster, string backup) =>
        [
            .. cluster
                .Objects.View(VeleroChart.MoverApiVersion, "DataUpload", VeleroServer.Namespace)
                .Where(one => one.Label(OfBackup) == backup),
        ];

    private static ObjectKey SnapshotOf(JsonObject upload) =>
        new(
            SnapshotController.ApiVersion,
            "VolumeSnapshot",
            upload.Text("spec", "sourceNamespace"),
            upload.Text("spec", "csiSnapshot", "volumeSnapshot")
        );

    private static string DriverOf(TwinCluster cluster, JsonObject claim) =>
        cluster
            .Objects.View(
                new ObjectKey("storage.k8s.io/v1", "StorageClass", "", claim.Text("spec", "storageClassName"))
            )
            .Text("provisioner");

    /// <summary>Of the driver's classes, the one that is marked for Velero.</summary>
    private static string? SnapshotClass(TwinCluster cluster) =>
        cluster
            .Objects.View(SnapshotController.ApiVersion, "VolumeSnapshotClass")
            .FirstOrDefault(one =>
                one.Text("driver") == CephCsi.Driver && one.Label("velero.io/csi-volumesnapshot-class") == "true"
            )
            ?.Name();

    /// <summary>A volume whose driver makes snapshots; the others are left out without a word.</summary>
    private static bool IsMoved(TwinCluster cluster, JsonObject json) =>
        json.Text("kind") == "PersistentVolumeClaim" && DriverOf(cluster, json) == CephCsi.Driver;

    private static TimeSpan Age(TwinCluster cluster, JsonObject backup) =>
        cluster.Clock.GetUtcNow()
        - (Timestamp.Read(backup.Text("status", "startTimestamp")) ?? cluster.Clock.GetUtcNow());
}
