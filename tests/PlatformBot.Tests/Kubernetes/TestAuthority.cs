using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace PlatformBot.Tests.Kubernetes;

/// <summary>An authority of a test's own, which signs what real ones sign and what they should not.</summary>
internal sealed class TestAuthority : IDisposable
{
    private static readonly DateTimeOffset From = new(2020, 1, 1, 0, 0, 0, TimeSpan.Zero);

    private readonly X509Certificate2 _authority;

    public TestAuthority(string name)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest($"CN={name}-ca", key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, false, 0, true));
        request.CertificateExtensions.Add(
            new X509KeyUsageExtension(X509KeyUsageFlags.KeyCertSign | X509KeyUsageFlags.CrlSign, critical: true)
        );
        request.CertificateExtensions.Add(new X509SubjectKeyIdentifierExtension(request.PublicKey, critical: false));
        _authority = request.CreateSelfSigned(From, From.AddYears(40));
    }

    public string CaPem => _authority.ExportCertificatePem();

    /// <summary>A server on loopback; null names it as what it is.</summary>
    public X509Certificate2 Server(string? name = null, DateTimeOffset? until = null)
    {
        var names = new SubjectAlternativeNameBuilder();

        if (name is null)
            names.AddIpAddress(IPAddress.Loopback);

        names.AddDnsName(name ?? "localhost");
        return Sign("CN=kube-apiserver", "1.3.6.1.5.5.7.3.1", names.Build(), until);
    }

    /// <summary>Certificate and key as PEM, as a client configuration holds them.</summary>
    public (string Certificate, string Key) Client(string subject)
    {
        using var client = Sign(subject, "1.3.6.1.5.5.7.3.2", names: null, until: null);
        using var key = client.GetECDsaPrivateKey()!;
        return (client.ExportCertificatePem(), key.ExportPkcs8PrivateKeyPem());
    }

    public void Dispose() => _authority.Dispose();

    private X509Certificate2 Sign(string subject, string usage, X509Extension? names, DateTimeOffset? until)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest(subject, key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509EnhancedKeyUsageExtension([new Oid(usage)], critical: false));

        if (names is not null)
            request.CertificateExtensions.Add(names);

        using var signed = request.Create(
            _authority,
            From,
            until ?? From.AddYears(40),
            RandomNumberGenerator.GetBytes(12)
        );
        using var withKey = signed.CopyWithPrivateKey(key);
        // Through PKCS#12 once, so that the TLS stack of every platform accepts the key.
        return X509CertificateLoader.LoadPkcs12(
            withKey.Export(X509ContentType.Pkcs12),
            password: null,
            X509KeyStorageFlags.Exportable
        );
    }
}
