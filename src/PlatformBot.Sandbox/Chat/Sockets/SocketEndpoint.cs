using System.Net.WebSockets;
using System.Text;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;
using PlatformBot.Sandbox.Chat.Api;
using PlatformBot.Sandbox.Chat.Wire;

namespace PlatformBot.Sandbox.Chat.Sockets;

/// <summary><c>/api/v4/websocket</c>: authentication by header or challenge, events out, a few requests in.</summary>
internal sealed class SocketEndpoint(ChatState state, Hub hub, CancellationToken stopping)
{
    private const int LongestFrame = 8192;
    private static readonly TimeSpan AuthenticateWithin = TimeSpan.FromSeconds(5);

    public async Task ServeAsync(Call call)
    {
        var http = call.Http;

        if (call.Query("access_token").Length > 0)
            call.Me();

        if (!IsOwnOrigin(http.Request))
        {
            http.Response.StatusCode = StatusCodes.Status403Forbidden;
            await http.Response.WriteAsync("Forbidden\n", http.RequestAborted);
            return;
        }

        if (!http.WebSockets.IsWebSocketRequest)
        {
            throw new ChatException(
                400,
                "api.web_socket.connect.upgrade.app_error",
                "Failed to upgrade websocket connection."
            );
        }

        // No goodbye at the end: as from the real server, the TCP connection just ends.
        using var socket = await http.WebSockets.AcceptWebSocketAsync();
        using var ended = CancellationTokenSource.CreateLinkedTokenSource(stopping, http.RequestAborted);

        try
        {
            await TalkAsync(http.Request, socket, ended.Token);
        }
        catch (Exception e) when (e is OperationCanceledException or WebSocketException)
        {
            // The client is gone or the server goes down: both look like a cut cable from the other side.
        }
    }

    private static bool IsOwnOrigin(HttpRequest request) =>
        request.Headers.Origin.ToString() is not { Length: > 0 } origin
        || (Uri.TryCreate(origin, UriKind.Absolute, out var uri) && uri.Authority == request.Host.Value);

    private async Task TalkAsync(HttpRequest request, WebSocket socket, CancellationToken ended)
    {
        var byHeader = UserOf(Call.TokenOf(request));
        var userId = byHeader ?? await ChallengeAsync(socket, ended);

        if (userId is null || ConnectionFor(request, userId, byHeader is not null) is not { } log)
            return;

        using var over = CancellationTokenSource.CreateLinkedTokenSource(ended);

        try
        {
            var sending = SendEventsAsync(log, socket, over.Token);
            var receiving = ReceiveAsync(log.UserId, socket, over.Token);
            await Task.WhenAny(sending, receiving);
        }
        finally
        {
            await over.CancelAsync();

            lock (state.Gate)
                log.LostAt = state.Now;
        }
    }

    /// <summary>Null when the parameters are nonsense: then the connection is closed at once.</summary>
    private EventLog? ConnectionFor(HttpRequest request, string userId, bool byHeader)
    {
        lock (state.Gate)
        {
            var connectionId = request.Query["connection_id"].ToString();

            if (!byHeader || connectionId.Length == 0)
                return hub.Open(userId);

            var isNumber = long.TryParse(request.Query["sequence_number"], out var sequence);
            return isNumber && sequence >= 0 && connectionId.Length == 26
                ? hub.Resume(userId, connectionId, sequence)
                : null;
        }
    }

    private string? UserOf(string? token)
    {
        lock (state.Gate)
            return token is not null && state.Sessions.TryGetValue(token, out var userId) ? userId : null;
    }

    /// <summary>Everything before the challenge is ignored; a wrong token ends it, and so does silence.</summary>
    private async Task<string?> ChallengeAsync(WebSocket socket, CancellationToken ended)
    {
        using var patience = new CancellationTokenSource(AuthenticateWithin, state.Clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(ended, patience.Token);

        while (await ReadAsync(socket, either.Token) is { } frame)
        {
            if (frame.String("action") != "authentication_challenge")
                continue;

            var userId = UserOf(frame["data"].String("token"));

            if (userId is not null)
                await SendAsync(socket, Answer(frame, data: null), ended);

            return userId;
        }

        return null;
    }

    private async Task SendEventsAsync(EventLog log, WebSocket socket, CancellationToken over)
    {
        while (true)
        {
            string? frame;

            lock (state.Gate)
            {
                if (log.IsOverrun)
                    return;

                frame = log.TakeUnsent();
            }

            if (frame is null)
                await log.ArrivalAsync(over);
            else
                await SendTextAsync(socket, frame, over);
        }
    }

    private async Task ReceiveAsync(string userId, WebSocket socket, CancellationToken over)
    {
        while (await ReadAsync(socket, over) is { } frame)
        {
            if (SocketRequests.Answer(state, userId, frame) is { } answer)
                await SendAsync(socket, answer, over);
        }
    }

    private static JsonObject Answer(JsonNode frame, JsonObject? data)
    {
        var answer = new JsonObject { ["status"] = "OK", ["seq_reply"] = frame["seq"]?.DeepClone() };

        if (data is not null)
            answer["data"] = data;

        return answer;
    }

    /// <summary>The next JSON object; null at the end, on a frame that is too long and on anything that is not JSON.</summary>
    private static async Task<JsonObject?> ReadAsync(WebSocket socket, CancellationToken cancellationToken)
    {
        var buffer = new byte[LongestFrame + 1];
        var length = 0;

        while (true)
        {
            var part = await socket.ReceiveAsync(buffer.AsMemory(length), cancellationToken);
            length += part.Count;

            if (part.MessageType is not WebSocketMessageType.Text || length > LongestFrame)
                return null;

            if (part.EndOfMessage)
                return GoJson.TryParse(Encoding.UTF8.GetString(buffer, 0, length)) as JsonObject;
        }
    }

    private static Task SendAsync(WebSocket socket, JsonObject json, CancellationToken cancellationToken) =>
        SendTextAsync(socket, GoJson.Text(json), cancellationToken);

    private static Task SendTextAsync(WebSocket socket, string text, CancellationToken cancellationToken) =>
        socket.SendAsync(Encoding.UTF8.GetBytes(text), WebSocketMessageType.Text, true, cancellationToken);
}
