using System.Text.Json;
using PlatformBot.Core.Chat;

namespace PlatformBot.Kubernetes.Views;

/// <summary>What Flux follows and applies: ready, failing (with its own words), suspended.</summary>
internal static class FluxTopic
{
    // csharpier-ignore - a table
    private static readonly (string Kind, string[] ApiVersions, string Several)[] Kinds =
    [
        ("Kustomization",  ["kustomize.toolkit.fluxcd.io/v1"],                            "Kustomizations"),
        ("HelmRelease",    ["helm.toolkit.fluxcd.io/v2"],                                 "HelmReleases"),
        ("GitRepository",  ["source.toolkit.fluxcd.io/v1"],                               "sources"),
        ("OCIRepository",  ["source.toolkit.fluxcd.io/v1", "source.toolkit.fluxcd.io/v1beta2"], "sources"),
        ("HelmRepository", ["source.toolkit.fluxcd.io/v1"],                               "sources"),
    ];

    public static async Task<ClusterFinding?> LookAsync(Glance glance, CancellationToken cancelled)
    {
        var lists = await Task.WhenAll(Kinds.Select(kind => glance.ListAsync(kind.Kind, kind.ApiVersions, cancelled)));

        if (lists.All(list => list is null))
            return null;

        var all = Kinds
            .Zip(lists)
            .SelectMany(each => (each.Second ?? []).Select(item => (each.First, Item: item)))
            .ToList();
        var counts = all.GroupBy(each => each.First.Several).Select(same => $"{same.Key}: {same.Count()}");
        var suspended = all.Count(each => IsSuspended(each.Item));
        var failing = all.Where(each => !IsSuspended(each.Item))
            .Select(each => (each.First.Kind, each.Item, Ready: each.Item.Condition("Ready")))
            .Where(each => each.Ready.Text("status") != "True")
            .Select(each => (HealthOf(each.Ready), $"{each.Kind} {each.Item.FullName()}: {Words(each.Ready)}"))
            .ToList();
        return Glance.Finding(
            "Flux",
            $"{all.Count - suspended - failing.Count} of {all.Count} ready ({string.Join(", ", counts)}){(suspended == 0 ? "" : $", {suspended} suspended")}",
            failing
        );
    }

    private static bool IsSuspended(JsonElement item) => item.At("spec", "suspend").ValueKind == JsonValueKind.True;

    /// <summary>What is still on its way is no failure yet.</summary>
    private static Health HealthOf(JsonElement ready) =>
        ready.Text("status") == "False" ? Health.Ill : Health.Attention;

    private static string Words(JsonElement ready) =>
        ready.Text("message") ?? ready.Text("reason") ?? "it has not said anything yet";
}
