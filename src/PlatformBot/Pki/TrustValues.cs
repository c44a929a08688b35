using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text.Json.Nodes;
using PlatformBot.Core;
using PlatformBot.Core.Secrets;

namespace PlatformBot.Pki;

/// <summary>
/// The trust anchor's certificate as Helm values in a ConfigMap, for <c>kubectl apply -f -</c>: HelmRelease linkerd-control-plane reads it by
/// <c>valuesFrom</c>, and the label makes Flux reconcile when it changes. Public: it holds no key.
/// </summary>
internal static class TrustValues
{
    public static Result<string> Manifest(VaultItem anchor)
    {
        if (!anchor.Field("ca_crt").Ok(out var pem, out var missing))
            return missing;

        if (!Reencode(pem).Ok(out var certificate, out var refusal))
            return refusal;

        var indented = string.Join('\n', certificate.Split('\n').Select(line => $"  {line}"));

        return new JsonObject
        {
            ["apiVersion"] = "v1",
            ["kind"] = "ConfigMap",
            ["metadata"] = new JsonObject
            {
                ["name"] = "linkerd-trust-anchor",
                ["namespace"] = "linkerd",
                ["labels"] = new JsonObject { ["reconcile.fluxcd.io/watch"] = "Enabled" },
            },
            ["data"] = new JsonObject { ["values.yaml"] = $"identityTrustAnchorsPEM: |\n{indented}\n" },
        }.ToJsonString();
    }

    // Whatever else a person pasted into the field (a key, a comment) does not travel on.
    private static Result<string> Reencode(string pem)
    {
        try
        {
            using var certificate = X509Certificate2.CreateFromPem(pem);
            return certificate.ExportCertificatePem();
        }
        catch (CryptographicException)
        {
            return new Refusal("ca_crt is not a certificate in PEM", "put the certificate into the item again");
        }
    }
}
