using System.Text.Json.Nodes;

namespace PlatformBot.Sandbox.Twin.Flux;

/// <param name="Trouble">Why it was refused, as kustomize-controller words it; null = nothing was.</param>
/// <param name="IsWaiting">True when CRDs of the set are not established yet: come again.</param>
internal sealed record ApplyOutcome(string? Trouble, bool IsWaiting);

/// <summary>Applies a set as Flux does: first what defines other things (namespaces, CRDs), then everything else.</summary>
internal static class ApplySet
{
    public static ApplyOutcome Run(TwinCluster cluster, IReadOnlyList<JsonObject> objects)
    {
        foreach (var json in objects.Where(Defines))
        {
            if (Applier.Apply(cluster, json) is { } complaint)
                return Refused(json, complaint);
        }

        var crds = objects.Where(json => (string?)json["kind"] == "CustomResourceDefinition").Select(ObjectKey.Of);

        if (crds.Any(key => cluster.Objects.View(key) is { } crd && !Applier.IsEstablished(crd)))
            return new ApplyOutcome(Trouble: null, IsWaiting: true);

        var rest = objects.Where(json => !Defines(json)).ToList();

        // A dry run of everything comes first: a set is not half applied because of a kind that nobody knows.
        foreach (var json in rest)
        {
            if (DryRun(cluster, json) is { } complaint)
                return Refused(json, complaint);
        }

        foreach (var json in rest)
        {
            if (Applier.Apply(cluster, json) is { } complaint)
                return Refused(json, complaint);
        }

        return new ApplyOutcome(Trouble: null, IsWaiting: false);
    }

    private static bool Defines(JsonObject json) => (string?)json["kind"] is "Namespace" or "CustomResourceDefinition";

    private static ApplyOutcome Refused(JsonObject json, string complaint) =>
        new($"{Inventory.Show(ObjectKey.Of(json))} dry-run failed: {complaint}", IsWaiting: false);

    private static string? DryRun(TwinCluster cluster, JsonObject json)
    {
        var key = ObjectKey.Of(json);

        if (!Applier.Knows(cluster, key.ApiVersion, key.Kind))
            return $"no matches for kind \"{key.Kind}\" in version \"{key.ApiVersion}\"";

        return
            key.Namespace.Length > 0
            && cluster.Objects.View(new ObjectKey("v1", "Namespace", "", key.Namespace)) is null
            ? $"namespaces \"{key.Namespace}\" not found"
            : null;
    }
}
