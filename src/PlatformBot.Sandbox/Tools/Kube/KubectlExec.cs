using System.Net.WebSockets;
using System.Text;
using System.Text.Json.Nodes;

namespace PlatformBot.Sandbox.Tools.Kube;

/// <summary>kubectl exec: the WebSocket protocol of the API server, one channel byte before every message.</summary>
internal sealed class KubectlExec(Func<ToolCall, Flags, Task<KubeAccess>> openAsync)
{
    public async Task<int> RunAsync(ToolCall call, Flags flags)
    {
        var access = await openAsync(call, flags);
        var pod = await KubePods.FindAsync(access, flags);

        if (flags.Rest.Count == 0)
            throw new ToolException("error: you must specify at least one command for the container");

        // A refusal must be read from a plain answer: a WebSocket's failed handshake does not show it.
        await access.GetAsync(pod.Path);
        using var socket = await ConnectAsync(call, access.Client.Context, pod, flags);
        var status = await ReceiveAsync(call, socket);

        if ((string?)status?["status"] is "Success")
            return 0;

        var exitCode = (status?["details"]?["causes"] as JsonArray ?? [])
            .Where(cause => (string?)cause?["reason"] == "ExitCode")
            .Select(cause => int.TryParse((string?)cause!["message"], out var code) ? code : 1)
            .FirstOrDefault();

        throw exitCode == 0
            ? new ToolException(
                $"error: Internal error occurred: {(string?)status?["message"] ?? "the connection was lost"}"
            )
            : new ToolException($"command terminated with exit code {exitCode}", exitCode);
    }

    private static async Task<ClientWebSocket> ConnectAsync(
        ToolCall call,
        KubeContext context,
        KubeTarget pod,
        Flags flags
    )
    {
        var query = flags
            .Rest.Select(part => $"command={Uri.EscapeDataString(part)}")
            .Append("stdout=true")
            .Append("stderr=true");

        if (flags.Get("container") is { } container)
            query = query.Append($"container={container}");

        var socket = new ClientWebSocket();
        socket.Options.AddSubProtocol("v5.channel.k8s.io");
        socket.Options.SetRequestHeader("Authorization", $"Bearer {context.Token}");
        var policy = KubeClients.TrustOnly(context.CaPem);
        socket.Options.RemoteCertificateValidationCallback = (_, certificate, chain, _) =>
        {
            chain!.ChainPolicy = policy;
            return chain.Build((System.Security.Cryptography.X509Certificates.X509Certificate2)certificate!);
        };

        var address =
            $"{context.Server.Replace("https://", "wss://", StringComparison.Ordinal)}{pod.Path}/exec?{string.Join('&', query)}";

        try
        {
            await socket.ConnectAsync(new Uri(address), call.Killed);
            return socket;
        }
        catch (WebSocketException refused)
        {
            socket.Dispose();
            throw new ToolException($"error: Internal error occurred: {refused.Message}");
        }
    }

    private static async Task<JsonNode?> ReceiveAsync(ToolCall call, ClientWebSocket socket)
    {
        var buffer = new byte[64 * 1024];
        using var message = new MemoryStream();

        while (true)
        {
            var got = await socket.ReceiveAsync(buffer.AsMemory(), call.Killed);

            if (got.MessageType is WebSocketMessageType.Close)
                return null;

            await message.WriteAsync(buffer.AsMemory(0, got.Count), call.Killed);

            if (!got.EndOfMessage)
                continue;

            var bytes = message.ToArray();
            message.SetLength(0);
            var text = Encoding.UTF8.GetString(bytes.AsSpan(1));

            if (bytes[0] == 3)
                return JsonNode.Parse(text);

            if (bytes[0] == 1)
                call.Print(text);
            else
                call.Complain(text);
        }
    }
}
