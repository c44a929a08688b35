using System.Text.Json.Nodes;

namespace PlatformBot.Sandbox.Twin.Kustomize;

/// <summary>
/// Strategic merge, as far as plain manifests need it: mappings merge, null deletes, the well-known lists of a pod merge
/// by their key, every other list is replaced.
/// </summary>
internal static class MergePatch
{
    private static readonly Dictionary<string, string> ListKeys = new()
    {
        ["containers"] = "name",
        ["initContainers"] = "name",
        ["env"] = "name",
        ["volumes"] = "name",
        ["volumeMounts"] = "mountPath",
        ["ports"] = "containerPort",
        ["imagePullSecrets"] = "name",
    };

    public static void Apply(JsonObject target, JsonObject patch)
    {
        foreach (var (key, value) in patch)
        {
            if (value is null)
            {
                target.Remove(key);
            }
            else if (value is JsonObject inner && target[key] is JsonObject old)
            {
                Merge(target, key, old, inner);
            }
            else if (
                value is JsonArray list
                && target[key] is JsonArray before
                && ListKeys.TryGetValue(key, out var by)
            )
            {
                Merge(before, list, by);
            }
            else
            {
                target[key] = value.DeepClone();
            }
        }
    }

    private static void Merge(JsonObject target, string key, JsonObject old, JsonObject patch)
    {
        if ((string?)patch["$patch"] == "delete")
            target.Remove(key);
        else
            Apply(old, patch);
    }

    private static void Merge(JsonArray target, JsonArray patch, string by)
    {
        foreach (var item in patch.OfType<JsonObject>())
        {
            var old = target.OfType<JsonObject>().FirstOrDefault(one => JsonNode.DeepEquals(one[by], item[by]));

            if ((string?)item["$patch"] == "delete")
                _ = old is not null && target.Remove(old);
            else if (old is null)
                target.Add(item.DeepClone());
            else
                Apply(old, item);
        }
    }
}
