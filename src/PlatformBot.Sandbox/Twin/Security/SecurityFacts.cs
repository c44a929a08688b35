using PlatformBot.Sandbox.Kubernetes;
using PlatformBot.Sandbox.Twin.Cilium;

namespace PlatformBot.Sandbox.Twin.Security;

/// <summary>What must be true of secrets, certificates and the way in.</summary>
internal static class SecurityFacts
{
    public static IEnumerable<TwinFact> Of(TwinWorld world, TwinCluster cluster)
    {
        yield return Secrets(cluster);
        yield return WayIn(cluster);
        yield return PublicName(world, cluster);
    }

    private static TwinFact Secrets(TwinCluster cluster)
    {
        var all = cluster.Objects.View(SecretStoreLaw.ApiVersion, "ExternalSecret");
        var waiting = all.Where(one => !one.Holds("Ready")).Select(one => $"{one.Namespace()}/{one.Name()}").ToList();
        return new TwinFact(
            $"{cluster.Name}: every secret has come from the vault",
            all.Count > 0 && waiting.Count == 0,
            all.Count == 0 ? "there is no ExternalSecret"
                : waiting.Count == 0 ? $"{all.Count} of {all.Count} synced"
                : $"not synced: {string.Join(", ", waiting)}"
        );
    }

    private static TwinFact WayIn(TwinCluster cluster)
    {
        var certificate = cluster.Objects.View(
            new ObjectKey(ClusterIssuerLaw.ApiVersion, "Certificate", "kube-system", "wildcard-monosense-io")
        );
        var gateway = cluster.Objects.View(
            new ObjectKey(GatewayKinds.ApiVersion, "Gateway", "kube-system", "cilium-gateway-external")
        );
        var address = gateway.Items("status", "addresses").FirstOrDefault().Text("value");
        var listens = gateway
            .Items("status", "listeners")
            .SelectMany(listener => listener.Items("conditions"))
            .All(condition => condition.Text("status") == "True");
        var valid = certificate is not null && certificate.Holds("Ready");

        return new TwinFact(
            $"{cluster.Name}: the Gateway has its address and a valid certificate",
            valid && address.Length > 0 && listens,
            !valid
                    ? $"the certificate is not valid: {certificate?.Condition("Ready").Text("message") ?? "there is none"}"
                : address.Length == 0 ? "no address"
                : listens ? $"*.monosense.io at {address}"
                : "a listener is not programmed"
        );
    }

    private static TwinFact PublicName(TwinWorld world, TwinCluster cluster)
    {
        var record = world.Zone.Find($"external-{cluster.Name}.monosense.io");
        var tunnel = $"{world.Vault.ValueOf("cloudflare", $"tunnel-{cluster.Name}-id")}.cfargotunnel.com";
        var connected = Pods.IsAvailable(cluster, ExternalDnsLaw.Namespace, "cloudflared");

        return new TwinFact(
            $"{cluster.Name}: its public name leads through the tunnel",
            record?.Target == tunnel && connected,
            record is null ? "there is no record"
                : record.Target != tunnel ? "the record leads elsewhere"
                : connected ? $"{record.Name} to the connectors"
                : "no connector is up"
        );
    }
}
