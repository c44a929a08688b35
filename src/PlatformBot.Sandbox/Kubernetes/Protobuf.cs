using System.Text;

namespace PlatformBot.Sandbox.Kubernetes;

/// <summary>Writing the wire form of protocol buffers: length-delimited fields, texts and flags, which is all that is used here.</summary>
internal sealed class ProtobufWriter
{
    private readonly List<byte> _bytes = [];

    public byte[] ToArray() => [.. _bytes];

    public ProtobufWriter Add(int field, string text) => Add(field, Encoding.UTF8.GetBytes(text));

    public ProtobufWriter Add(int field, ProtobufWriter message) => Add(field, message.ToArray());

    private ProtobufWriter Add(int field, byte[] bytes)
    {
        Number((uint)((field << 3) | 2));
        Number((uint)bytes.Length);
        _bytes.AddRange(bytes);
        return this;
    }

    private void Number(uint value)
    {
        for (; value >= 0x80; value >>= 7)
            _bytes.Add((byte)(value | 0x80));

        _bytes.Add((byte)value);
    }
}

/// <summary>Reading the length-delimited fields of a message; numbers are passed over.</summary>
internal static class ProtobufReader
{
    /// <summary>The fields in order. Nothing more is read after the first thing that is no field.</summary>
    public static IEnumerable<(int Field, ReadOnlyMemory<byte> Value)> Fields(ReadOnlyMemory<byte> message)
    {
        var at = 0;

        while (Number(message, ref at) is { } tag)
        {
            var number = Number(message, ref at);

            if (number is null || (tag & 7) is not (0 or 2))
                yield break;

            if ((tag & 7) == 0)
                continue;

            if (number > (ulong)(message.Length - at))
                yield break;

            yield return ((int)(tag >> 3), message.Slice(at, (int)number));
            at += (int)number;
        }
    }

    /// <summary>The last value of a field; empty when there is none.</summary>
    public static ReadOnlyMemory<byte> Field(ReadOnlyMemory<byte> message, int field) =>
        Fields(message).LastOrDefault(found => found.Field == field).Value;

    public static string Text(ReadOnlyMemory<byte> message, int field) =>
        Encoding.UTF8.GetString(Field(message, field).Span);

    private static ulong? Number(ReadOnlyMemory<byte> message, ref int at)
    {
        var value = 0UL;

        for (var shift = 0; shift < 64 && at < message.Length; shift += 7)
        {
            var next = message.Span[at++];
            value |= (ulong)(next & 0x7f) << shift;

            if (next < 0x80)
                return value;
        }

        return null;
    }
}
