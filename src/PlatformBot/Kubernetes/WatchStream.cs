using System.Buffers;
using System.IO.Pipelines;
using System.Runtime.CompilerServices;
using System.Text.Json;

namespace PlatformBot.Kubernetes;

/// <summary>What a watch tells: one thing that happened to one object.</summary>
/// <param name="Type">"ADDED", "MODIFIED", "DELETED" or "BOOKMARK"</param>
internal sealed record WatchEvent(string Type, JsonElement Object)
{
    public string Version => Object.Text("metadata", "resourceVersion") ?? "";
}

/// <summary>The body of a watch: one JSON document per line.</summary>
internal static class WatchStream
{
    /// <summary>One object is at most about 3 MiB; a line that is longer is no watch.</summary>
    private const int LongestLine = 16 * 1024 * 1024;

    /// <summary>A server that has nothing to tell sends a bookmark about once a minute; one that is silent for longer is not there any more.</summary>
    private static readonly TimeSpan Silence = TimeSpan.FromMinutes(3);

    /// <exception cref="ApiException">The server says inside the stream that it cannot go on, or the connection was lost.</exception>
    public static async IAsyncEnumerable<WatchEvent> ReadAsync(
        Stream body,
        TimeProvider clock,
        [EnumeratorCancellation] CancellationToken cancellationToken
    )
    {
        var reader = PipeReader.Create(body, new StreamPipeReaderOptions(leaveOpen: true));
        using var silence = new CancellationTokenSource(Silence, clock);
        using var limited = CancellationTokenSource.CreateLinkedTokenSource(silence.Token, cancellationToken);

        try
        {
            while (true)
            {
                silence.CancelAfter(Silence);
                var read = await ReadAsync(reader, limited.Token, cancellationToken);
                var rest = read.Buffer;

                while (TryCut(ref rest, out var line))
                {
                    if (Parse(line) is { } happened)
                        yield return happened;
                }

                reader.AdvanceTo(rest.Start, rest.End);

                if (read.IsCompleted)
                    yield break;

                if (rest.Length > LongestLine)
                    throw ApiException.Unreachable("a line of its watch has no end");
            }
        }
        finally
        {
            await reader.CompleteAsync();
        }
    }

    private static async Task<ReadResult> ReadAsync(
        PipeReader reader,
        CancellationToken limited,
        CancellationToken cancellationToken
    )
    {
        try
        {
            return await reader.ReadAsync(limited);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            throw ApiException.Unreachable($"its watch was silent for {Silence.TotalMinutes:0} minutes");
        }
        catch (Exception error) when (error is IOException or HttpRequestException)
        {
            throw ApiException.Unreachable("the connection was cut");
        }
    }

    private static bool TryCut(ref ReadOnlySequence<byte> rest, out ReadOnlySequence<byte> line)
    {
        var end = rest.PositionOf((byte)'\n');
        line = end is { } at ? rest.Slice(0, at) : default;

        if (end is { } here)
            rest = rest.Slice(rest.GetPosition(1, here));

        return end is not null;
    }

    private static WatchEvent? Parse(ReadOnlySequence<byte> line)
    {
        if (line.IsEmpty)
            return null;

        try
        {
            var reader = new Utf8JsonReader(line);
            var json = JsonElement.ParseValue(ref reader);
            var (type, item) = (json.Text("type"), json.At("object"));
            return type == "ERROR" ? throw ApiException.FromStatus(item) : new WatchEvent(type ?? "", item);
        }
        catch (JsonException)
        {
            throw ApiException.Unreachable("what it sends is no watch");
        }
    }
}
