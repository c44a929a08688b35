using System.Collections.Concurrent;

namespace PlatformBot.Sandbox.Twin.Machines;

/// <summary>A disk as Talos sees it.</summary>
/// <param name="Links">names below /dev/disk/by-id/</param>
public sealed record MachineDisk(
    string Name,
    string Model,
    string Serial,
    string Wwid,
    long Size,
    string Transport,
    IReadOnlyList<string> Links
)
{
    public string Path => $"/dev/{Name}";
}

/// <summary>What lies on a disk.</summary>
/// <param name="Seen">what is found where one looks first: "gpt", "bluestore", "" for nothing</param>
/// <param name="Ceph">the Ceph cluster whose labels lie anywhere on it, also deep in the middle; null = none</param>
public sealed record DiskContent(string Seen, string? Ceph = null)
{
    public static readonly DiskContent Empty = new("");

    /// <summary>What Ceph leaves on a disk that it has taken.</summary>
    public static DiskContent OfCeph(string fsid) => new("bluestore", fsid);
}

/// <summary>What a machine is doing.</summary>
public enum MachineState
{
    /// <summary>Talos runs with a configuration.</summary>
    Running,

    /// <summary>Between a reboot and the moment when Talos answers again.</summary>
    Down,

    /// <summary>Talos runs without a configuration and waits for one.</summary>
    Maintenance,
}

/// <summary>One physical machine: what it is made of, what it runs, and what lies on its disks.</summary>
public sealed class Machine(string name, string address, IReadOnlyList<MachineDisk> disks)
{
    /// <summary>The name on its label, e.g. "infra-01".</summary>
    public string Name { get; } = name;

    public string Address { get; } = address;

    public IReadOnlyList<MachineDisk> Disks { get; } = disks;

    /// <summary>The disk with Talos on it.</summary>
    public MachineDisk SystemDisk => Disks.First(disk => disk.Model.StartsWith("Samsung", StringComparison.Ordinal));

    public MachineState State { get; internal set; } = MachineState.Running;

    /// <summary>The configuration that it runs, null in maintenance mode.</summary>
    public MachineConfig? Config { get; internal set; }

    /// <summary>The configuration for the next boot.</summary>
    public MachineConfig? Staged { get; internal set; }

    /// <summary>When Talos last came up.</summary>
    public DateTimeOffset BootedAt { get; internal set; }

    /// <summary>When it will come up, while it is down.</summary>
    public DateTimeOffset ReturnsAt { get; internal set; }

    /// <summary>Which etcd cluster's data lies on its disk; null = none.</summary>
    public string? Etcd { get; internal set; }

    /// <summary>When its etcd member became (or will be) healthy.</summary>
    public DateTimeOffset EtcdHealthyAt { get; internal set; }

    /// <summary>The version of Talos that it runs: "1.11.2".</summary>
    public string Talos { get; internal set; } = TalosReleases.First;

    /// <summary>The version in the other boot slot; null = nothing yet.</summary>
    public string? Before { get; internal set; }

    /// <summary>The version that it will boot next; null = the one that it runs.</summary>
    internal string? Next { get; set; }

    /// <summary>When it will have drained and reboots; null = it stays.</summary>
    internal DateTimeOffset? LeavesAt { get; set; }

    /// <summary>The version of its kubelet: "1.34.1".</summary>
    public string Kubelet { get; internal set; } = TalosReleases.FirstKubernetes;

    /// <summary>The disk that is the platform's own, besides the system's: OpenEBS keeps its volumes there.</summary>
    public MachineDisk LocalDisk => Disks.First(disk => disk.Model == "TEAM TM8FP6512G");

    /// <summary>True once a configuration asks for the user volume on <see cref="LocalDisk"/>.</summary>
    public bool HasUserVolume => Config?.ToYaml().Contains("kind: UserVolumeConfig", StringComparison.Ordinal) == true;

    public DiskContent On(MachineDisk disk) => Contents.GetValueOrDefault(disk.Name, DiskContent.Empty);

    internal ConcurrentDictionary<string, DiskContent> Contents { get; } = [];

    public string Hostname => Config?.Hostname ?? $"talos-{Name}";
}
