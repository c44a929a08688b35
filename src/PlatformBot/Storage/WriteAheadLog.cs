using System.Buffers.Binary;
using PlatformBot.Core.Journals;

namespace PlatformBot.Storage;

/// <summary>
/// Looks at SQLite's write-ahead log before SQLite does. SQLite takes everything up to the first frame that is not whole and drops
/// the rest without a word. That is right for a tail that a crash has torn, and wrong for damage further up: since a transaction
/// is only begun when the one before it is on the disk, complete transactions behind a broken frame were durable once.
/// </summary>
internal static class WriteAheadLog
{
    private const int HeaderLength = 32;
    private const int FrameHeaderLength = 24;
    private const uint BigEndianSums = 0x377F0683;
    private const uint LittleEndianSums = 0x377F0682;

    /// <exception cref="JournalUnavailableException">Entries that were durable would be lost.</exception>
    public static void Check(string journal)
    {
        var path = $"{journal}-wal";

        if (!File.Exists(path))
            return;

        using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);

        if (Damage(file) is { } damage)
        {
            throw new JournalUnavailableException(
                $"The journal's write-ahead log {path} is damaged: {damage}. SQLite would drop everything from there on without a word, so it was not opened and nothing was changed. Restore the last backup (docs/operations.md)."
            );
        }
    }

    /// <summary>What is wrong, in words; null when at most the tail is torn.</summary>
    public static string? Damage(Stream file)
    {
        var header = new byte[HeaderLength];

        // Its first bytes are on the disk before its first frame is written.
        if (file.ReadAtLeast(header, HeaderLength, throwOnEndOfStream: false) < HeaderLength)
            return null;

        var magic = BinaryPrimitives.ReadUInt32BigEndian(header);
        var sums = new Sums(magic is BigEndianSums);
        sums.Add(header.AsSpan(0, 24));

        if (magic is not (BigEndianSums or LittleEndianSums) || !sums.Are(header.AsSpan(24)))
            return file.Length == HeaderLength ? null : "its header is not what was written";

        var frame = new byte[FrameHeaderLength + BinaryPrimitives.ReadUInt32BigEndian(header.AsSpan(8))];
        var salt = header.AsSpan(16, 8);

        for (var number = 1; Next(file, frame); number++)
        {
            sums.Add(frame.AsSpan(0, 8));
            sums.Add(frame.AsSpan(FrameHeaderLength));

            if (!IsOf(frame, salt) || !sums.Are(frame.AsSpan(16)))
                return TransactionsBehind(file, frame, salt) ? $"frame {number} is not what was written" : null;
        }

        return null;
    }

    /// <summary>Whether anything follows the end of the transaction to which the broken frame belongs.</summary>
    private static bool TransactionsBehind(Stream file, byte[] frame, ReadOnlySpan<byte> salt)
    {
        var ended = false;

        do
        {
            if (!IsOf(frame, salt))
                continue;

            if (ended)
                return true;

            ended = BinaryPrimitives.ReadUInt32BigEndian(frame.AsSpan(4)) != 0;
        } while (Next(file, frame));

        return false;
    }

    /// <summary>Frames with another salt are left over from before the log was begun anew.</summary>
    private static bool IsOf(byte[] frame, ReadOnlySpan<byte> salt) => frame.AsSpan(8, 8).SequenceEqual(salt);

    private static bool Next(Stream file, byte[] frame) =>
        file.ReadAtLeast(frame, frame.Length, throwOnEndOfStream: false) == frame.Length;

    /// <summary>SQLite's running checksum (https://www.sqlite.org/fileformat2.html#checksum_algorithm).</summary>
    private struct Sums(bool bigEndian)
    {
        private uint _first;
        private uint _second;

        public void Add(ReadOnlySpan<byte> bytes)
        {
            for (var at = 0; at < bytes.Length; at += 8)
            {
                _first += Word(bytes[at..]) + _second;
                _second += Word(bytes[(at + 4)..]) + _first;
            }
        }

        public readonly bool Are(ReadOnlySpan<byte> stored) =>
            BinaryPrimitives.ReadUInt32BigEndian(stored) == _first
            && BinaryPrimitives.ReadUInt32BigEndian(stored[4..]) == _second;

        private readonly uint Word(ReadOnlySpan<byte> bytes) =>
            bigEndian ? BinaryPrimitives.ReadUInt32BigEndian(bytes) : BinaryPrimitives.ReadUInt32LittleEndian(bytes);
    }
}
