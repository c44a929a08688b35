using PlatformBot.Sandbox.Twin.Helm.Charts;

namespace PlatformBot.Sandbox.Twin.Helm;

/// <summary>Every chart that the simulated internet has, each in the one version that the platform pins.</summary>
internal static class ChartShelf
{
    public static IReadOnlyList<Chart> All { get; } =
    [
        CiliumChart.Chart,
        CoreDnsChart.Chart,
        PrometheusCrdsChart.Chart,
        OpenEbsChart.Chart,
        SnapshotControllerChart.Chart,
        RookOperatorChart.Chart,
        VolSyncChart.Chart,
        VeleroChart.Chart,
        VictoriaMetricsChart.Chart,
        VictoriaLogsChart.Chart,
        FluentBitChart.Chart,
        LinkerdCrdsChart.Chart,
        LinkerdControlPlaneChart.Chart,
        LinkerdVizChart.Chart,
        LinkerdMulticlusterChart.Chart,
        JaegerChart.Chart,
        OtelCollectorChart.Chart,
        ExternalSecretsChart.Chart,
        CertManagerChart.Chart,
        ExternalDnsChart.Chart,
        CloudNativePgChart.Chart,
        BarmanPluginChart.Chart,
        DragonflyOperatorChart.Chart,
        GitLabChart.Chart,
        GitLabRunnerChart.Chart,
        HarborChart.Chart,
        MattermostOperatorChart.Chart,
        TofuControllerChart.Chart,
        GatusChart.Chart,
        KromgoChart.Chart,
        SilenceOperatorChart.Chart,
    ];

    /// <exception cref="HelmException">No such repository, chart or version.</exception>
    public static Chart Find(HelmRequest request)
    {
        var repository = request.Repository?.TrimEnd('/');

        if (repository is not null && !IsKnown(repository))
        {
            throw new HelmException(
                $"looks like \"{request.Repository}\" is not a valid chart repository or cannot be reached: "
                    + $"Get \"{repository}/index.yaml\": dial tcp: lookup {HostOf(repository)}: no such host"
            );
        }

        return Find(request.Chart, request.Version, repository)
            ?? throw new HelmException(
                $"chart \"{request.Chart}\" version \"{request.Version}\" not found in {request.Repository ?? "any"} repository"
            );
    }

    public static bool IsKnown(string repository) => All.Any(chart => chart.Repository == repository.TrimEnd('/'));

    /// <summary>Null when the repository has no such chart or version; a "v" in front of the version does not matter.</summary>
    public static Chart? Find(string name, string version, string? repository) =>
        All.FirstOrDefault(chart =>
            chart.Name == name
            && (version.Length == 0 || chart.Version == version.TrimStart('v'))
            && (repository is null || chart.Repository == repository.TrimEnd('/'))
        );

    /// <summary>The chart at "oci://registry/path/NAME"; null when the registry has no such chart or tag.</summary>
    public static Chart? FindOci(string url, string tag) =>
        url.LastIndexOf('/') is var slash and > 0 && tag.Length > 0
            ? Find(url[(slash + 1)..], tag, url[..slash])
            : null;

    private static string HostOf(string url) => Uri.TryCreate(url, UriKind.Absolute, out var uri) ? uri.Host : url;
}
