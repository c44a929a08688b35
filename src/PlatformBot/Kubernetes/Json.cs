using System.Text.Json;

namespace PlatformBot.Kubernetes;

/// <summary>Reading Kubernetes objects, in which anything may be missing.</summary>
internal static class Json
{
    /// <summary>The value below these names; undefined when it is not there.</summary>
    public static JsonElement At(this JsonElement from, params ReadOnlySpan<string> names)
    {
        foreach (var name in names)
        {
            if (from.ValueKind != JsonValueKind.Object || !from.TryGetProperty(name, out from))
                return default;
        }

        return from;
    }

    public static string? Text(this JsonElement from, params ReadOnlySpan<string> names) =>
        from.At(names) is { ValueKind: JsonValueKind.String } text ? Plain(text) : null;

    /// <summary>JSON can hold half characters that no text of ours can.</summary>
    private static string? Plain(JsonElement text)
    {
        try
        {
            return text.GetString();
        }
        catch (InvalidOperationException)
        {
            return null;
        }
    }

    /// <summary>A missing number is 0: that is what Kubernetes means by leaving it out.</summary>
    public static long Number(this JsonElement from, params ReadOnlySpan<string> names) =>
        from.At(names) is { ValueKind: JsonValueKind.Number } number && number.TryGetInt64(out var whole) ? whole : 0;

    public static bool Has(this JsonElement from, params ReadOnlySpan<string> names) =>
        from.At(names).ValueKind is not (JsonValueKind.Undefined or JsonValueKind.Null);

    public static IEnumerable<JsonElement> Items(this JsonElement from, params ReadOnlySpan<string> names) =>
        from.At(names) is { ValueKind: JsonValueKind.Array } list ? list.EnumerateArray() : [];

    public static string Name(this JsonElement from) => from.Text("metadata", "name") ?? "?";

    public static string? Namespace(this JsonElement from) => from.Text("metadata", "namespace");

    /// <summary>"kube-system/cilium"; without a namespace, the name alone.</summary>
    public static string FullName(this JsonElement from) =>
        from.Namespace() is { } ns ? $"{ns}/{from.Name()}" : from.Name();

    /// <summary>Its condition of this type is True.</summary>
    public static bool Is(this JsonElement from, string type) => from.Condition(type).Text("status") == "True";

    /// <summary>Where a load balancer has put a Service; null while it has not.</summary>
    public static string? Ingress(this JsonElement service) =>
        service
            .Items("status", "loadBalancer", "ingress")
            .Select(each => each.Text("ip") ?? each.Text("hostname"))
            .FirstOrDefault();

    /// <summary>The first entry of status.conditions with this type.</summary>
    public static JsonElement Condition(this JsonElement from, string type) =>
        from.Items("status", "conditions")
            .FirstOrDefault(condition =>
                string.Equals(condition.Text("type"), type, StringComparison.OrdinalIgnoreCase)
            );
}
