using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using System.Text.Json.Nodes;
using PlatformBot.Sandbox.Kubernetes;

namespace PlatformBot.Sandbox.Twin.Mesh;

/// <summary>
/// The cluster's trust anchors and issuer, read from the real PEMs in ConfigMap linkerd-identity-trust-roots and Secret
/// linkerd-identity-issuer.
/// </summary>
/// <param name="Problem">What keeps the identity service from working; null = nothing.</param>
/// <param name="AnchorsDigest">SHA-256 of the anchors' certificates, in order of their digests; null without anchors.</param>
internal sealed record MeshIdentity(
    string? Problem,
    string? AnchorsDigest,
    DateTimeOffset? AnchorsUntil,
    DateTimeOffset? IssuerUntil
)
{
    private static readonly ConcurrentDictionary<string, (string Version, MeshIdentity Identity)> Known = new();

    public static MeshIdentity Of(TwinCluster cluster)
    {
        var secret = cluster.Objects.View(new ObjectKey("v1", "Secret", "linkerd", "linkerd-identity-issuer"));
        var roots = cluster.Objects.View(new ObjectKey("v1", "ConfigMap", "linkerd", "linkerd-identity-trust-roots"));
        var version =
            $"{secret?["metadata"]?["uid"]}{VersionOf(secret)}/{roots?["metadata"]?["uid"]}{VersionOf(roots)}";

        if (Known.TryGetValue(cluster.Name, out var known) && known.Version == version)
            return known.Identity;

        var identity = Read(secret, roots, cluster.Clock.GetUtcNow());
        Known[cluster.Name] = (version, identity);
        return identity;
    }

    private static string? VersionOf(JsonObject? json) => (string?)json?["metadata"]?["resourceVersion"];

    private static MeshIdentity Read(JsonObject? secret, JsonObject? roots, DateTimeOffset now)
    {
        var anchors = new X509Certificate2Collection();
        var pem = (string?)roots?["data"]?["ca-bundle.crt"] ?? "";
        Import(anchors, pem);
        var digest = anchors.Count == 0 ? null : DigestOf(anchors);
        var until = anchors.Count == 0 ? (DateTimeOffset?)null : anchors.Min(End);
        var identity = new MeshIdentity(Problem: null, digest, until, IssuerUntil: null);

        if (secret is null)
            return identity with { Problem = "secrets \"linkerd-identity-issuer\" not found" };

        foreach (
            var (key, what) in new[]
            {
                ("ca.crt", "trust anchors"),
                ("tls.crt", "issuer certificate"),
                ("tls.key", "issuer key"),
            }
        )
        {
            if (secret["data"]?[key] is null)
            {
                return identity with
                {
                    Problem =
                        $"key {key} containing the {what} needs to exist in secret linkerd-identity-issuer if --identity-external-issuer=true",
                };
            }
        }

        return anchors.Count == 0
            ? identity with
            {
                Problem = "no trust anchors in ConfigMap linkerd-identity-trust-roots",
            }
            : Verify(identity, secret, anchors, now);
    }

    private static MeshIdentity Verify(
        MeshIdentity identity,
        JsonObject secret,
        X509Certificate2Collection anchors,
        DateTimeOffset now
    )
    {
        try
        {
            using var issuer = X509Certificate2.CreateFromPem(
                SecretText.Of(secret, "tls.crt")!,
                SecretText.Of(secret, "tls.key")!
            );
            using var chain = new X509Chain();
            chain.ChainPolicy.TrustMode = X509ChainTrustMode.CustomRootTrust;
            chain.ChainPolicy.CustomTrustStore.AddRange(anchors);
            chain.ChainPolicy.RevocationMode = X509RevocationMode.NoCheck;
            chain.ChainPolicy.VerificationTime = now.UtcDateTime;
            var dated = identity with { IssuerUntil = End(issuer) };

            if (now > dated.IssuerUntil)
            {
                return dated with
                {
                    Problem =
                        $"issuer certificate is not valid anymore. Expired on {dated.IssuerUntil:yyyy-MM-ddTHH:mm:ssZ}",
                };
            }

            return chain.Build(issuer)
                ? dated
                : dated with
                {
                    Problem = "x509: certificate signed by unknown authority",
                };
        }
        catch (Exception trouble) when (trouble is CryptographicException or ArgumentException or FormatException)
        {
            return identity with { Problem = $"failed to read the issuer: {trouble.Message}" };
        }
    }

    private static void Import(X509Certificate2Collection into, string pem)
    {
        try
        {
            into.ImportFromPem(pem);
        }
        catch (CryptographicException)
        {
            // Not a certificate: there are no anchors, which is what the caller looks at.
            into.Clear();
        }
    }

    private static DateTimeOffset End(X509Certificate2 certificate) => new(certificate.NotAfter.ToUniversalTime());

    private static string DigestOf(X509Certificate2Collection anchors) =>
        Convert.ToHexStringLower(
            SHA256.HashData(
                Encoding.ASCII.GetBytes(
                    string.Concat(
                        anchors
                            .Select(one => one.GetCertHashString(HashAlgorithmName.SHA256))
                            .Distinct()
                            .Order(StringComparer.Ordinal)
                    )
                )
            )
        );
}
