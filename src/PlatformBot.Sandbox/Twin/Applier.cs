using System.Text.Json.Nodes;
using PlatformBot.Sandbox.Kubernetes;

namespace PlatformBot.Sandbox.Twin;

/// <summary>
/// How Helm and Flux write: only kinds that exist, only into namespaces that exist, and without touching what the
/// cluster itself has put into the object (its status, a Service's addresses, marks of other people).
/// </summary>
internal static class Applier
{
    private static readonly string[] BuiltIn =
    [
        "v1",
        "apps/v1",
        "batch/v1",
        "autoscaling/v2",
        "policy/v1",
        "rbac.authorization.k8s.io/v1",
        "networking.k8s.io/v1",
        "storage.k8s.io/v1",
        "scheduling.k8s.io/v1",
        "coordination.k8s.io/v1",
        "discovery.k8s.io/v1",
        "apiextensions.k8s.io/v1",
        "apiregistration.k8s.io/v1",
        "admissionregistration.k8s.io/v1",
    ];

    /// <summary>True when the API server serves the kind: built in, or from a CRD that is established.</summary>
    public static bool Knows(TwinCluster cluster, string apiVersion, string kind) =>
        BuiltIn.Contains(apiVersion) || CrdOf(cluster, apiVersion, kind) is { } crd && IsEstablished(crd);

    public static bool IsEstablished(JsonObject crd) =>
        (crd["status"]?["conditions"] as JsonArray ?? []).Any(condition =>
            (string?)condition?["type"] == "Established" && (string?)condition["status"] == "True"
        );

    public static JsonObject? CrdOf(TwinCluster cluster, string apiVersion, string kind)
    {
        var (group, version) = apiVersion.Split('/', 2) is [var left, var right] ? (left, right) : ("", apiVersion);

        return cluster
            .Objects.View("apiextensions.k8s.io/v1", "CustomResourceDefinition")
            .FirstOrDefault(crd =>
                (string?)crd["spec"]?["group"] == group
                && (string?)crd["spec"]?["names"]?["kind"] == kind
                && (crd["spec"]?["versions"] as JsonArray ?? []).Any(one => (string?)one?["name"] == version)
            );
    }

    /// <summary>Writes one object; null when it was written, else the API server's complaint.</summary>
    public static string? Apply(TwinCluster cluster, JsonObject desired)
    {
        var key = ObjectKey.Of(desired);

        if (!Knows(cluster, key.ApiVersion, key.Kind))
            return $"no matches for kind \"{key.Kind}\" in version \"{key.ApiVersion}\"";

        if (key.Namespace.Length > 0)
        {
            var ns = cluster.Objects.View(new ObjectKey("v1", "Namespace", "", key.Namespace));

            if (ns is null)
                return $"namespaces \"{key.Namespace}\" not found";

            if (ns["metadata"]?["deletionTimestamp"] is not null && cluster.Objects.View(key) is null)
                return $"{key.Kind} \"{key.Name}\" is forbidden: unable to create new content in namespace {key.Namespace} because it is being terminated";
        }

        cluster.Objects.Change(
            key,
            old =>
                old is null
                    ? WithDefaults(cluster, Complete(desired))
                    : Over(old, desired, BuiltIn.Contains(key.ApiVersion))
        );
        return null;
    }

    /// <summary>What the API server fills in when the object is new.</summary>
    private static JsonObject Complete(JsonObject desired)
    {
        var json = (JsonObject)desired.DeepClone();

        if ((string?)json["kind"] == "Namespace" && (string?)json["apiVersion"] == "v1")
        {
            var made = TwinCluster.NewNamespace((string)json["metadata"]!["name"]!);
            Merge(made, json);
            return made;
        }

        SecretText.Keep(json);
        return json;
    }

    /// <summary>The one default of CRDs that matters here: the status of an object that no controller has seen yet.</summary>
    private static JsonObject WithDefaults(TwinCluster cluster, JsonObject json)
    {
        var version = json.Text("apiVersion").Split('/')[^1];
        var status = CrdOf(cluster, json.Text("apiVersion"), json.Text("kind"))
            .Items("spec", "versions")
            .FirstOrDefault(one => one.Text("name") == version)
            .At("schema", "openAPIV3Schema", "properties", "status", "default");

        if (status is not null)
            json["status"] ??= status.DeepClone();

        return json;
    }

    private static JsonObject Over(JsonObject old, JsonObject desired, bool builtIn)
    {
        var json = Complete(desired);

        foreach (var field in json.Select(pair => pair.Key).ToList())
        {
            if (field is "status")
                continue;

            // A built-in's spec also holds what the server has defaulted; a custom one holds what people wrote.
            if (field is "metadata" || field is "spec" && builtIn)
                Merge((JsonObject)(old[field] ??= new JsonObject()), (JsonObject)json[field]!);
            else
                old[field] = json[field]?.DeepClone();
        }

        return old;
    }

    private static void Merge(JsonObject target, JsonObject more)
    {
        foreach (var (key, value) in more)
        {
            if (value is JsonObject inner && target[key] is JsonObject old)
                Merge(old, inner);
            else
                target[key] = value?.DeepClone();
        }
    }
}
