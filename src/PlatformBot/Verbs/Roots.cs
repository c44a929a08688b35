namespace PlatformBot.Verbs;

/// <summary>Finds the folder that holds <c>commands/</c> and <c>deploy/</c>.</summary>
internal static class Roots
{
    /// <summary>The working folder or one above it, else the one the program lies in or one above that; null when there is none.</summary>
    public static string? Find()
    {
        foreach (var start in new[] { Environment.CurrentDirectory, AppContext.BaseDirectory })
        {
            for (var folder = new DirectoryInfo(start); folder is not null; folder = folder.Parent)
            {
                if (File.Exists(Path.Combine(folder.FullName, "commands", "inventory.yaml")))
                    return folder.FullName;
            }
        }

        return null;
    }
}
