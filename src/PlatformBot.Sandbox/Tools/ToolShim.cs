namespace PlatformBot.Sandbox.Tools;

/// <summary>
/// The script that every simulated tool's name is a link to. It is bash alone, because a bootstrap calls tools hundreds of
/// times and a runtime's start-up each time would be most of the waiting.
/// </summary>
/// <remarks>
/// Upwards: fields that end with a NUL. Downwards: "o 5\nhello" (stdout), "e 5\nhello" (stderr), "i 7\n" (send your stdin on
/// a second connection, as number 7), "x 0\n" (exit).
/// </remarks>
internal static class ToolShim
{
    private static readonly string[] Variables =
    [
        "HOME",
        "KUBECONFIG",
        "AWS_ACCESS_KEY_ID",
        "AWS_SECRET_ACCESS_KEY",
        "TALOSCONFIG",
        "GITHUB_TOKEN",
        "OP_SERVICE_ACCOUNT_TOKEN",
    ];

    /// <summary>Writes the script and one link per tool into a folder that is meant for PATH.</summary>
    public static void Install(string folder, IEnumerable<string> tools, int port, string secret)
    {
        Directory.CreateDirectory(folder);
        var script = Path.Combine(folder, ".tool");
        File.Delete(script);
        // The secret stands in the script: nobody else may read it.
        PrivateFile.WriteProgram(script, Script(port, secret));

        foreach (var tool in tools)
        {
            File.Delete(Path.Combine(folder, tool));
            File.CreateSymbolicLink(Path.Combine(folder, tool), ".tool");
        }
    }

    private static string Script(int port, string secret)
    {
        var variables = string.Join(' ', Variables.Select(name => $"\"{name}=${{{name}-}}\""));

        return $$"""
            #!/bin/bash
            # A simulated tool of PlatformBot's sandbox: hands the call over and prints what comes back.
            LC_ALL=C
            door=/dev/tcp/127.0.0.1/{{port}}
            { exec 3<>$door; } 2>/dev/null || { echo "${0##*/}: the sandbox does not run any more" >&2; exit 127; }
            stdin=none
            [[ -p /dev/stdin || -f /dev/stdin || -S /dev/stdin ]] && stdin=some
            printf '%s\0' {{secret}} call "${0##*/}" "$PWD" $stdin {{Variables.Length}} {{variables}} $# "$@" >&3
            while read -r -u 3 kind number; do
              case $kind in
                o) IFS= read -r -u 3 -N "$number" text; printf %s "$text" ;;
                e) IFS= read -r -u 3 -N "$number" text; printf %s "$text" >&2 ;;
                i) { printf '%s\0' {{secret}} stdin "$number"; cat; } >$door 2>/dev/null ;;
                x) exit "$number" ;;
              esac
            done
            echo "${0##*/}: the sandbox went away" >&2
            exit 125

            """;
    }
}
