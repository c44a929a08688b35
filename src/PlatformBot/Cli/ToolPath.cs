namespace PlatformBot.Cli;

/// <summary>Finds tools by name on the configured path, looking at the disk each time: tools may be installed while the bot runs.</summary>
internal sealed class ToolPath(string path)
{
    /// <summary>The bot's own name in runbooks.</summary>
    private const string Self = "platformbot";

    public string Value => path;

    /// <summary>The file and, where the tool is run by another program, the arguments that come first; null when it is not there.</summary>
    public IReadOnlyList<string>? Find(string tool)
    {
        if (tool == Self)
            return OwnProgram();

        // Only names: a path in a runbook would go around the list of known tools.
        if (tool.Length == 0 || tool.Contains('/', StringComparison.Ordinal))
            return null;

        var file = path.Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries)
            .Select(folder => Path.Combine(folder, tool))
            .FirstOrDefault(IsExecutable);

        return file is null ? null : [file];
    }

    /// <summary>The program beside our own assembly, whichever process has loaded it (under "dotnet …" and in tests that is another).</summary>
    private static string[] OwnProgram()
    {
        var own = Path.Combine(AppContext.BaseDirectory, Self);
        return IsExecutable(own) ? [own] : [Environment.ProcessPath!, $"{own}.dll"];
    }

    private static bool IsExecutable(string file)
    {
        const UnixFileMode Execute = UnixFileMode.UserExecute | UnixFileMode.GroupExecute | UnixFileMode.OtherExecute;

        if (!File.Exists(file))
            return false;

        return OperatingSystem.IsWindows() || (File.GetUnixFileMode(file) & Execute) != UnixFileMode.None;
    }
}
