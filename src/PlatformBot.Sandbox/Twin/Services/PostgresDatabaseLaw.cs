using System.Text.Json.Nodes;
using PlatformBot.Sandbox.Kubernetes;

namespace PlatformBot.Sandbox.Twin.Services;

/// <summary>CloudNativePG: databases inside a cluster, which belong to roles that must be there.</summary>
internal sealed class PostgresDatabaseLaw(TwinWorld world)
    : OperatorLaw(world, PostgresKinds.OperatorNamespace, PostgresKinds.Operator)
{
    protected override void Act(TwinCluster cluster)
    {
        foreach (var database in Due(cluster, PostgresKinds.ApiVersion, "Database"))
            Apply(cluster, database);
    }

    private void Apply(TwinCluster cluster, JsonObject database)
    {
        var trouble = Trouble(cluster, database);
        Again(database, trouble is null ? TimeSpan.FromHours(1) : TimeSpan.FromSeconds(5));
        cluster.Objects.Update(
            ObjectKey.Of(database),
            json =>
            {
                var status = json.Section("status");
                status["applied"] = trouble is null;
                status["observedGeneration"] = json.Whole("metadata", "generation");
                status["extensions"] = new JsonArray([
                    .. json.Items("spec", "extensions")
                        .Select(extension => new JsonObject
                        {
                            ["name"] = extension.Text("name"),
                            ["applied"] = trouble is null,
                        }),
                ]);

                if (trouble is null)
                    status.Remove("message");
                else
                    status["message"] = trouble;
            }
        );
    }

    private static string? Trouble(TwinCluster cluster, JsonObject database)
    {
        var (ns, name) = (database.Namespace(), database.Text("spec", "cluster", "name"));

        if (PostgresKinds.ClusterOf(cluster, ns, name) is not { } postgres)
            return $"clusters.postgresql.cnpg.io \"{name}\" not found";

        if (PostgresKinds.Primary(cluster, ns, name) is null)
            return "waiting for the primary to become available";

        var owner = database.Text("spec", "owner");
        var known = PostgresKinds.Roles(cluster, postgres).Reconciled.Append("app").Contains(owner);
        return known
            ? null
            : $"while creating database \"{database.Text("spec", "name")}\": ERROR: role \"{owner}\" does not exist (SQLSTATE 42704)";
    }
}
