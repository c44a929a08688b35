using System.Text.Json.Nodes;
using PlatformBot.Sandbox.Chat.Wire;

namespace PlatformBot.Sandbox.Chat.Sockets;

/// <summary>What a client may ask over its socket. Answers carry <c>seq_reply</c> and are not counted as events.</summary>
internal static class SocketRequests
{
    /// <summary>Null where the server stays silent.</summary>
    public static JsonObject? Answer(ChatState state, string userId, JsonObject frame)
    {
        var action = frame.String("action");
        var sequence = frame["seq"] is JsonValue value && value.TryGetValue<long>(out var number) ? number : 0;

        if (action is "authentication_challenge")
            return null;

        if (action.Length == 0)
            return Refuse(sequence, 400, "api.web_socket_router.no_action.app_error", "No websocket action.");

        if (sequence <= 0)
        {
            return Refuse(0, 400, "api.web_socket_router.bad_seq.app_error", "Invalid sequence for WebSocket message.");
        }

        return action switch
        {
            "ping" => Accept(sequence, Pong(state)),
            "get_statuses" or "get_statuses_by_ids" => Accept(sequence, new JsonObject { [userId] = "online" }),
            "user_typing" => Accept(sequence, data: null),
            _ => Refuse(sequence, 500, "api.web_socket_router.bad_action.app_error", "Unknown WebSocket action."),
        };
    }

    private static JsonObject Pong(ChatState state) =>
        new()
        {
            ["node_id"] = "",
            ["server_time"] = state.Now,
            ["text"] = "pong",
            ["version"] = ChatServer.Version,
        };

    private static JsonObject Accept(long sequence, JsonObject? data)
    {
        var answer = new JsonObject { ["status"] = "OK", ["seq_reply"] = sequence };

        if (data is not null)
            answer["data"] = data;

        return answer;
    }

    private static JsonObject Refuse(long sequence, int status, string id, string message)
    {
        var answer = new JsonObject { ["status"] = "FAIL" };

        if (sequence > 0)
            answer["seq_reply"] = sequence;

        answer["error"] = new JsonObject
        {
            ["id"] = id,
            ["message"] = message,
            ["detailed_error"] = "",
            ["status_code"] = status,
        };
        return answer;
    }
}
