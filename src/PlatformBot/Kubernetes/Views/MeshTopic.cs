using System.Text.Json;
using PlatformBot.Core.Chat;

namespace PlatformBot.Kubernetes.Views;

/// <summary>Linkerd: its control plane, the gateway to the other cluster, the links.</summary>
internal static class MeshTopic
{
    private const string Linkerd = "linkerd";
    private const string Multicluster = "linkerd-multicluster";

    private static readonly string[] LinkVersions =
    [
        "multicluster.linkerd.io/v1alpha3",
        "multicluster.linkerd.io/v1alpha2",
        "multicluster.linkerd.io/v1alpha1",
    ];

    public static async Task<ClusterFinding?> LookAsync(Glance glance, CancellationToken cancelled)
    {
        var planes = glance.ListAsync("Deployment", ["apps/v1"], cancelled, Linkerd);
        var gateways = glance.ListAsync("Deployment", ["apps/v1"], cancelled, Multicluster);
        var links = glance.ListAsync("Link", LinkVersions, cancelled);
        var service = glance.FindAsync("v1", "Service", Multicluster, "linkerd-gateway", cancelled);
        await Task.WhenAll(planes, gateways, links, service);

        if ((await planes)!.Count == 0)
            return null;

        var parts = (await planes)!.Concat((await gateways)!).ToList();
        var ill = parts
            .Where(part => !part.Is("Available"))
            .Select(part => (Health.Ill, $"deployment {part.FullName()} is not available"))
            .Concat(Unreachable(await service));
        var well = parts.Count(part => part.Is("Available"));
        var names = (await links ?? [])
            .Select(link => link.Text("spec", "targetClusterName") ?? link.Name())
            .Distinct();
        var linked = string.Join(", ", names);
        return Glance.Finding(
            "mesh",
            $"{well} of {parts.Count} deployments available{(linked.Length == 0 ? "" : $", linked to {linked}")}{Address(await service)}",
            ill
        );
    }

    private static string Address(JsonElement? service) =>
        service is { } found && found.Ingress() is { } ip ? $", gateway at {ip}" : "";

    private static IEnumerable<(Health, string)> Unreachable(JsonElement? service) =>
        service is { } found && found.Text("spec", "type") == "LoadBalancer" && found.Ingress() is null
            ? [(Health.Ill, "the gateway has no address: no other cluster reaches it")]
            : [];
}
