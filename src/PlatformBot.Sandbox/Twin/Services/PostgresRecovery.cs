using System.Globalization;
using System.Text.Json.Nodes;
using PlatformBot.Sandbox.Kubernetes;
using PlatformBot.Sandbox.Twin.Helm;
using PlatformBot.Sandbox.Twin.Workloads;

namespace PlatformBot.Sandbox.Twin.Services;

/// <summary>
/// A cluster of CloudNativePG that is made from another one's backups: a Job fetches the base and replays what was archived, and only then
/// is there an instance.
/// </summary>
/// <remarks>Faults: "CLUSTER/nas-away", "CLUSTER/backup-stale".</remarks>
internal static class PostgresRecovery
{
    private const string JobRole = "cnpg.io/jobRole";
    private const string Role = "full-recovery";

    /// <summary>What is not archived yet when somebody asks; archive_timeout is five minutes.</summary>
    private static readonly TimeSpan Lag = TimeSpan.FromMinutes(2);

    private static readonly TimeSpan Stale = TimeSpan.FromHours(2);

    public static bool IsOf(JsonObject postgres) => postgres.At("spec", "bootstrap", "recovery") is not null;

    /// <summary>The cluster whose backups it is made from.</summary>
    public static string Origin(JsonObject postgres) => Source(postgres).Text("serverName");

    /// <summary>True for a cluster that is made in another way, and when the Job is done.</summary>
    public static bool IsReady(TwinCluster cluster, JsonObject postgres)
    {
        if (!IsOf(postgres))
            return true;

        var job = Job(postgres);

        if (cluster.Objects.View(ObjectKey.Of(job)) is { } found)
            return found.Holds("Complete");

        Applier.Apply(cluster, job);
        return false;
    }

    /// <summary>What the Job's pod logs before it ends; null for other pods, and when nothing is wrong.</summary>
    public static PodTrouble? Trouble(TwinWorld world, TwinCluster cluster, JsonObject pod)
    {
        if (pod.Label(JobRole) != Role)
            return null;

        var postgres = cluster
            .Objects.View(PostgresKinds.ApiVersion, "Cluster", pod.Namespace())
            .FirstOrDefault(one => JobName(one) == pod.Label("job-name"));
        return postgres is not null && Wrong(world, cluster, postgres) is { } log
            ? new PodTrouble(Role, Crashes: true, log)
            : null;
    }

    private static string? Wrong(TwinWorld world, TwinCluster cluster, JsonObject postgres)
    {
        var (source, store) = (
            Source(postgres),
            cluster.Objects.View(
                new ObjectKey(
                    PostgresArchive.ApiVersion,
                    "ObjectStore",
                    postgres.Namespace(),
                    Source(postgres).Text("barmanObjectName")
                )
            )
        );

        if (store is null)
            return $"Error while restoring a backup: objectstores.barmancloud.cnpg.io \"{source.Text("barmanObjectName")}\" not found";

        if (world.Faults.Lasts($"{cluster.Name}/nas-away"))
            return "ERROR: Barman cloud backup list exception: Could not connect to the endpoint URL: \"http://10.25.11.3:9000/postgres-backups\"";

        var first = Timestamp.Read(
            store.Text("status", "serverRecoveryWindow", Origin(postgres), "firstRecoverabilityPoint")
        );

        if (first is null || Target(postgres) < first)
            return "Error while restoring a backup: no target backup found";

        return Target(postgres) > Archived(world, cluster, world.Clock.GetUtcNow())
            ? "FATAL:  recovery ended before configured recovery target was reached"
            : null;
    }

    /// <summary>Up to when changes have been archived, at a moment.</summary>
    public static DateTimeOffset Archived(TwinWorld world, TwinCluster cluster, DateTimeOffset at) =>
        at - (world.Faults.Lasts($"{cluster.Name}/backup-stale") ? Stale : Lag);

    /// <summary>Null: to the end of what was archived.</summary>
    private static DateTimeOffset? Target(JsonObject postgres) =>
        DateTimeOffset.TryParse(
            postgres.Text("spec", "bootstrap", "recovery", "recoveryTarget", "targetTime"),
            CultureInfo.InvariantCulture,
            DateTimeStyles.AssumeUniversal,
            out var time
        )
            ? time
            : null;

    private static JsonNode? Source(JsonObject postgres) =>
        postgres
            .Items("spec", "externalClusters")
            .FirstOrDefault(one => one.Text("name") == postgres.Text("spec", "bootstrap", "recovery", "source"))
            .At("plugin", "parameters");

    private static string JobName(JsonObject postgres) => $"{postgres.Name()}-1-{Role}";

    private static JsonObject Job(JsonObject postgres)
    {
        var template = new JsonObject
        {
            ["metadata"] = new JsonObject { ["labels"] = Manifest.Map((JobRole, Role)) },
            ["spec"] = new JsonObject
            {
                ["restartPolicy"] = "Never",
                ["containers"] = new JsonArray(
                    Manifest.Map(("name", Role), ("image", postgres.Text("spec", "imageName")))
                ),
            },
        };
        return Manifest
            .New("batch/v1", "Job", postgres.Namespace(), JobName(postgres))
            .With("spec", new JsonObject { ["backoffLimit"] = 6, ["template"] = template })
            .OwnedBy(postgres);
    }
}
