using System.Globalization;
using System.Text.Json.Nodes;
using PlatformBot.Sandbox.Kubernetes;
using PlatformBot.Sandbox.Twin.Workloads;

namespace PlatformBot.Sandbox.Twin.Security;

/// <summary>
/// cert-manager: asks the issuer for what a Certificate describes, proves by DNS that the names are ours (which takes a
/// minute), keeps the answer in a Secret, and renews it in time.
/// </summary>
/// <remarks>
/// Faults: "CLUSTER/dns-token-invalid" (Cloudflare refuses the token); "CLUSTER/certificate-expired" (production
/// certificates have run out, and nothing renews them until the fault is cleared).
/// </remarks>
internal sealed class CertificateLaw(TwinWorld world) : OperatorLaw(world, "cert-manager", "cert-manager")
{
    private static readonly TimeSpan Look = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan Proof = TimeSpan.FromSeconds(70);

    private readonly Dictionary<string, DateTimeOffset> _proving = [];

    protected override void Act(TwinCluster cluster)
    {
        foreach (var certificate in Due(cluster, ClusterIssuerLaw.ApiVersion, "Certificate", Look))
            Step(cluster, certificate);
    }

    private void Step(TwinCluster cluster, JsonObject certificate)
    {
        if (IsExpired(cluster, certificate))
            SayExpired(cluster, certificate);
        else if (!NeedsIssuing(cluster, certificate, out var reason))
            SayReady(cluster, certificate);
        else if (IssuerTrouble(cluster, certificate) is { } trouble)
            SayIssuing(cluster, certificate, reason, trouble);
        else
            Prove(cluster, certificate, reason);
    }

    private bool IsExpired(TwinCluster cluster, JsonObject certificate) =>
        World.Faults.Lasts($"{cluster.Name}/certificate-expired")
        && certificate.Text("spec", "issuerRef", "name").EndsWith("production", StringComparison.Ordinal)
        && certificate.At("status", "notAfter") is not null;

    private void SayExpired(TwinCluster cluster, JsonObject certificate)
    {
        var expired = Now - TimeSpan.FromHours(1);
        Update(
            cluster,
            certificate,
            json =>
            {
                if ((Timestamp.Read(json.Text("status", "notAfter")) ?? expired) > Now)
                    json.Section("status")["notAfter"] = Timestamp.Of(expired);

                var when = Timestamp
                    .Read(json.Text("status", "notAfter"))!
                    .Value.ToString("R", CultureInfo.InvariantCulture);
                Conditions.Set(json, Clock, "Ready", holds: false, "Expired", $"Certificate expired on {when}");
            }
        );
    }

    private bool NeedsIssuing(TwinCluster cluster, JsonObject certificate, out string reason)
    {
        var secret = cluster.Objects.View(
            new ObjectKey("v1", "Secret", certificate.Namespace(), certificate.Text("spec", "secretName"))
        );
        var renewal = Timestamp.Read(certificate.Text("status", "renewalTime"));
        reason = secret is null ? "DoesNotExist" : "Renewing";
        return secret is null || renewal is null || Now >= renewal || NotAfter(certificate) <= Now;
    }

    private static DateTimeOffset? NotAfter(JsonObject certificate) =>
        Timestamp.Read(certificate.Text("status", "notAfter"));

    private static JsonObject? IssuerOf(TwinCluster cluster, JsonObject certificate)
    {
        var reference = certificate.At("spec", "issuerRef");
        var kind = reference.Text("kind") is { Length: > 0 } given ? given : "Issuer";
        var ns = kind == "Issuer" ? certificate.Namespace() : "";
        return cluster.Objects.View(new ObjectKey(ClusterIssuerLaw.ApiVersion, kind, ns, reference.Text("name")));
    }

    private static string? IssuerTrouble(TwinCluster cluster, JsonObject certificate)
    {
        var name = certificate.Text("spec", "issuerRef", "name");
        var issuer = IssuerOf(cluster, certificate);

        return issuer is null
                ? $"Referenced \"ClusterIssuer\" not found: clusterissuer.cert-manager.io \"{name}\" not found"
            : issuer.Holds("Ready") ? null
            : $"Referenced issuer does not have a Ready status condition";
    }

