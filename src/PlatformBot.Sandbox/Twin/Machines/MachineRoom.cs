namespace PlatformBot.Sandbox.Twin.Machines;

/// <summary>A machine refuses what it is asked, in Talos' words and with gRPC's code.</summary>
public sealed class MachineException(string code, string message)
    : Exception($"rpc error: code = {code} desc = {message}");

/// <summary>
/// The six machines. At first they are the cluster <c>k8s</c> of old; what they become follows from the configurations
/// that they are given, the resets and the bootstraps.
/// </summary>
public sealed class MachineRoom : IController
{
    /// <summary>From a reboot until Talos answers: mostly the firmware's self-test.</summary>
    private static readonly TimeSpan BootTime = TimeSpan.FromSeconds(210);

    private static readonly TimeSpan ServicesTime = TimeSpan.FromSeconds(12);
    private static readonly TimeSpan TimeSyncTime = TimeSpan.FromSeconds(25);
    private static readonly TimeSpan EtcdStartTime = TimeSpan.FromSeconds(20);
    private static readonly TimeSpan ControlPlaneTime = TimeSpan.FromSeconds(35);
    private static readonly TimeSpan KubeletTime = TimeSpan.FromSeconds(15);

    private readonly Lock _gate = new();
    private readonly TwinWorld _world;
    private readonly MachineUpgrades _upgrades;

    public MachineRoom(TwinWorld world)
    {
        _world = world;
        _upgrades = new(world);
        world.Machines = this;
        Old = TalosSecrets.Generate(Now);
        Machines = MachineTable.All();

        foreach (var machine in Machines)
        {
            machine.Config = OldCluster.ConfigOf(machine, Old);
            machine.BootedAt = Now.AddDays(-61);
            machine.Etcd = OldCluster.Name;
            machine.EtcdHealthyAt = machine.BootedAt;
            machine.Contents[machine.SystemDisk.Name] = new DiskContent("gpt");
            machine.Contents[CephDiskOf(machine).Name] = DiskContent.OfCeph(OldCluster.Ceph);
        }
    }

    /// <summary>The third disk, neither the system's nor OpenEBS'.</summary>
    private static MachineDisk CephDiskOf(Machine machine) =>
        machine.Disks.First(disk => disk != machine.SystemDisk && disk != machine.LocalDisk);

    /// <summary>The secrets of the cluster that is to go.</summary>
    public TalosSecrets Old { get; }

    public IReadOnlyList<Machine> Machines { get; }

    private DateTimeOffset Now => _world.Clock.GetUtcNow();

    public Machine? At(string address) => Machines.FirstOrDefault(machine => machine.Address == address);

    /// <summary>True while a machine can be talked to at all.</summary>
    public bool Answers(Machine machine)
    {
        lock (_gate)
            return machine.State is not MachineState.Down;
    }

    /// <summary>The members of the etcd cluster that this machine belongs to, itself included.</summary>
    public IReadOnlyList<Machine> EtcdMembersWith(Machine machine)
    {
        lock (_gate)
        {
            return IsEtcdHealthy(machine)
                ? [.. Machines.Where(other => other.Etcd == machine.Etcd && IsEtcdHealthy(other))]
                : [];
        }
    }

    /// <remarks>Fault "NODE/etcd-down".</remarks>
    public bool IsEtcdHealthy(Machine machine) =>
        machine is { State: MachineState.Running, Etcd: not null }
        && machine.EtcdHealthyAt <= Now
        && !_world.Faults.Lasts($"{machine.Name}/etcd-down");

    /// <summary>The machine behind a node whose kubelet does not post its status; null when it does, or when nobody knows the machine.</summary>
    public Machine? Silent(TwinCluster cluster, string node)
    {
        lock (_gate)
        {
            return Machines.FirstOrDefault(machine =>
                machine.Config?.ClusterName == cluster.Name
                && machine.Hostname == node
                && (machine.State is not MachineState.Running || Now < machine.BootedAt + KubeletTime)
            );
        }
    }

    /// <summary>The running machine behind a node.</summary>
    public Machine? Behind(TwinCluster cluster, string node) =>
        Machines.FirstOrDefault(machine => machine.Config?.ClusterName == cluster.Name && machine.Hostname == node);

    /// <summary>Fetches an image of Talos; throws as the node refuses.</summary>
    public void PullInstaller(Machine machine, string image) => _upgrades.Pull(machine, image);

    /// <exception cref="MachineException">The image cannot be pulled, or etcd must not lose a member.</exception>
    /// <param name="force">etcd is not asked</param>
    public void Upgrade(Machine machine, string image, bool force = false)
    {
        var members = force ? int.MaxValue : EtcdMembersWith(machine).Count;

        lock (_gate)
            _upgrades.Begin(machine, image, members);
    }

    /// <exception cref="MachineException">There is nothing to go back to.</exception>
    public void Revert(Machine machine)
    {
        lock (_gate)
            _upgrades.Revert(machine);
    }

