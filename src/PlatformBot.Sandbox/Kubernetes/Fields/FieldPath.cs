using System.Text.Json.Nodes;

namespace PlatformBot.Sandbox.Kubernetes.Fields;

/// <summary>Following a path of FieldsV1 elements into an object.</summary>
internal static class FieldPath
{
    /// <summary>".spec.template.spec.containers[name="c"].image": as conflicts name a field.</summary>
    public static string Spoken(string path) =>
        string.Concat(
            path.Split(FieldSet.Separator)
                .Where(element => element != ".")
                .Select(element =>
                    element[..2] switch
                    {
                        "f:" => $".{element[2..]}",
                        "v:" => $"[={element[2..]}]",
                        _ => $"[{SpokenKey(element[2..])}]",
                    }
                )
        );

    private static string SpokenKey(string key) =>
        string.Join(',', JsonNode.Parse(key)!.AsObject().Select(pair => $"{pair.Key}={JsonText.Compact(pair.Value)}"));

    /// <summary>Takes the field or list item out, and the sections above that become empty by it.</summary>
    public static void Remove(JsonObject json, string path)
    {
        var elements = path.Split(FieldSet.Separator);

        if (elements[^1] == ".")
            elements = elements[..^1];

        RemoveBelow(json, elements, custom: false);
    }

    private static void RemoveBelow(JsonNode node, ReadOnlySpan<string> elements, bool custom)
    {
        if (Step(node, elements[0]) is not { } found)
        {
            if (elements.Length == 1)
                TakeOut(node, elements[0]);

            return;
        }

        if (elements.Length == 1)
        {
            TakeOut(node, elements[0]);
            return;
        }

        RemoveBelow(found, elements[1..], custom);

        if (found is JsonObject { Count: 0 } or JsonArray { Count: 0 })
            TakeOut(node, elements[0]);
    }

    private static JsonNode? Step(JsonNode node, string element) =>
        element[..2] == "f:" ? node.At(element[2..]) : (node as JsonArray)?.FirstOrDefault(item => Fits(item, element));

    private static void TakeOut(JsonNode node, string element)
    {
        if (element[..2] == "f:")
            (node as JsonObject)?.Remove(element[2..]);
        else if (node is JsonArray items && items.FirstOrDefault(item => Fits(item, element)) is { } found)
            items.Remove(found);
    }

    private static bool Fits(JsonNode? item, string element)
    {
        var wanted = JsonNode.Parse(element[2..]);

        if (element[..2] == "v:")
            return JsonNode.DeepEquals(item, wanted);

        return wanted is JsonObject keys
            && keys.All(key =>
                JsonNode.DeepEquals(item.At(key.Key), key.Value)
                || (key.Key == "protocol" && item.At("protocol") is null && key.Value.Text() == "TCP")
            );
    }
}
