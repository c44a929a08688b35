using System.Text.Json.Nodes;
using PlatformBot.Sandbox.Kubernetes;
using PlatformBot.Sandbox.Twin.Helm;
using PlatformBot.Sandbox.Twin.Kustomize;

namespace PlatformBot.Sandbox.Twin.Mesh;

/// <summary>How one multicluster link stands, computed from both clusters.</summary>
/// <param name="Remote">The cluster whose API the credentials lead to; null when they lead nowhere.</param>
/// <param name="HasCredentials">The Secret is there, and the remote API takes its token.</param>
internal sealed record LinkState(
    string Name,
    TwinCluster? Remote,
    bool HasCredentials,
    bool SharesAnchors,
    bool GatewayAnswers,
    bool ControllerRuns
)
{
    private const string Namespace = "linkerd-multicluster";

    /// <summary>The gateway answers probes over mTLS: traffic flows.</summary>
    public bool IsAlive => HasCredentials && SharesAnchors && GatewayAnswers && ControllerRuns;

    public static IEnumerable<LinkState> All(TwinWorld world, TwinCluster cluster) =>
        cluster.Objects.View(MeshTexts.LinkApi, "Link", Namespace).Select(link => Of(world, cluster, link));

    public static LinkState Of(TwinWorld world, TwinCluster cluster, JsonObject link)
    {
        var name = ObjectKey.Of(link).Name;
        var (remote, token) = Credentials(world, cluster, link.TextAt("spec.clusterCredentialsSecret"));
        var own = MeshIdentity.Of(cluster).AnchorsDigest;

        return new LinkState(
            name,
            remote,
            remote is not null && token is not null && token == TokenOf(remote),
            remote is not null && own is not null && own == MeshIdentity.Of(remote).AnchorsDigest,
            remote is not null
                && GatewayReady(remote, link.TextAt("spec.gatewayAddress"))
                && !world.Faults.Lasts($"{cluster.Name}/mesh-link"),
            Pods.IsAvailable(cluster, Namespace, $"controller-{name}")
        );
    }

    /// <summary>The address of a cluster's gateway; null while it has none.</summary>
    public static string? GatewayAddress(TwinCluster cluster) =>
        (string?)
            cluster
                .Objects.View(new ObjectKey("v1", "Service", Namespace, "linkerd-gateway"))
                ?["status"]?["loadBalancer"]?["ingress"]?[0]?["ip"];

    public static string? TokenOf(TwinCluster cluster) =>
        (string?)
            cluster
                .Objects.View(
                    new ObjectKey("v1", "Secret", Namespace, "linkerd-service-mirror-remote-access-default-token")
                )
                ?["data"]?["token"];

    private static bool GatewayReady(TwinCluster remote, string address) =>
        remote.ApiIsUp && GatewayAddress(remote) == address && Pods.IsAvailable(remote, Namespace, "linkerd-gateway");

    private static (TwinCluster? Remote, string? Token) Credentials(TwinWorld world, TwinCluster cluster, string secret)
    {
        var found = cluster.Objects.View(new ObjectKey("v1", "Secret", Namespace, secret));

        if ((string?)found?["data"]?["kubeconfig"] is not { } encoded)
            return (null, null);

        var kubeconfig = YamlText.ReadMapping(SecretText.Decode(encoded));
        var server = (string?)kubeconfig["clusters"]?[0]?["cluster"]?["server"] ?? "";
        var token = (string?)kubeconfig["users"]?[0]?["user"]?["token"];

        // The names that the clusters' API servers have in DNS, as the inventory gives them.
        var remote = world.Clusters.Values.FirstOrDefault(one =>
            one.ApiIsUp && server.StartsWith($"https://{one.Name}.k8s.monosense.io:6443", StringComparison.Ordinal)
        );
        return (remote, token is null ? null : SecretText.Encode(token));
    }
}
