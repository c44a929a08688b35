using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;

namespace PlatformBot.Sandbox.Twin.Workloads;

/// <summary>Short hashes that tell pod templates apart, in the letters that Kubernetes uses for names.</summary>
internal static class TemplateHash
{
    private const string Letters = "bcdfghjklmnpqrstvwxz2456789";

    public static string Of(JsonNode? template) => Of(template?.ToJsonString() ?? "");

    public static string Of(string text) =>
        string.Concat(
            SHA256.HashData(Encoding.UTF8.GetBytes(text)).Take(10).Select(part => Letters[part % Letters.Length])
        );

    /// <summary>A number below the limit that is always the same for the same text.</summary>
    public static int Number(string text, int limit) =>
        BitConverter.ToUInt16(SHA256.HashData(Encoding.UTF8.GetBytes(text))) % limit;
}
