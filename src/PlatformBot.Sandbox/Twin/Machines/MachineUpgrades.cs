using PlatformBot.Sandbox.Kubernetes;
using PlatformBot.Sandbox.Twin.Workloads;

namespace PlatformBot.Sandbox.Twin.Machines;

/// <summary>
/// A machine gets another Talos: its image is pulled, its node cordoned and drained, the other of its two boot slots written, and it
/// reboots into that. What does not boot is left again for the slot before.
/// </summary>
/// <remarks>
/// Faults "NODE/image-missing", "NODE/boots-old"; "NODE/does-not-return" is any reboot's. Talos 1.11 asks etcd before it begins
/// and does not care who else is rebooting: two at once are for the caller to prevent.
/// </remarks>
internal sealed class MachineUpgrades(TwinWorld world)
{
    /// <summary>By this Talos knows that it was itself who cordoned the node.</summary>
    public const string Cordoned = "talos.dev/cordoned";

    private static readonly TimeSpan DrainTime = TimeSpan.FromSeconds(30);

    /// <summary>Pulls the installer, as an upgrade does first.</summary>
    /// <exception cref="MachineException">There is no such image, or the node cannot reach it.</exception>
    public string Pull(Machine machine, string image) =>
        world.Faults.Lasts($"{machine.Name}/image-missing") ? throw NotPulled(image)
        : TalosReleases.OfImage(image) is { } version ? version
        : throw NotPulled(image);

    private static MachineException NotPulled(string image) =>
        new(
            "NotFound",
            $"failed to pull image \"{image}\": failed to resolve reference \"{image}\": {image}: not found"
        );

    /// <summary>Begins an upgrade; the machine drains, then reboots.</summary>
    /// <param name="members">of its etcd that are healthy; or all, for who does not want to know</param>
    /// <exception cref="MachineException">The image cannot be pulled, or etcd must not lose a member.</exception>
    public void Begin(Machine machine, string image, int members)
    {
        if (machine.LeavesAt is not null)
            throw new MachineException("FailedPrecondition", "failed to acquire upgrade mutex: upgrade is in progress");

        try
        {
            machine.Next = Pull(machine, image);
        }
        catch (MachineException missing)
        {
            throw new MachineException(
                "Unknown",
                $"error validating installer image \"{image}\": {missing.Message[(missing.Message.IndexOf("desc = ", StringComparison.Ordinal) + 7)..]}"
            );
        }

        if (members < Members(machine))
        {
            throw new MachineException(
                "Unknown",
                "error validating etcd for upgrade: etcd member 71c0de55aa90112f is not healthy; all members must be "
                    + "healthy to perform an upgrade: context deadline exceeded"
            );
        }

        Drain(machine);
        machine.LeavesAt = world.Clock.GetUtcNow() + DrainTime;
    }

    /// <summary>Boots from the other slot. Nothing is drained: Talos only reboots.</summary>
    /// <exception cref="MachineException">The other slot is empty.</exception>
    public void Revert(Machine machine)
    {
        machine.Next =
            machine.Before
            ?? throw new MachineException("Unknown", "failed to set default entry: no previous boot entry found");
        machine.LeavesAt = world.Clock.GetUtcNow();
    }

    /// <summary>What boots now, after the firmware has done its part.</summary>
    public void Boot(Machine machine)
    {
        machine.LeavesAt = null;

        if (machine.Next is not { } next)
            return;

        machine.Next = null;

        if (next != machine.Talos && !world.Faults.Lasts($"{machine.Name}/boots-old"))
            (machine.Talos, machine.Before) = (next, machine.Talos);
    }

    private int Members(Machine machine) => world.Machines!.Machines.Count(other => other.Etcd == machine.Etcd);

    private void Drain(Machine machine)
    {
        if (world.Clusters.GetValueOrDefault(machine.Config?.ClusterName ?? "") is not { ApiIsUp: true } cluster)
            return;

        cluster.Objects.Update(
            new ObjectKey("v1", "Node", "", machine.Hostname),
            json =>
            {
                json.Section("spec")["unschedulable"] = true;
                json.Section("metadata", "annotations")[Cordoned] = "true";
            }
        );

        foreach (var pod in cluster.Objects.View("v1", "Pod").Where(pod => IsEvicted(pod, machine.Hostname)))
            Deletion.Begin(cluster, ObjectKey.Of(pod));
    }

    private static bool IsEvicted(System.Text.Json.Nodes.JsonObject pod, string node) =>
        pod.Node() == node
        && pod.IsActive()
        && !pod.Items("metadata", "ownerReferences").Any(owner => owner.Text("kind") == "DaemonSet");
}
