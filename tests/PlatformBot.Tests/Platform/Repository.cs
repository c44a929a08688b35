using System.Runtime.CompilerServices;

namespace PlatformBot.Tests.Platform;

/// <summary>The files that are shipped.</summary>
internal static class Repository
{
    public static string Root { get; } = Find();

    public static IEnumerable<string> Files(string folder, string pattern = "*") =>
        Directory
            .EnumerateFiles(Path.Combine(Root, folder), pattern, SearchOption.AllDirectories)
            .Order(StringComparer.Ordinal);

    private static string Find([CallerFilePath] string here = "") =>
        Path.GetFullPath(Path.Combine(Path.GetDirectoryName(here)!, "..", "..", ".."));
}
