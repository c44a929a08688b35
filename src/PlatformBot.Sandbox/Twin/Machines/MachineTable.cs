namespace PlatformBot.Sandbox.Twin.Machines;

/// <summary>The six machines as they stand in the rack.</summary>
internal static class MachineTable
{
    private const long Tera = 1_000_204_886_016;
    private const long HalfTera = 512_110_190_592;

    public static IReadOnlyList<Machine> All() =>
        [
            new("infra-01", "10.25.11.11", CephSecond(1, "eui.6479a7726a304b94")),
            new("infra-02", "10.25.11.12", CephFirst(2, Pny(2, "eui.6479a77cda30650b"))),
            new("infra-03", "10.25.11.13", CephSecond(3, "eui.6479a7726a3054e5")),
            new("apps-01", "10.25.11.14", CephFirst(4, Team("TPBF2312120030301178"))),
            new("apps-02", "10.25.11.15", CephFirst(5, Team("TPBF2312120030301595"))),
            new("apps-03", "10.25.11.16", CephFirst(6, Pny(6, "eui.6479a7726a304bbf"))),
        ];

    // The kernel names disks in the order in which it finds them, which differs from machine to machine.
    private static MachineDisk[] CephSecond(int number, string wwid) =>
        [OpenEbs("nvme0n1", number), Pny(number, wwid) with { Name = "nvme1n1" }, System(number)];

    private static MachineDisk[] CephFirst(int number, MachineDisk ceph) =>
        [ceph with { Name = "nvme0n1" }, OpenEbs("nvme1n1", number), System(number)];

    private static MachineDisk Pny(int number, string wwid)
    {
        var serial = $"PNY230123010301006{number}A";
        return new(
            "",
            "PNY CS1031 1TB SSD",
            serial,
            wwid,
            Tera,
            "nvme",
            [$"nvme-PNY_CS1031_1TB_SSD_{serial}", $"nvme-{wwid}"]
        );
    }

    private static MachineDisk Team(string serial) =>
        new(
            "",
            "TEAM TM8FP6001T",
            serial,
            $"eui.{serial[^8..]}6479a777",
            Tera,
            "nvme",
            [$"nvme-TEAM_TM8FP6001T_{serial}"]
        );

    private static MachineDisk OpenEbs(string name, int number)
    {
        var serial = $"TPBF230525004070111{number}";
        return new(
            name,
            "TEAM TM8FP6512G",
            serial,
            $"eui.6479a7764a300a1{number}",
            HalfTera,
            "nvme",
            [$"nvme-TEAM_TM8FP6512G_{serial}"]
        );
    }

    private static MachineDisk System(int number) =>
        new(
            "sda",
            "Samsung SSD 860",
            $"S3YJNB0K12345{number}A",
            $"naa.5002538e40a1b2c{number}",
            250_059_350_016,
            "sata",
            [$"ata-Samsung_SSD_860_EVO_250GB_S3YJNB0K12345{number}A"]
        );
}
