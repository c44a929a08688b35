using PlatformBot.Sandbox.Twin.Machines;

namespace PlatformBot.Sandbox.Tools.Talos;

/// <summary>The commands of talosctl that change a machine.</summary>
internal sealed class TalosChanges(MachineRoom room)
{
    public const string ApplyFlags = "file,f= mode,m= config-patch,p= insecure,i dry-run timeout=";

    public const string ResetFlags =
        "graceful reboot wait system-labels-to-wipe= user-disks-to-wipe= wipe-mode= timeout= insecure debug";

    public const string WipeFlags = "method= drop-partition skip-volume-check skip-secondary-check";

    /// <summary>A terabyte of zeroes, by the device's own command for it.</summary>
    private static readonly TimeSpan Overwriting = TimeSpan.FromSeconds(40);

    private const string CannotApply = "error applying new configuration";

    public async Task<int> ApplyAsync(ToolCall call, Flags flags)
    {
        var text = await ReadConfigurationAsync(call, flags);
        var machine = flags.IsOn("insecure")
            ? MaintenanceNode(flags)
            : (await TalosConnection.OpenAsync(call, flags, room)).Only("apply-config", CannotApply);
        var config = await ParseAsync(call, flags, text);

        if (flags.IsOn("dry-run"))
            return 0;

        if (flags.IsOn("insecure"))
        {
            room.Install(machine, config);
        }
        else if (flags.Get("mode") is "staged")
        {
            room.Stage(machine, config);
            call.ComplainLine("Staged configuration to be applied after the next reboot");
        }
        else
        {
            room.Replace(machine, config);
            call.ComplainLine("Applied configuration without a reboot");
        }

        return 0;
    }

    public async Task<int> ResetAsync(ToolCall call, Flags flags)
    {
        var connection = await TalosConnection.OpenAsync(call, flags, room);
        var machine = connection.Only("reset", "error executing reset");
        var labels = flags.Many("system-labels-to-wipe");

        try
        {
            room.Reset(
                machine,
                wipesState: labels.Count == 0 || labels.Contains("STATE"),
                wipesEphemeral: labels.Count == 0 || labels.Contains("EPHEMERAL"),
                flags.Many("user-disks-to-wipe"),
                reboots: flags.IsOn("reboot")
            );
        }
        catch (MachineException refused)
        {
            throw new ToolException($"error executing reset: {refused.Message}");
        }

        if (flags.IsOn("wait", otherwise: true))
            await WaitForReturnAsync(call, connection);

        return 0;
    }

    /// <summary>Prints nothing when it is done, as the real one.</summary>
    public async Task<int> WipeDiskAsync(ToolCall call, Flags flags)
    {
        var connection = await TalosConnection.OpenAsync(call, flags, room);
        var machine = connection.Only("wipe disk", "1 error occurred:\n\t*");
        var fast = flags.Get("method", "FAST") != "ZEROES";

        foreach (var disk in flags.Words)
        {
            try
            {
                await call.PauseAsync(fast ? TimeSpan.FromSeconds(2) : Overwriting);
                room.Wipe(machine, disk, fast);
            }
            catch (MachineException refused)
            {
                throw new ToolException($"1 error occurred:\n\t* {machine.Address}: {refused.Message}\n");
            }
        }

        return 0;
    }

    public async Task<int> BootstrapAsync(ToolCall call, Flags flags)
    {
        var connection = await TalosConnection.OpenAsync(call, flags, room);
        var machine = connection.Only("bootstrap", "error executing bootstrap");

        try
        {
            room.Bootstrap(machine);
            return 0;
        }
        catch (MachineException refused)
        {
            throw new ToolException($"error executing bootstrap: {refused.Message}");
        }
    }

    private static async Task<string> ReadConfigurationAsync(ToolCall call, Flags flags)
    {
        var path = flags.Get("file") ?? throw new ToolException("no filename supplied for configuration");

        try
        {
            var text = await call.ReadAsync(path);
            return text.Length > 0 ? text : throw new ToolException("no configuration data read");
        }
        catch (IOException)
        {
            throw new ToolException(
                $"failed to read configuration from file \"{path}\": open {path}: no such file or directory"
            );
        }
    }

    private static async Task<MachineConfig> ParseAsync(ToolCall call, Flags flags, string text)
    {
        try
        {
            var config = await TalosFiles.PatchAllAsync(call, MachineConfig.Parse(text), flags.All("config-patch"));

            return config.Problems() is { Count: > 0 } problems
                ? throw new ToolException(
                    $"{CannotApply}: rpc error: code = InvalidArgument desc = configuration validation failed: "
                        + TalosFiles.Listed(problems)
                )
                : config;
        }
        catch (FormatException wrong)
        {
            throw new ToolException(
                $"{CannotApply}: rpc error: code = InvalidArgument desc = failed to parse config: {wrong.Message}"
            );
        }
    }

    private Machine MaintenanceNode(Flags flags)
    {
        var address = flags.Many("nodes") is [var only]
            ? only
            : throw new ToolException("please provide a single node with --nodes");

        if (room.At(address) is not { } machine || !room.Answers(machine))
            throw new ToolException($"{CannotApply}: {TalosConnection.Unreachable(address, "connection refused")}");

        if (machine.State is not MachineState.Maintenance)
        {
            throw new ToolException(
                $"{CannotApply}: rpc error: code = Unavailable desc = connection error: desc = \"error reading server "
                    + "preface: remote error: tls: certificate required\""
            );
        }

        return flags.Get("mode") is { } mode and not "auto"
            ? throw new ToolException(
                $"{CannotApply}: rpc error: code = Unimplemented desc = apply configuration --mode='{mode}' is not supported in maintenance mode"
            )
            : machine;
    }

    /// <summary>Without --wait=false the tool stays until the node answers to these credentials again, which may be never.</summary>
    private static async Task WaitForReturnAsync(ToolCall call, TalosConnection connection)
    {
        var patience = TimeSpan.FromMinutes(30);

        for (var waited = TimeSpan.Zero; waited < patience; waited += TimeSpan.FromSeconds(5))
        {
            await call.PauseAsync(TimeSpan.FromSeconds(5));

            if (connection.Trouble(connection.Nodes[0]) is null)
                return;
        }

        throw new ToolException("1 error occurred:\n\t* context deadline exceeded\n");
    }
}
