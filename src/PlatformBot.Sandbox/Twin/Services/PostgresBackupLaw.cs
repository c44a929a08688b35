using System.Text.Json.Nodes;
using PlatformBot.Sandbox.Kubernetes;
using PlatformBot.Sandbox.Twin.Helm;
using PlatformBot.Sandbox.Twin.Workloads;

namespace PlatformBot.Sandbox.Twin.Services;

/// <summary>CloudNativePG: base backups, asked for by hand or by a schedule that wants the first one at once.</summary>
internal sealed class PostgresBackupLaw(TwinWorld world)
    : OperatorLaw(world, PostgresKinds.OperatorNamespace, PostgresKinds.Operator)
{
    private static readonly TimeSpan Look = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan Takes = TimeSpan.FromSeconds(20);

    protected override void Act(TwinCluster cluster)
    {
        foreach (var schedule in Due(cluster, PostgresKinds.ApiVersion, "ScheduledBackup", Look))
        {
            if (schedule.Is("spec", "immediate") && schedule.At("status", "lastScheduleTime") is null)
                Ask(cluster, schedule);
        }

        foreach (var backup in Due(cluster, PostgresKinds.ApiVersion, "Backup", Look))
        {
            if (backup.Text("status", "phase") is not ("completed" or "failed"))
                Advance(cluster, backup);
        }
    }

    private void Ask(TwinCluster cluster, JsonObject schedule)
    {
        // The first one waits for a cluster that can be backed up.
        var (ns, name) = (schedule.Namespace(), schedule.Text("spec", "cluster", "name"));

        if (PostgresKinds.ClusterOf(cluster, ns, name)?.Holds("Ready") is not true)
            return;

        var backup = Manifest
            .New(PostgresKinds.ApiVersion, "Backup", ns, $"{schedule.Name()}-{Now:yyyyMMddHHmmss}")
            .With("spec", (schedule["spec"] as JsonObject ?? []).Copy());
        backup["spec"]!.AsObject().Remove("schedule");
        backup["spec"]!.AsObject().Remove("immediate");
        backup["spec"]!.AsObject().Remove("backupOwnerReference");
        Applier.Apply(cluster, backup.OwnedBy(schedule));
        cluster.Objects.Update(
            ObjectKey.Of(schedule),
            json => json.Section("status")["lastScheduleTime"] = Timestamp.Of(Clock)
        );
    }

    private void Advance(TwinCluster cluster, JsonObject backup)
    {
        var (ns, name) = (backup.Namespace(), backup.Text("spec", "cluster", "name"));
        var postgres = PostgresKinds.ClusterOf(cluster, ns, name);
        var trouble = postgres is null
            ? $"clusters.postgresql.cnpg.io \"{name}\" not found"
            : PostgresArchive.Trouble(World, cluster, postgres, "barman-cloud-backup");
        var started = Timestamp.Read(backup.Text("status", "startedAt"));

        if (trouble is not null)
            Write(cluster, backup, "failed", status => status["error"] = trouble);
        else if (started is null)
            Write(cluster, backup, "running", status => status["startedAt"] = Timestamp.Of(Clock));
        else if (Now - started >= Takes)
            Complete(cluster, backup, postgres!);
    }

    private void Complete(TwinCluster cluster, JsonObject backup, JsonObject postgres)
    {
        Write(
            cluster,
            backup,
            "completed",
            status =>
            {
                status["stoppedAt"] = Timestamp.Of(Clock);
                status["backupId"] = $"{Now:yyyyMMddTHHmmss}";
                status["beginWal"] = "000000010000000000000004";
                status["endWal"] = "000000010000000000000004";
            }
        );
        cluster.Objects.Update(
            ObjectKey.Of(postgres),
            json =>
                Conditions.Set(
                    json,
                    Clock,
                    "LastBackupSucceeded",
                    holds: true,
                    "LastBackupSucceeded",
                    "Backup was successful"
                )
        );
        cluster.Objects.Update(
            PostgresArchive.StoreOf(postgres)!.Value,
            json =>
            {
                var window = json.Section("status", "serverRecoveryWindow", postgres.Name());
                window["firstRecoverabilityPoint"] ??= Timestamp.Of(Clock);
                window["lastSuccessfulBackupTime"] = Timestamp.Of(Clock);
            }
        );
    }

    private static void Write(TwinCluster cluster, JsonObject backup, string phase, Action<JsonObject> more) =>
        cluster.Objects.Update(
            ObjectKey.Of(backup),
            json =>
            {
                var status = json.Section("status");
                status["phase"] = phase;
                status["method"] = "plugin";
                more(status);
            }
        );
}
