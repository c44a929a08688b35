using System.Text.Json.Nodes;
using PlatformBot.Sandbox.Kubernetes;
using PlatformBot.Sandbox.Twin.Machines;

namespace PlatformBot.Sandbox.Twin.Storage;

/// <summary>What Rook finds on the nodes' disks, and whether it takes them.</summary>
internal static class CephDisks
{
    /// <summary>True when a disk of the node carries this Ceph cluster's data.</summary>
    public static bool Belongs(TwinWorld world, string node, string fsid) =>
        MachineOf(world, node) is { } machine && machine.Disks.Any(disk => machine.On(disk).Ceph == fsid);

    /// <summary>Takes the disk that the CephCluster names for the node: its path, or why not, as the prepare job logs it.</summary>
    public static (string? Path, string Log) Take(TwinWorld world, JsonObject ceph, string node, string fsid)
    {
        var (machine, disk, log) = Look(world, ceph, node, fsid);

        if (machine is null || disk is null)
            return (null, log);

        machine.Contents[disk.Name] = DiskContent.OfCeph(fsid);
        return (disk.Path, log);
    }

    /// <summary>What the prepare job of the node logs.</summary>
    public static string Log(TwinWorld world, JsonObject ceph, string node, string fsid) =>
        Look(world, ceph, node, fsid).Log;

    private static (Machine? Machine, MachineDisk? Disk, string Log) Look(
        TwinWorld world,
        JsonObject ceph,
        string node,
        string fsid
    )
    {
        var wanted = DeviceOf(ceph, node);
        var machine = MachineOf(world, node);
        var disk = machine?.Disks.FirstOrDefault(one =>
            one.Path == wanted || one.Links.Any(link => $"/dev/disk/by-id/{link}" == wanted)
        );

        if (machine is null || disk is null)
            return (null, null, Nothing(node, $"desired device \"{wanted}\" not found on this node"));

        if (Refusal(machine, disk, fsid) is { } why)
            return (null, null, Nothing(node, why));

        var known = machine.On(disk).Ceph == fsid;
        var log = known
            ? "1 ceph-volume raw osd devices configured on this node"
            : $"configuring new device {disk.Path}";
        return (machine, disk, $"I | cephosd: {log}\n");
    }

    private static string? Refusal(Machine machine, MachineDisk disk, string fsid)
    {
        var content = machine.On(disk);

        if (disk == machine.SystemDisk || disk == machine.LocalDisk && machine.HasUserVolume)
            return $"skipping device \"{disk.Name}\" because it contains a filesystem \"xfs\"";

        if (content.Ceph == fsid)
            return null;

        if (content.Seen.Length > 0)
            return $"skipping device \"{disk.Name}\" because it contains a filesystem \"ceph_bluestore\"";

        // A fast wipe has not reached the labels deep in the disk.
        return content.Ceph is { } other
            ? $"skipping osd.0: \"{Guid.Empty}\" belonging to a different ceph cluster \"{other}\""
            : null;
    }

    private static string Nothing(string node, string why) =>
        $"I | cephosd: {why}\n"
        + $"W | cephosd: skipping OSD configuration as no devices matched the storage settings for this node \"{node}\"\n";

    private static string DeviceOf(JsonObject ceph, string node) =>
        ceph.Items("spec", "storage", "nodes")
            .Where(one => one.Text("name") == node)
            .SelectMany(one => one.Items("devices"))
            .FirstOrDefault()
            .Text("name");

    private static Machine? MachineOf(TwinWorld world, string node) =>
        world.Machines?.Machines.FirstOrDefault(machine => machine.Name == node);
}
