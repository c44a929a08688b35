using System.Text;
using System.Text.Json.Nodes;

namespace PlatformBot.Sandbox.Kubernetes;

/// <summary>A Secret's stringData, which is written as text and kept as base64 in data.</summary>
internal static class SecretText
{
    public static void Encode(JsonObject json)
    {
        if (json.Text("kind") != "Secret" || json["stringData"] is not JsonObject texts)
            return;

        var data = json.Section("data");

        foreach (var (name, text) in texts)
            data[name] = Convert.ToBase64String(Encoding.UTF8.GetBytes(text.Text()));

        json.Remove("stringData");
    }
}
