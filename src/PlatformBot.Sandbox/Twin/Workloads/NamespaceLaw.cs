using System.Text.Json.Nodes;
using PlatformBot.Sandbox.Kubernetes;

namespace PlatformBot.Sandbox.Twin.Workloads;

/// <summary>Namespaces: each gets its default ServiceAccount and the cluster's CA; one that ends loses its contents first.</summary>
internal sealed class NamespaceLaw : IController
{
    private static readonly TimeSpan UntilReasonsShow = TimeSpan.FromSeconds(5);

    public void Reconcile(TwinCluster cluster)
    {
        foreach (var found in cluster.Objects.View("v1", "Namespace"))
        {
            if (found.IsEnding())
                End(cluster, found);
            else
                Furnish(cluster, found);
        }
    }

    private static void Furnish(TwinCluster cluster, JsonObject found)
    {
        if (found.Text("status", "phase") != "Active" || found.At("spec", "finalizers") is null)
        {
            cluster.Objects.Update(
                ObjectKey.Of(found),
                json =>
                {
                    json.Section("status")["phase"] = "Active";
                    json.Section("spec")["finalizers"] = new JsonArray("kubernetes");
                    json.Section("metadata", "labels")["kubernetes.io/metadata.name"] = json.Name();
                }
            );
        }

        Ensure(cluster, "ServiceAccount", found.Name(), "default", "secrets", new JsonArray());
        Ensure(
            cluster,
            "ConfigMap",
            found.Name(),
            "kube-root-ca.crt",
            "data",
            new JsonObject { ["ca.crt"] = cluster.CaPem }
        );
    }

    private static void Ensure(
        TwinCluster cluster,
        string kind,
        string inNamespace,
        string name,
        string field,
        JsonNode content
    )
    {
        var key = new ObjectKey("v1", kind, inNamespace, name);

        var there = cluster.Objects.View(key);

        // A ServiceAccount belongs to whoever changes it; the authority's certificate is kept as it is.
        if (there is not null && (kind != "ConfigMap" || JsonNode.DeepEquals(there[field], content)))
            return;

        cluster.Objects.Change(
            key,
            found =>
            {
                var json =
                    found
                    ?? new JsonObject
                    {
                        ["apiVersion"] = "v1",
                        ["kind"] = kind,
                        ["metadata"] = new JsonObject { ["name"] = name, ["namespace"] = inNamespace },
                    };
                json[field] = content;
                return json;
            }
        );
    }

    private static void End(TwinCluster cluster, JsonObject ending)
    {
        var contents = cluster.Objects.ViewAll().Where(json => json.Namespace() == ending.Name()).ToList();

        foreach (var json in contents)
            Deletion.Begin(cluster, ObjectKey.Of(json));

        var left = contents.Where(json => cluster.Objects.View(ObjectKey.Of(json)) is not null).ToList();
        var since = Timestamp.Read(ending.Text("metadata", "deletionTimestamp"));

        if (left.Count == 0)
            cluster.Objects.Update(ObjectKey.Of(ending), json => json.Section("spec").Remove("finalizers"));
        else if (cluster.Clock.GetUtcNow() - since > UntilReasonsShow)
            cluster.Objects.Update(ObjectKey.Of(ending), json => SayWhatIsLeft(json, left, cluster.Clock));
    }

    private static void SayWhatIsLeft(JsonObject json, IReadOnlyList<JsonObject> left, TimeProvider clock)
    {
        var counts = left.GroupBy(found => found.Text("kind").ToLowerInvariant() + "s.")
            .Select(group => $"{group.Key} has {group.Count()} resource instances");
        var finalizers = left.SelectMany(found =>
                (found.At("metadata", "finalizers") as JsonArray ?? []).Select(name => name.Text())
            )
            .GroupBy(name => name)
            .Select(group => $"{group.Key} in {group.Count()} resource instances")
            .ToList();

        Conditions.Set(
            json,
            clock,
            "NamespaceContentRemaining",
            holds: true,
            "SomeResourcesRemain",
            $"Some resources are remaining: {string.Join(", ", counts)}"
        );

        if (finalizers.Count > 0)
        {
            Conditions.Set(
                json,
                clock,
                "NamespaceFinalizersRemaining",
                holds: true,
                "SomeFinalizersRemain",
                $"Some content in the namespace has finalizers remaining: {string.Join(", ", finalizers)}"
            );
        }
    }
}
