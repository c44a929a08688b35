using System.Globalization;
using System.Net;
using System.Text.Json.Nodes;
using PlatformBot.Sandbox.Twin.Helm;

namespace PlatformBot.Sandbox.Twin.Cilium;

/// <summary>
/// cilium-operator: makes Cilium's CRDs and the GatewayClass, fills the status of address pools, BGP nodes and Gateways.
/// </summary>
internal sealed class CiliumController(TwinWorld world) : IController
{
    public const string ApiVersion = "cilium.io/v2";

    private static readonly JsonObject[] Crds =
    [
        Manifest.Crd(
            "cilium.io",
            "CiliumLoadBalancerIPPool",
            "ciliumloadbalancerippools",
            namespaced: false,
            "v2",
            "v2alpha1"
        ),
        Manifest.Crd(
            "cilium.io",
            "CiliumL2AnnouncementPolicy",
            "ciliuml2announcementpolicies",
            namespaced: false,
            "v2alpha1"
        ),
        Manifest.Crd(
            "cilium.io",
            "CiliumBGPClusterConfig",
            "ciliumbgpclusterconfigs",
            namespaced: false,
            "v2",
            "v2alpha1"
        ),
        Manifest.Crd("cilium.io", "CiliumBGPPeerConfig", "ciliumbgppeerconfigs", namespaced: false, "v2", "v2alpha1"),
        Manifest.Crd(
            "cilium.io",
            "CiliumBGPAdvertisement",
            "ciliumbgpadvertisements",
            namespaced: false,
            "v2",
            "v2alpha1"
        ),
        Manifest.Crd("cilium.io", "CiliumBGPNodeConfig", "ciliumbgpnodeconfigs", namespaced: false, "v2", "v2alpha1"),
        Manifest.Crd(
            "cilium.io",
            "CiliumBGPNodeConfigOverride",
            "ciliumbgpnodeconfigoverrides",
            namespaced: false,
            "v2",
            "v2alpha1"
        ),
        Manifest.Crd("cilium.io", "CiliumNetworkPolicy", "ciliumnetworkpolicies", namespaced: true, "v2"),
        Manifest.Crd(
            "cilium.io",
            "CiliumClusterwideNetworkPolicy",
            "ciliumclusterwidenetworkpolicies",
            namespaced: false,
            "v2"
        ),
        Manifest.Crd("cilium.io", "CiliumNode", "ciliumnodes", namespaced: false, "v2"),
        Manifest.Crd("cilium.io", "CiliumEndpoint", "ciliumendpoints", namespaced: true, "v2"),
        Manifest.Crd("cilium.io", "CiliumIdentity", "ciliumidentities", namespaced: false, "v2"),
    ];

    private readonly Quiet _quiet = new();

    public void Reconcile(TwinCluster cluster)
    {
        var outside = $"{world.RouterConfigured} {string.Join(' ', world.Faults.Armed)}";

        if (
            !cluster.ApiIsUp
            || _quiet.Is(cluster, outside)
            || !Pods.IsAvailable(cluster, "kube-system", "cilium-operator")
        )
        {
            return;
        }

        foreach (var crd in Crds)
        {
            if (cluster.Objects.View(ObjectKey.Of(crd)) is null)
                cluster.Objects.Put(crd);
        }

        var config = cluster.Objects.View(new ObjectKey("v1", "ConfigMap", "kube-system", "cilium-config"))?["data"];

        if ((string?)config?["enable-gateway-api"] == "true")
            Gateways(cluster);

        if ((string?)config?["enable-bgp-control-plane"] == "true")
            Bgp(cluster);

        foreach (var pool in cluster.Objects.View(ApiVersion, "CiliumLoadBalancerIPPool"))
            Pool(cluster, pool);
    }

