using System.Net.WebSockets;
using System.Text;
using System.Text.Json.Nodes;
using PlatformBot.Sandbox.Kubernetes.Fields;
using PlatformBot.Sandbox.Twin;

namespace PlatformBot.Sandbox.Kubernetes;

/// <summary>pods/exec over WebSocket (v5 and v4.channel.k8s.io): one channel byte in front of every message.</summary>
internal static class PodExec
{
    private static readonly string[] Protocols = ["v5.channel.k8s.io", "v4.channel.k8s.io"];

    public static async Task<ApiAnswer> RunAsync(ApiRequest request)
    {
        var pod = Lists.Get(request);
        var offered = request.Http.WebSockets.WebSocketRequestedProtocols;
        var protocol =
            offered.FirstOrDefault(offer => Protocols.Contains(offer))
            ?? throw new StatusException(403, "Forbidden", "unknown protocol");
        var container = ContainerOf(pod, request.Query("container"));

        using var socket = await request.Http.WebSockets.AcceptWebSocketAsync(protocol);
        var command = request.Http.Request.Query["command"].Select(part => part ?? "").ToList();
        var stdin = request.IsSet("stdin") ? await StdinAsync(socket, request.Aborted) : "";
        var answer = request.Cluster.Exec?.Invoke(new(request.Namespace, request.Name, container, command, stdin));

        await SendAsync(socket, 1, "", request.Aborted);
        await PrintAsync(socket, 1, answer?.Stdout ?? "", request.Aborted);
        await PrintAsync(socket, 2, answer?.Stderr ?? "", request.Aborted);

        if (answer is { IsCutOff: true })
        {
            request.Http.Abort();
            return ApiAnswer.Plain("") with { Sent = true };
        }

        await SendAsync(socket, 3, JsonText.Compact(Ending(answer, command)), request.Aborted);
        await socket.CloseOutputAsync(WebSocketCloseStatus.NormalClosure, statusDescription: null, request.Aborted);
        return ApiAnswer.Plain("") with { Sent = true };
    }

    private static async Task<string> StdinAsync(WebSocket socket, CancellationToken cancellationToken)
    {
        using var text = new MemoryStream();
        var buffer = new byte[32 * 1024];

        while (true)
        {
            var got = await socket.ReceiveAsync(buffer.AsMemory(), cancellationToken);

            // 255 0 closes stdin in v5; in v4 only the end of the connection does.
            if (got.MessageType == WebSocketMessageType.Close || (got.Count > 0 && buffer[0] == 255))
                return Encoding.UTF8.GetString(text.GetBuffer(), 0, (int)text.Length);

            if (got.Count > 0 && buffer[0] == 0)
                await text.WriteAsync(buffer.AsMemory(1, got.Count - 1), cancellationToken);
        }
    }

    private static JsonObject Ending(ExecAnswer? answer, IReadOnlyList<string> command)
    {
        if (answer is { ExitCode: 0 })
            return new JsonObject { ["metadata"] = new JsonObject(), ["status"] = "Success" };

        if (answer is null)
        {
            return new StatusException(
                500,
                "InternalError",
                $"error executing command in container: executable file `{(command.Count > 0 ? command[0] : "")}` not found in $PATH"
            ).ToStatus();
        }

        return new JsonObject
        {
            ["metadata"] = new JsonObject(),
            ["status"] = "Failure",
            ["message"] = $"command terminated with non-zero exit code: exit status {answer.ExitCode}",
            ["reason"] = "NonZeroExitCode",
            ["details"] = new JsonObject
            {
                ["causes"] = new JsonArray(
                    new JsonObject { ["reason"] = "ExitCode", ["message"] = $"{answer.ExitCode}" }
                ),
            },
        };
    }

    private static string ContainerOf(JsonObject pod, string asked)
    {
        if (pod.Text("spec", "nodeName").Length == 0)
            throw Refusals.BadRequest($"pod {pod.Name()} does not have a host assigned");

        return PodLogs.ContainerOf(pod, asked);
    }

    /// <summary>Cut anywhere, as the runtime's buffer is full, also inside a character.</summary>
    private static async Task PrintAsync(
        WebSocket socket,
        byte channel,
        string text,
        CancellationToken cancellationToken
    )
    {
        foreach (var piece in Encoding.UTF8.GetBytes(text).Chunk(8 * 1024))
        {
            await socket.SendAsync(
                (byte[])[channel, .. piece],
                WebSocketMessageType.Binary,
                endOfMessage: true,
                cancellationToken
            );
        }
    }

    private static async Task SendAsync(
        WebSocket socket,
        byte channel,
        string text,
        CancellationToken cancellationToken
    )
    {
        byte[] message = [channel, .. Encoding.UTF8.GetBytes(text)];
        await socket.SendAsync(message, WebSocketMessageType.Binary, endOfMessage: true, cancellationToken);
    }
}
