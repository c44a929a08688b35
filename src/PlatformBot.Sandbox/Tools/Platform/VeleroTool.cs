namespace PlatformBot.Sandbox.Tools.Platform;

/// <summary>velero: its version; backups come with the storage phase.</summary>
internal static class VeleroTool
{
    public static Tool Create() =>
        new("velero", "kubecontext= namespace,n=", "Error: {0}", [Command.Quick("version", "client-only", Version)]);

    private static int Version(ToolCall call, Flags flags)
    {
        if (!flags.IsOn("client-only"))
            throw new ToolException("An error occurred: the sandbox's velero knows its own version only");

        call.PrintLine("Client:\n\tVersion: v1.17.1\n\tGit commit: 9f0c3f0f2b8e8e4d6cf2f1e3b5a1d6f0c7d9e8ab");
        return 0;
    }
}
