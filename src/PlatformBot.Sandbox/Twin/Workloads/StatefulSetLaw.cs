using System.Text.Json.Nodes;
using PlatformBot.Sandbox.Kubernetes;

namespace PlatformBot.Sandbox.Twin.Workloads;

/// <summary>Numbered pods with claims of their own, one after the other (or in parallel when asked).</summary>
internal sealed class StatefulSetLaw : IController
{
    private const string Component = "statefulset-controller";
    private const string HashLabel = "controller-revision-hash";

    public void Reconcile(TwinCluster cluster)
    {
        foreach (var set in cluster.Objects.View("apps/v1", "StatefulSet").Where(set => !set.IsEnding()))
            Keep(cluster, set);
    }

    private static void Keep(TwinCluster cluster, JsonObject set)
    {
        var revision = $"{set.Name()}-{TemplateHash.Of(set.At("spec", "template"))}";
        var wanted = (int)(set.Whole("spec", "replicas") ?? 1);
        var parallel = set.Text("spec", "podManagementPolicy") == "Parallel";

        for (var number = 0; number < wanted; number++)
        {
            var pod = cluster.Objects.View(KeyOf(set, number));

            if (pod is null)
                Start(cluster, set, number, revision);

            if (!parallel && (pod is null || !pod.IsReady()))
                break;
        }

        Shrink(cluster, set, wanted);
        ReplaceOne(cluster, set, wanted, revision);
        var pods = Owned.By(cluster, set, "v1", "Pod");
        cluster.Objects.Update(ObjectKey.Of(set), json => Count(json, pods, revision, wanted));
    }

    private static void Start(TwinCluster cluster, JsonObject set, int number, string revision)
    {
        var name = $"{set.Name()}-{number}";

        foreach (var template in set.Items("spec", "volumeClaimTemplates"))
            EnsureClaim(cluster, set, template, name);

        var mark = KeyValuePair.Create(HashLabel, revision);

        if (PodBirth.Create(cluster, set, name, mark, adjust: pod => AddIdentity(pod, set, name)) is { } refusal)
            PodBirth.Refused(cluster, set, Component, refusal);
        else
            PodBirth.Born(cluster, set, Component, name);
    }

    private static void AddIdentity(JsonObject pod, JsonObject set, string name)
    {
        pod.Section("metadata", "labels")["statefulset.kubernetes.io/pod-name"] = name;
        var spec = pod.Section("spec");
        spec["hostname"] = name;

        if (spec["volumes"] is not JsonArray volumes)
            spec["volumes"] = volumes = [];

        foreach (var template in set.Items("spec", "volumeClaimTemplates"))
        {
            volumes.Add(
                new JsonObject
                {
                    ["name"] = template.Name(),
                    ["persistentVolumeClaim"] = new JsonObject { ["claimName"] = $"{template.Name()}-{name}" },
                }
            );
        }
    }

    private static void EnsureClaim(TwinCluster cluster, JsonObject set, JsonObject template, string pod)
    {
        var claim = template.Copy();
        claim["apiVersion"] = "v1";
        claim["kind"] = "PersistentVolumeClaim";
        claim.Section("metadata")["name"] = $"{template.Name()}-{pod}";
        claim.Section("metadata")["namespace"] = set.Namespace();
        claim["status"] = new JsonObject { ["phase"] = "Pending" };
        cluster.Objects.Change(ObjectKey.Of(claim), found => found ?? claim);
    }

    private static void Shrink(TwinCluster cluster, JsonObject set, int wanted)
    {
        foreach (var pod in Owned.By(cluster, set, "v1", "Pod").Where(pod => pod.IsActive() && NumberOf(pod) >= wanted))
            Deletion.Begin(cluster, ObjectKey.Of(pod));
    }

    private static void ReplaceOne(TwinCluster cluster, JsonObject set, int wanted, string revision)
    {
        if (set.Text("spec", "updateStrategy", "type") == "OnDelete")
            return;

        var partition = set.Whole("spec", "updateStrategy", "rollingUpdate", "partition") ?? 0;
        var pods = Owned.By(cluster, set, "v1", "Pod").OrderByDescending(NumberOf).ToList();

        // From the highest number down, and only while all run: a broken pod stops the rollout for good.
        if (
            pods.Count == wanted
            && pods.TrueForAll(pod => pod.IsReady())
            && pods.Find(pod => NumberOf(pod) >= partition && pod.Label(HashLabel) != revision) is { } next
        )
        {
            Deletion.Begin(cluster, ObjectKey.Of(next));
        }
    }

    private static void Count(JsonObject set, IReadOnlyList<JsonObject> pods, string revision, int wanted)
    {
        var active = pods.Where(pod => pod.IsActive()).ToList();
        var ready = active.Count(pod => pod.IsReady());
        var updated = active.Count(pod => pod.Label(HashLabel) == revision);
        var status = set.Section("status");
        status["observedGeneration"] = set.Whole("metadata", "generation") ?? 1;
        status["replicas"] = active.Count;
        status["readyReplicas"] = ready;
        status["availableReplicas"] = ready;
        status["updatedReplicas"] = updated;
        status["updateRevision"] = revision;
        status["collisionCount"] = 0;

        // The old revision counts as current until every pod is of the new one.
        if (updated == wanted || status.Text("currentRevision").Length == 0)
            status["currentRevision"] = revision;

        status["currentReplicas"] = active.Count(pod => pod.Label(HashLabel) == status.Text("currentRevision"));
    }

    private static ObjectKey KeyOf(JsonObject set, int number) =>
        new("v1", "Pod", set.Namespace(), $"{set.Name()}-{number}");

    private static int NumberOf(JsonObject pod) =>
        int.TryParse(pod.Name()[(pod.Name().LastIndexOf('-') + 1)..], out var number) ? number : 0;
}
