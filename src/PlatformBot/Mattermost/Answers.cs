using System.Net.Mime;
using System.Text.Json.Nodes;

namespace PlatformBot.Mattermost;

internal static class Answers
{
    /// <summary>The same for every reason: who probes learns nothing.</summary>
    public const string Refused =
        ":no_entry: That does not work any more. Use the newest post, or ask again with a command.";

    public static Task SendAsync(HttpContext http, JsonObject answer)
    {
        http.Response.ContentType = MediaTypeNames.Application.Json;
        return http.Response.WriteAsync(answer.ToJsonString(), http.RequestAborted);
    }
}
