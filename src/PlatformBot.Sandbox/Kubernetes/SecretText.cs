using System.Text;
using System.Text.Json.Nodes;
using PlatformBot.Sandbox.Twin;

namespace PlatformBot.Sandbox.Kubernetes;

/// <summary>What a Secret holds, as text: it is written as text (stringData) and kept as base64 of UTF-8 (data).</summary>
internal static class SecretText
{
    public static string Encode(string text) => Convert.ToBase64String(Encoding.UTF8.GetBytes(text));

    public static string Decode(string base64) => Encoding.UTF8.GetString(Convert.FromBase64String(base64));

    /// <summary>A field of the Secret; null when the Secret or the field is missing.</summary>
    public static string? Of(JsonObject? secret, string key) =>
        secret.At("data", key) is { } data ? Decode(data.Text()) : null;

    /// <summary>A field of the Secret of that name; null when the Secret or the field is missing.</summary>
    public static string? Of(ObjectStore objects, string ns, string name, string key) =>
        Of(objects.View(new ObjectKey("v1", "Secret", ns, name)), key);

    /// <summary>Moves stringData to data, as the API server does.</summary>
    public static void Keep(JsonObject json)
    {
        if (json.Text("kind") != "Secret" || json["stringData"] is not JsonObject texts)
            return;

        var data = json.Section("data");

        foreach (var (name, text) in texts)
            data[name] = Encode(text.Text());

        json.Remove("stringData");
    }
}
