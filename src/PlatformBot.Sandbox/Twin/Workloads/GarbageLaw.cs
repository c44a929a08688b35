using System.Text.Json.Nodes;
using PlatformBot.Sandbox.Kubernetes;

namespace PlatformBot.Sandbox.Twin.Workloads;

/// <summary>What is owned goes with its owner: at once, before it (foreground), or not at all (orphan).</summary>
internal sealed class GarbageLaw : IController
{
    private readonly Dictionary<TwinCluster, long> _looked = [];

    public void Reconcile(TwinCluster cluster)
    {
        var version = cluster.Objects.Version;
        var since = _looked.TryGetValue(cluster, out var last) ? cluster.Objects.Since(last) : null;
        _looked[cluster] = version;

        if (since?.Any(MayLeaveSomething) is false)
            return;

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

    /// <summary>Only an end, the wish for one, or somebody new whose owner may be gone makes garbage.</summary>
    private static bool MayLeaveSomething(StoreEvent happened) =>
        happened.Type != "MODIFIED" || happened.Object.IsEnding();

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
