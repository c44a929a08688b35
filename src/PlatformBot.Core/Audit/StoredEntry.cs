using PlatformBot.Core.Journals;

namespace PlatformBot.Core.Audit;

/// <summary>An entry as it lies in the journal, whatever it says: nothing in it was understood yet.</summary>
/// <param name="What">the event's text, to the byte</param>
public readonly record struct StoredEntry(
    long Number,
    long? Run,
    DateTimeOffset At,
    Person By,
    string What,
    string Hash
)
{
    /// <exception cref="System.Text.Json.JsonException">It is no event of this version.</exception>
    public Entry ToEntry() => new(Number, Run is { } run ? new RunId(run) : null, At, By, EntryJson.Read(What), Hash);
}
