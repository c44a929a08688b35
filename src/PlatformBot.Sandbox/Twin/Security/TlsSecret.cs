using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text.Json.Nodes;
using PlatformBot.Sandbox.Kubernetes;
using PlatformBot.Sandbox.Twin.Helm;

namespace PlatformBot.Sandbox.Twin.Security;

/// <summary>The Secret of a Certificate: a real key and a real (self-signed) certificate for its names.</summary>
internal static class TlsSecret
{
    public static void Write(TwinCluster cluster, JsonObject certificate, DateTimeOffset from, DateTimeOffset until)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var names = certificate.ItemsAt("spec.dnsNames").Select(name => (string?)name ?? "").ToList();
        var request = new CertificateRequest($"CN={names.FirstOrDefault()}", key, HashAlgorithmName.SHA256);
        var alternatives = new SubjectAlternativeNameBuilder();
        names.ForEach(alternatives.AddDnsName);
        request.CertificateExtensions.Add(alternatives.Build());
        using var signed = request.CreateSelfSigned(from, until);

        var secret = Manifest
            .New("v1", "Secret", certificate.Namespace(), certificate.Text("spec", "secretName"))
            .Annotated(
                ("cert-manager.io/certificate-name", certificate.Name()),
                ("cert-manager.io/issuer-name", certificate.Text("spec", "issuerRef", "name"))
            )
            .With("type", "kubernetes.io/tls")
            .With(
                "data",
                Manifest.Map(
                    ("tls.crt", SecretText.Encode(signed.ExportCertificatePem())),
                    ("tls.key", SecretText.Encode(key.ExportPkcs8PrivateKeyPem()))
                )
            );
        Applier.Apply(cluster, secret);
    }
}
