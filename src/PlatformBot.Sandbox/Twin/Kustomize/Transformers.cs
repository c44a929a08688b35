using System.Text.Json.Nodes;

namespace PlatformBot.Sandbox.Twin.Kustomize;

/// <summary>The fields that change every object: namespace, labels, annotations, images.</summary>
internal static class Transformers
{
    private static readonly string[] ClusterScoped =
    [
        "Namespace",
        "CustomResourceDefinition",
        "ClusterRole",
        "ClusterRoleBinding",
        "StorageClass",
        "PersistentVolume",
        "PriorityClass",
        "GatewayClass",
        "MutatingWebhookConfiguration",
        "ValidatingWebhookConfiguration",
        "CiliumLoadBalancerIPPool",
        "CiliumBGPClusterConfig",
        "CiliumBGPPeerConfig",
        "CiliumBGPAdvertisement",
        "CiliumL2AnnouncementPolicy",
    ];

    public static void Apply(List<JsonObject> built, JsonObject kustomization)
    {
        foreach (var json in built)
        {
            if ((string?)kustomization["namespace"] is { } ns && !ClusterScoped.Contains((string?)json["kind"]))
                json["metadata"]!["namespace"] = ns;

            Merge(json, "labels", kustomization["commonLabels"]);
            Merge(json, "annotations", kustomization["commonAnnotations"]);

            foreach (var entry in (kustomization["labels"] as JsonArray ?? []).OfType<JsonObject>())
                AddLabels(json, entry);

            foreach (var image in (kustomization["images"] as JsonArray ?? []).OfType<JsonObject>())
                Retag(json, image);
        }
    }

    private static void AddLabels(JsonObject json, JsonObject entry)
    {
        Merge(json, "labels", entry["pairs"]);
        var selectors = (bool?)entry["includeSelectors"] is true;

        if ((selectors || (bool?)entry["includeTemplates"] is true) && json["spec"]?["template"] is JsonObject template)
            Merge(template, "labels", entry["pairs"]);

        if (selectors && json["spec"]?["selector"]?["matchLabels"] is JsonObject match)
            MergePatch.Apply(match, entry["pairs"] as JsonObject ?? []);
    }

    private static void Merge(JsonObject json, string field, JsonNode? pairs)
    {
        if (pairs is not JsonObject { Count: > 0 } more)
            return;

        var metadata = (JsonObject)(json["metadata"] ??= new JsonObject());
        MergePatch.Apply((JsonObject)(metadata[field] ??= new JsonObject()), more);
    }

    private static void Retag(JsonNode? node, JsonObject image)
    {
        if (node is JsonArray list)
        {
            foreach (var item in list)
                Retag(item, image);
        }
        else if (node is JsonObject mapping)
        {
            if (
                mapping["image"] is JsonValue value
                && value.TryGetValue<string>(out var old)
                && Named(old) == (string?)image["name"]
            )
            {
                mapping["image"] = New(old, image);
            }

            foreach (var (_, inner) in mapping.ToList())
                Retag(inner, image);
        }
    }

    private static string Named(string image) =>
        image.Split('@')[0] is var bare && bare.LastIndexOf(':') > bare.LastIndexOf('/')
            ? bare[..bare.LastIndexOf(':')]
            : bare;

    private static string New(string old, JsonObject image)
    {
        var name = (string?)image["newName"] ?? Named(old);
        return (string?)image["digest"] is { } digest ? $"{name}@{digest}"
            : (string?)image["newTag"] is { } tag ? $"{name}:{tag}"
            : $"{name}{old[Named(old).Length..]}";
    }
}
