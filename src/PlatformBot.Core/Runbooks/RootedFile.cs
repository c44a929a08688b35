namespace PlatformBot.Core.Runbooks;

/// <summary>Files are named relative to a root folder and never lie outside it, not even by way of a link.</summary>
internal static class RootedFile
{
    /// <summary>The full path of a file that is there.</summary>
    /// <param name="why">when null is returned: what is wrong, to be said after the path</param>
    public static string? Find(string root, string relative, out string why)
    {
        why = "";
        var parts = relative.Split('/');

        if (relative.Contains('\\', StringComparison.Ordinal) || parts.Any(part => part is "" or "." or ".."))
        {
            why = "is not a plain path inside the root folder.";
            return null;
        }

        var path = Path.GetFullPath(root);

        foreach (var part in parts)
        {
            path = Path.Combine(path, part);

            if (new FileInfo(path).LinkTarget is not null)
            {
                why = "is, or lies behind, a symbolic link.";
                return null;
            }
        }

        if (File.Exists(path))
            return path;

        why = "does not exist.";
        return null;
    }
}
