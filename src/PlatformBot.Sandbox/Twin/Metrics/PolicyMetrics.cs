using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using PlatformBot.Sandbox.Kubernetes;
using PlatformBot.Sandbox.Twin.Mesh;

namespace PlatformBot.Sandbox.Twin.Metrics;

/// <summary>
/// What proxies count of connections that they let in or refuse. Understands `increase(METRIC{label="value", …}[…])`, alone or in
/// `sum` and `sum by (…)`, and `> 0` after it, which every series is that is there.
/// </summary>
internal sealed partial class PolicyMetrics(TwinWorld world)
{
    private const int InAWindow = 12;

    /// <summary>The answer's JSON; null when the query is about something else.</summary>
    public string? Answer(TwinCluster cluster, string query)
    {
        if (Query().Match(query) is not { Success: true } match)
            return null;

        var wanted = Label()
            .Matches(match.Groups["labels"].Value)
            .Select(label => (Name: label.Groups["name"].Value, Value: label.Groups["value"].Value))
            .ToList();
        var by = Grouping().Match(query) is { Success: true } grouping
            ? grouping.Groups["by"].Value.Split(',', StringSplitOptions.TrimEntries)
            : null;
        var found = Series(cluster, refused: match.Groups["what"].Value == "deny")
            .Where(series => wanted.TrueForAll(label => series.GetValueOrDefault(label.Name) == label.Value))
            .GroupBy(series => Kept(series, by, isSum: query.TrimStart().StartsWith("sum", StringComparison.Ordinal)));
        var samples = found.Select(group => (group.Key, group.Count() * InAWindow)).ToList();
        return InstantVector.Json(samples, samples.Count, world.Clock.GetUtcNow());
    }

    private IEnumerable<Dictionary<string, string>> Series(TwinCluster cluster, bool refused)
    {
        var isScraped =
            cluster.Objects.View(new ObjectKey("monitoring.coreos.com/v1", "PodMonitor", "linkerd", "linkerd-proxy"))
            is not null;

        return from call in isScraped ? MeshCallers.Of(world, cluster) : []
            let verdict = MeshPolicy.Judge(cluster, call.Pod, call.Port, call.Identity)
            where verdict.IsRefused == refused
            select new Dictionary<string, string>
            {
                ["cluster"] = cluster.Name,
                ["namespace"] = call.Pod.Namespace(),
                ["pod"] = call.Pod.Name(),
                ["srv_name"] = verdict.Server,
                ["authz_kind"] = verdict.Kind,
                ["authz_name"] = verdict.Name,
                ["client_id"] = call.Identity,
                ["tls"] = "true",
            };
    }

    /// <summary>The labels that are left, as JSON.</summary>
    private static string Kept(Dictionary<string, string> series, string[]? by, bool isSum) =>
        new JsonObject(
            series
                .Where(label => by?.Contains(label.Key) ?? !isSum)
                .Select(label => KeyValuePair.Create(label.Key, (JsonNode?)label.Value))
        ).ToJsonString();

    [GeneratedRegex(
        @"increase\(\s*inbound_tcp_authz_(?<what>allow|deny)_total\{(?<labels>[^}]*)\}\[\w+\]\s*\)",
        RegexOptions.ExplicitCapture,
        matchTimeoutMilliseconds: 100
    )]
    private static partial Regex Query();

    [GeneratedRegex("(?<name>\\w+)=\"(?<value>[^\"]*)\"", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 100)]
    private static partial Regex Label();

    [GeneratedRegex(@"^\s*sum by \((?<by>[^)]*)\)", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 100)]
    private static partial Regex Grouping();
}
