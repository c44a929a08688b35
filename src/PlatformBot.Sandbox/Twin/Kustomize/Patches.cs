using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace PlatformBot.Sandbox.Twin.Kustomize;

/// <summary>The field `patches`: JSON 6902 or strategic merge, on the objects that a target chooses.</summary>
internal static class Patches
{
    public static void Apply(List<JsonObject> built, JsonArray patches, Func<string, string> read)
    {
        foreach (var patch in patches.OfType<JsonObject>())
        {
            var text = (string?)patch["patch"] ?? read((string?)patch["path"] ?? "");

            foreach (var content in Parse(text))
                Apply(built, content, patch["target"] as JsonObject);
        }
    }

    private static IReadOnlyList<JsonNode> Parse(string text)
    {
        try
        {
            return YamlText.ReadAll(text);
        }
        catch (FormatException trouble)
        {
            throw new KustomizeException($"unable to parse SM or JSON patch from [{text}]: {trouble.Message}");
        }
    }

    private static void Apply(List<JsonObject> built, JsonNode content, JsonObject? target)
    {
        var chosen = target is not null
            ? built.FindAll(json => Fits(target, json))
            : built.FindAll(json => content is JsonObject own && IsSame(own, json));

        if (chosen.Count == 0 && target is null)
        {
            throw new KustomizeException(
                $"no resource matches strategic merge patch \"{content["kind"]}.{content["apiVersion"]}/{content["metadata"]?["name"]}\": no matches for Id"
            );
        }

        foreach (var json in chosen)
        {
            if (content is JsonArray operations)
                JsonPatch.Apply(json, operations);
            else if ((string?)content["$patch"] == "delete")
                built.Remove(json);
            else
                MergePatch.Apply(json, content.AsObject());
        }
    }

    private static bool IsSame(JsonObject patch, JsonObject json)
    {
        var (wanted, found) = (ObjectKey.Of(patch), ObjectKey.Of(json));
        return wanted.Kind == found.Kind
            && wanted.Name == found.Name
            && (wanted.Namespace.Length == 0 || wanted.Namespace == found.Namespace);
    }

    private static bool Fits(JsonObject target, JsonObject json)
    {
        var key = ObjectKey.Of(json);
        var group = key.ApiVersion.Contains('/', StringComparison.Ordinal) ? key.ApiVersion.Split('/')[0] : "";

        return Is(target["group"], group)
            && Is(target["version"], key.ApiVersion.Split('/')[^1])
            && Is(target["kind"], key.Kind)
            && Is(target["name"], key.Name)
            && Is(target["namespace"], key.Namespace)
            && HasLabels((string?)target["labelSelector"], json);
    }

    /// <summary>A target's field is an anchored regular expression; left out, it fits everything.</summary>
    private static bool Is(JsonNode? pattern, string value) =>
        pattern is null
        || Regex.IsMatch(value, $"^(?:{(string?)pattern})$", RegexOptions.None, TimeSpan.FromMilliseconds(100));

    private static bool HasLabels(string? selector, JsonObject json) =>
        selector is null
        || selector
            .Split(',', StringSplitOptions.TrimEntries)
            .All(pair =>
                pair.Split('=') is [var key, .., var value] && (string?)json["metadata"]?["labels"]?[key] == value
            );
}
