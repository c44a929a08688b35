using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using PlatformBot.Core;
using PlatformBot.Core.Secrets;

namespace PlatformBot.Pki;

/// <summary>
/// Linkerd's identity: one trust anchor for all clusters (ECDSA P-256, ten years) and an issuer per cluster that it signs (one year).
/// </summary>
internal sealed class MeshAuthority(TimeProvider clock)
{
    private const string AnchorName = "CN=root.linkerd.cluster.local";
    private const string IssuerName = "CN=identity.linkerd.cluster.local";

    /// <summary>The machines' clocks may differ by less than this.</summary>
    private static readonly TimeSpan Skew = TimeSpan.FromHours(1);

    /// <summary>Fields ca_crt and ca_key (PEM), ca_crt_b64 (the PEM in base64, as a Secret's data wants it).</summary>
    public VaultItem CreateAnchor(string title)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = Authority(AnchorName, key, hasPathLength: false);
        request.CertificateExtensions.Add(new X509SubjectKeyIdentifierExtension(request.PublicKey, critical: false));

        var now = clock.GetUtcNow();
        using var anchor = request.CreateSelfSigned(now - Skew, now.AddYears(10));

        return Item(
            title,
            ("ca_crt", Pem(anchor)),
            ("ca_key", key.ExportECPrivateKeyPem() + "\n"),
            ("ca_crt_b64", Base64(Pem(anchor)))
        );
    }

    /// <summary>Fields tls_crt_b64 and tls_key_b64: PEM in base64.</summary>
    public Result<VaultItem> Issue(VaultItem anchorItem, string title)
    {
        if (!ReadAnchor(anchorItem).Ok(out var anchor, out var refusal))
            return refusal;

        using (anchor)
        using (var key = ECDsa.Create(ECCurve.NamedCurves.nistP256))
        {
            var now = clock.GetUtcNow();
            var until = now.AddYears(1);

            if (anchor.NotAfter.ToUniversalTime() < until.UtcDateTime)
            {
                return new Refusal(
                    $"the trust anchor ends on {anchor.NotAfter:yyyy-MM-dd}, before an issuer of one year would",
                    "make a new trust anchor first"
                );
            }

            using var issuer = IssuerRequest(key, anchor)
                .Create(anchor, now - Skew, until, RandomNumberGenerator.GetBytes(16));
            return Item(
                title,
                ("tls_crt_b64", Base64(Pem(issuer))),
                ("tls_key_b64", Base64(key.ExportECPrivateKeyPem() + "\n"))
            );
        }
    }

    private static CertificateRequest IssuerRequest(ECDsa key, X509Certificate2 anchor)
    {
        var request = Authority(IssuerName, key, hasPathLength: true);
        request.CertificateExtensions.Add(new X509SubjectKeyIdentifierExtension(request.PublicKey, critical: false));
        request.CertificateExtensions.Add(
            X509AuthorityKeyIdentifierExtension.CreateFromCertificate(
                anchor,
                includeKeyIdentifier: true,
                includeIssuerAndSerial: false
            )
        );
        return request;
    }

    private static CertificateRequest Authority(string name, ECDsa key, bool hasPathLength)
    {
        var request = new CertificateRequest(name, key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, hasPathLength, 0, critical: true));
        request.CertificateExtensions.Add(
            new X509KeyUsageExtension(X509KeyUsageFlags.KeyCertSign | X509KeyUsageFlags.CrlSign, critical: true)
        );
        return request;
    }

    private static Result<X509Certificate2> ReadAnchor(VaultItem item)
    {
        if (
            !item.Field("ca_crt").Ok(out var certificate, out var missing)
            || !item.Field("ca_key").Ok(out var key, out missing)
        )
        {
            return missing;
        }

        try
        {
            return X509Certificate2.CreateFromPem(certificate, key);
        }
        catch (Exception mistake) when (mistake is CryptographicException or ArgumentException)
        {
            return new Refusal(
                $"ca_crt and ca_key of \"{item.Title}\" are not a certificate and its own private key",
                "put both of them into the item again"
            );
        }
    }

    private static VaultItem Item(string title, params IEnumerable<(string Label, string Value)> fields) =>
        new(title, fields.ToDictionary(field => field.Label, field => field.Value, StringComparer.Ordinal));

    private static string Pem(X509Certificate2 certificate) => certificate.ExportCertificatePem() + "\n";

    private static string Base64(string text) => Convert.ToBase64String(Encoding.UTF8.GetBytes(text));
}
