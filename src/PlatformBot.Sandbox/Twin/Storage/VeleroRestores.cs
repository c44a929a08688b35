using System.Text.Json.Nodes;
using PlatformBot.Sandbox.Kubernetes;
using PlatformBot.Sandbox.Twin.Helm.Charts;
using PlatformBot.Sandbox.Twin.Workloads;

namespace PlatformBot.Sandbox.Twin.Storage;

/// <summary>
/// Velero's restores: the objects of a backup, into the namespaces that they are mapped to, and the data of their volumes. What is there
/// already is left as it is, with a warning when it differs.
/// </summary>
internal sealed class VeleroRestores(TwinWorld world)
{
    private const string OfRestore = "velero.io/restore-name";

    /// <summary>Where people write.</summary>
    private static readonly string[] Written = ["spec", "data"];

    private static readonly TimeSpan Writing = TimeSpan.FromSeconds(3);

    public void Reconcile(TwinCluster cluster)
    {
        foreach (var restore in cluster.Objects.View(VeleroChart.ApiVersion, "Restore", VeleroServer.Namespace))
        {
            switch (restore.Text("status", "phase"))
            {
                case "" or "New":
                    Begin(cluster, restore);
                    break;
                case "InProgress" when Started(cluster, restore) >= Writing:
                    Write(cluster, restore);
                    break;
                case "WaitingForPluginOperations":
                    Fill(cluster, restore);
                    break;
            }
        }
    }

    private static void Begin(TwinCluster cluster, JsonObject restore)
    {
        var schedule = restore.Text("spec", "scheduleName");
        var name = schedule.Length > 0 ? Newest(cluster, schedule) : restore.Text("spec", "backupName");
        var wrong =
            name.Length == 0 ? "No completed backups found for schedule"
            : cluster.Objects.View(new ObjectKey(VeleroChart.ApiVersion, "Backup", VeleroServer.Namespace, name))
                is null
                ? $"Error retrieving backup: backups.velero.io \"{name}\" not found"
            : null;
        cluster.Objects.Update(
            ObjectKey.Of(restore),
            json =>
            {
                var status = json.Section("status");
                json.Section("spec")["backupName"] = name;
                status["phase"] = wrong is null ? "InProgress" : "FailedValidation";

                if (wrong is null)
                    status["startTimestamp"] = Timestamp.Of(cluster.Clock);
                else
                    status["validationErrors"] = new JsonArray(wrong);
            }
        );
    }

    /// <summary>The schedule's last backup that is complete; "" when there is none.</summary>
    private static string Newest(TwinCluster cluster, string schedule) =>
        cluster
            .Objects.View(VeleroChart.ApiVersion, "Backup", VeleroServer.Namespace)
            .Where(one =>
                one.Label("velero.io/schedule-name") == schedule && one.Text("status", "phase") == "Completed"
            )
            .OrderBy(one => one.Text("status", "startTimestamp"), StringComparer.Ordinal)
            .LastOrDefault()
            ?.Name()
        ?? "";

    private void Write(TwinCluster cluster, JsonObject restore)
    {
        if (Kept(cluster, restore) is not { } kept)
        {
            Fail(cluster, restore, Away(cluster, restore) ?? "error downloading backup: object not found");
            return;
        }

        var scope = new VeleroScope(restore);
        var namespaces = kept.Objects.Where(one => one.Text("kind") == "Namespace" && scope.HoldsNamespace(one.Name()));
        var things = kept.Objects.Where(one => IsRestored(one) && scope.Holds(one)).ToList();
        var warnings = 0;

        foreach (var json in namespaces.Concat(things))
        {
            var moved = Moved(json, restore);

            if (cluster.Objects.View(ObjectKey.Of(moved)) is { } found)
                warnings += Differs(found, moved) ? 1 : 0;
            else
                Applier.Apply(cluster, moved);
        }

        cluster.Objects.Update(ObjectKey.Of(restore), json => ReportWritten(json, things.Count, warnings));
    }

    private static void ReportWritten(JsonObject json, int items, int warnings)
    {
        var status = json.Section("status");
        status["phase"] = "WaitingForPluginOperations";
        status["progress"] = new JsonObject { ["itemsRestored"] = items, ["totalItems"] = items };

        // "could not restore, … already exists. Warning: the in-cluster version is different than the backed-up version"
        if (warnings > 0)
            status["warnings"] = warnings;
    }

