using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using PlatformBot.Sandbox.Twin.Helm;
using PlatformBot.Sandbox.Twin.Helm.Charts;
using PlatformBot.Sandbox.Twin.Mesh;

namespace PlatformBot.Sandbox.Twin.Metrics;

/// <summary>
/// What vmsingle can know: counts of the series that the running agents and exporters would bring, from its own cluster and
/// from the other one if that writes to it. Understands `metric`, `count(metric)`, label filters with "=", and `== 1`.
/// </summary>
internal sealed partial class MetricStore(TwinWorld world)
{
    private static readonly Dictionary<string, Func<TwinCluster, int>> Series = new()
    {
        ["up"] = cluster => Targets(cluster),
        ["node_uname_info"] = cluster => Ready(cluster, "prometheus-node-exporter"),
        ["kube_node_info"] = cluster =>
            Ready(cluster, "kube-state-metrics") > 0 ? cluster.Objects.View("v1", "Node").Count : 0,
        ["cnpg_collector_up"] = cluster =>
            cluster.Objects.View("monitoring.coreos.com/v1", "PodMonitor", "databases").Count > 0
                ? cluster.Objects.View("v1", "Pod", "databases").Count(pod => Pods.IsReady(pod) && IsInstance(pod))
                : 0,
        ["container_cpu_usage_seconds_total"] = cluster =>
            cluster.Objects.View("v1", "Pod").Where(Pods.IsReady).Sum(pod => Pods.Containers(pod).Count()),
        ["etcd_server_has_leader"] = cluster =>
            Scrapes(cluster, "kube-etcd") ? cluster.Objects.View("v1", "Node").Count : 0,
    };

    /// <summary>How many series the query finds; null when it is not understood.</summary>
    public int? Count(TwinCluster cluster, string query)
    {
        var match = Query().Match(query.Replace(" ", "", StringComparison.Ordinal));

        if (!match.Success)
            return null;

        var asked = ClusterLabel().Match(match.Groups["labels"].Value).Groups["name"].Value;

        return Series.TryGetValue(match.Groups["metric"].Value, out var count)
            ? world
                .Clusters.Values.Where(one => asked.Length == 0 || one.Name == asked)
                .Where(one => Writes(one, cluster))
                .Sum(count)
            : 0;
    }

    /// <summary>True when the agent of one cluster delivers to the store of another (or the same) cluster.</summary>
    private bool Writes(TwinCluster from, TwinCluster to)
    {
        if (from.Objects.View(VictoriaMetricsChart.ApiVersion, "VMAgent") is not [var agent, ..])
            return false;

        if ((string?)agent["status"]?["updateStatus"] != "operational")
            return false;

        var url = VmOperator.RemoteWrite(agent);

        if (from == to)
            return url is null;

        if (
            url is null
            || !Uri.TryCreate(url, UriKind.Absolute, out var uri)
            || uri.Host.Split('.') is not [var service, var ns, ..]
        )
        {
            return false;
        }

        var pods = from
            .Objects.View("v1", "Pod", ns)
            .Where(pod => (string?)pod["metadata"]?["labels"]?["app.kubernetes.io/name"] == "vmagent");
        return pods.Any(pod => new MeshTraffic(world).Reach(from, pod, ns, service).Trouble is null);
    }

    private static int Ready(TwinCluster cluster, string app) =>
        cluster
            .Objects.View("v1", "Pod")
            .Count(pod => Pods.IsReady(pod) && (string?)pod["metadata"]?["labels"]?["app.kubernetes.io/name"] == app);

    private static bool IsInstance(JsonObject pod) => pod["metadata"]?["labels"]?["cnpg.io/instanceName"] is not null;

    private static bool Scrapes(TwinCluster cluster, string part) =>
        cluster
            .Objects.View(VictoriaMetricsChart.ApiVersion, "VMServiceScrape")
            .Any(scrape => ObjectKey.Of(scrape).Name.EndsWith(part, StringComparison.Ordinal));

    private static int Targets(TwinCluster cluster) =>
        cluster.Objects.View("v1", "Node").Count * 2
        + Ready(cluster, "prometheus-node-exporter")
        + Ready(cluster, "kube-state-metrics")
        + Ready(cluster, "coredns")
        + cluster
            .Objects.View(VictoriaMetricsChart.ApiVersion, "VMServiceScrape")
            .Sum(scrape => scrape.ItemsAt("spec.endpoints").Count);

    /// <summary>An instant vector with one sample, or with none when nothing was found.</summary>
    public static string Answer(int count, DateTimeOffset now) =>
        InstantVector.Json(count == 0 ? [] : [("{}", count)], count, now);

    [GeneratedRegex(
        @"^(count\()?(?<metric>[a-z_:]+)(\{(?<labels>[^}]*)\})?(==1)?\)?(==1)?$",
        RegexOptions.ExplicitCapture,
        matchTimeoutMilliseconds: 100
    )]
    private static partial Regex Query();

    [GeneratedRegex("cluster=\"(?<name>[^\"]*)\"", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 100)]
    private static partial Regex ClusterLabel();
}
