using System.Globalization;
using System.Text.Json;
using PlatformBot.Core.Chat;

namespace PlatformBot.Kubernetes.Views;

/// <summary>One look at a cluster.</summary>
internal sealed record Glance(ClusterClient Cluster, DateTimeOffset Now)
{
    /// <summary>All of a kind everywhere, or in one namespace; null when the kind is not installed.</summary>
    /// <param name="apiVersions">the first that is served</param>
    public async Task<IReadOnlyList<JsonElement>?> ListAsync(
        string kind,
        IReadOnlyList<string> apiVersions,
        CancellationToken cancelled,
        string? ns = null
    )
    {
        foreach (var apiVersion in apiVersions)
        {
            try
            {
                return await Cluster.ListAsync(new(apiVersion, kind, ns, null), null, cancelled);
            }
            catch (UnknownKindException)
            {
                // Perhaps in another version.
            }
        }

        return null;
    }

    /// <summary>null when there is none.</summary>
    public async Task<JsonElement?> FindAsync(
        string apiVersion,
        string kind,
        string ns,
        string name,
        CancellationToken cancelled
    ) => await Cluster.FindAsync(new(apiVersion, kind, ns, name), cancelled);

    public static DateTimeOffset? Moment(string? text) =>
        DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, out var moment) ? moment : null;

    /// <summary>"9 days", "5 hours"</summary>
    public static string Rough(TimeSpan span) =>
        span.TotalDays >= 2 ? $"{(int)span.TotalDays} days"
        : span.TotalHours >= 2 ? $"{(int)span.TotalHours} hours"
        : $"{Math.Max(0, (int)span.TotalMinutes)} minutes";

    public static ClusterFinding Finding(string topic, string text, IEnumerable<(Health Health, string Line)> troubles)
    {
        var sorted = troubles.OrderBy(each => each.Health == Health.Ill ? 0 : 1).ToList();
        return new(
            sorted.Count == 0 ? Health.Well : sorted[0].Health,
            topic,
            text,
            [.. sorted.Select(each => each.Line)]
        );
    }
}
