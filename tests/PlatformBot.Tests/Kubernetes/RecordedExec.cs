using System.Globalization;
using System.IO.Pipelines;
using System.Net.WebSockets;
using System.Runtime.CompilerServices;
using System.Text;
using System.Text.RegularExpressions;

namespace PlatformBot.Tests.Kubernetes;

/// <summary>A command in a container as a real server let it run: plays its messages to a client, and keeps what the client sent.</summary>
internal sealed partial class RecordedExec : IDisposable
{
    private readonly WebSocket _server;
    private readonly List<byte[]> _messages;

    private RecordedExec(string? protocol, List<byte[]> messages)
    {
        var (up, down) = (new Pipe(), new Pipe());
        _messages = messages;
        _server = WebSocket.CreateFromStream(
            new Duplex(up.Reader.AsStream(), down.Writer.AsStream()),
            new WebSocketCreationOptions { IsServer = true, SubProtocol = protocol }
        );
        Client = WebSocket.CreateFromStream(
            new Duplex(down.Reader.AsStream(), up.Writer.AsStream()),
            new WebSocketCreationOptions { IsServer = false, SubProtocol = protocol }
        );
    }

    /// <summary>The client's end.</summary>
    public WebSocket Client { get; }

    /// <param name="name">"02-v5-exit-code-7", a file below Recorded/12-exec</param>
    public static RecordedExec Read(string name, [CallerFilePath] string here = "")
    {
        var lines = File.ReadAllLines(Path.Combine(Path.GetDirectoryName(here)!, "Recorded", "12-exec", $"{name}.txt"));
        const string Chosen = "< Sec-WebSocket-Protocol:";
        var protocol = lines.Single(line => line.StartsWith(Chosen, StringComparison.Ordinal))[Chosen.Length..];
        return new(
            protocol.Trim() is { Length: > 0 } chosen ? chosen : null,
            [.. lines.Select(line => Sent().Match(line)).Where(match => match.Success).Select(Bytes)]
        );
    }

    /// <summary>Sends what was recorded, then closes as the server did; or drops the connection where the recording has no end.</summary>
    public async Task PlayAsync(bool closes, CancellationToken cancelled)
    {
        foreach (var message in _messages)
            await _server.SendAsync(message.AsMemory(), WebSocketMessageType.Binary, endOfMessage: true, cancelled);

        if (closes)
            await _server.CloseOutputAsync(WebSocketCloseStatus.NormalClosure, null, cancelled);
        else
            _server.Abort();
    }

    public void Dispose()
    {
        Client.Dispose();
        _server.Dispose();
    }

    /// <summary>Written as Python prints bytes.</summary>
    private static byte[] Bytes(Match match) =>
        [
            byte.Parse(match.Groups["channel"].Value, CultureInfo.InvariantCulture),
            .. Encoding.UTF8.GetBytes(match.Groups["data"].Value.Replace("\\n", "\n", StringComparison.Ordinal)),
        ];

    [GeneratedRegex(
        @"S->C opcode=2\(binary\) .* channel=(?<channel>\d+)\(\w+\) data=b'(?<data>.*)'$",
        RegexOptions.None,
        1000
    )]
    private static partial Regex Sent();

    private sealed class Duplex(Stream reads, Stream writes) : Stream
    {
        public override bool CanRead => true;
        public override bool CanSeek => false;
        public override bool CanWrite => true;
        public override long Length => throw new NotSupportedException();
        public override long Position
        {
            get => throw new NotSupportedException();
            set => throw new NotSupportedException();
        }

        public override void Flush() => writes.Flush();

        public override Task FlushAsync(CancellationToken cancellationToken) => writes.FlushAsync(cancellationToken);

        public override int Read(byte[] buffer, int offset, int count) => reads.Read(buffer, offset, count);

        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) =>
            reads.ReadAsync(buffer, cancellationToken);

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();

        public override void Write(byte[] buffer, int offset, int count) => writes.Write(buffer, offset, count);

        public override ValueTask WriteAsync(
            ReadOnlyMemory<byte> buffer,
            CancellationToken cancellationToken = default
        ) => writes.WriteAsync(buffer, cancellationToken);

        protected override void Dispose(bool disposing)
        {
            reads.Dispose();
            writes.Dispose();
            base.Dispose(disposing);
        }
    }
}
