using System.Text.Json.Nodes;
using PlatformBot.Sandbox.Kubernetes;
using PlatformBot.Sandbox.Twin.Workloads;

namespace PlatformBot.Sandbox.Twin.Storage;

/// <summary>One disk under Ceph.</summary>
internal sealed record CephOsd(int Id, string Node, bool IsUp);

/// <summary>One of Ceph's complaints.</summary>
/// <param name="Severity">HEALTH_WARN or HEALTH_ERR</param>
internal sealed record CephCheck(string Code, string Severity, string Message);

/// <summary>How a cluster's Ceph is, read from its pods, the machines' disks and the faults.</summary>
/// <remarks>Faults "CLUSTER/disk-nearfull" and "CLUSTER/disk-full".</remarks>
internal sealed record CephState(
    string Fsid,
    IReadOnlyList<string> Quorum,
    IReadOnlyList<CephOsd> Osds,
    bool IsNearFull,
    bool IsFull
)
{
    public const string Namespace = "rook-ceph";
    public const long DiskBytes = 1_000_204_886_016;

    private const int Monitors = 3;
    private const int Copies = 3;

    public int Up => Osds.Count(osd => osd.IsUp);

    /// <summary>Monitors agree, and enough copies of everything can be written.</summary>
    public bool Writes => Answers && Up >= Copies - 1 && !IsFull;

    public bool Answers => Quorum.Count > Monitors / 2;

    public string Health =>
        Checks.Any(check => check.Severity == "HEALTH_ERR") ? "HEALTH_ERR"
        : Checks.Any() ? "HEALTH_WARN"
        : "HEALTH_OK";

    public IEnumerable<CephCheck> Checks
    {
        get
        {
            if (Quorum.Count < Monitors)
            {
                yield return Warn(
                    "MON_DOWN",
                    $"{Monitors - Quorum.Count}/{Monitors} mons down, quorum {string.Join(',', Quorum)}"
                );
            }

            if (Up < Osds.Count)
                yield return Warn("OSD_DOWN", $"{Osds.Count - Up} osds down");

            if (Osds.Count < Copies)
                yield return Warn("TOO_FEW_OSDS", $"OSD count {Osds.Count} < osd_pool_default_size {Copies}");

            if (IsFull)
                yield return new CephCheck("OSD_FULL", "HEALTH_ERR", $"{Osds.Count} full osd(s)");
            else if (IsNearFull)
                yield return Warn("OSD_NEARFULL", $"{Osds.Count} nearfull osd(s)");

            if (IsFull || IsNearFull)
            {
                yield return Warn(
                    IsFull ? "POOL_FULL" : "POOL_NEARFULL",
                    $"2 pool(s) {(IsFull ? "full" : "nearfull")}"
                );
            }
        }
    }

    private static CephCheck Warn(string code, string message) => new(code, "HEALTH_WARN", message);

    public long UsedBytes =>
        (long)(
            DiskBytes
            * Osds.Count
            * (
                IsFull ? 0.96
                : IsNearFull ? 0.88
                : 0.02
            )
        );

    public static CephState Of(TwinWorld world, TwinCluster cluster)
    {
        var fsid = FsidOf(cluster);
        var programs = cluster.Objects.View("apps/v1", "Deployment", Namespace);
        return new CephState(
            fsid,
            [
                .. programs
                    .Where(one => one.Label("app") == "rook-ceph-mon" && Runs(one))
                    .Select(one => one.Label("mon")),
            ],
            [.. programs.Where(one => one.Label("app") == "rook-ceph-osd").Select(one => OsdOf(world, one, fsid))],
            world.Faults.Lasts($"{cluster.Name}/disk-nearfull"),
            world.Faults.Lasts($"{cluster.Name}/disk-full")
        );
    }

    /// <summary>The name of the Ceph cluster that Rook has made; "" before.</summary>
    public static string FsidOf(TwinCluster cluster) =>
        SecretText.Of(cluster.Objects, Namespace, "rook-ceph-mon", "fsid") ?? "";

    private static bool Runs(JsonObject deployment) => deployment.Whole("status", "readyReplicas") > 0;

    private static CephOsd OsdOf(TwinWorld world, JsonObject deployment, string fsid)
    {
        var node = deployment.Label("topology-location-host");
        return new CephOsd(
            int.Parse(deployment.Label("ceph-osd-id"), System.Globalization.CultureInfo.InvariantCulture),
            node,
            Runs(deployment) && CephDisks.Belongs(world, node, fsid)
        );
    }
}
