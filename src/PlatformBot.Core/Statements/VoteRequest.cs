using System.IO.Compression;
using System.Text;
using System.Text.Json;
using PlatformBot.Core.Approvals;
using PlatformBot.Core.Journals;
using PlatformBot.Core.Runs;

namespace PlatformBot.Core.Statements;

/// <summary>
/// What somebody who cannot reach the bot needs in order to decide: the run's own entries. Whoever reads it makes the plan, the
/// commands and the digest out of them, and need not believe what a file on its way says of them.
/// </summary>
/// <param name="Bot">hash of the first entry of the bot's journal</param>
/// <param name="Approval">its name</param>
/// <param name="Deciders">who could decide when it was made</param>
public sealed record VoteRequest(
    string Bot,
    string Approval,
    IReadOnlyList<Person> Deciders,
    IReadOnlyList<Entry> Entries
)
{
    private const string Begin = "-----BEGIN PLATFORMBOT REQUEST-----\n";
    private const string End = "-----END PLATFORMBOT REQUEST-----";
    private const int Line = 76;

    /// <summary>Bytes. A run that has thousands of entries is smaller.</summary>
    private const int Longest = 64 * 1024 * 1024;

    private static readonly JsonSerializerOptions Options = new(JsonSerializerDefaults.Web)
    {
        AllowDuplicateProperties = false,
    };

    /// <summary>The run, as its entries tell it, and the approval that is asked for; null when they tell of none.</summary>
    public (Run Run, Approval Approval)? Read() =>
        Run.Replay(Entries) is { } run && run.Approvals.GetValueOrDefault(Approval) is { } approval
            ? (run, approval)
            : null;

    /// <summary>A block of letters, for a file or a mail.</summary>
    public string ToBlock()
    {
        var stored = new Stored(
            Bot,
            Approval,
            [.. Deciders],
            Entries[0].Run!.Value.Number,
            [
                .. Entries.Select(entry => new Row(
                    entry.Number,
                    entry.At,
                    entry.By.Id,
                    entry.By.Name,
                    EntryJson.Write(entry.What)
                )),
            ]
        );
        using var packed = new MemoryStream();

        using (var zip = new BrotliStream(packed, CompressionLevel.Optimal, leaveOpen: true))
            JsonSerializer.Serialize(zip, stored, Options);

        var text = Convert.ToBase64String(packed.ToArray());
        var block = new StringBuilder(Begin);

        foreach (var line in text.Chunk(Line))
            block.Append(line).Append('\n');

        return block.Append(End).Append('\n').ToString();
    }

    /// <summary>Finds the block in a file; null when there is none, or it is damaged.</summary>
    public static VoteRequest? Parse(string text)
    {
        var plain = text.Replace("\r\n", "\n", StringComparison.Ordinal);
        var from = plain.LastIndexOf(Begin, StringComparison.Ordinal) + Begin.Length;
        var to = from < Begin.Length ? -1 : plain.IndexOf(End, from, StringComparison.Ordinal);

        try
        {
            return to < 0 ? null : Unpack(Convert.FromBase64String(plain[from..to]));
        }
        catch (Exception damaged)
            when (damaged is FormatException or JsonException or InvalidDataException or InvalidOperationException)
        {
            return null;
        }
    }

    private static VoteRequest? Unpack(byte[] packed)
    {
        using var zip = new BrotliStream(new MemoryStream(packed), CompressionMode.Decompress);
        var plain = new byte[Longest + 1];
        var length = zip.ReadAtLeast(plain, plain.Length, throwOnEndOfStream: false);

        if (length > Longest || JsonSerializer.Deserialize<Stored>(plain.AsSpan(0, length), Options) is not { } stored)
            return null;

        var run = new RunId(stored.Run);
        return new(
            stored.Bot,
            stored.Approval,
            stored.Deciders,
            [
                .. stored.Entries.Select(row => new Entry(
                    row.Number,
                    run,
                    row.At,
                    new Person(row.ById, row.By),
                    EntryJson.Read(row.What),
                    Hash: ""
                )),
            ]
        );
    }

    private sealed record Stored(string Bot, string Approval, Person[] Deciders, long Run, Row[] Entries);

    private sealed record Row(long Number, DateTimeOffset At, string ById, string By, string What);
}
