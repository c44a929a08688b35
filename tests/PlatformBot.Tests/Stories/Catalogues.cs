namespace PlatformBot.Tests.Stories;

/// <summary>A small catalogue for stories: one runbook, one cluster, one tool that leaves traces.</summary>
internal static class Catalogues
{
    /// <summary>
    /// <c>did NAME</c> leaves the file NAME in the world; <c>did NAME unless FILE</c> fails while FILE is there; <c>has NAME</c>
    /// tells by its exit code whether the file is there; anything else is written to the file "said", each word on its line.
    /// </summary>
    private const string Tool = """
        #!/bin/sh
        cd "${0%/*}/../world" || exit 9
        case "$1" in
          did) if [ "$3" = unless ] && [ -e "$4" ]; then echo "no route to $4" >&2; exit 3; fi; : > "$2" ;;
          has) [ -e "$2" ] ;;
          *) printf '%s\n' "$@" > said ;;
        esac
        """;

    public static string ToolsFolder(string folder) => Path.Combine(folder, "bin");

    public static void Write(string folder, string steps)
    {
        foreach (var name in new[] { "commands/phases", "commands/tools", "bin", "world", "runtime", "gitops" })
            Directory.CreateDirectory(Path.Combine(folder, name));

        var indented = string.Join('\n', steps.Split('\n').Select(line => $"  {line}"));
        File.WriteAllText(Path.Combine(folder, "commands", "deploy.yaml"), Runbook);
        File.WriteAllText(
            Path.Combine(folder, "commands", "phases", "rollout.yaml"),
            $"phase: rollout\ntitle: Roll it out\neach: cluster\nsteps:\n{indented}\n"
        );
        File.WriteAllText(Path.Combine(folder, "commands", "inventory.yaml"), Inventory);
        File.WriteAllText(
            Path.Combine(folder, "commands", "tools", "world.yaml"),
            "tool: world\nsummary: Leaves traces\n"
        );
        var tool = Path.Combine(ToolsFolder(folder), "world");
        File.WriteAllText(tool, Tool);

        if (!OperatingSystem.IsWindows())
            File.SetUnixFileMode(tool, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
    }

    private const string Runbook = """
        command: deploy
        summary: Deploy it
        arguments:
          - { name: cluster, type: cluster, help: which one }
          - { name: version, type: text, optional: true, default: "1.0", help: which version }
        access: { run: operator, approve: approver }
        approval: { per: phase, quorum: 1, expires: 4h }
        locks: ["cluster/${{ cluster.name }}"]
        phases:
          - include: phases/rollout.yaml
        """;

    private const string Inventory = """
        versions: { world: "1" }
        clusters:
          infra:
            endpoint: infra.example.org
            nodes:
              - { name: infra-01, address: 192.0.2.11 }
          apps:
            endpoint: apps.example.org
            nodes:
              - { name: apps-01, address: 192.0.2.14 }
        """;
}
