namespace PlatformBot.Tests.Stories;

/// <summary>A small catalogue for stories: one runbook, one cluster, one tool that leaves traces.</summary>
internal static class Catalogues
{
    /// <summary>
    /// <c>did NAME</c> leaves the file NAME in the world; <c>did NAME unless FILE</c> fails while FILE is there; <c>has NAME</c>
    /// tells by its exit code whether the file is there; <c>undo NAME</c> removes it, unless there is a file "stuck"; <c>leak</c> prints its secret and fails; <c>keep</c> writes it to the file "kept"; <c>hold FILE</c> writes its pid to
    /// FILE and waits for a file "free"; <c>insist</c> goes on, whoever wants it to end, until there is a file "free"; <c>wait FILE</c> writes its pid
    /// to "pids" and waits for FILE; <c>stray</c> does the like for ever, with a child in a session of its own that does not hear TERM; anything else
    /// is written to the file "said", each word on its line; <c>k6</c> besides writes what is in its files to "held".
    /// </summary>
    private const string Tool = """
        #!/bin/sh
        cd "${0%/*}/../world" || exit 9
        case "$1" in
          did) if [ "$3" = unless ] && [ -e "$4" ]; then echo "no route to $4" >&2; exit 3; fi; : > "$2" ;;
          has) [ -e "$2" ] ;;
          undo) if [ -e stuck ]; then echo "$2 is stuck" >&2; exit 4; fi; /bin/rm "$2" ;;
          leak) printf 'the token is %s\n' "$TOKEN"; printf '%s' "$TOKEN" | /usr/bin/base64; echo "$TOKEN" >&2; exit 1 ;;
          keep) printf '%s' "$TOKEN" > kept ;;
          hold) echo "$$" >> "$2"; until [ -e free ]; do /bin/sleep 0.1; done; : > held ;;
          insist) trap '' TERM; : > insisting; until [ -e free ]; do /bin/sleep 0.1; done ;;
          wait) echo "$$" >> pids; while [ ! -e "$2" ]; do /bin/sleep 0.1; done; : > waited ;;
          k6) /bin/cat "${3#*=}" > held; /bin/ls -l "${3#*=}" | /usr/bin/cut -c1-10 | /usr/bin/tr -d '\n' >> held; /bin/cat "$4" >> held; printf '%s\n' "$@" > said ;;
          stray) /usr/bin/setsid --fork /bin/sh -c 'trap "" TERM; echo "$$" >> strays; while :; do /bin/sleep 1; done'; echo "$$" >> pids; /bin/sleep 300 ;;
          *) printf '%s\n' "$@" > said ;;
        esac
        """;

    /// <summary>A vault that holds one secret, whatever is asked for.</summary>
    private const string Vault = """
        #!/bin/sh
        [ "$1" = read ] && read -r secret < "${0%/*}/../vault" && echo "$secret"
        """;

    /// <summary>What the vault holds.</summary>
    public const string Secret = "xK9-mauve-otter-42-Lq";

    /// <summary>One step, which destroys something.</summary>
    public const string Wipe = """
        - step: wipe
          title: Wipe it
          destructive: wipes ${{ cluster.name }}
          run: [world, did, wiped]
          probe: [{ run: [world, has, wiped] }]
          verify: [{ run: [world, has, wiped] }]
        """;

    /// <summary>Steps of which the first runs until there is a file "go".</summary>
    public const string WaitThenPush = """
        - step: wait
          title: Wait for it
          run: [world, wait, go]
          verify: [{ run: [world, has, waited] }]
        - step: push
          title: Push it
          run: [world, did, pushed]
          verify: [{ run: [world, has, pushed] }]
        """;

    private static readonly string[] Folders =
    [
        "commands/phases",
        "commands/tools",
        "bin",
        "world",
        "runtime",
        "gitops",
        "deploy",
    ];

    public static string ToolsFolder(string folder) => Path.Combine(folder, "bin");

    public static void Write(string folder, string steps, string approval)
    {
        foreach (var name in Folders)
            Directory.CreateDirectory(Path.Combine(folder, name));

        var indented = string.Join('\n', steps.Split('\n').Select(line => $"  {line}"));
        File.WriteAllText(
            Path.Combine(folder, "commands", "deploy.yaml"),
            Runbook.Replace("%APPROVAL%", approval, StringComparison.Ordinal)
        );
        File.WriteAllText(
            Path.Combine(folder, "commands", "phases", "rollout.yaml"),
            $"phase: rollout\ntitle: Roll it out\neach: cluster\nsteps:\n{indented}\n"
        );
        File.WriteAllText(Path.Combine(folder, "commands", "inventory.yaml"), Inventory);
        File.WriteAllText(
            Path.Combine(folder, "commands", "tools", "world.yaml"),
            "tool: world\nsummary: Leaves traces\n"
        );
        File.WriteAllText(Path.Combine(folder, "commands", "tools", "op.yaml"), "tool: op\nsummary: Keeps secrets\n");
        WriteTool(folder, "world", Tool);
        WriteTool(folder, "op", Vault);
        Rotate(folder, Secret);
    }

    /// <summary>From now on the vault holds another secret.</summary>
    public static void Rotate(string folder, string secret) =>
        File.WriteAllText(Path.Combine(folder, "vault"), $"{secret}\n");

    private static void WriteTool(string folder, string name, string script)
    {
        var tool = Path.Combine(ToolsFolder(folder), name);
        File.WriteAllText(tool, script);

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
        approval: %APPROVAL%
        locks: ["cluster/${{ cluster.name }}"]
        alongside: true
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
        metrics: { cluster: infra, namespace: monitoring, service: vmsingle, port: 8428 }
        """;
}
