using System.Globalization;
using System.Text.Json;
using PlatformBot.Core.Journals;

namespace PlatformBot.Core.Audit;

/// <summary>
/// An export of the journal, of all of it or of one run: a head line, a line an entry, an end line; JSON lines. See
/// docs/audit.md for the format, and for what it proves.
/// </summary>
public static class AuditFile
{
    public const int Format = 1;

    private const string Kind = "platformbot-audit";

    /// <param name="entries">every entry, oldest first</param>
    /// <param name="run">only this run's; null for all</param>
    /// <param name="by">who wanted it</param>
    public static IEnumerable<string> Write(IEnumerable<StoredEntry> entries, long? run, string by, DateTimeOffset now)
    {
        var head = Head(run, by, now);
        var (before, chain, count) = (EntryJson.Genesis, EntryJson.Genesis, 0);
        yield return head;

        foreach (var entry in entries)
        {
            if (run is null || entry.Run == run)
            {
                chain = AuditLine.Link(chain, entry.Hash);
                count++;
                yield return AuditLine.Of(entry, before, chain).Text();
            }

            before = entry.Hash;
        }

        yield return End(head, count, chain);
    }

    public static string Head(long? run, string by, DateTimeOffset now) =>
        string.Create(
            CultureInfo.InvariantCulture,
            $"{{\"file\":\"{Kind}\",\"format\":{Format},\"of\":{(run is null ? "\"journal\"" : $"{run}")},\"by\":{JsonSerializer.Serialize(by)},\"at\":\"{now.UtcDateTime:O}\"}}"
        );

    /// <summary>What stands at the end of whatever has this head, this many entries and this chain.</summary>
    public static string End(string head, long count, string chain) =>
        $"{{\"entries\":{count},\"chain\":\"{chain}\",\"head\":\"{Sha256.Of(head)}\"}}";

    /// <summary>An end line, of this export or of another.</summary>
    public static bool IsEnd(string line) => line.StartsWith("{\"entries\":", StringComparison.Ordinal);

    /// <summary>Which run a head line is of: "journal" gives null. False when it is none.</summary>
    public static bool IsHead(string line, out long? run)
    {
        run = null;

        try
        {
            using var json = JsonDocument.Parse(line);
            var root = json.RootElement;
            var of = root.GetProperty("of");
            run = of.ValueKind == JsonValueKind.Number ? of.GetInt64() : null;
            return root.GetProperty("file").GetString() == Kind
                && root.GetProperty("format").GetInt32() == Format
                && (run is not null || of.GetString() == "journal");
        }
        catch (Exception odd)
            when (odd is JsonException or KeyNotFoundException or InvalidOperationException or FormatException)
        {
            return false;
        }
    }
}