    private void Prove(TwinCluster cluster, JsonObject certificate, string reason)
    {
        if (IssuerOf(cluster, certificate).At("spec", "selfSigned") is not null)
        {
            Issue(cluster, certificate);
            return;
        }

        if (ProofTrouble(cluster, certificate) is { } trouble)
        {
            _proving.Remove(certificate.Uid());
            Challenges.Write(cluster, certificate, trouble);
            SayIssuing(cluster, certificate, reason, "");
            return;
        }

        if (_proving.TryAdd(certificate.Uid(), Now))
        {
            Challenges.Write(
                cluster,
                certificate,
                "Waiting for DNS-01 challenge propagation: DNS record not yet propagated"
            );
            SayIssuing(cluster, certificate, reason, "");
        }
        else if (Now - _proving[certificate.Uid()] >= Proof)
        {
            _proving.Remove(certificate.Uid());
            Challenges.Remove(cluster, certificate);
            Issue(cluster, certificate);
        }
    }

    /// <summary>Why the record for the proof cannot be made, in the words of the challenge; null when it can.</summary>
    private string? ProofTrouble(TwinCluster cluster, JsonObject certificate)
    {
        var reference = IssuerOf(cluster, certificate)
            .Items("spec", "acme", "solvers")
            .FirstOrDefault()
            .At("dns01", "cloudflare", "apiTokenSecretRef");
        var (name, key) = (reference.Text("name"), reference.Text("key"));

        // A ClusterIssuer's secrets lie beside cert-manager itself.
        var token = SecretText.Of(cluster.Objects, "cert-manager", name, key);

        if (token is null)
            return $"error getting cloudflare secret: secret \"{name}\" not found";

        return CloudflareTroubles.AcceptsForDns(World, cluster, token)
            ? null
            : "while attempting to find Zones for domain _acme-challenge.monosense.io\n\twhile querying the Cloudflare API for GET \"/zones?name=monosense.io\" \n\t Error: 9109: Invalid access token";
    }

    private void Issue(TwinCluster cluster, JsonObject certificate)
    {
        var (from, until) = (Now - TimeSpan.FromHours(1), Now + TimeSpan.FromDays(90) - TimeSpan.FromHours(1));
        TlsSecret.Write(cluster, certificate, from, until);
        Update(
            cluster,
            certificate,
            json =>
            {
                var status = json.Section("status");
                status["notBefore"] = Timestamp.Of(from);
                status["notAfter"] = Timestamp.Of(until);
                status["renewalTime"] = Timestamp.Of(until - TimeSpan.FromDays(30));
                status["revision"] = (status.Whole("revision") ?? 0) + 1;
            }
        );
        SayReady(cluster, certificate);
    }

    private void SayReady(TwinCluster cluster, JsonObject certificate) =>
        Update(
            cluster,
            certificate,
            json =>
            {
                Conditions.Remove(json, "Issuing");
                Conditions.Set(
                    json,
                    Clock,
                    "Ready",
                    holds: true,
                    "Ready",
                    "Certificate is up to date and has not expired"
                );
            }
        );

    private void SayIssuing(TwinCluster cluster, JsonObject certificate, string reason, string trouble) =>
        Update(
            cluster,
            certificate,
            json =>
            {
                Conditions.Set(json, Clock, "Issuing", holds: true, reason, trouble);

                // What is only being renewed stays in use.
                if (reason == "DoesNotExist")
                {
                    Conditions.Set(
                        json,
                        Clock,
                        "Ready",
                        holds: false,
                        reason,
                        "Issuing certificate as Secret does not exist"
                    );
                }
            }
        );

    private static void Update(TwinCluster cluster, JsonObject certificate, Action<JsonObject> change) =>
        cluster.Objects.Update(ObjectKey.Of(certificate), change);
}
