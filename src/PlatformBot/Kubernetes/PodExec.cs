using System.Net.WebSockets;
using PlatformBot.Core;
using PlatformBot.Core.Planning;

namespace PlatformBot.Kubernetes;

/// <summary>
/// Commands in containers: finds the pod, looks whether the container runs, and joins the command's channels. Nothing stops a command
/// when its caller goes away.
/// </summary>
internal static class PodExec
{
    private const string Newest = "v5.channel.k8s.io";
    private const string Older = "v4.channel.k8s.io";

    /// <param name="printed">each piece of text, and whether it is stderr's</param>
    /// <returns>How it ended, or why it was not begun: then nothing has happened.</returns>
    /// <exception cref="ApiException">The cluster could not be asked for the pod; nothing has happened.</exception>
    public static async Task<Result<ExecEnding>> RunAsync(
        ClusterClient cluster,
        PlannedExec command,
        Action<string, bool> printed,
        CancellationToken cancelled
    )
    {
        if (!(await ExecPlace.FindAsync(cluster, command, cancelled)).Ok(out var place, out var refusal))
            return refusal;

        WebSocket socket;

        try
        {
            // Only v5 can say where stdin ends; without that the command would wait for ever.
            IReadOnlyList<string> protocols = command.Stdin is null ? [Newest, Older] : [Newest];
            socket = await cluster.ConnectAsync(PathOf(place, command), protocols, cancelled);
        }
        catch (ApiException error) when (error.IsUnreachable)
        {
            return new ExecEnding(null, $"the connection was lost as it was made: {error.Message}", IsUnknown: true);
        }
        catch (ApiException error)
        {
            return ExecPlace.Explain(place, error);
        }

        using (socket)
            return await FollowAsync(socket, command, printed, cancelled);
    }

    private static async Task<ExecEnding> FollowAsync(
        WebSocket socket,
        PlannedExec command,
        Action<string, bool> printed,
        CancellationToken cancelled
    )
    {
        var stream = new ExecStream(socket, printed);
        var reading = stream.ReadAsync(cancelled);

        if (command.Stdin is { } stdin)
            await WriteAsync(stream, stdin, cancelled);

        var ending = await reading;
        await CloseAsync(socket);
        return ending;
    }

    /// <summary>A command that ends before it has read everything closes the door; its own ending tells how it went.</summary>
    private static async Task WriteAsync(ExecStream stream, string stdin, CancellationToken cancelled)
    {
        try
        {
            await stream.WriteAsync(stdin, cancelled);
        }
        catch (Exception error)
            when (error is WebSocketException
                || (error is OperationCanceledException && !cancelled.IsCancellationRequested)
            )
        {
            // Reading says why.
        }
    }

    private static async Task CloseAsync(WebSocket socket)
    {
        try
        {
            if (socket.State == WebSocketState.CloseReceived)
                await socket.CloseOutputAsync(WebSocketCloseStatus.NormalClosure, null, CancellationToken.None);
        }
        catch (WebSocketException)
        {
            // It is closed, then.
        }
    }

    private static string PathOf(ExecPlace place, PlannedExec command)
    {
        var query = string.Concat(command.Argv.Select(word => $"&command={Uri.EscapeDataString(word)}"));
        var stdin = command.Stdin is null ? "" : "&stdin=true";
        return $"/api/v1/namespaces/{Uri.EscapeDataString(command.Namespace)}/pods/{Uri.EscapeDataString(place.Pod)}/exec"
            + $"?container={Uri.EscapeDataString(place.Container)}&stdout=true&stderr=true{stdin}{query}";
    }
}
