using System.Text.Json.Nodes;
using PlatformBot.Sandbox.Kubernetes;
using PlatformBot.Sandbox.Twin.Helm.Charts;

namespace PlatformBot.Sandbox.Twin.Storage;

/// <summary>Velero's server: backup locations, backups, restores, deletions; each only while its Deployment runs.</summary>
internal sealed class VeleroServer(TwinWorld world) : IController
{
    public const string Namespace = "velero";

    private static readonly TimeSpan Validation = TimeSpan.FromMinutes(1);

    private readonly VeleroBackups _backups = new(world);
    private readonly VeleroRestores _restores = new(world);

    public void Reconcile(TwinCluster cluster)
    {
        if (!cluster.ApiIsUp || !Pods.IsAvailable(cluster, Namespace, "velero"))
            return;

        foreach (var location in cluster.Objects.View(VeleroChart.ApiVersion, "BackupStorageLocation"))
            Validate(cluster, location);

        foreach (
            var schedule in cluster
                .Objects.View(VeleroChart.ApiVersion, "Schedule")
                .Where(one => one.Text("status", "phase") != "Enabled")
        )
        {
            cluster.Objects.Update(ObjectKey.Of(schedule), json => json.Section("status")["phase"] = "Enabled");
        }

        _backups.Reconcile(cluster);
        _restores.Reconcile(cluster);
        Delete(cluster);
    }

    public static JsonObject? LocationOf(TwinCluster cluster, JsonObject backup)
    {
        var name = backup.Text("spec", "storageLocation") is { Length: > 0 } asked ? asked : "default";
        return cluster.Objects.View(new ObjectKey(VeleroChart.ApiVersion, "BackupStorageLocation", Namespace, name));
    }

    /// <summary>"velero-backups/infra/smoke"</summary>
    public static string PlaceOf(JsonObject location, string backup) =>
        $"{location.Text("spec", "objectStorage", "bucket")}/{location.Text("spec", "objectStorage", "prefix")}/{backup}";

    /// <summary>True when each node runs what moves the data.</summary>
    public static bool Moves(TwinCluster cluster) => Pods.RunsEverywhere(cluster, Namespace, "node-agent");

    private void Validate(TwinCluster cluster, JsonObject location)
    {
        var last = Timestamp.Read(location.Text("status", "lastValidationTime"));
        var now = cluster.Clock.GetUtcNow();

        if (last is not null && now - last < Validation)
            return;

        var trouble = NasAccess.OfVelero(world, cluster, location);
        cluster.Objects.Update(
            ObjectKey.Of(location),
            json =>
            {
                var status = json.Section("status");
                status["phase"] = trouble is null ? "Available" : "Unavailable";
                status["lastValidationTime"] = Timestamp.Of(now);

                if (trouble is null)
                {
                    status["lastSyncedTime"] = Timestamp.Of(now);
                    status.Remove("message");
                }
                else
                {
                    status["message"] = $"BackupStorageLocation \"{json.Name()}\" is unavailable: {trouble}";
                }
            }
        );
    }

    private void Delete(TwinCluster cluster)
    {
        foreach (var request in cluster.Objects.View(VeleroChart.ApiVersion, "DeleteBackupRequest"))
        {
            var name = request.Text("spec", "backupName");
            var key = new ObjectKey(VeleroChart.ApiVersion, "Backup", Namespace, name);

            if (request.Text("status", "phase") == "Processed")
                continue;

            if (cluster.Objects.View(key) is { } backup && LocationOf(cluster, backup) is { } location)
            {
                if (NasAccess.OfVelero(world, cluster, location) is { } trouble)
                {
                    Refuse(cluster, request, trouble);
                    continue;
                }

                world.Nas.Forget(PlaceOf(location, name));
            }

            Forget(cluster, key);
            cluster.Objects.Delete(ObjectKey.Of(request));
        }
    }

    private static void Refuse(TwinCluster cluster, JsonObject request, string trouble) =>
        cluster.Objects.Update(
            ObjectKey.Of(request),
            json =>
            {
                json.Section("status")["phase"] = "Processed";
                json.Section("status")["errors"] = new JsonArray($"error getting backup store: {trouble}");
            }
        );

    /// <summary>The backup goes, with what moved its data and what was restored from it.</summary>
    private static void Forget(TwinCluster cluster, ObjectKey backup)
    {
        var uploads = cluster
            .Objects.View(VeleroChart.MoverApiVersion, "DataUpload", Namespace)
            .Where(one => one.Text("metadata", "labels", "velero.io/backup-name") == backup.Name);
        var restores = cluster
            .Objects.View(VeleroChart.ApiVersion, "Restore", Namespace)
            .Where(one => one.Text("spec", "backupName") == backup.Name);

        foreach (var json in uploads.Concat(restores).ToList())
            cluster.Objects.Delete(ObjectKey.Of(json));

        cluster.Objects.Delete(backup);
    }
}
