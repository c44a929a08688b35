using System.Text.Json.Nodes;
using PlatformBot.Sandbox.Kubernetes;

namespace PlatformBot.Sandbox.Twin.Workloads;

/// <summary>Who controls whom.</summary>
internal static class Owned
{
    /// <summary>The objects of that kind whose controller is this one, as views.</summary>
    public static List<JsonObject> By(TwinCluster cluster, JsonObject owner, string apiVersion, string kind)
    {
        var uid = owner.Uid();
        return [.. cluster.Objects.View(apiVersion, kind, owner.Namespace()).Where(json => ControllerOf(json) == uid)];
    }

    public static string ControllerOf(JsonObject json) =>
        json.Items("metadata", "ownerReferences").FirstOrDefault(owner => owner.Is("controller")).Text("uid");

    /// <summary>The object with this owner as its only one.</summary>
    public static JsonObject OwnedBy(this JsonObject json, JsonObject owner)
    {
        json["metadata"]!["ownerReferences"] = Reference(owner);
        return json;
    }

    public static JsonArray Reference(JsonObject owner) =>
        [
            new JsonObject
            {
                ["apiVersion"] = owner.Text("apiVersion"),
                ["kind"] = owner.Text("kind"),
                ["name"] = owner.Name(),
                ["uid"] = owner.Uid(),
                ["controller"] = true,
                ["blockOwnerDeletion"] = true,
            },
        ];

    /// <summary>True when the labels have every pair of the selector (matchLabels and the common expressions).</summary>
    public static bool Selects(JsonNode? selector, JsonObject json) =>
        SelectsLabels(selector, json.At("metadata", "labels"));

    public static bool SelectsLabels(JsonNode? selector, JsonNode? labels) =>
        selector.Texts("matchLabels").All(pair => labels.Text(pair.Key) == pair.Value)
        && selector.Items("matchExpressions").All(expression => Holds(expression, labels));

    private static bool Holds(JsonObject expression, JsonNode? labels)
    {
        var has = labels.At(expression.Text("key")) is not null;
        var values = (expression["values"] as JsonArray)?.Select(value => value.Text()) ?? [];
        var among = has && values.Contains(labels.Text(expression.Text("key")));

        return expression.Text("operator") switch
        {
            "In" => among,
            "NotIn" => !among,
            "Exists" => has,
            "DoesNotExist" => !has,
            _ => false,
        };
    }
}
