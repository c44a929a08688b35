using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;
using PlatformBot.Sandbox.Chat.Wire;

namespace PlatformBot.Sandbox.Chat.Api;

/// <summary>What every answer carries, and the shape of refusals.</summary>
internal static class ErrorAnswers
{
    public static async Task AroundAsync(HttpContext http, RequestDelegate next)
    {
        var requestId = ChatState.NewId();
        http.Response.Headers["X-Request-Id"] = requestId;
        http.Response.Headers["X-Version-Id"] = ChatServer.VersionId;

        if (HttpMethods.IsGet(http.Request.Method))
            http.Response.Headers.Expires = "0";

        try
        {
            await next(http);
        }
        catch (ChatException e)
        {
            if (e.Status == StatusCodes.Status401Unauthorized && http.Request.Headers.Authorization.Count > 0)
                http.Response.Headers.SetCookie = "MMAUTHTOKEN=; Path=/; Max-Age=0; HttpOnly";

            await Call.WriteAsync(http, e.Status, Body(e, requestId), "application/json");
        }
        catch (HandlerDiedException)
        {
            http.Abort();
        }
    }

    private static string Body(ChatException e, string requestId) =>
        GoJson.Text(
            new JsonObject
            {
                ["id"] = e.Id,
                ["message"] = e.Message,
                ["detailed_error"] = "",
                ["request_id"] = requestId,
                ["status_code"] = e.Status,
            }
        );

    /// <summary>A path that nobody serves, or a method that it does not know: there is no 405.</summary>
    public static Task UnknownRouteAsync(HttpContext http)
    {
        if (!http.Request.Path.StartsWithSegments("/api", StringComparison.Ordinal))
            return Call.WriteAsync(http, 404, "404 page not found\n", "text/plain; charset=utf-8");

        http.Response.Headers.Remove("X-Request-Id");
        var json = new JsonObject
        {
            ["id"] = "api.context.404.app_error",
            ["message"] = "Sorry, we could not find the page.",
            ["detailed_error"] =
                $"There doesn't appear to be an api call for the url='{http.Request.Path}'.  Typo? are you missing a team_id or user_id as part of the url?",
            ["status_code"] = 404,
        };
        return Call.WriteAsync(http, 404, GoJson.Text(json), "text/plain; charset=utf-8");
    }
}
