using System.Text.Json.Nodes;
using PlatformBot.Sandbox.Kubernetes;

namespace PlatformBot.Sandbox.Twin.Workloads;

/// <summary>What is owned goes with its owner: at once, before it (foreground), or not at all (orphan).</summary>
internal sealed class GarbageLaw : IController
{
    public void Reconcile(TwinCluster cluster)
    {
        var all = cluster.Objects.ViewAll();
        var living = all.Select(json => json.Uid()).ToHashSet();
        var owned = all.Where(json => json.At("metadata", "ownerReferences") is JsonArray { Count: > 0 }).ToList();

        foreach (var json in owned.Where(json => Owners(json).All(owner => !living.Contains(owner))))
            Deletion.Begin(cluster, ObjectKey.Of(json));

        foreach (var ending in all.Where(json => json.IsEnding()))
        {
            if (Finalizers.Has(ending, "foregroundDeletion"))
                EndDependentsFirst(cluster, ending, Dependents(owned, ending));
            else if (Finalizers.Has(ending, "orphan"))
                LetGo(cluster, ending, Dependents(owned, ending));
        }
    }

    private static void EndDependentsFirst(TwinCluster cluster, JsonObject ending, IReadOnlyList<JsonObject> dependents)
    {
        foreach (var json in dependents)
            Deletion.Begin(cluster, ObjectKey.Of(json), "Foreground");

        if (dependents.Count == 0)
            cluster.Objects.Update(ObjectKey.Of(ending), json => Finalizers.Remove(json, "foregroundDeletion"));
    }

    private static void LetGo(TwinCluster cluster, JsonObject ending, IReadOnlyList<JsonObject> dependents)
    {
        foreach (var json in dependents)
            cluster.Objects.Update(ObjectKey.Of(json), free => free.Section("metadata").Remove("ownerReferences"));

        cluster.Objects.Update(ObjectKey.Of(ending), json => Finalizers.Remove(json, "orphan"));
    }

    private static List<JsonObject> Dependents(IEnumerable<JsonObject> owned, JsonObject owner) =>
        [.. owned.Where(json => Owners(json).Contains(owner.Uid()))];

    private static IEnumerable<string> Owners(JsonObject json) =>
        json.Items("metadata", "ownerReferences").Select(owner => owner.Text("uid"));
}
