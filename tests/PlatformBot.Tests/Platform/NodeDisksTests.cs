using PlatformBot.Talos;
using Shouldly;
using Xunit;

namespace PlatformBot.Tests.Platform;

/// <summary>Which disk may be given away, by what Talos says of a node: one JSON document per resource, one after the other.</summary>
public sealed class NodeDisksTests
{
    private const long Terabyte = 1_000_204_886_016;

    private readonly string _disks =
        Disk("nvme0n1", 512_110_190_592, "local") + Disk("nvme1n1", Terabyte, "ceph") + Disk("sda", Terabyte, "system");

    private string _system = """{"metadata":{"id":"system-disk"},"spec":{"devPath":"/dev/sda","diskID":"sda"}}""";

    private const string Volumes =
        """{"metadata":{"id":"u-openebs"},"spec":{"location":"/dev/nvme0n1p1","phase":"ready"}}""";

    private string _found = "";

    [Fact]
    public void A_disk_is_found_by_its_own_name_whatever_the_kernel_calls_it() => Free("ceph").ShouldBe("nvme1n1");

    [Theory]
    [InlineData("gone", "the node has no disk gone")]
    [InlineData("system", "system is sda, the disk with the operating system")]
    [InlineData("local", "local is nvme0n1, which carries Talos' volume u-openebs")]
    public void The_nodes_own_disks_are_not_given_away(string link, string why) => Free(link).ShouldBe(why);

    [Fact]
    public void A_disk_that_is_too_small_is_another_one() =>
        Free("ceph", 2 * Terabyte).ShouldBe("ceph is nvme1n1 with 1000 GB, less than 2000");

    [Fact]
    public void Without_knowing_the_systems_disk_none_is_given_away()
    {
        _system = "";

        Free("ceph").ShouldBe("Talos does not say which disk is the system's");
    }

    [Fact]
    public void What_lies_on_a_disk_or_its_partitions_is_said()
    {
        _found =
            """{"metadata":{"id":"nvme1n1"},"spec":{"name":"gpt"}}{"metadata":{"id":"nvme1n1p1"},"spec":{"name":"","parent":"nvme1n1"}}{"metadata":{"id":"sda"},"spec":{"name":"gpt"}}""";

        Read().Content("nvme1n1").ShouldBe(["gpt", "a partition on nvme1n1p1"]);
        Read().Content("nvme0n1").ShouldBeEmpty();
    }

    [Fact]
    public void What_is_no_JSON_is_no_answer()
    {
        NodeDisks.Read(["NODE NAMESPACE", "", "", ""]).Ok(out _, out var refusal).ShouldBeFalse();

        refusal!.Reason.ShouldStartWith("talosctl's answer is no JSON");
    }

    private string Free(string link, long atLeast = 900_000_000_000) =>
        Read().Free(link, atLeast).Ok(out var name, out var refusal) ? name : refusal.Reason;

    private NodeDisks Read()
    {
        NodeDisks
            .Read([_disks, _system, Volumes, _found])
            .Ok(out var disks, out var refusal)
            .ShouldBeTrue(refusal?.Reason);
        return disks!;
    }

    private static string Disk(string name, long size, string link) =>
        $$$"""{"metadata":{"id":"{{{name}}}"},"spec":{"size":{{{size}}},"symlinks":["/dev/disk/by-id/{{{link}}}"]}}""";
}
