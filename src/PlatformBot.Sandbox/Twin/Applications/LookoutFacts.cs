using PlatformBot.Sandbox.Kubernetes;
using PlatformBot.Sandbox.Twin.Helm.Charts;

namespace PlatformBot.Sandbox.Twin.Applications;

/// <summary>What must be true of what looks after the applications: they are seen by their public names, and copied.</summary>
internal static class LookoutFacts
{
    private static readonly (string Cluster, string Namespace, string Name)[] Sources =
    [
        ("infra", "observability", "jaeger-badger"),
        ("apps", "gitlab", "gitaly-0"),
        ("apps", "harbor", "jobservice"),
    ];

    public static IEnumerable<TwinFact> Of(TwinWorld world)
    {
        var infra = world.Clusters["infra"];
        var seen = new Lookouts(world).Seen(infra);
        var away = seen.Where(one => !one.Answers).Select(one => one.Name).ToList();
        yield return new TwinFact(
            "Gatus sees every public name answer",
            seen.Count > 0 && away.Count == 0,
            seen.Count == 0 ? "it does not run"
                : away.Count == 0 ? $"{seen.Count} of {seen.Count}"
                : $"away: {string.Join(", ", away)}"
        );
        yield return Volumes(world);
        yield return Objects(infra);
    }

    private static TwinFact Volumes(TwinWorld world)
    {
        var missing = Sources
            .Where(one =>
                world
                    .Clusters[one.Cluster]
                    .Objects.View(new ObjectKey(VolSyncChart.ApiVersion, "ReplicationSource", one.Namespace, one.Name))
                    .Text("status", "latestMoverStatus", "result") != "Successful"
            )
            .Select(one => $"{one.Namespace}/{one.Name}")
            .ToList();
        return new TwinFact(
            "repositories, job logs and traces are on the NAS",
            missing.Count == 0,
            missing.Count == 0 ? $"{Sources.Length} volumes sent" : $"not sent: {string.Join(", ", missing)}"
        );
    }

    private static TwinFact Objects(TwinCluster infra)
    {
        var copies = infra
            .Objects.View("batch/v1", "Job", "rook-ceph")
            .Where(job => job.Name().StartsWith("s3-mirror-", StringComparison.Ordinal))
            .ToList();
        var done = copies
            .Where(job => job.Holds("Complete"))
            .Select(job => job.Name().Split('-')[2])
            .Distinct()
            .Count();
        return new TwinFact(
            "infra: the object store is copied to the NAS",
            done == 3,
            copies.Count == 0 ? "nothing was copied" : $"{done} of 3 applications"
        );
    }
}
