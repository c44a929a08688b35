using System.Globalization;
using PlatformBot.Core;
using PlatformBot.Core.Audit;
using PlatformBot.Core.Journals;

namespace PlatformBot.Storage;

/// <summary>An entry as SQLite has it.</summary>
internal sealed record StoredRow(long Number, long? Run, string At, string ById, string By, string Body, string Hash)
{
    /// <summary>To be completed by where, order and limit.</summary>
    public const string Select = "select number, run, at, by_id as ById, by, body, hash from entries";

    /// <exception cref="JournalUnavailableException">It was never written by a bot.</exception>
    public StoredEntry ToEntry() =>
        DateTimeOffset.TryParse(At, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var at)
            ? new StoredEntry(Number, Run, at, new Person(ById, By), Body, Hash)
            : throw new JournalUnavailableException($"Entry {Number} has no time, but {At}.");
}
