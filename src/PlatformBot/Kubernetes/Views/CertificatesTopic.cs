using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using System.Text.Json;
using PlatformBot.Core.Chat;

namespace PlatformBot.Kubernetes.Views;

/// <summary>Certificates that end soon: cert-manager's, and the mesh's own issuer and anchors, which nobody else watches.</summary>
internal static class CertificatesTopic
{
    private static readonly TimeSpan Soon = TimeSpan.FromDays(30);
    private static readonly TimeSpan VerySoon = TimeSpan.FromDays(3);

    public static async Task<ClusterFinding?> LookAsync(Glance glance, CancellationToken cancelled)
    {
        var managed = glance.ListAsync("Certificate", ["cert-manager.io/v1"], cancelled);
        var issuer = glance.FindAsync("v1", "Secret", "linkerd", "linkerd-identity-issuer", cancelled);
        var roots = glance.FindAsync("v1", "ConfigMap", "linkerd", "linkerd-identity-trust-roots", cancelled);
        await Task.WhenAll(managed, issuer, roots);

        var certificates = await managed ?? [];
        var ends = certificates
            .Select(each => (Name: each.FullName(), End: Glance.Moment(each.Text("status", "notAfter"))))
            .Concat(Ends("linkerd's issuer", Pem(await issuer, "tls.crt") ?? Pem(await issuer, "crt.pem")))
            .Concat(Ends("linkerd's trust anchor", (await roots)?.Text("data", "ca-bundle.crt")))
            .Where(each => each.End is not null)
            .Select(each => (each.Name, Left: each.End!.Value - glance.Now))
            .OrderBy(each => each.Left)
            .ToList();

        if (ends.Count == 0 && certificates.Count == 0)
            return null;

        var next = ends.Where(each => each.Left > TimeSpan.Zero)
            .Select(each => $", the next ends in {Glance.Rough(each.Left)} ({each.Name})")
            .FirstOrDefault();
        return Glance.Finding(
            "certificates",
            $"{Math.Max(ends.Count, certificates.Count)}{next}",
            ends.Where(each => each.Left < Soon)
                .Select(Ending)
                .Concat(certificates.Where(certificate => !certificate.Is("Ready")).Select(NotReady))
        );
    }

    private static (Health, string) Ending((string Name, TimeSpan Left) certificate) =>
        certificate.Left <= TimeSpan.Zero
            ? (Health.Ill, $"{certificate.Name} ended {Glance.Rough(-certificate.Left)} ago")
            : (
                certificate.Left < VerySoon ? Health.Ill : Health.Attention,
                $"{certificate.Name} ends in {Glance.Rough(certificate.Left)}"
            );

    private static (Health, string) NotReady(JsonElement certificate) =>
        (
            Health.Ill,
            $"{certificate.FullName()} is not ready: {certificate.Condition("Ready").Text("message") ?? "it has not been issued yet"}"
        );

    private static string? Pem(JsonElement? secret, string key) =>
        secret?.Text("data", key) is { } data ? Encoding.UTF8.GetString(Convert.FromBase64String(data)) : null;

    /// <summary>Of a bundle, the first to end.</summary>
    private static IEnumerable<(string Name, DateTimeOffset? End)> Ends(string name, string? pem)
    {
        if (pem is null)
            return [];

        try
        {
            var bundle = new X509Certificate2Collection();
            bundle.ImportFromPem(pem);
            DateTimeOffset? first = bundle.Count == 0 ? null : bundle.Min(each => new DateTimeOffset(each.NotAfter));

            foreach (var certificate in bundle)
                certificate.Dispose();

            return [(name, first)];
        }
        catch (CryptographicException)
        {
            return [];
        }
    }
}
