using System.Security.Cryptography;
using System.Text;
using PlatformBot.Sandbox.Kubernetes.Tables;
using PlatformBot.Sandbox.Twin.Machines;

namespace PlatformBot.Sandbox.Tools.Talos;

/// <summary>The commands of talosctl that look at versions, services and etcd.</summary>
internal sealed class TalosViews(MachineRoom room)
{
    private static readonly string[] MemberColumns = ["NODE", "ID", "HOSTNAME", "PEER URLS", "CLIENT URLS", "LEARNER"];

    private static readonly string[] StatusColumns =
        "NODE|MEMBER|DB SIZE|IN USE|LEADER|RAFT INDEX|RAFT TERM|RAFT APPLIED INDEX|LEARNER|PROTOCOL|STORAGE|ERRORS".Split(
            '|'
        );

    public async Task<int> VersionAsync(ToolCall call, Flags flags)
    {
        call.PrintLine("Client:");
        call.PrintLine(flags.IsOn("short") ? "Talos v1.11.2" : VersionBlock("\tTag:         v1.11.2\n"));

        if (flags.IsOn("client"))
            return 0;

        call.PrintLine("Server:");
        var connection = await TalosConnection.OpenAsync(call, flags, room);
        var failures = new List<string>();

        foreach (var node in connection.Nodes)
        {
            if (connection.Trouble(node) is { } trouble)
            {
                failures.Add(connection.Nodes.Count == 1 ? trouble : $"{node}: {trouble}");
            }
            else
            {
                call.PrintLine(
                    VersionBlock($"\tNODE:        {node}\n\tTag:         v{room.At(node)!.Talos}\n")
                        + "\n\tEnabled:     RBAC"
                );
            }
        }

        if (failures.Count == connection.Nodes.Count)
        {
            throw new ToolException(
                $"error getting version: {(failures is [var one] ? one : TalosFiles.Listed(failures))}"
            );
        }

        // The trap of this tool: some nodes failed, and the exit code is 0.
        if (failures.Count > 0)
            call.ComplainLine($"WARNING: {TalosFiles.Listed(failures)}");

        return 0;
    }

    public async Task<int> EtcdMembersAsync(ToolCall call, Flags flags)
    {
        var connection = await TalosConnection.OpenAsync(call, flags, room);
        var rows = new List<IReadOnlyList<string>> { MemberColumns };

        foreach (var node in connection.Nodes)
        {
            var members = room.EtcdMembersWith(Reach(connection, node, "error getting members"));

            if (members.Count == 0)
            {
                throw new ToolException(
                    "error getting members: rpc error: code = Unknown desc = error building etcd client: context deadline exceeded"
                );
            }

            rows.AddRange(
                members.Select(member =>
                    new[]
                    {
                        node,
                        MemberId(member),
                        member.Hostname,
                        $"https://{member.Address}:2380",
                        $"https://{member.Address}:2379",
                        "false",
                    }
                )
            );
        }

        call.Print(TextTable.Write(rows));
        return 0;
    }

    public async Task<int> EtcdStatusAsync(ToolCall call, Flags flags)
    {
        var connection = await TalosConnection.OpenAsync(call, flags, room);
        var rows = new List<IReadOnlyList<string>> { StatusColumns };
        var failures = new List<string>();

        foreach (var node in connection.Nodes)
        {
            if (connection.Trouble(node) is { } trouble)
                failures.Add(trouble);
            else if (room.EtcdMembersWith(room.At(node)!) is [var leader, ..])
                rows.Add(StatusOf(room.At(node)!, leader).Split('|'));
            else
                failures.Add("rpc error: code = Unknown desc = error building etcd client: context deadline exceeded");
        }

        if (failures.Count == connection.Nodes.Count)
        {
            throw new ToolException(
                $"error getting status: {(failures is [var one] ? one : TalosFiles.Listed(failures))}"
            );
        }

        call.Print(TextTable.Write(rows));

        // Who does not answer is a warning, and the exit code is 0.
        if (failures.Count > 0)
            call.ComplainLine($"WARNING: {TalosFiles.Listed(failures)}");

        return 0;
    }

