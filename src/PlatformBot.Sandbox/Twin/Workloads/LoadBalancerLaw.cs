using System.Globalization;
using System.Net;
using System.Text.Json.Nodes;
using PlatformBot.Sandbox.Kubernetes;

namespace PlatformBot.Sandbox.Twin.Workloads;

/// <summary>Cilium's address pools give Services of type LoadBalancer their outer address, as long as Cilium runs.</summary>
internal sealed class LoadBalancerLaw : IController
{
    private static readonly string[] PoolVersions = ["cilium.io/v2", "cilium.io/v2alpha1"];
    private static readonly string[] Wishes = ["lbipam.cilium.io/ips", "io.cilium/lb-ipam-ips"];

    public void Reconcile(TwinCluster cluster)
    {
        var waiting = cluster
            .Objects.View("v1", "Service")
            .Where(service =>
                service.Text("spec", "type") == "LoadBalancer" && Given(service).Length == 0 && !service.IsEnding()
            )
            .ToList();

        if (waiting.Count == 0 || !CiliumRuns(cluster))
            return;

        foreach (var service in waiting)
            TryGive(cluster, service);
    }

    private static bool CiliumRuns(TwinCluster cluster) =>
        cluster.Objects.View("v1", "Node").Any(node => NodeLaw.HasAgent(cluster, node.Name()));

    private static void TryGive(TwinCluster cluster, JsonObject service)
    {
        var used = cluster.Objects.View("v1", "Service").Select(Given).ToHashSet();
        var blocks = PoolVersions
            .SelectMany(version => cluster.Objects.View(version, "CiliumLoadBalancerIPPool"))
            .Where(pool => !pool.Is("spec", "disabled") && Owned.Selects(pool.At("spec", "serviceSelector"), service))
            .SelectMany(pool => pool.Items("spec", "blocks"))
            .Select(Range)
            .ToList();

        var wish = Wishes
            .Select(name => service.Text("metadata", "annotations", name))
            .FirstOrDefault(text => text.Length > 0);
        var address =
            wish is null ? blocks.SelectMany(Addresses).Select(Spoken).FirstOrDefault(free => !used.Contains(free))
            : blocks.Any(block => Number(wish) >= block.First && Number(wish) <= block.Last) && !used.Contains(wish)
                ? wish
            : null;

        if (address is null)
            return;

        cluster.Objects.Update(
            ObjectKey.Of(service),
            json =>
            {
                json.Section("status", "loadBalancer")["ingress"] = new JsonArray(
                    new JsonObject { ["ip"] = address, ["ipMode"] = "VIP" }
                );
                Conditions.Set(json, cluster.Clock, "cilium.io/IPAMRequestSatisfied", holds: true, "satisfied");
            }
        );
    }

    private static string Given(JsonObject service) =>
        service.Items("status", "loadBalancer", "ingress").FirstOrDefault().Text("ip");

    private static (uint First, uint Last) Range(JsonObject block)
    {
        if (block.Text("cidr") is { Length: > 0 } cidr)
        {
            var network = IPNetwork.Parse(cidr);
            var size = network.PrefixLength == 0 ? uint.MaxValue : (1u << (32 - network.PrefixLength)) - 1;
            var first = Number($"{network.BaseAddress}");
            return (first, first + size);
        }

        var start = block.Text("start");
        var stop = block.Text("stop") is { Length: > 0 } given ? given : start;
        return (Number(start), Number(stop));
    }

    private static IEnumerable<uint> Addresses((uint First, uint Last) block)
    {
        for (var address = block.First; address <= block.Last && address >= block.First; address++)
            yield return address;
    }

    private static uint Number(string address) =>
        address
            .Split('.')
            .Aggregate(
                0u,
                (sum, part) =>
                    (sum << 8) + (byte.TryParse(part, CultureInfo.InvariantCulture, out var number) ? number : 0u)
            );

    private static string Spoken(uint address) =>
        $"{address >> 24}.{(address >> 16) & 255}.{(address >> 8) & 255}.{address & 255}";
}
