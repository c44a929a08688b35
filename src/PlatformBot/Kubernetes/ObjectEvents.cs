using System.Globalization;
using System.Text.Json;

namespace PlatformBot.Kubernetes;

/// <summary>What the cluster has told about an object lately; it forgets after about an hour.</summary>
internal static class ObjectEvents
{
    private const string PlaceOfClusterWide = "default";

    /// <summary>The warnings about these objects (an object and its owners, say), newest first: "FailedMount: … (3 times)".</summary>
    /// <exception cref="ApiException">The cluster could not be asked.</exception>
    public static async Task<IReadOnlyList<string>> WarningsAsync(
        ClusterClient cluster,
        IEnumerable<JsonElement> objects,
        int most,
        CancellationToken cancelled
    )
    {
        var told = new List<JsonElement>();

        foreach (var each in objects)
            told.AddRange(await OfAsync(cluster, each, cancelled));

        return
        [
            .. told.Where(each => each.Text("type") != "Normal")
                .OrderByDescending(When)
                .Select(each =>
                    $"{DiagnosisText.Word(each.Text("reason"))}: {DiagnosisText.Quote(each.Text("message"))}{Times(each)}"
                )
                .Distinct()
                .Take(most),
        ];
    }

    private static async Task<IEnumerable<JsonElement>> OfAsync(
        ClusterClient cluster,
        JsonElement about,
        CancellationToken cancelled
    )
    {
        var path =
            $"/api/v1/namespaces/{Uri.EscapeDataString(about.Namespace() ?? PlaceOfClusterWide)}/events"
            + $"?fieldSelector={Uri.EscapeDataString($"involvedObject.uid={about.Text("metadata", "uid")}")}";
        return (await cluster.ReadAsync(path, cancelled)).Items("items");
    }

    /// <summary>The scheduler fills eventTime and leaves the rest null, the kubelet the other way round.</summary>
    private static DateTimeOffset When(JsonElement told) =>
        new[]
        {
            told.Text("series", "lastObservedTime"),
            told.Text("lastTimestamp"),
            told.Text("eventTime"),
            told.Text("metadata", "creationTimestamp"),
        }
            .Select(text => DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, out var when) ? when : default)
            .FirstOrDefault(when => when != default);

    private static string Times(JsonElement told) =>
        Math.Max(told.Number("count"), told.Number("series", "count")) is var count and > 1 ? $" ({count} times)" : "";
}
