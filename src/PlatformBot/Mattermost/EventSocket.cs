using System.Globalization;
using System.Net.WebSockets;
using System.Text.Json;

namespace PlatformBot.Mattermost;

/// <summary>Where a connection can be resumed: the server keeps a few events for a while.</summary>
internal sealed class Session
{
    private string _connection = "";
    private long _next;

    public string Query =>
        _connection.Length == 0
            ? ""
            : string.Create(CultureInfo.InvariantCulture, $"?connection_id={_connection}&sequence_number={_next}");

    /// <summary>The numbers of one connection have no holes unless events were lost.</summary>
    public bool HasGap(JsonElement frame) =>
        IsNumbered(frame) && !IsHello(frame) && Incoming.Number(frame, "seq") > _next;

    public void Note(JsonElement frame)
    {
        if (IsHello(frame))
            _connection = Incoming.Text(Incoming.Field(frame, "data"), "connection_id");

        if (IsNumbered(frame))
            _next = Incoming.Number(frame, "seq") + 1;
    }

    private static bool IsNumbered(JsonElement frame) => Incoming.Field(frame, "seq").ValueKind is JsonValueKind.Number;

    private static bool IsHello(JsonElement frame) => Incoming.Text(frame, "event") == "hello";
}

/// <summary>One WebSocket. A wrong token is answered with silence, so it counts as open only when the server has spoken.</summary>
internal sealed class EventSocket(MattermostApi api, TimeProvider clock) : IDisposable
{
    private const int LargestFrame = 4 * 1024 * 1024;
    private static readonly TimeSpan Greeting = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan Pulse = TimeSpan.FromSeconds(25);
    private static readonly byte[] Ping = """{"seq":1,"action":"ping"}"""u8.ToArray();

    private readonly ClientWebSocket _socket = new();
    private readonly byte[] _buffer = new byte[16 * 1024];
    private JsonElement? _first;

    public async Task<bool> ConnectAsync(Session session, CancellationToken stopping)
    {
        using var timeout = new CancellationTokenSource(Greeting, clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(stopping, timeout.Token);
        var url = new UriBuilder(api.Url($"websocket{session.Query}"));
        url.Scheme = url.Scheme == Uri.UriSchemeHttps ? Uri.UriSchemeWss : Uri.UriSchemeWs;

        _socket.Options.SetRequestHeader("Authorization", $"Bearer {api.Token}");
        _socket.Options.KeepAliveInterval = Pulse;
        _socket.Options.KeepAliveTimeout = Pulse;

        try
        {
            await _socket.ConnectAsync(url.Uri, either.Token);

            // A resumed connection says no hello; it answers this.
            await _socket.SendAsync(Ping, WebSocketMessageType.Text, endOfMessage: true, either.Token);
            _first = await ReceiveAsync(either.Token);

            return _first is not null;
        }
        catch (Exception exception) when (IsLoss(exception, stopping))
        {
            return false;
        }
    }

    /// <summary>The next frame, or null when the connection is gone.</summary>
    public async Task<JsonElement?> NextAsync(CancellationToken stopping)
    {
        if (_first is { } first)
        {
            _first = null;
            return first;
        }

        try
        {
            return await ReceiveAsync(stopping);
        }
        catch (Exception exception) when (IsLoss(exception, stopping))
        {
            return null;
        }
    }

    public void Dispose() => _socket.Dispose();

    private async Task<JsonElement?> ReceiveAsync(CancellationToken cancellationToken)
    {
        using var frame = new MemoryStream();

        while (true)
        {
            var part = await _socket.ReceiveAsync(_buffer.AsMemory(), cancellationToken);

            if (part.MessageType == WebSocketMessageType.Close || frame.Length > LargestFrame)
                return null;

            await frame.WriteAsync(_buffer.AsMemory(0, part.Count), cancellationToken);

            if (part.EndOfMessage)
                return JsonElement.Parse(frame.ToArray());
        }
    }

    private static bool IsLoss(Exception exception, CancellationToken stopping) =>
        exception is WebSocketException or HttpRequestException or IOException or JsonException
        || (exception is OperationCanceledException && !stopping.IsCancellationRequested);
}
