using System.Net.Http.Headers;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;

namespace PlatformBot.Sandbox;

/// <summary>How far a call of the simulated world has come.</summary>
public enum CallMoment
{
    /// <summary>It has arrived; nothing has been done.</summary>
    Arrived,

    /// <summary>A tool is at work: some of it is done.</summary>
    Underway,

    /// <summary>It is done; the caller has not heard so.</summary>
    Done,
}

/// <summary>A call that reached the simulated world: a tool that was started, or a request of one of its servers.</summary>
/// <param name="Server">"tool", "kubernetes", "chat" or "tracker"</param>
/// <param name="What">"git push origin main", "PATCH /api/v1/namespaces/demo"</param>
/// <param name="Agent">the program that asks, as it calls itself; "" for tools</param>
/// <param name="Token">whom it asks for; "" for tools</param>
public sealed record WorldCall(string Server, string What, string Agent = "", string Token = "");

/// <summary>
/// Told of every call, and waited for. True loses the call where it is: what is not done stays undone, and the caller never
/// gets an answer.
/// </summary>
public delegate Task<bool> CallLoss(WorldCall call, CallMoment moment);

/// <summary>Puts a <see cref="CallLoss"/> in front of a server.</summary>
internal static class LossyServer
{
    public static void UseLoss(this WebApplication app, string server, CallLoss? loses)
    {
        if (loses is not null)
            app.Use((http, next) => ServeAsync(http, next, Describe(server, http.Request), loses));
    }

    private static async Task ServeAsync(HttpContext http, RequestDelegate next, WorldCall call, CallLoss loses)
    {
        if (await loses(call, CallMoment.Arrived))
        {
            http.Abort();
            return;
        }

        // What never ends has no moment at which it is done.
        if (http.WebSockets.IsWebSocketRequest || IsEndless(http.Request.Query))
            await next(http);
        else
            await HeldBackAsync(http, next, () => loses(call, CallMoment.Done));
    }

    private static async Task HeldBackAsync(HttpContext http, RequestDelegate next, Func<Task<bool>> loses)
    {
        var wire = http.Response.Body;
        using var answer = new MemoryStream();
        http.Response.Body = answer;

        try
        {
            await next(http);
        }
        finally
        {
            http.Response.Body = wire;
        }

        if (await loses())
        {
            http.Abort();
            return;
        }

        answer.Position = 0;
        await answer.CopyToAsync(wire, http.RequestAborted);
    }

    private static bool IsEndless(IQueryCollection query) =>
        query["watch"] == "true" || query["watch"] == "1" || query["follow"] == "true";

    private static WorldCall Describe(string server, HttpRequest request) =>
        new(
            server,
            $"{request.Method} {request.Path}",
            request.Headers.UserAgent.ToString(),
            AuthenticationHeaderValue.TryParse(request.Headers.Authorization, out var given)
                ? given.Parameter ?? ""
                : ""
        );
}
