using System.Text.Json.Nodes;
using PlatformBot.Sandbox.Kubernetes;
using PlatformBot.Sandbox.Twin.Helm.Charts;

namespace PlatformBot.Sandbox.Twin.Services;

/// <summary>What must be true of the services on infra, and of their mirrors on apps.</summary>
internal static class ServiceFacts
{
    private static readonly ObjectKey Postgres = new(PostgresKinds.ApiVersion, "Cluster", "databases", "postgres");

    // csharpier-ignore-start - table
    private static readonly (string Namespace, string Name, string Port)[] Mirrored =
    [
        ("databases", "postgres-rw-infra", "5432"), ("databases", "dragonfly-infra", "6379"), ("rook-ceph", "rook-ceph-rgw-objects-infra", "80"),
    ];
    // csharpier-ignore-end

    public static IEnumerable<TwinFact> Of(TwinWorld world)
    {
        var (infra, apps) = (world.Clusters["infra"], world.Clusters["apps"]);
        yield return Databases(infra);
        yield return Stores(infra);
        yield return SignOn(infra);
        yield return Mirrors(apps);
    }

    private static TwinFact Databases(TwinCluster infra)
    {
        var postgres = infra.Objects.View(Postgres);
        var databases = infra.Objects.View(PostgresKinds.ApiVersion, "Database");
        var whole =
            postgres is not null
            && postgres.Holds("Ready")
            && postgres.Holds("ContinuousArchiving")
            && postgres.Holds("LastBackupSucceeded");
        return new TwinFact(
            "infra: PostgreSQL is healthy, archived and backed up",
            whole && databases.Count == 4 && databases.All(one => one.Is("status", "applied")),
            postgres is null
                ? "there is no cluster"
                : $"{postgres.Text("status", "phase")}; {databases.Count(one => one.Is("status", "applied"))} of 4 databases"
        );
    }

    private static TwinFact Stores(TwinCluster infra)
    {
        var dragonfly = First(infra, DragonflyOperatorChart.ApiVersion, "Dragonfly");
        var users = infra.Objects.View(ObjectStoreLaw.ApiVersion, "CephObjectStoreUser");
        var ready = users.Count(user => user.Text("status", "phase") == "Ready");
        var buckets = infra
            .Objects.View("batch/v1", "Job", ObjectStoreLaw.Namespace)
            .Count(job => job.Name().StartsWith("create-buckets-", StringComparison.Ordinal) && job.Holds("Complete"));
        return new TwinFact(
            "infra: Dragonfly and the object store serve",
            dragonfly.Text("status", "phase") == "Ready" && ready == 3 && buckets == 3,
            $"Dragonfly {dragonfly.Text("status", "phase")}; {ready} of 3 users, buckets of {buckets} of 3 applications"
        );
    }

    private static TwinFact SignOn(TwinCluster infra)
    {
        var keycloak = First(infra, Keycloak.ApiVersion, "Keycloak");
        var realm = First(infra, Keycloak.ApiVersion, "KeycloakRealmImport");
        var (runs, imported) = (keycloak?.Holds("Ready") is true, realm?.Holds("Done") is true);
        return new TwinFact(
            "infra: Keycloak runs and has the realm",
            runs && imported,
            runs
                ? imported
                    ? "realm platform"
                    : "the realm is missing"
                : "Keycloak is not ready"
        );
    }

    private static JsonObject? First(TwinCluster cluster, string apiVersion, string kind) =>
        cluster.Objects.View(apiVersion, kind) is [var first, ..] ? first : null;

    private static TwinFact Mirrors(TwinCluster apps)
    {
        var missing = Mirrored
            .Where(one =>
                apps.Objects.View(new ObjectKey("v1", "Service", one.Namespace, one.Name))
                    .Text("metadata", "annotations", "config.linkerd.io/opaque-ports") != one.Port
            )
            .Select(one => one.Name)
            .ToList();
        return new TwinFact(
            "infra's services are mirrored on apps as opaque TCP",
            missing.Count == 0,
            missing.Count == 0 ? "PostgreSQL, Dragonfly, S3" : $"missing or not opaque: {string.Join(", ", missing)}"
        );
    }
}
