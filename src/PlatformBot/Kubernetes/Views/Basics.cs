using System.Text.Json;
using PlatformBot.Core.Chat;

namespace PlatformBot.Kubernetes.Views;

/// <summary>What every cluster has: an API server, nodes, volumes.</summary>
internal static class Basics
{
    public static async Task<ClusterFinding?> ServerAsync(Glance glance, CancellationToken cancelled)
    {
        var version = (await glance.Cluster.ReadAsync("/version", cancelled)).Text("gitVersion");
        return new(Health.Well, "API server", version ?? "answers");
    }

    public static async Task<ClusterFinding?> NodesAsync(Glance glance, CancellationToken cancelled)
    {
        var nodes = await glance.ListAsync("Node", ["v1"], cancelled) ?? [];
        var ready = nodes.Count(node => node.Is("Ready"));
        var kubelets = Distinct(nodes, "kubeletVersion");
        var images = Distinct(nodes, "osImage");
        var ill = nodes
            .Where(node => !node.Is("Ready"))
            .Select(node =>
                (
                    Health.Ill,
                    $"{node.Name()} is not Ready: {node.Condition("Ready").Text("message") ?? "it says nothing"}"
                )
            );
        var cordoned = nodes
            .Where(node => node.At("spec", "unschedulable").ValueKind == JsonValueKind.True)
            .Select(node => (Health.Attention, $"{node.Name()} takes no new pods"));
        return Glance.Finding(
            "nodes",
            $"{ready} of {nodes.Count} Ready{Said("kubelet ", kubelets)}{Said("", images)}",
            ill.Concat(cordoned)
        );
    }

    public static async Task<ClusterFinding?> VolumesAsync(Glance glance, CancellationToken cancelled)
    {
        var claims = await glance.ListAsync("PersistentVolumeClaim", ["v1"], cancelled) ?? [];
        var open = claims.Where(claim => claim.Text("status", "phase") != "Bound").ToList();
        return Glance.Finding(
            "volumes",
            $"{claims.Count - open.Count} of {claims.Count} claims Bound",
            open.Select(claim => (Health.Ill, $"{claim.FullName()} is {claim.Text("status", "phase") ?? "Pending"}"))
        );
    }

    private static string Said(string what, IReadOnlyList<string> versions) =>
        versions.Count == 0 ? "" : $", {what}{string.Join(" and ", versions)}";

    private static List<string> Distinct(IReadOnlyList<JsonElement> nodes, string field) =>
        [
            .. nodes
                .Select(node => node.Text("status", "nodeInfo", field))
                .Where(text => !string.IsNullOrEmpty(text))
                .OfType<string>()
                .Distinct()
                .Order(StringComparer.Ordinal),
        ];
}
