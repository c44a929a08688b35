using System.Globalization;
using PlatformBot.Sandbox.Twin.Machines;

namespace PlatformBot.Sandbox.Tools.Talos;

/// <summary>The commands of talosctl with which a node gets another version of Talos, and goes back.</summary>
internal sealed class TalosUpgrades(MachineRoom room)
{
    public const string UpgradeFlags =
        "image,i= wait stage,s force,f preserve,p timeout= reboot-mode,m= debug insecure";

    private static readonly TimeSpan PullTime = TimeSpan.FromSeconds(20);
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(30);

    private static readonly string[] Columns = ["NODE", "ACK", "STARTED"];

    /// <summary>Answers when the node has taken the order; with --wait (the tool's own default) when it is back.</summary>
    public async Task<int> UpgradeAsync(ToolCall call, Flags flags)
    {
        var connection = await TalosConnection.OpenAsync(call, flags, room);
        var machine = connection.Only("upgrade", "error performing upgrade");
        var image = flags.Get("image") ?? throw new ToolException("error performing upgrade: no image");
        await call.PauseAsync(PullTime);

        try
        {
            room.Upgrade(machine, image, flags.IsOn("force"));
        }
        catch (MachineException refused)
        {
            throw new ToolException($"error performing upgrade: {refused.Message}");
        }

        if (flags.IsOn("wait", otherwise: true))
            return await WatchAsync(call, connection, machine);

        var now = call.Now.ToString("yyyy-MM-dd HH:mm:ss.fffffff +0000 UTC", CultureInfo.InvariantCulture);
        call.Print(TextTable.Write([Columns, [machine.Address, "Upgrade request received", now]]));
        return 0;
    }

    /// <summary>Prints nothing when it is done, as the real one.</summary>
    public async Task<int> RollbackAsync(ToolCall call, Flags flags)
    {
        var connection = await TalosConnection.OpenAsync(call, flags, room);
        var machine = connection.Only("rollback", "error executing rollback");

        try
        {
            room.Revert(machine);
            return 0;
        }
        catch (MachineException refused)
        {
            throw new ToolException($"error executing rollback: {refused.Message}");
        }
    }

    /// <summary>Prints nothing when every node has the image.</summary>
    public async Task<int> PullAsync(ToolCall call, Flags flags)
    {
        var connection = await TalosConnection.OpenAsync(call, flags, room);
        var image = flags.Words.FirstOrDefault() ?? throw new ToolException("accepts 1 arg(s), received 0");
        await call.PauseAsync(PullTime);

        foreach (var node in connection.Nodes)
        {
            if (connection.Trouble(node) is { } trouble)
                throw new ToolException($"error pulling image: {trouble}");

            try
            {
                room.PullInstaller(room.At(node)!, image);
            }
            catch (MachineException missing)
            {
                throw new ToolException($"error pulling image: {missing.Message}");
            }
        }

        return 0;
    }

    private static async Task<int> WatchAsync(ToolCall call, TalosConnection connection, Machine machine)
    {
        call.ComplainLine($"watching nodes: [{machine.Address}]");
        var before = machine.BootedAt;

        for (var waited = TimeSpan.Zero; waited < Patience; waited += TimeSpan.FromSeconds(5))
        {
            await call.PauseAsync(TimeSpan.FromSeconds(5));

            if (machine.BootedAt != before && connection.Trouble(machine.Address) is null)
            {
                call.ComplainLine($"    * {machine.Address}: post check passed");
                return 0;
            }
        }

        throw new ToolException("1 error occurred:\n\t* context deadline exceeded\n");
    }
}
