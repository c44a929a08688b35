using System.Text.Json.Nodes;
using PlatformBot.Sandbox.Kubernetes;

namespace PlatformBot.Sandbox.Twin.Workloads;

/// <summary>Keeps as many pods as a ReplicaSet asks for.</summary>
internal sealed class ReplicaSetLaw : IController
{
    private const string Component = "replicaset-controller";
    public const string HashLabel = "pod-template-hash";

    private readonly Settled _settled = new();

    public void Reconcile(TwinCluster cluster)
    {
        foreach (var set in cluster.Objects.View("apps/v1", "ReplicaSet").Where(set => !set.IsEnding()))
        {
            var before = Owned.By(cluster, set, "v1", "Pod");

            if (_settled.Has(set, before))
                continue;

            var refusal = Scale(cluster, set, before);
            var pods = Owned.By(cluster, set, "v1", "Pod");
            cluster.Objects.Update(ObjectKey.Of(set), json => Count(json, pods, refusal, cluster.Clock));

            // Who was refused tries again; whether this look changed something shows at the next one.
            if (refusal is null)
                _settled.Keep(set, before);
        }
    }

    private static string? Scale(TwinCluster cluster, JsonObject set, List<JsonObject> owned)
    {
        var pods = owned.Where(pod => pod.IsActive()).ToList();
        var wanted = (int)(set.Whole("spec", "replicas") ?? 1);

        foreach (
            var pod in pods.OrderBy(pod => pod.IsReady())
                .ThenByDescending(pod => pod.Text("metadata", "creationTimestamp"))
                .Take(pods.Count - wanted)
        )
        {
            Deletion.Begin(cluster, ObjectKey.Of(pod));
            EventLog.Record(cluster, set, Component, "SuccessfulDelete", $"Deleted pod: {pod.Name()}");
        }

        for (var missing = wanted - pods.Count; missing > 0; missing--)
        {
            var name = $"{set.Name()}-{Naming.Suffix()}";
            var mark = KeyValuePair.Create(HashLabel, set.Label(HashLabel));

            if (PodBirth.Create(cluster, set, name, mark) is { } refusal)
            {
                PodBirth.Refused(cluster, set, Component, refusal);
                return refusal;
            }

            PodBirth.Born(cluster, set, Component, name);
        }

        return null;
    }

    private static void Count(JsonObject set, IReadOnlyList<JsonObject> pods, string? refusal, TimeProvider clock)
    {
        var active = pods.Count(pod => pod.IsActive());
        var ready = pods.Count(pod => pod.IsActive() && pod.IsReady());
        var status = set.Section("status");
        status["replicas"] = active;
        status["fullyLabeledReplicas"] = active;
        status["readyReplicas"] = ready;
        status["availableReplicas"] = ready;
        status["terminatingReplicas"] = pods.Count(pod => pod.IsEnding());
        status["observedGeneration"] = set.Whole("metadata", "generation") ?? 1;

        if (refusal is not null)
            Conditions.Set(set, clock, "ReplicaFailure", holds: true, "FailedCreate", refusal);
        else
            Conditions.Remove(set, "ReplicaFailure");
    }
}