    private static string StatusOf(Machine machine, Machine leader) =>
        $"{machine.Address}|{MemberId(machine)}|9.4 MB|3.1 MB (33.21%)|{MemberId(leader)}|4411|3|4411|false|3.6.4|3.6.0|";

    /// <summary>Prints nothing when there are no alarms, which are never raised here.</summary>
    public async Task<int> EtcdAlarmsAsync(ToolCall call, Flags flags)
    {
        var connection = await TalosConnection.OpenAsync(call, flags, room);

        foreach (var node in connection.Nodes)
            Reach(connection, node, "error getting alarms");

        return 0;
    }

    /// <summary>In bytes; the database of a small cluster.</summary>
    private const int SnapshotSize = 2 << 20;

    public async Task<int> EtcdSnapshotAsync(ToolCall call, Flags flags)
    {
        var connection = await TalosConnection.OpenAsync(call, flags, room);
        var machine = connection.Only("etcd snapshot", "error reading snapshot");
        var path = flags.Words.FirstOrDefault() ?? throw new ToolException("accepts 1 arg(s), received 0");

        if (!room.IsEtcdHealthy(machine))
        {
            throw new ToolException(
                "error reading snapshot: rpc error: code = Unknown desc = error building etcd client: context deadline exceeded"
            );
        }

        var head = $"snapshot of the simulated etcd of {machine.Config?.ClusterName} at {call.Now:O}\n";
        var text = head.PadRight(SnapshotSize, '.');
        await call.WriteAsync(path, text);
        var size = Encoding.UTF8.GetByteCount(text);
        call.PrintLine($"etcd snapshot saved to \"{path}\" ({size} bytes)");
        call.PrintLine($"snapshot info: hash {Hash(text, 8)}, revision 48210533, total keys 15022, total size {size}");
        return 0;
    }

    public async Task<int> ServiceAsync(ToolCall call, Flags flags)
    {
        var connection = await TalosConnection.OpenAsync(call, flags, room);
        var service = flags.Words.FirstOrDefault() ?? "etcd";

        if (service is not "etcd")
            throw new ToolException($"the sandbox's talosctl knows the service etcd only, not \"{service}\"");

        foreach (var node in connection.Nodes)
            call.Print(EtcdService(Reach(connection, node, "error listing services"), call.Now));

        return 0;
    }

    private string EtcdService(Machine machine, DateTimeOffset now)
    {
        var (state, health, events) = room.IsEtcdHealthy(machine)
            ? (
                "Running",
                "OK",
                // The history is told, too: what was Preparing once says so for ever.
                $"""
                [Running]: Health check successful ({Ago(now - machine.EtcdHealthyAt)} ago)
                         [Preparing]: Creating service runner ({Ago(now - machine.EtcdHealthyAt)} ago)
                """
            )
            : ("Preparing", "?", $"[Preparing]: Running pre state ({Ago(now - machine.BootedAt)} ago)");

        return $"""
            NODE     {machine.Address}
            ID       etcd
            STATE    {state}
            HEALTH   {health}
            EVENTS   {events}

            """;
    }

    private Machine Reach(TalosConnection connection, string node, string prefix) =>
        connection.Trouble(node) is { } trouble ? throw new ToolException($"{prefix}: {trouble}") : room.At(node)!;

    private static string Ago(TimeSpan span) => Ages.Of(span < TimeSpan.Zero ? TimeSpan.Zero : span);

    private static string MemberId(Machine machine) => Hash($"{machine.Etcd}/{machine.Name}", 16);

    private static string Hash(string text, int length) =>
        Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)))[..length];

    private static string VersionBlock(string head) =>
        $"{head}\tSHA:         511748b5\n\tBuilt:       \n\tGo version:  go1.24.7\n\tOS/Arch:     linux/amd64";
}
