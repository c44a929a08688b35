using System.Buffers;
using System.Collections.Concurrent;
using System.Globalization;
using System.Text;

namespace PlatformBot.Sandbox.Tools;

/// <summary>The server's end of one tool process's connection; <see cref="ToolShim"/> is the other end.</summary>
internal sealed class ToolWire(Stream stream, ConcurrentDictionary<string, TaskCompletionSource<string>> stdins)
{
    // Bash takes a block into one variable; small enough to stream, large enough to be quick.
    private const int BlockSize = 32 * 1024;

    public async Task SendAsync(char kind, string text, CancellationToken token)
    {
        var bytes = Encoding.UTF8.GetBytes(text);

        for (var start = 0; start < bytes.Length; start += BlockSize)
        {
            var block = bytes.AsMemory(start, Math.Min(BlockSize, bytes.Length - start));
            byte[] frame = [.. Encoding.ASCII.GetBytes($"{kind} {block.Length}\n"), .. block.Span];
            await stream.WriteAsync(frame, token);
        }
    }

    public async Task ExitAsync(int code, CancellationToken token) =>
        await stream.WriteAsync(Encoding.ASCII.GetBytes($"x {code}\n"), token);

    public async Task<string> AskForStdinAsync(CancellationToken token)
    {
        var id = Guid.NewGuid().ToString("N");
        var arrival = new TaskCompletionSource<string>(TaskCreationOptions.RunContinuationsAsynchronously);
        stdins[id] = arrival;

        try
        {
            await stream.WriteAsync(Encoding.ASCII.GetBytes($"i {id}\n"), token);
            return await arrival.Task.WaitAsync(token);
        }
        finally
        {
            stdins.TryRemove(id, out _);
        }
    }

    /// <summary>The call that the process sends first; null for anything else than a well-formed one.</summary>
    public static async Task<ToolRequest?> ReadRequestAsync(FieldReader fields, CancellationToken token)
    {
        var tool = await fields.ReadAsync(token) ?? "";
        var directory = await fields.ReadAsync(token);
        var stdin = await fields.ReadAsync(token);
        var environment = await ReadListAsync(fields, token);
        var arguments = await ReadListAsync(fields, token);

        if (directory is null || environment is null || arguments is null)
            return null;

        var variables = environment
            .Select(pair => pair.Split('=', 2))
            .Where(pair => pair.Length == 2)
            .ToDictionary(pair => pair[0], pair => pair[1]);
        return new ToolRequest(tool, directory, stdin is "some", variables, arguments);
    }

    private static async Task<List<string>?> ReadListAsync(FieldReader fields, CancellationToken token)
    {
        var written = await fields.ReadAsync(token);

        if (!int.TryParse(written, NumberStyles.None, CultureInfo.InvariantCulture, out var count))
            return null;

        var list = new List<string>();

        for (var index = 0; index < count; index++)
        {
            if (await fields.ReadAsync(token) is not { } field)
                return null;

            list.Add(field);
        }

        return list;
    }
}

/// <summary>Fields that end with a NUL, and what follows them.</summary>
internal sealed class FieldReader(Stream stream)
{
    private readonly byte[] _buffer = new byte[64 * 1024];
    private int _start;
    private int _end;

    /// <summary>The next field; null when the other side is gone.</summary>
    public async Task<string?> ReadAsync(CancellationToken token)
    {
        var field = new ArrayBufferWriter<byte>();

        while (true)
        {
            var at = Array.IndexOf(_buffer, (byte)0, _start, _end - _start);
            field.Write(_buffer.AsSpan(_start, (at < 0 ? _end : at) - _start));

            if (at >= 0)
            {
                _start = at + 1;
                return Encoding.UTF8.GetString(field.WrittenSpan);
            }

            _start = 0;
            _end = await stream.ReadAsync(_buffer, token);

            if (_end == 0)
                return null;
        }
    }

    /// <summary>Everything up to the end.</summary>
    public async Task<string> ReadRestAsync(CancellationToken token)
    {
        using var rest = new MemoryStream();
        await rest.WriteAsync(_buffer.AsMemory(_start, _end - _start), token);
        await stream.CopyToAsync(rest, token);
        return Encoding.UTF8.GetString(rest.GetBuffer(), 0, (int)rest.Length);
    }
}