    public void Stage(Machine machine, MachineConfig config)
    {
        lock (_gate)
            machine.Staged = config;
    }

    /// <summary>A configuration for a machine in maintenance mode: it installs and reboots into it.</summary>
    public void Install(Machine machine, MachineConfig config)
    {
        lock (_gate)
        {
            machine.Staged = config;
            machine.Config = null;
            TakeDown(machine);
        }
    }

    /// <summary>Changes a running machine in place, as an apply without a mode does: what lies on its disks stays.</summary>
    public void Replace(Machine machine, MachineConfig config)
    {
        lock (_gate)
            machine.Config = config;
    }

    /// <exception cref="MachineException">A disk is not there, or is the system's.</exception>
    public void Reset(
        Machine machine,
        bool wipesState,
        bool wipesEphemeral,
        IReadOnlyList<string> userDisks,
        bool reboots
    )
    {
        lock (_gate)
        {
            foreach (var path in userDisks)
            {
                if (!machine.Disks.Any(disk => disk.Path == path))
                    throw new MachineException("Unknown", $"reset user disk failed: device {path} wasn't found");

                if (machine.SystemDisk.Path == path)
                    throw new MachineException("Unknown", $"reset user disk failed: device {path} is the system disk");
            }

            foreach (var path in userDisks)
                WipeFast(machine, path["/dev/".Length..]);

            machine.Etcd = wipesEphemeral ? null : machine.Etcd;

            if (wipesState)
                (machine.Config, machine.Staged) = (null, null);

            TakeDown(machine);
            machine.ReturnsAt = reboots ? machine.ReturnsAt : DateTimeOffset.MaxValue;
        }
    }

    /// <summary>Overwrites a disk, or (fast) only where programs look first.</summary>
    /// <param name="disk">the kernel's name</param>
    /// <exception cref="MachineException">There is no such disk, or a volume of Talos lies on it.</exception>
    public void Wipe(Machine machine, string disk, bool fast)
    {
        if (machine.Disks.FirstOrDefault(one => one.Name == disk) is not { } found)
            throw new MachineException("NotFound", $"blockdevice \"{disk}\" not found");

        if (found == machine.SystemDisk || found == machine.LocalDisk && machine.HasUserVolume)
        {
            var volume = found == machine.SystemDisk ? "EPHEMERAL" : "u-openebs";
            throw new MachineException(
                "FailedPrecondition",
                $"blockdevice \"{disk}\" is in use by volume \"{volume}\""
            );
        }

        // A disk that does not do what it says it has done.
        if (_world.Faults.Lasts($"{machine.Name}/disk-not-empty"))
            return;

        if (fast)
            WipeFast(machine, disk);
        else
            machine.Contents[disk] = DiskContent.Empty;
    }

    private static void WipeFast(Machine machine, string disk)
    {
        if (machine.Contents.TryGetValue(disk, out var content))
            machine.Contents[disk] = content with { Seen = "" };
    }

    /// <exception cref="MachineException">It is too early, or there is data already.</exception>
    public void Bootstrap(Machine machine)
    {
        lock (_gate)
        {
            var cluster = machine.Config?.ClusterName;

            if (_world.Faults.Strikes($"{cluster}/etcd-bootstrap"))
                throw new MachineException("FailedPrecondition", "time is not in sync yet");

            if (Now < machine.BootedAt + ServicesTime)
                throw new MachineException("FailedPrecondition", "bootstrap is not available yet");

            if (Now < machine.BootedAt + TimeSyncTime)
                throw new MachineException("FailedPrecondition", "time is not in sync yet");

            if (machine.Etcd is not null)
                throw new MachineException("AlreadyExists", "etcd data directory is not empty");

            machine.Etcd = $"{cluster}-{Guid.NewGuid():N}";
            machine.EtcdHealthyAt = Now + EtcdStartTime;
        }
    }

    public void Reconcile(TwinCluster cluster)
    {
        lock (_gate)
        {
            foreach (var machine in Machines)
                Advance(machine);

            var members = Machines.Where(machine => BelongsTo(machine, cluster) && IsEtcdHealthy(machine)).ToList();
            UpdateControlPlane(cluster, members);

            if (cluster.ApiIsUp)
                members.ForEach(machine => Register(cluster, machine));
        }
    }

    private void Advance(Machine machine)
    {
        if (machine.State is MachineState.Down)
            Return(machine);
        else if (machine.LeavesAt <= Now)
            TakeDown(machine);
        else if (machine is { State: MachineState.Running, Etcd: null } && Now >= machine.BootedAt + TimeSyncTime)
            Join(machine);
    }

