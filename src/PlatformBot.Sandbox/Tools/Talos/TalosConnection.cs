using PlatformBot.Sandbox.Twin.Machines;

namespace PlatformBot.Sandbox.Tools.Talos;

/// <summary>
/// What talosctl can reach with its credentials. The names and the shared address of a cluster's API lead to no machine
/// here: Talos is spoken to at a node's own address.
/// </summary>
internal sealed class TalosConnection(
    MachineRoom room,
    TalosContext context,
    IReadOnlyList<string> endpoints,
    IReadOnlyList<string> nodes
)
{
    /// <summary>The addresses that the call is about.</summary>
    public IReadOnlyList<string> Nodes => nodes;

    public string ContextName => context.Name;

    public static async Task<TalosConnection> OpenAsync(ToolCall call, Flags flags, MachineRoom room)
    {
        var context = await TalosConfigFile.ReadAsync(call, flags);
        var endpoints = flags.Many("endpoints") is { Count: > 0 } given ? given : context.Endpoints;

        if (endpoints.Count == 0)
            throw new ToolException("error constructing client: failed to determine endpoints");

        var nodes = flags.Many("nodes") is { Count: > 0 } named ? named : context.Nodes;
        return new TalosConnection(room, context, endpoints, nodes.Count > 0 ? nodes : [endpoints[0]]);
    }

    /// <summary>The one machine that the command is about; what is wrong with it comes after <paramref name="prefix"/>.</summary>
    public Machine Only(string command, string prefix)
    {
        if (nodes.Count > 1)
            throw new ToolException($"command \"{command}\" is not supported with multiple nodes");

        return Trouble(nodes[0]) is { } trouble ? throw new ToolException($"{prefix}: {trouble}") : room.At(nodes[0])!;
    }

    /// <summary>Why a node cannot be asked; null when it can.</summary>
    public string? Trouble(string node)
    {
        var proxies = endpoints.Select(TroubleAt).ToList();
        return proxies.Contains(null) ? TroubleAt(node) : proxies[0];
    }

    private string? TroubleAt(string address)
    {
        if (room.At(address) is not { } machine)
            return Unreachable(address, "no route to host");

        if (!room.Answers(machine))
            return Unreachable(address, "connection refused");

        return machine.Config?.MachineCa == context.Ca ? null : WrongAuthority;
    }

    private const string WrongAuthority =
        "rpc error: code = Unavailable desc = connection error: desc = \"transport: authentication handshake failed: "
        + "tls: failed to verify certificate: x509: certificate signed by unknown authority (possibly because of "
        + "\\\"x509: Ed25519 verification failure\\\" while trying to verify candidate authority certificate \\\"talos\\\")\"";

    public static string Unreachable(string address, string why) =>
        "rpc error: code = Unavailable desc = connection error: desc = \"transport: Error while dialing: "
        + $"dial tcp {address}:50000: connect: {why}\"";
}
