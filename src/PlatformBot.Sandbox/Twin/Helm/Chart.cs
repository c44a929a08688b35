using System.Text.Json.Nodes;

namespace PlatformBot.Sandbox.Twin.Helm;

/// <summary>What a chart's templates see.</summary>
internal sealed record ChartInput(TwinCluster Cluster, string Release, string Namespace, JsonObject Values);

/// <summary>
/// One chart: the objects that matter, made from values. Rendering throws <see cref="HelmException"/> for what the real
/// templates refuse.
/// </summary>
internal sealed record Chart(
    string Name,
    string Version,
    string AppVersion,
    string Repository,
    Func<ChartInput, IEnumerable<JsonObject>> Render
)
{
    /// <summary>The directory crds/: applied before everything else, never removed.</summary>
    public IReadOnlyList<JsonObject> Crds { get; init; } = [];

    public string Notes { get; init; } = "";
}