    private void Return(Machine machine)
    {
        // Somebody has to press its button; then it takes its time again.
        if (_world.Faults.Lasts($"{machine.Name}/does-not-return"))
            machine.ReturnsAt = Now + BootTime / 4;

        // A configuration without the machine's own address cuts it off.
        if (Now < machine.ReturnsAt || (machine.Staged ?? machine.Config)?.Addresses.Contains(machine.Address) == false)
            return;

        machine.Config = machine.Staged ?? machine.Config;
        machine.Staged = null;
        machine.BootedAt = machine.ReturnsAt;
        _upgrades.Boot(machine);

        // A member that was away catches up before it counts.
        if (machine.Etcd is not null)
            machine.EtcdHealthyAt = machine.BootedAt + EtcdStartTime;

        machine.State = machine.Config is null ? MachineState.Maintenance : MachineState.Running;
    }

    /// <summary>A member without data joins the cluster of its kind by itself, once somebody has bootstrapped that.</summary>
    private void Join(Machine machine)
    {
        var first = Machines
            .Where(other => IsEtcdHealthy(other) && IsSameCluster(machine, other))
            .MinBy(other => other.EtcdHealthyAt);

        if (first is null)
            return;

        var before = Machines.Count(other => other.Etcd == first.Etcd);
        machine.Etcd = first.Etcd;
        machine.EtcdHealthyAt = Now + TimeSpan.FromSeconds(8 * before);
    }

    private static bool IsSameCluster(Machine one, Machine other) =>
        one.Config?.ClusterId is { } id && other.Config?.ClusterId == id && one.Config.EtcdCa == other.Config.EtcdCa;

    /// <summary>Data of another cluster's etcd is of no use: a machine that was changed in place keeps it, and hangs.</summary>
    private static bool BelongsTo(Machine machine, TwinCluster cluster) =>
        machine.Config?.ClusterName == cluster.Name
        && machine.Etcd?.StartsWith($"{cluster.Name}-", StringComparison.Ordinal) != false
        && machine.Config.Endpoint == $"https://{cluster.Name}.k8s.monosense.io:6443";

    private void UpdateControlPlane(TwinCluster cluster, List<Machine> members)
    {
        if (!HasQuorum(cluster, members))
            members = [];

        if (!cluster.ApiIsUp && members.Exists(machine => machine.EtcdHealthyAt + ControlPlaneTime <= Now))
            cluster.BringUp();
        else if (cluster.ApiIsUp && members.Count == 0)
            Stop(cluster);
    }

    /// <summary>More than half of those that have once been healthy members.</summary>
    private bool HasQuorum(TwinCluster cluster, List<Machine> members) =>
        2 * members.Count
        > Machines.Count(machine =>
            BelongsTo(machine, cluster) && machine.Etcd is not null && machine.EtcdHealthyAt <= Now
        );

    private void Stop(TwinCluster cluster)
    {
        // With the last member's data gone there is nothing to come back to.
        if (Machines.Any(machine => BelongsTo(machine, cluster) && machine.Etcd is not null))
            cluster.ApiIsUp = false;
        else
            cluster.TearDown();
    }

    private void Register(TwinCluster cluster, Machine machine)
    {
        var key = new ObjectKey("v1", "Node", "", machine.Hostname);

        if (machine.EtcdHealthyAt + KubeletTime <= Now && cluster.Objects.Get(key) is null)
            cluster.Objects.Put(NodeObject.Of(machine, Machines.ToList().IndexOf(machine) % 3));
    }

    private void TakeDown(Machine machine)
    {
        machine.State = MachineState.Down;
        machine.ReturnsAt = Now + BootTime;
    }
}

/// <summary>The cluster of old that the machines come from.</summary>
internal static class OldCluster
{
    public const string Name = "k8s";

    /// <summary>The fsid of its Ceph.</summary>
    public const string Ceph = "6f1c2a7e-0d5e-4f0c-9b1b-2f6f3a9d7c11";

    public static MachineConfig ConfigOf(Machine machine, TalosSecrets secrets) =>
        MachineConfig.Parse(
            $$"""
            version: v1alpha1
            machine:
              type: controlplane
              token: {{secrets.MachineToken}}
              ca: { crt: {{secrets.Machine.Certificate}}, key: {{secrets.Machine.Key}} }
              install: { diskSelector: { model: Samsung SSD 860 } }
              network:
                hostname: {{machine.Name.Replace("infra", "k8s", StringComparison.Ordinal).Replace(
                "apps",
                "k8s-b",
                StringComparison.Ordinal
            )}}
                interfaces:
                  - interface: bond0
                    addresses: [{{machine.Address}}/24]
            cluster:
              id: {{secrets.ClusterId}}
              secret: {{secrets.ClusterSecret}}
              token: {{secrets.BootstrapToken}}
              ca: { crt: {{secrets.Kubernetes.Certificate}}, key: {{secrets.Kubernetes.Key}} }
              aggregatorCA: { crt: {{secrets.Aggregator.Certificate}}, key: {{secrets.Aggregator.Key}} }
              clusterName: {{Name}}
              controlPlane: { endpoint: "https://k8s.monosense.io:6443" }
              etcd: { ca: { crt: {{secrets.Etcd.Certificate}}, key: {{secrets.Etcd.Key}} } }
            """
        );
}
