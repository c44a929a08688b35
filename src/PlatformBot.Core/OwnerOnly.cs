namespace PlatformBot.Core;

/// <summary>Files and folders that nobody but the bot's own user may read. (Windows has no such modes; there the folder's rights count.)</summary>
public static class OwnerOnly
{
    private const UnixFileMode OfFile = UnixFileMode.UserRead | UnixFileMode.UserWrite;
    private const UnixFileMode OfFolder = OfFile | UnixFileMode.UserExecute;

    /// <summary>One that is there already stays as it is: it may be somebody else's (a volume's).</summary>
    /// <exception cref="IOException">It cannot be made.</exception>
    /// <exception cref="UnauthorizedAccessException">The folder above does not let the bot.</exception>
    public static void CreateFolder(string path)
    {
        if (OperatingSystem.IsWindows())
            Directory.CreateDirectory(path);
        else
            Directory.CreateDirectory(path, OfFolder);
    }

    /// <summary>Takes everybody else's rights on a folder that is there.</summary>
    /// <exception cref="UnauthorizedAccessException">It is not the bot's.</exception>
    public static void NarrowFolder(string path) => Narrow(path, OfFolder);

    /// <summary>Takes everybody else's rights on a file or socket that something else has made.</summary>
    /// <exception cref="UnauthorizedAccessException">It is not the bot's.</exception>
    public static void NarrowFile(string path) => Narrow(path, OfFile);

    private static void Narrow(string path, UnixFileMode mode)
    {
        if (!OperatingSystem.IsWindows())
            File.SetUnixFileMode(path, mode);
    }

    /// <summary>For writing a file that has these rights from its first byte.</summary>
    public static FileStreamOptions Writing(FileMode mode)
    {
        var options = new FileStreamOptions { Mode = mode, Access = FileAccess.Write };

        if (!OperatingSystem.IsWindows())
            options.UnixCreateMode = OfFile;

        return options;
    }
}