    private void Pool(TwinCluster cluster, JsonObject pool)
    {
        if (pool["status"] is not null)
            return;

        var total = pool.ItemsAt("spec.blocks").Sum(Size);
        var now = world.Clock.GetUtcNow();
        cluster.Objects.Update(
            ObjectKey.Of(pool),
            json =>
                json["status"] = new JsonObject
                {
                    ["conditions"] = new JsonArray(
                        Condition(now, "cilium.io/PoolConflict", "False", "resolved", ""),
                        Condition(
                            now,
                            "cilium.io/IPsTotal",
                            "Unknown",
                            "noreason",
                            total.ToString(CultureInfo.InvariantCulture)
                        ),
                        Condition(
                            now,
                            "cilium.io/IPsAvailable",
                            "Unknown",
                            "noreason",
                            total.ToString(CultureInfo.InvariantCulture)
                        )
                    ),
                }
        );
    }

    private static long Size(JsonNode? block) =>
        IPAddress.TryParse(block.TextAt("start"), out var start)
        && IPAddress.TryParse(block.TextAt("stop"), out var stop)
            ? Number(stop) - Number(start) + 1
            : 0;

    private static long Number(IPAddress address) =>
        address.GetAddressBytes().Aggregate(0L, (number, part) => number * 256 + part);

    private static JsonObject Condition(
        DateTimeOffset now,
        string type,
        string status,
        string reason,
        string message
    ) =>
        new()
        {
            ["type"] = type,
            ["status"] = status,
            ["reason"] = reason,
            ["message"] = message,
            ["lastTransitionTime"] = Timestamp.Of(now),
        };

    private void Bgp(TwinCluster cluster)
    {
        foreach (var config in cluster.Objects.View(ApiVersion, "CiliumBGPClusterConfig"))
        {
            var state = world.RouterConfigured && !world.Faults.Lasts($"{cluster.Name}/bgp") ? "established" : "active";

            foreach (var node in cluster.Objects.View("v1", "Node"))
                Node(cluster, config, ObjectKey.Of(node).Name, state);
        }
    }

    private void Node(TwinCluster cluster, JsonObject config, string node, string state)
    {
        var key = new ObjectKey(ApiVersion, "CiliumBGPNodeConfig", "", node);
        var instances = config.ItemsAt("spec.bgpInstances");

        if ((string?)cluster.Objects.View(key)?["status"]?["bgpInstances"]?[0]?["peers"]?[0]?["peeringState"] == state)
            return;

        var json = Manifest
            .New(key.ApiVersion, key.Kind, "", node)
            .With("spec", new JsonObject { ["bgpInstances"] = instances.DeepClone() });
        json["status"] = new JsonObject
        {
            ["bgpInstances"] = new JsonArray([.. instances.Select(instance => Instance(instance!, state))]),
        };
        cluster.Objects.Put(json);
    }

    private JsonObject Instance(JsonNode instance, string state) =>
        new()
        {
            ["name"] = instance.TextAt("name"),
            ["localASN"] = instance.NumberAt("localASN", 0),
            ["peers"] = new JsonArray([
                .. instance
                    .ItemsAt("peers")
                    .Select(peer => new JsonObject
                    {
                        ["name"] = peer.TextAt("name"),
                        ["peerASN"] = peer.NumberAt("peerASN", 0),
                        ["peerAddress"] = peer.TextAt("peerAddress"),
                        ["peeringState"] = state,
                        ["establishedTime"] = state == "established" ? Timestamp.Of(world.Clock) : null,
                    }),
            ]),
        };

    private void Gateways(TwinCluster cluster)
    {
        if (!Applier.Knows(cluster, GatewayKinds.ApiVersion, "GatewayClass"))
            return;

        var now = world.Clock.GetUtcNow();
        var key = new ObjectKey(GatewayKinds.ApiVersion, "GatewayClass", "", "cilium");

        if (cluster.Objects.View(key) is null)
        {
            var json = Manifest
                .New(GatewayKinds.ApiVersion, "GatewayClass", "", "cilium")
                .With("spec", Manifest.Map(("controllerName", "io.cilium/gateway-controller")));
            json["status"] = new JsonObject
            {
                ["conditions"] = new JsonArray(Condition(now, "Accepted", "True", "Accepted", "Valid GatewayClass")),
            };
            cluster.Objects.Put(json);
        }

        GatewayStatus.Reconcile(cluster);
    }
}
