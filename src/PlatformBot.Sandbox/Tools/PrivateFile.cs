namespace PlatformBot.Sandbox.Tools;

/// <summary>Files that only their owner may read: credentials, and scripts that hold some.</summary>
internal static class PrivateFile
{
    public static async Task WriteAsync(string path, string text, CancellationToken token)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        await File.WriteAllTextAsync(path, text, token);
        Restrict(path, UnixFileMode.UserRead | UnixFileMode.UserWrite);
    }

    public static void WriteProgram(string path, string text)
    {
        File.WriteAllText(path, text);
        Restrict(path, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
    }

    private static void Restrict(string path, UnixFileMode mode)
    {
        if (!OperatingSystem.IsWindows())
            File.SetUnixFileMode(path, mode);
    }
}
