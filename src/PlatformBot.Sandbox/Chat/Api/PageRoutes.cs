using System.Text.Json.Nodes;
using PlatformBot.Sandbox.Chat.Wire;

namespace PlatformBot.Sandbox.Chat.Api;

/// <summary>The web page to chat with, and the one thing that no real server would give away: everybody's session.</summary>
internal sealed class PageRoutes(ChatServer server, ChatOptions options)
{
    private const string Policy =
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self' ws: wss:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

    private static readonly string[] Scripts = ["attach", "chat", "dialog", "markdown", "posts", "session"];

    public IEnumerable<Route> Routes =>
        [
            new("GET", "/", call => FileAsync(call, "chat.html", "text/html; charset=utf-8")),
            new("GET", "/sandbox/chat.css", call => FileAsync(call, "chat.css", "text/css; charset=utf-8")),
            new("GET", "/sandbox/persons", PersonsAsync),
            .. Scripts.Select(name => new Route("GET", $"/sandbox/{name}.js", call => ScriptAsync(call, name))),
        ];

    private static Task ScriptAsync(Call call, string name) =>
        FileAsync(call, $"{name}.js", "text/javascript; charset=utf-8");

    private static async Task FileAsync(Call call, string name, string contentType)
    {
        var response = call.Http.Response;
        response.Headers.ContentSecurityPolicy = Policy;
        response.Headers.CacheControl = "no-cache";
        response.Headers.XContentTypeOptions = "nosniff";

        await using var file = typeof(PageRoutes).Assembly.GetManifestResourceStream($"Chat.Page.{name}")!;
        response.ContentType = contentType;
        response.ContentLength = file.Length;
        await file.CopyToAsync(response.Body, call.Aborted);
    }

    private Task PersonsAsync(Call call)
    {
        call.Http.Response.Headers.CacheControl = "no-store";
        return call.AnswerAsync(
            new JsonObject
            {
                ["team_id"] = server.TeamId,
                ["channel_id"] = server.OpsChannelId,
                ["persons"] = GoJson.Array(
                    server.Persons.Values.Select(person => new JsonObject
                    {
                        ["id"] = person.Id,
                        ["name"] = person.Name,
                        ["token"] = person.Token,
                    })
                ),
                ["links"] = GoJson.Array(
                    options.Links.Select(link => new JsonObject { ["name"] = link.Key, ["url"] = link.Value })
                ),
            }
        );
    }
}
