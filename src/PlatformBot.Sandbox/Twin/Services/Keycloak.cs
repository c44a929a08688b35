using System.Text.Json.Nodes;
using PlatformBot.Sandbox.Kubernetes;
using PlatformBot.Sandbox.Twin.Helm;
using PlatformBot.Sandbox.Twin.Mesh;
using PlatformBot.Sandbox.Twin.Workloads;

namespace PlatformBot.Sandbox.Twin.Services;

/// <summary>Keycloak itself: what keeps it from starting, and what it answers.</summary>
internal static class Keycloak
{
    public const string ApiVersion = "k8s.keycloak.org/v2alpha1";
    public const string Namespace = "security";

    /// <summary>Its database must be there, reached, and take its password.</summary>
    public static PodTrouble? Trouble(TwinWorld world, TwinCluster cluster, JsonObject pod)
    {
        if (pod.Label("app") != "keycloak" || pod.Label("app.kubernetes.io/managed-by") != "keycloak-operator")
            return null;

        var keycloak = cluster.Objects.View(
            new ObjectKey(ApiVersion, "Keycloak", pod.Namespace(), pod.Label("app.kubernetes.io/instance"))
        );
        var db = keycloak.At("spec", "db");
        var log = DatabaseTrouble(world, cluster, pod, db);
        return log is null
            ? null
            : new PodTrouble(
                "keycloak",
                Crashes: true,
                $"ERROR: Failed to obtain JDBC connection: org.postgresql.util.PSQLException: {log}"
            );
    }

    private static string? DatabaseTrouble(TwinWorld world, TwinCluster cluster, JsonObject pod, JsonNode? db)
    {
        var ns = pod.Namespace();

        if (db.Text("host").Split('.') is not [var service, var databases, ..])
            return "The connection attempt failed.";

        var found = cluster.Objects.View(new ObjectKey("v1", "Service", databases, service));

        if (found is null || Pods.Behind(cluster, found) is not [var primary, ..])
            return $"Connection to {db.Text("host")}:5432 refused. Check that the hostname and port are correct and that the postmaster is accepting TCP/IP connections.";

        if (MeshPolicy.Judge(cluster, primary, 5432, MeshPolicy.IdentityOf(pod)).IsRefused)
            return "An I/O error occurred while sending to the backend.";

        var reference = db.At("passwordSecret");
        var password = SecretText.Of(cluster.Objects, ns, reference.Text("name"), reference.Text("key")) ?? "";

        if (password != world.Vault.ValueOf("postgres-keycloak", "password"))
            return "FATAL: password authentication failed for user \"keycloak\"";

        return HasDatabase(cluster, primary, db.Text("database"))
            ? null
            : $"FATAL: database \"{db.Text("database")}\" does not exist";
    }

    private static bool HasDatabase(TwinCluster cluster, JsonObject primary, string name) =>
        cluster
            .Objects.View(PostgresKinds.ApiVersion, "Database", primary.Namespace())
            .Any(one =>
                one.Text("spec", "name") == name
                && one.Is("status", "applied")
                && one.Text("spec", "cluster", "name") == primary.Label(PostgresKinds.ClusterLabel)
            );

    /// <summary>True when a Keycloak that runs uses this database.</summary>
    public static bool IsConnected(TwinCluster cluster, string database) =>
        cluster
            .Objects.View(ApiVersion, "Keycloak")
            .Any(one => one.Text("spec", "db", "database") == database && one.Holds("Ready"));

    public static ServiceAnswer? Answer(TwinCluster cluster, JsonObject pod, string path)
    {
        if (path is "/health/ready")
            return ServiceAnswer.Json(200, """{"status":"UP","checks":[]}""");

        if (path.Split('/') is not ["", "realms", var realm, ..])
        {
            return new ServiceAnswer(
                404,
                "application/json",
                """{"error":"Unable to find matching target resource method"}"""
            );
        }

        var imported = cluster
            .Objects.View(ApiVersion, "KeycloakRealmImport", pod.Namespace())
            .Any(one => one.Text("spec", "realm", "realm") == realm && one.Holds("Done"));
        var keycloak = cluster.Objects.View(ApiVersion, "Keycloak", pod.Namespace()) is [var first, ..] ? first : null;
        var issuer = $"{keycloak.Text("spec", "hostname", "hostname")}/realms/{realm}";
        return imported || realm == "master"
            ? new ServiceAnswer(
                200,
                "application/json",
                Manifest.Map(("issuer", issuer), ("realm", realm)).ToJsonString()
            )
            : ServiceAnswer.Json(404, """{"error":"Realm does not exist"}""");
    }
}
