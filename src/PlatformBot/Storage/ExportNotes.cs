using System.Text.Json;
using PlatformBot.Core;
using PlatformBot.Core.Journals;
using PlatformBot.Core.Runs;

namespace PlatformBot.Storage;

/// <summary>
/// Notes that the journal was read out, left beside it by another process: only the bot writes into the journal. A note is on disk
/// before anything is read, and goes when its entry is on disk.
/// </summary>
/// <param name="journal">path of the journal's file</param>
internal sealed class ExportNotes(string journal)
{
    public string Folder { get; } = $"{Path.GetFullPath(journal)}.exports";

    /// <exception cref="IOException">It cannot be noted, so nothing may be read.</exception>
    /// <exception cref="UnauthorizedAccessException">Likewise.</exception>
    public void Leave(Person by, string of, DateTimeOffset at)
    {
        Directory.CreateDirectory(Folder);
        var path = Path.Combine(Folder, $"{Guid.CreateVersion7():N}");

        using (var draft = new FileStream($"{path}.draft", ForTheBot()))
        {
            JsonSerializer.Serialize(draft, new Note(Plain(by.Id), Plain(by.Name), of, at));
            draft.Flush(flushToDisk: true);
        }

        File.Move($"{path}.draft", $"{path}.json");
    }

    /// <summary>Writes what was noted into the journal.</summary>
    public async Task TakeAsync(IJournal into)
    {
        if (!Directory.Exists(Folder))
            return;

        foreach (var path in Directory.GetFiles(Folder, "*.json").Order(StringComparer.Ordinal))
        {
            var note = Read(path);
            RunEvent what = note is null
                ? new RunEvent.Suspected("a note of an export that is none", path)
                : new RunEvent.Exported(note.Of, note.At, Path.GetFileNameWithoutExtension(path));
            await into.AppendAsync(null, note is null ? Person.Bot : new Person(note.ById, note.By), what);
            File.Delete(path);
        }
    }

    /// <summary>Whoever reads the journal out may be somebody else than the bot, and careful.</summary>
    private static FileStreamOptions ForTheBot()
    {
        var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write };

        if (!OperatingSystem.IsWindows())
        {
            options.UnixCreateMode =
                UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead | UnixFileMode.OtherRead;
        }

        return options;
    }

    private static string Plain(string name) => Words.Cut(string.Concat(name.Where(c => !char.IsControl(c))), 90);

    private static Note? Read(string path)
    {
        try
        {
            var note = JsonSerializer.Deserialize<Note>(File.ReadAllBytes(path));
            return
                note is { ById: { } id, By: { } name, Of: { Length: > 0 and < 100 } of }
                && (id, name, of) == (Plain(id), Plain(name), Plain(of))
                ? note
                : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private sealed record Note(string ById, string By, string Of, DateTimeOffset At);
}
