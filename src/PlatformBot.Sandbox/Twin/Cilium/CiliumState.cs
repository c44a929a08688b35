using PlatformBot.Sandbox.Twin.Helm;

namespace PlatformBot.Sandbox.Twin.Cilium;

/// <summary>What the cilium CLI prints about BGP.</summary>
public sealed record BgpPeer(string Node, int LocalAsn, int PeerAsn, string PeerAddress, string State);

/// <summary>A LoadBalancer address that a node announces to its peer.</summary>
public sealed record BgpRoute(string Node, int LocalAsn, string PeerAddress, string Prefix, string NextHop);

public static class CiliumState
{
    /// <summary>`cilium bgp peers`, by node.</summary>
    public static IReadOnlyList<BgpPeer> Peers(TwinCluster cluster) =>
        [
            .. cluster
                .Objects.View(CiliumController.ApiVersion, "CiliumBGPNodeConfig")
                .SelectMany(node =>
                    node.ItemsAt("status.bgpInstances")
                        .SelectMany(instance =>
                            instance
                                .ItemsAt("peers")
                                .Select(peer => new BgpPeer(
                                    ObjectKey.Of(node).Name,
                                    instance.NumberAt("localASN", 0),
                                    peer.NumberAt("peerASN", 0),
                                    peer.TextAt("peerAddress"),
                                    peer.TextAt("peeringState")
                                ))
                        )
                ),
        ];

    /// <summary>`cilium bgp routes advertised ipv4 unicast`: every LoadBalancer address, from every node with a session.</summary>
    public static IReadOnlyList<BgpRoute> Advertised(TwinCluster cluster)
    {
        var addresses = cluster
            .Objects.View("v1", "Service")
            .Select(service => (string?)service["status"]?["loadBalancer"]?["ingress"]?[0]?["ip"])
            .OfType<string>()
            .Order(StringComparer.Ordinal)
            .ToList();
        var nodes = cluster.Objects.View("v1", "Node").ToDictionary(node => ObjectKey.Of(node).Name, AddressOf);

        return
        [
            .. Peers(cluster)
                .Where(peer =>
                    peer.State == "established"
                    && cluster.Objects.View(CiliumController.ApiVersion, "CiliumBGPAdvertisement").Count > 0
                )
                .SelectMany(peer =>
                    addresses.Select(address => new BgpRoute(
                        peer.Node,
                        peer.LocalAsn,
                        peer.PeerAddress,
                        $"{address}/32",
                        nodes.GetValueOrDefault(peer.Node, "")
                    ))
                ),
        ];
    }

    private static string AddressOf(System.Text.Json.Nodes.JsonObject node) =>
        node.ItemsAt("status.addresses").FirstOrDefault(one => one.TextAt("type") == "InternalIP").TextAt("address");
}
