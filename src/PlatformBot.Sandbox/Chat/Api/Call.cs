using System.Text;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;
using PlatformBot.Sandbox.Chat.Wire;

namespace PlatformBot.Sandbox.Chat.Api;

/// <summary>One request: who calls, with which parameters, and how it is answered.</summary>
internal sealed class Call(HttpContext http, ChatState state)
{
    public HttpContext Http => http;

    public CancellationToken Aborted => http.RequestAborted;

    /// <exception cref="ChatException">Nobody is logged in.</exception>
    public User Me()
    {
        lock (state.Gate)
        {
            var token = TokenOf(http.Request);

            if (token is null && http.Request.Query.ContainsKey("access_token"))
            {
                throw new ChatException(
                    401,
                    "api.context.token_provided.app_error",
                    "Session is not OAuth but token was provided in the query string."
                );
            }

            if (
                token is null
                || !state.Sessions.TryGetValue(token, out var id)
                || state.Users[id] is not { DeleteAt: 0 } user
            )
            {
                throw ChatException.SessionExpired();
            }

            return user;
        }
    }

    public static string? TokenOf(HttpRequest request)
    {
        var words = request.Headers.Authorization.ToString().Split(' ', StringSplitOptions.RemoveEmptyEntries);
        return words is [var scheme, var token] && scheme.ToUpperInvariant() is "BEARER" or "TOKEN" ? token : null;
    }

    /// <summary>An id from the path; "me" stands for the caller where a user is named.</summary>
    public string Id(string name)
    {
        var id = Text(name);

        if (name == "user_id" && id == "me")
            return Me().Id;

        return id.Length == 26 && id.All(char.IsAsciiLetterOrDigit) ? id : throw ChatException.BadUrlParameter(name);
    }

    public string Text(string name) => (string)http.Request.RouteValues[name]!;

    public string Query(string name) => http.Request.Query[name].ToString();

    public async Task<string> BodyTextAsync()
    {
        using var reader = new StreamReader(http.Request.Body, Encoding.UTF8);
        return await reader.ReadToEndAsync(Aborted);
    }

    /// <param name="what">what the refusal calls the body</param>
    public async Task<JsonObject> BodyAsync(string what) =>
        GoJson.TryParse(await BodyTextAsync()) as JsonObject ?? throw ChatException.BadBody(what);

    /// <summary>A body that is an array of names or ids; an empty one is refused.</summary>
    public async Task<IReadOnlyList<string>> BodyListAsync(string what) =>
        GoJson.TryParse(await BodyTextAsync()).Strings() is { Count: > 0 } list
            ? list
            : throw ChatException.BadBody(what);

    public Task AnswerAsync(JsonNode json, int status = StatusCodes.Status200OK) =>
        WriteAsync(http, status, GoJson.Text(json), "application/json");

    public Task OkAsync() => AnswerAsync(new JsonObject { ["status"] = "OK" });

    public static Task WriteAsync(HttpContext http, int status, string text, string contentType)
    {
        var bytes = Encoding.UTF8.GetBytes(text);
        http.Response.StatusCode = status;
        http.Response.ContentType = contentType;
        http.Response.ContentLength = bytes.Length;
        return http.Response.Body.WriteAsync(bytes, http.RequestAborted).AsTask();
    }
}
