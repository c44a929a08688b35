using PlatformBot.Core.Journals;

namespace PlatformBot.Storage;

/// <summary>
/// One bot per journal: an advisory lock (flock) on a file beside it, held for the process's life. The kernel lets go of it when
/// the process ends, however it ends; the empty file stays and means nothing.
/// </summary>
internal sealed class JournalLock : IDisposable
{
    private readonly FileStream _held;

    private JournalLock(FileStream held) => _held = held;

    /// <exception cref="JournalUnavailableException">Another process has it, or the folder cannot be written.</exception>
    public static JournalLock Take(string journal)
    {
        var path = $"{Path.GetFullPath(journal)}.lock";

        try
        {
            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            return new JournalLock(new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None));
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new JournalUnavailableException(
                File.Exists(path)
                    ? $"Another PlatformBot has the journal {journal} open. Two on one journal would do every step twice, so this one does not start. `fuser {path}` names the other's process. ({exception.Message})"
                    : $"The journal's folder cannot be written: {exception.Message}",
                exception
            );
        }
    }

    public void Dispose() => _held.Dispose();
}
