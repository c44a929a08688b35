using System.Text.Json.Nodes;

namespace PlatformBot.Sandbox.Twin.Helm;

/// <summary>What `helm upgrade --install` or a HelmRelease asks for.</summary>
/// <param name="Values">What the person gave, merged; the chart's own defaults are not part of it.</param>
public sealed record HelmRequest(string Release, string Namespace, string Chart, string Version, JsonObject Values)
{
    /// <summary>The repository's URL; null = whichever has the chart.</summary>
    public string? Repository { get; init; }
}

/// <summary>One revision of a release, as its Secret `sh.helm.release.v1.NAME.vN` keeps it.</summary>
/// <param name="Status">deployed, superseded, failed, pending-install, pending-upgrade, uninstalled</param>
/// <param name="Objects">What it made, in order.</param>
public sealed record HelmRelease(
    string Name,
    string Namespace,
    int Revision,
    string Status,
    string Chart,
    string ChartVersion,
    string AppVersion,
    DateTimeOffset FirstDeployed,
    DateTimeOffset LastDeployed,
    string Description,
    JsonObject Values,
    IReadOnlyList<ObjectKey> Objects
);

/// <summary>Why helm did not do it, in helm's words (without its "Error: ").</summary>
public sealed class HelmException(string message) : Exception(message);
