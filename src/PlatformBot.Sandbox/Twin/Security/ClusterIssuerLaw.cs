using System.Text.Json.Nodes;
using PlatformBot.Sandbox.Kubernetes;
using PlatformBot.Sandbox.Twin.Helm.Charts;
using PlatformBot.Sandbox.Twin.Workloads;

namespace PlatformBot.Sandbox.Twin.Security;

/// <summary>cert-manager: an issuer is ready when its account is registered; whether it can prove anything shows later.</summary>
internal sealed class ClusterIssuerLaw(TwinWorld world) : OperatorLaw(world, "cert-manager", "cert-manager")
{
    public const string ApiVersion = $"{CertManagerChart.Group}/v1";

    protected override void Act(TwinCluster cluster)
    {
        foreach (var issuer in Due(cluster, ApiVersion, "ClusterIssuer"))
            Register(cluster, issuer);

        foreach (var issuer in Due(cluster, ApiVersion, "Issuer", TimeSpan.FromHours(10)))
        {
            cluster.Objects.Update(
                ObjectKey.Of(issuer),
                json => Conditions.Set(json, Clock, "Ready", json.At("spec", "selfSigned") is not null, "IsReady")
            );
        }
    }

    private void Register(TwinCluster cluster, JsonObject issuer)
    {
        var server = issuer.Text("spec", "acme", "server");
        var reaches = Pods.HaveDns(cluster);
        Again(issuer, reaches ? TimeSpan.FromHours(10) : TimeSpan.FromSeconds(10));
        cluster.Objects.Update(
            ObjectKey.Of(issuer),
            json =>
            {
                var message = reaches
                    ? "The ACME account was registered with the ACME server"
                    : $"Failed to register ACME account: Get \"{server}\": dial tcp: i/o timeout";
                json.Section("status", "acme")["uri"] = reaches ? $"{server[..^"directory".Length]}acme/acct/1" : "";
                Conditions.Set(
                    json,
                    Clock,
                    "Ready",
                    reaches,
                    reaches ? "ACMEAccountRegistered" : "ErrRegisterACMEAccount",
                    message
                );
            }
        );
    }
}
