using System.Text.Json.Nodes;

namespace PlatformBot.Sandbox.Kubernetes.Fields;

/// <summary>Laying one object over another: sections field by field, keyed lists item by item, all else replaced.</summary>
internal static class FieldMerge
{
    public static void Onto(JsonObject live, JsonObject wanted, bool custom) => Sections(live, wanted, custom, at: "");

    private static void Sections(JsonObject live, JsonObject wanted, bool custom, string at)
    {
        foreach (var (name, value) in wanted)
        {
            if (live[name] is JsonObject below && value is JsonObject section)
                Sections(below, section, custom, name);
            else if (live[name] is JsonArray old && RuleFor(name, value, custom, at) is { } rule)
                Lists(old, (JsonArray)value!, rule, custom);
            else
                live[name] = value?.DeepClone();
        }
    }

    private static ListRule? RuleFor(string name, JsonNode? value, bool custom, string at) =>
        value is JsonArray { Count: > 0 } items
            ? ListKeys.For(name, items, custom, inMetadata: at == "metadata")
            : null;

    private static void Lists(JsonArray live, JsonArray wanted, ListRule rule, bool custom)
    {
        foreach (var item in wanted)
        {
            var element = rule.ElementOf(item);
            var found = live.FirstOrDefault(existing => rule.ElementOf(existing) == element);

            if (found is JsonObject existing && item is JsonObject fields)
                Sections(existing, fields, custom, at: "");
            else if (found is null)
                live.Add(item?.DeepClone());
        }
    }
}
