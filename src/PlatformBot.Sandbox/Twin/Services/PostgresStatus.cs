using System.Text.Json.Nodes;
using PlatformBot.Sandbox.Kubernetes;
using PlatformBot.Sandbox.Twin.Helm;
using PlatformBot.Sandbox.Twin.Workloads;

namespace PlatformBot.Sandbox.Twin.Services;

/// <summary>The status of a Cluster of CloudNativePG.</summary>
internal sealed class PostgresStatus(TwinWorld world, TwinCluster cluster, JsonObject postgres)
{
    private TimeProvider Clock => world.Clock;

    /// <param name="primary">null while there is none</param>
    /// <param name="target">who is to become it, when that is somebody else</param>
    public void Write(string phase, string reason, string? primary, string? target)
    {
        var pods = PostgresKinds.Instances(cluster, postgres.Namespace(), postgres.Name());
        cluster.Objects.Update(
            ObjectKey.Of(postgres),
            json =>
            {
                var status = json.Section("status");
                status["phase"] = phase;
                status["phaseReason"] = reason;
                status["instances"] = pods.Count;
                status["readyInstances"] = pods.Count(pod => pod.IsReady());
                status["instanceNames"] = Names(pods.Select(pod => pod.Name()));
                status["writeService"] = $"{postgres.Name()}-rw";
                status["readService"] = $"{postgres.Name()}-r";

                if (primary is not null)
                {
                    if (status.Text("currentPrimary") != primary)
                        status["currentPrimaryTimestamp"] = Timestamp.Of(Clock);

                    status["currentPrimary"] = primary;
                    status["targetPrimary"] = target ?? primary;
                    Roles(status);
                    Archiving(json);
                }

                Judge(json, phase);
            }
        );
    }

    private void Judge(JsonObject json, string phase)
    {
        var healthy = phase == PostgresKinds.Healthy;
        Conditions.Set(
            json,
            Clock,
            "Ready",
            healthy,
            healthy ? "ClusterIsReady" : "ClusterIsNotReady",
            healthy ? "Cluster is Ready" : "Cluster Is Not Ready"
        );
    }

    private void Roles(JsonObject status)
    {
        var (reconciled, waiting) = PostgresKinds.Roles(cluster, postgres);
        var roles = new JsonObject
        {
            ["byStatus"] = new JsonObject
            {
                ["reconciled"] = Names(reconciled),
                ["reserved"] = Names(["postgres", "streaming_replica"]),
            },
        };

        if (waiting.Count > 0)
            roles.Section("byStatus")["pending-reconciliation"] = Names(waiting);

        status["managedRolesStatus"] = roles;
    }

    private void Archiving(JsonObject json)
    {
        if (!PostgresKinds.UsesPlugin(postgres))
            return;

        json.Section("status")["pluginStatus"] = new JsonArray(
            Manifest.Map(("name", PostgresKinds.Plugin), ("version", "0.13.0"))
        );
        var trouble = PostgresArchive.Trouble(world, cluster, postgres, "barman-cloud-wal-archive");
        Conditions.Set(
            json,
            Clock,
            "ContinuousArchiving",
            trouble is null,
            trouble is null ? "ContinuousArchivingSuccess" : "ContinuousArchivingFailing",
            trouble ?? "Continuous archiving is working"
        );
    }

    private static JsonArray Names(IEnumerable<string> names) =>
        new([.. names.Order(StringComparer.Ordinal).Select(name => (JsonNode)name)]);
}
