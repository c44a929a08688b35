using System.Net.Security;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;

namespace PlatformBot.Kubernetes;

/// <summary>Why a server's certificate is not believed, and what to do.</summary>
internal static class TlsWords
{
    private const X509ChainStatusFlags None = X509ChainStatusFlags.NoError;

    private const X509ChainStatusFlags OfTime =
        X509ChainStatusFlags.NotTimeValid | X509ChainStatusFlags.CtlNotTimeValid;

    /// <param name="asked">the name or address that the certificate should be for</param>
    /// <param name="trusted">authorities in PEM; null trusts the system's</param>
    public static (string Words, string Cure) Explain(
        X509Certificate2? server,
        X509Chain? chain,
        SslPolicyErrors errors,
        string asked,
        string? trusted,
        DateTimeOffset now
    )
    {
        if (server is null || errors.HasFlag(SslPolicyErrors.RemoteCertificateNotAvailable))
            return ("it shows no certificate", "See that the server's address leads to an API server.");

        var faults = chain?.ChainStatus.Aggregate(None, (all, each) => all | each.Status) ?? None;

        if (errors.HasFlag(SslPolicyErrors.RemoteCertificateChainErrors) && (faults & ~OfTime) != None)
            return Stranger(chain, server, trusted);

        return errors.HasFlag(SslPolicyErrors.RemoteCertificateChainErrors)
            ? OutOfTime(chain, server, now)
            : WrongName(server, asked);
    }

    private static (string Words, string Cure) Stranger(X509Chain? chain, X509Certificate2 server, string? trusted)
    {
        var top = chain is { ChainElements.Count: > 0 } ? chain.ChainElements[^1].Certificate : server;
        var issuer = NameOf(top.IssuerName);

        if (trusted is null)
        {
            return (
                $"its certificate was signed by {issuer}, which this host's trust store does not hold",
                "Give certificate-authority-data in the client configuration."
            );
        }

        var authorities = new X509Certificate2Collection();
        authorities.ImportFromPem(trusted);
        var names = authorities.Select(authority => NameOf(authority.SubjectName)).Distinct().ToList();

        return names.Contains(issuer)
            ? (
                $"its certificate was signed by another {issuer} than the one that the client configuration trusts: same name, other key",
                "The cluster was made anew, or another one answers there. Fetch its client configuration again if it is the one you mean."
            )
            : (
                $"its certificate was signed by {issuer}; the client configuration trusts {string.Join(", ", names)}",
                "See that the server's address leads to this cluster, and not to another one or a proxy; else fetch the client configuration again."
            );
    }

    private static (string Words, string Cure) OutOfTime(X509Chain? chain, X509Certificate2 server, DateTimeOffset now)
    {
        var late = chain
            ?.ChainElements.FirstOrDefault(element =>
                element.ChainElementStatus.Any(status => (status.Status & OfTime) != None)
            )
            ?.Certificate;
        var (from, until) = ((late ?? server).NotBefore.ToUniversalTime(), (late ?? server).NotAfter.ToUniversalTime());
        var whose =
            late is null || late.Thumbprint == server.Thumbprint
                ? "its certificate"
                : $"the certificate of its authority {NameOf(late.SubjectName)}";

        return now.UtcDateTime < from
            ? (
                $"{whose} is valid only from {from:yyyy-MM-dd HH:mm} UTC",
                "Compare the clocks of this host and of the control plane."
            )
            : (
                $"{whose} has expired on {until:yyyy-MM-dd HH:mm} UTC",
                "Renew the API server's certificates, then try again."
            );
    }

    private static (string Words, string Cure) WrongName(X509Certificate2 server, string asked)
    {
        var names = server.Extensions.OfType<X509SubjectAlternativeNameExtension>().ToList();
        var all = names
            .SelectMany(each => each.EnumerateDnsNames())
            .Concat(names.SelectMany(each => each.EnumerateIPAddresses()).Select(address => address.ToString()))
            .ToList();
        return (
            $"its certificate is for {(all.Count == 0 ? "no name at all" : string.Join(", ", all))}, not for {asked}",
            "Write one of these names as tls-server-name into the client configuration, or correct the server's address."
        );
    }

    private static string NameOf(X500DistinguishedName name) => $"'{name.Name}'";
}

/// <summary>The server's certificate is not believed. Its message says why.</summary>
internal sealed class UntrustedException(string words, string cure) : AuthenticationException(words)
{
    public string Cure => cure;
}
