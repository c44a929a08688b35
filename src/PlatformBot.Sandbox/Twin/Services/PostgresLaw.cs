using System.Text.Json.Nodes;
using PlatformBot.Sandbox.Kubernetes;
using PlatformBot.Sandbox.Twin.Workloads;

namespace PlatformBot.Sandbox.Twin.Services;

/// <summary>
/// CloudNativePG: one instance after the other, the first as primary; a replica takes over when the primary is gone; and
/// how all that is stands in the Cluster's status.
/// </summary>
/// <remarks>Fault: "CLUSTER/postgres-primary-lost" keeps the first instance, which is the primary at first, from running.</remarks>
internal sealed class PostgresLaw(TwinWorld world)
    : OperatorLaw(world, PostgresKinds.OperatorNamespace, PostgresKinds.Operator)
{
    private static readonly TimeSpan Look = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    private readonly Dictionary<string, DateTimeOffset> _lost = [];

    protected override void Act(TwinCluster cluster)
    {
        foreach (var postgres in Due(cluster, PostgresKinds.ApiVersion, "Cluster", Look))
            Keep(cluster, postgres);
    }

    private void Keep(TwinCluster cluster, JsonObject postgres)
    {
        if (PostgresKinds.UsesPlugin(postgres) && !PostgresKinds.PluginRuns(cluster))
        {
            Report(
                cluster,
                postgres,
                "Cluster cannot proceed to reconciliation due to an unknown plugin being required",
                $"Unknown plugin: '{PostgresKinds.Plugin}'. This may be caused by the plugin not being loaded correctly by the operator."
            );
            return;
        }

        var pods = new PostgresPods(cluster, postgres);
        pods.EnsureServices();
        var primary = postgres.Text("status", "currentPrimary") is { Length: > 0 } known
            ? known
            : $"{postgres.Name()}-1";
        var ready = PostgresKinds
            .Instances(cluster, postgres.Namespace(), postgres.Name())
            .Where(pod => pod.IsReady())
            .Select(pod => pod.Name())
            .ToList();

        if (ready.Count == 0)
        {
            if (PostgresRecovery.IsReady(cluster, postgres))
                pods.EnsureInstance(1, "primary");

            Report(cluster, postgres, "Setting up primary", $"Creating primary instance {postgres.Name()}-1");
        }
        else if (ready.Contains(primary))
        {
            _lost.Remove(postgres.Uid());
            Grow(cluster, postgres, pods, primary, ready.Count);
        }
        else
        {
            FailOver(cluster, postgres, pods, primary, ready);
        }
    }

    private void Grow(TwinCluster cluster, JsonObject postgres, PostgresPods pods, string primary, int ready)
    {
        var wanted = (int)(postgres.Whole("spec", "instances") ?? 1);
        var there = PostgresKinds.Instances(cluster, postgres.Namespace(), postgres.Name()).Count;
        pods.Mark(primary);

        if (ready < wanted)
        {
            // One more, when those that are there have come up; one that has vanished is made again under its name.
            if (there == ready)
                pods.EnsureInstance(Missing(cluster, postgres, wanted), "replica");

            Report(
                cluster,
                postgres,
                there == ready ? "Creating a new replica" : "Waiting for the instances to become active",
                $"{ready} of {wanted} instances are ready",
                primary
            );
        }
        else
        {
            Report(cluster, postgres, PostgresKinds.Healthy, "", primary);
        }
    }

    private static int Missing(TwinCluster cluster, JsonObject postgres, int wanted)
    {
        var names = PostgresKinds
            .Instances(cluster, postgres.Namespace(), postgres.Name())
            .Select(pod => pod.Name())
            .ToHashSet();
        return Enumerable.Range(1, wanted).First(number => !names.Contains($"{postgres.Name()}-{number}"));
    }

    private void FailOver(
        TwinCluster cluster,
        JsonObject postgres,
        PostgresPods pods,
        string primary,
        List<string> ready
    )
    {
        var next = ready.Order(StringComparer.Ordinal).First();
        _lost.TryAdd(postgres.Uid(), Now);

        if (Now - _lost[postgres.Uid()] < Patience)
        {
            Report(cluster, postgres, "Failing over", $"Failing over from {primary} to {next}", primary, next);
            return;
        }

        pods.Mark(next);
        EventLog.Record(
            cluster,
            postgres,
            "cloudnative-pg",
            "FailoverTarget",
            $"Failing over from {primary} to {next}"
        );
        Report(cluster, postgres, "Waiting for the instances to become active", "", next);
    }

    private void Report(
        TwinCluster cluster,
        JsonObject postgres,
        string phase,
        string reason,
        string? primary = null,
        string? target = null
    ) => new PostgresStatus(World, cluster, postgres).Write(phase, reason, primary, target);
}
