using System.Buffers;
using System.Net.WebSockets;
using System.Text;
using System.Text.Json;

namespace PlatformBot.Kubernetes;

/// <summary>How a command in a container ended.</summary>
/// <param name="Exit">its exit code; null when it was not started, or when nobody knows</param>
/// <param name="Problem">why it was not started, or why nobody knows; null when there is an exit code</param>
/// <param name="IsUnknown">The connection was lost before its end was told: it may have done everything, half of it, or nothing.</param>
internal sealed record ExecEnding(int? Exit, string? Problem = null, bool IsUnknown = false);

/// <summary>
/// The channels of a command under way (v5 and v4.channel.k8s.io). In each message the first byte is the channel: 0 stdin, 1 stdout,
/// 2 stderr, 3 the Status at the end, 255 closes a channel.
/// </summary>
/// <param name="printed">told of each piece of text and whether it is stderr's; never of half a character</param>
internal sealed class ExecStream(WebSocket socket, Action<string, bool> printed)
{
    private const int Piece = 16 * 1024;
    private const int LongestStatus = 64 * 1024;
    private const byte Stdin = 0;
    private const byte Stdout = 1;
    private const byte Stderr = 2;
    private const byte Error = 3;
    private const byte Close = 255;

    // Messages are cut anywhere, also inside a character, so each channel remembers the beginning of one.
    private readonly Decoder _stdout = Encoding.UTF8.GetDecoder();
    private readonly Decoder _stderr = Encoding.UTF8.GetDecoder();
    private readonly List<byte> _status = [];

    /// <summary>Sends what the command reads, and that there is no more, which only v5 can say.</summary>
    public async Task WriteAsync(string stdin, CancellationToken cancelled)
    {
        var bytes = Encoding.UTF8.GetBytes(stdin);

        foreach (var piece in bytes.Chunk(Piece))
            await SendAsync([Stdin, .. piece], cancelled);

        await SendAsync([Close, Stdin], cancelled);
    }

    /// <summary>Reads until the command has ended or the connection is lost.</summary>
    public async Task<ExecEnding> ReadAsync(CancellationToken cancelled)
    {
        var buffer = ArrayPool<byte>.Shared.Rent(2 * Piece);

        try
        {
            while (await NextAsync(buffer, cancelled))
            {
                // Until the server closes: the Status comes last, but whether anything follows it is its business.
            }
        }
        catch (WebSocketException lost)
        {
            // A cancelled read leaves a broken socket, and that is not the news.
            cancelled.ThrowIfCancellationRequested();
            return Ending($"the connection was lost ({lost.WebSocketErrorCode})");
        }
        // A server that leaves pings unanswered has its socket aborted, which looks like a cancellation and is nobody's.
        catch (OperationCanceledException) when (!cancelled.IsCancellationRequested)
        {
            return Ending("the connection was lost: the server no longer answers");
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }

        return Ending("the connection was closed without a result");
    }

    /// <summary>One message, which may come in parts; only the first has the channel.</summary>
    private async Task<bool> NextAsync(byte[] buffer, CancellationToken cancelled)
    {
        byte? channel = null;

        while (true)
        {
            var part = await socket.ReceiveAsync(buffer.AsMemory(), cancelled);

            if (part.MessageType == WebSocketMessageType.Close)
                return false;

            var bytes = buffer.AsMemory(0, part.Count);

            if (channel is null && bytes.Length > 0)
                (channel, bytes) = (bytes.Span[0], bytes[1..]);

            Take(channel, bytes.Span);

            if (part.EndOfMessage)
                return true;
        }
    }

    private void Take(byte? channel, ReadOnlySpan<byte> bytes)
    {
        switch (channel)
        {
            case Stdout:
                Print(_stdout, bytes, isError: false);
                break;
            case Stderr:
                Print(_stderr, bytes, isError: true);
                break;
            case Error when _status.Count + bytes.Length <= LongestStatus:
                _status.AddRange(bytes);
                break;
        }
    }

    private void Print(Decoder decoder, ReadOnlySpan<byte> bytes, bool isError)
    {
        var text = new char[decoder.GetCharCount(bytes, flush: false)];
        decoder.GetChars(bytes, text, flush: false);

        if (text.Length > 0)
            printed(new string(text), isError);
    }

    private ExecEnding Ending(string otherwise)
    {
        if (_status.Count == 0)
            return new(null, otherwise, IsUnknown: true);

        try
        {
            return Read(JsonElement.Parse(_status.ToArray()));
        }
        catch (JsonException)
        {
            return new(null, "what was told of its end is no Status", IsUnknown: true);
        }
    }

    private static ExecEnding Read(JsonElement status)
    {
        if (status.Text("status") == "Success")
            return new(0);

        var code = status
            .At("details")
            .Items("causes")
            .FirstOrDefault(cause => cause.Text("reason") == "ExitCode")
            .Text("message");

        return status.Text("reason") == "NonZeroExitCode" && int.TryParse(code, out var exit)
            ? new(exit)
            : new(null, status.Text("message") ?? "it failed, and nobody says why");
    }

    private async Task SendAsync(byte[] message, CancellationToken cancelled) =>
        await socket.SendAsync(message, WebSocketMessageType.Binary, endOfMessage: true, cancelled);
}