    /// <summary>In what people wrote: the rest is made anew wherever it is.</summary>
    private static bool Differs(JsonObject found, JsonObject kept) =>
        found.Text("kind") is not ("Namespace" or "ServiceAccount")
        && !Written.All(part => JsonNode.DeepEquals(found[part], kept[part]));

    /// <summary>Writes the data onto the volumes, once they are bound; what has no data to come is left to its consumer.</summary>
    private void Fill(TwinCluster cluster, JsonObject restore)
    {
        var kept = Kept(cluster, restore);

        if (Away(cluster, restore) is { } away)
        {
            Fail(cluster, restore, away);
            return;
        }

        if (kept is null || !VeleroServer.Moves(cluster))
            return;

        foreach (var (place, text) in kept.Volumes)
        {
            var (ns, claim) = place.Split('/') is [var left, var right] ? (left, right) : ("", place);
            var key = new ObjectKey("v1", "PersistentVolumeClaim", MapOf(restore, ns), claim);

            // A volume that was there before keeps what is on it.
            if (cluster.Objects.View(key) is not { } made || made.Label(OfRestore) != restore.Name())
                continue;

            if (made.Text("status", "phase") != "Bound")
                return;

            VolumeData.Write(cluster, key.Namespace, claim, text);
        }

        cluster.Objects.Update(
            ObjectKey.Of(restore),
            json =>
            {
                json.Section("status")["phase"] = "Completed";
                json.Section("status")["completionTimestamp"] = Timestamp.Of(cluster.Clock);
            }
        );
    }

    private string? Away(TwinCluster cluster, JsonObject restore) =>
        LocationOf(cluster, restore) is { } location ? NasAccess.OfVelero(world, cluster, location) : null;

    private KeptBackup? Kept(TwinCluster cluster, JsonObject restore) =>
        LocationOf(cluster, restore) is { } location && NasAccess.OfVelero(world, cluster, location) is null
            ? world.Nas.Find(VeleroServer.PlaceOf(location, restore.Text("spec", "backupName")))
            : null;

    private static JsonObject? LocationOf(TwinCluster cluster, JsonObject restore) =>
        cluster.Objects.View(
            new ObjectKey(VeleroChart.ApiVersion, "Backup", VeleroServer.Namespace, restore.Text("spec", "backupName"))
        )
            is { } backup
            ? VeleroServer.LocationOf(cluster, backup)
            : null;

    private static void Fail(TwinCluster cluster, JsonObject restore, string why) =>
        cluster.Objects.Update(
            ObjectKey.Of(restore),
            json =>
            {
                json.Section("status")["phase"] = "Failed";
                json.Section("status")["failureReason"] = why;
            }
        );

    /// <summary>What somebody else makes comes from them; what has ended is not started again.</summary>
    private static bool IsRestored(JsonObject json) =>
        json.Text("kind") is not ("Namespace" or "Pod" or "PersistentVolume")
        && !json.Items("metadata", "ownerReferences").Any()
        && !(json.Text("kind") == "Job" && json.At("status", "completionTime") is not null)
        && !(json.Text("kind") == "ConfigMap" && json.Name() == "kube-root-ca.crt");

    private static JsonObject Moved(JsonObject json, JsonObject restore)
    {
        var moved = json.Copy();
        var metadata = moved.Section("metadata");

        foreach (
            var field in new[]
            {
                "uid",
                "resourceVersion",
                "generation",
                "creationTimestamp",
                "managedFields",
                "deletionTimestamp",
            }
        )
        {
            metadata.Remove(field);
        }

        moved.Remove("status");
        metadata.Section("labels")[OfRestore] = restore.Name();

        if (moved.Text("kind") == "Namespace")
        {
            metadata["name"] = MapOf(restore, json.Name());
            metadata.Section("labels")["kubernetes.io/metadata.name"] = MapOf(restore, json.Name());
        }
        else
        {
            metadata["namespace"] = MapOf(restore, json.Namespace());
        }

        // A new volume, not the one that is still there.
        if (moved.Text("kind") == "PersistentVolumeClaim")
            moved.Section("spec").Remove("volumeName");

        return moved;
    }

    private static string MapOf(JsonObject restore, string ns) =>
        restore.Text("spec", "namespaceMapping", ns) is { Length: > 0 } mapped ? mapped : ns;

    private static TimeSpan Started(TwinCluster cluster, JsonObject restore) =>
        cluster.Clock.GetUtcNow()
        - (Timestamp.Read(restore.Text("status", "startTimestamp")) ?? cluster.Clock.GetUtcNow());
}
