using System.Buffers;
using System.Text;
using PlatformBot.Core.Checks;

namespace PlatformBot.Cli;

/// <summary>Reads one stream of a process to its end: keeps the beginning for the bot's own eyes and hands redacted text on.</summary>
internal sealed class OutputReader(Stream stream, StreamRedaction redaction, Action<string> show)
{
    private readonly ArrayBufferWriter<byte> _kept = new();
    private readonly Lock _gate = new();

    public bool Truncated { get; private set; }

    public ReadOnlyMemory<byte> Kept
    {
        get
        {
            lock (_gate)
                return _kept.WrittenMemory.ToArray();
        }
    }

    public async Task ReadAsync(CancellationToken cancellationToken)
    {
        var buffer = ArrayPool<byte>.Shared.Rent(32 * 1024);
        var text = new char[buffer.Length + 1];
        // Keeps the first half of a character whose second half comes with the next read; invalid bytes become U+FFFD.
        var decoder = Encoding.UTF8.GetDecoder();

        try
        {
            while (await stream.ReadAsync(buffer, cancellationToken) is var read and > 0)
            {
                Keep(buffer.AsSpan(0, read));
                var length = decoder.GetChars(buffer.AsSpan(0, read), text, flush: false);
                Show(text.AsSpan(0, length));
            }
        }
        catch (IOException)
        {
            // The other end is gone: that is an end, too.
        }
        catch (ObjectDisposedException)
        {
            // The runner gave up on a pipe that somebody else holds open.
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    /// <summary>What was held back because its line was not complete.</summary>
    public void Finish()
    {
        lock (_gate)
            show(redaction.Finish());
    }

    private void Show(ReadOnlySpan<char> text)
    {
        lock (_gate)
            show(redaction.Push(text));
    }

    private void Keep(ReadOnlySpan<byte> bytes)
    {
        lock (_gate)
        {
            var room = ProcessRunner.LongestCapture - _kept.WrittenCount;
            Truncated |= bytes.Length > room;
            _kept.Write(bytes[..Math.Min(room, bytes.Length)]);
        }
    }
}
