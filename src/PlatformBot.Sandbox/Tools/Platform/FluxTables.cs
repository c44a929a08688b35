using System.Text.Json.Nodes;
using PlatformBot.Sandbox.Tools.Kube;
using PlatformBot.Sandbox.Twin;

namespace PlatformBot.Sandbox.Tools.Platform;

/// <summary><c>flux get</c>: one table per kind.</summary>
internal sealed class FluxTables(Func<ToolCall, Flags, Task<(KubeAccess Api, TwinCluster Cluster)>> openAsync)
{
    private sealed record Kind(string Words, string ApiVersion, string Name, Func<JsonObject, string?> Revision);

    private static readonly Kind[] Kinds =
    [
        new("sources git", "source.toolkit.fluxcd.io/v1", "GitRepository", ArtifactRevision),
        new("sources helm", "source.toolkit.fluxcd.io/v1", "HelmRepository", ArtifactRevision),
        new("sources oci", "source.toolkit.fluxcd.io/v1", "OCIRepository", ArtifactRevision),
        new("kustomizations", "kustomize.toolkit.fluxcd.io/v1", "Kustomization", LastApplied),
        new("kustomization", "kustomize.toolkit.fluxcd.io/v1", "Kustomization", LastApplied),
        new("ks", "kustomize.toolkit.fluxcd.io/v1", "Kustomization", LastApplied),
        new("helmreleases", "helm.toolkit.fluxcd.io/v2", "HelmRelease", ChartVersion),
        new("helmrelease", "helm.toolkit.fluxcd.io/v2", "HelmRelease", ChartVersion),
        new("hr", "helm.toolkit.fluxcd.io/v2", "HelmRelease", ChartVersion),
    ];

    public IEnumerable<Command> Commands =>
        Kinds.Select(kind => new Command(
            $"get {kind.Words}",
            "all-namespaces,A no-header",
            (call, flags) => GetAsync(call, flags, kind)
        ));

    private async Task<int> GetAsync(ToolCall call, Flags flags, Kind kind)
    {
        var (_, cluster) = await openAsync(call, flags);
        var isAll = flags.IsOn("all-namespaces");
        var ns = isAll ? null : flags.Get("namespace", "flux-system");
        var objects = cluster
            .Objects.List(kind.ApiVersion, kind.Name, ns)
            .Where(json => flags.Words.Count == 0 || flags.Words[0] == KubeTargets.Name(json))
            .ToList();

        if (objects.Count == 0)
            throw new ToolException($"✗ no {kind.Name} objects found in {(isAll ? "any" : $"\"{ns}\"")} namespace");

        var rows = objects.Select(json => Row(json, kind, isAll));
        string[] header =
        [
            .. isAll ? ["NAMESPACE"] : Array.Empty<string>(),
            "NAME",
            "REVISION",
            "SUSPENDED",
            "READY",
            "MESSAGE",
        ];
        Print(call, [header, .. rows]);
        return 0;
    }

    private static string[] Row(JsonObject json, Kind kind, bool withNamespace)
    {
        var ready = FluxObjects.Condition(json, "Ready");
        return
        [
            .. withNamespace ? [(string?)json["metadata"]?["namespace"] ?? ""] : Array.Empty<string>(),
            KubeTargets.Name(json),
            FluxObjects.Short(kind.Revision(json) ?? ""),
            (bool?)json["spec"]?["suspend"] == true ? "True" : "False",
            (string?)ready?["status"] ?? "Unknown",
            (string?)ready?["message"] ?? "waiting to be reconciled",
        ];
    }

    /// <summary>Padded, and with a tab behind every column, as flux does it.</summary>
    private static void Print(ToolCall call, IReadOnlyList<string[]> rows)
    {
        var widths = Enumerable.Range(0, rows[0].Length).Select(column => rows.Max(row => row[column].Length)).ToList();

        foreach (var row in rows)
            call.PrintLine(string.Concat(row.Select((cell, column) => $"{cell.PadRight(widths[column])}\t")));
    }

    private static string? ArtifactRevision(JsonObject json) => (string?)json["status"]?["artifact"]?["revision"];

    private static string? LastApplied(JsonObject json) => (string?)json["status"]?["lastAppliedRevision"];

    private static string? ChartVersion(JsonObject json) =>
        (string?)(json["status"]?["history"] as JsonArray)?.FirstOrDefault()?["chartVersion"];
}
