using System.Text.Json.Nodes;

namespace PlatformBot.Sandbox.Kubernetes.Fields;

/// <summary>JSON merge patch (RFC 7386) and Kubernetes' strategic merge patch, which knows the keys of lists.</summary>
internal static class MergePatch
{
    public static void Plain(JsonObject target, JsonObject patch)
    {
        foreach (var (name, value) in patch)
        {
            if (value is null)
                target.Remove(name);
            else if (value is JsonObject below)
                Plain(target.Section(name), below);
            else
                target[name] = value.DeepClone();
        }
    }

    public static void Strategic(JsonObject target, JsonObject patch) => Strategic(target, patch, at: "");

    private static void Strategic(JsonObject target, JsonObject patch, string at)
    {
        foreach (var (name, value) in patch)
        {
            // Directives for the order of lists and for keeping keys: order does not matter here.
            if (name.StartsWith('$'))
                continue;

            if (value is null)
                target.Remove(name);
            else if (value is JsonObject below)
                Strategic(target.Section(name), below, name);
            else if (value is JsonArray items && target[name] is JsonArray old && Rule(name, items, at) is { } rule)
                Lists(old, items, rule);
            else
                target[name] = value.DeepClone();
        }
    }

    private static ListRule? Rule(string name, JsonArray items, string at) =>
        items.Count == 0 ? null : ListKeys.For(name, items, custom: false, inMetadata: at == "metadata");

    private static void Lists(JsonArray live, JsonArray patch, ListRule rule)
    {
        foreach (var item in patch)
        {
            var element = rule.ElementOf(item);
            var found = live.FirstOrDefault(existing => rule.ElementOf(existing) == element);

            if (item.Text("$patch") == "delete")
                live.Remove(found);
            else if (found is JsonObject existing && item is JsonObject fields)
                Strategic(existing, fields, at: "");
            else if (found is null)
                live.Add(item?.DeepClone());
        }
    }
}
