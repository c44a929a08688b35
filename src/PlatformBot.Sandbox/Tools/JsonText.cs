using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace PlatformBot.Sandbox.Tools;

/// <summary>JSON as Go's tools print it: indented, without escapes for harmless signs.</summary>
internal static class JsonText
{
    public static string Indented(JsonNode json, int spaces) =>
        json.ToJsonString(
            new JsonSerializerOptions
            {
                WriteIndented = true,
                IndentSize = spaces,
                NewLine = "\n",
                Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
            }
        );
}
