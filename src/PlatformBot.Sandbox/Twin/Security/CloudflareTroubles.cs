using System.Text.Json.Nodes;
using PlatformBot.Sandbox.Kubernetes;
using PlatformBot.Sandbox.Twin.Helm;

namespace PlatformBot.Sandbox.Twin.Security;

/// <summary>What Cloudflare answers to the programs that speak to it.</summary>
/// <remarks>Faults: "CLUSTER/dns-token-invalid", "CLUSTER/tunnel-away" (Cloudflare's edge does not answer).</remarks>
internal static class CloudflareTroubles
{
    public static PodTrouble? Cloudflared(TwinWorld world, TwinCluster cluster, JsonObject pod)
    {
        if (Token(cluster, pod, "cloudflared", "TUNNEL_TOKEN") is not { } token)
            return null;

        return token != world.Vault.ValueOf("cloudflare", $"tunnel-{cluster.Name}-token")
                ? new PodTrouble("cloudflared", Crashes: true, "Provided Tunnel token is not valid.")
            : world.Faults.Lasts($"{cluster.Name}/tunnel-away")
                ? new PodTrouble(
                    "cloudflared",
                    Crashes: false,
                    "ERR Failed to dial a quic connection error=\"failed to dial to edge with quic: timeout: no recent network activity\" connIndex=0"
                )
            : null;
    }

    /// <summary>True when the zone's API takes this token.</summary>
    public static bool AcceptsForDns(TwinWorld world, TwinCluster cluster, string token) =>
        token == world.Vault.ValueOf("cloudflare", "api-token-dns")
        && !world.Faults.Lasts($"{cluster.Name}/dns-token-invalid");

    public static PodTrouble? ExternalDns(TwinWorld world, TwinCluster cluster, JsonObject pod)
    {
        if (Token(cluster, pod, "external-dns", "CF_API_TOKEN") is not { } token)
            return null;

        return AcceptsForDns(world, cluster, token)
            ? null
            : new PodTrouble(
                "external-dns",
                Crashes: true,
                "level=fatal msg=\"Failed to do run loop: could not fetch zones from provider: Invalid access token (9109)\""
            );
    }

    /// <summary>What the program was given; null when the pod runs another program, or the Secret is missing (which shows elsewhere).</summary>
    private static string? Token(TwinCluster cluster, JsonObject pod, string container, string variable)
    {
        var reference = Pods.Containers(pod)
            .FirstOrDefault(one => one.TextAt("name") == container)
            .ItemsAt("env")
            .FirstOrDefault(one => one.TextAt("name") == variable);
        var (name, key) = (
            reference.TextAt("valueFrom.secretKeyRef.name"),
            reference.TextAt("valueFrom.secretKeyRef.key")
        );
        return SecretText.Of(cluster.Objects, pod.Namespace(), name, key);
    }
}
