using System.Text.Json.Nodes;

namespace PlatformBot.Sandbox.Kubernetes.Fields;

/// <summary>How a list is merged: by keys of its items, as a set of values, or replaced whole (null).</summary>
/// <param name="Keys">The fields that identify an item; empty for a set of plain values.</param>
internal sealed record ListRule(IReadOnlyList<string> Keys)
{
    /// <summary>The item's path element: <c>k:{"name":"c"}</c> or <c>v:"x"</c>.</summary>
    public string ElementOf(JsonNode? item)
    {
        if (Keys.Count == 0)
            return $"v:{JsonText.Compact(item)}";

        var key = new JsonObject();

        foreach (var name in Keys.Order(StringComparer.Ordinal))
            key[name] = item.At(name)?.DeepClone() ?? (name == "protocol" ? "TCP" : null);

        return $"k:{JsonText.Compact(key)}";
    }
}

/// <summary>The lists with keys, of the kinds that the platform uses. All others are replaced whole.</summary>
internal static class ListKeys
{
    private static readonly ListRule Set = new([]);

    private static readonly Dictionary<string, ListRule> BuiltIn = new()
    {
        ["containers"] = new(["name"]),
        ["initContainers"] = new(["name"]),
        ["ephemeralContainers"] = new(["name"]),
        ["env"] = new(["name"]),
        ["volumes"] = new(["name"]),
        ["volumeMounts"] = new(["mountPath"]),
        ["volumeDevices"] = new(["devicePath"]),
        ["imagePullSecrets"] = new(["name"]),
        ["hostAliases"] = new(["ip"]),
        ["topologySpreadConstraints"] = new(["topologyKey", "whenUnsatisfiable"]),
        ["conditions"] = new(["type"]),
        ["secrets"] = new(["name"]),
        ["webhooks"] = new(["name"]),
    };

    private static readonly Dictionary<string, ListRule> Metadata = new()
    {
        ["finalizers"] = Set,
        ["ownerReferences"] = new(["uid"]),
    };

    private static readonly ListRule ContainerPorts = new(["containerPort", "protocol"]);
    private static readonly ListRule ServicePorts = new(["port", "protocol"]);

    /// <summary>The rule for the list of that name; null when it is replaced whole.</summary>
    /// <param name="inMetadata">True directly below the object's own metadata.</param>
    public static ListRule? For(string field, JsonArray items, bool custom, bool inMetadata)
    {
        if (inMetadata)
            return Metadata.GetValueOrDefault(field);

        // What a custom kind's lists are is for its schema to say; without a word there they are atomic.
        if (custom)
            return null;

        if (field == "ports" && items.Count > 0)
            return PortRule(items);

        var rule = BuiltIn.GetValueOrDefault(field);
        return rule is not null && items.All(item => item is JsonObject found && rule.Keys.All(found.ContainsKey))
            ? rule
            : null;
    }

    private static ListRule? PortRule(JsonArray items)
    {
        if (items.All(item => item.At("containerPort") is not null))
            return ContainerPorts;

        return items.All(item => item.At("port") is not null) ? ServicePorts : null;
    }
}
