using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography.X509Certificates;

namespace PlatformBot.Kubernetes;

/// <summary>How connections to one API server are made: whom to trust, who we are, and what keeps them alive.</summary>
internal static class ClusterHandler
{
    /// <summary>
    /// The address that requests carry. The name to verify goes there, and the handler connects to where the server really is; a proxy has to be
    /// told that, so there the name goes into the Host header instead.
    /// </summary>
    public static string BaseOf(ClusterAccess access)
    {
        var server = new UriBuilder(access.Server);

        if (access is { ServerName: { } name, Proxy: null })
            server.Host = name;

        return server.Uri.ToString().TrimEnd('/');
    }

    public static SocketsHttpHandler Create(ClusterAccess access, Credential credential, TimeProvider clock)
    {
        var handler = new SocketsHttpHandler
        {
            UseCookies = false,
            AllowAutoRedirect = false,
            AutomaticDecompression = DecompressionMethods.GZip,
            // Without it the hundred-and-first watch would wait in silence for one of the others to end.
            EnableMultipleHttp2Connections = true,
            KeepAlivePingDelay = TimeSpan.FromSeconds(30),
            KeepAlivePingTimeout = TimeSpan.FromSeconds(15),
            PooledConnectionLifetime = TimeSpan.FromMinutes(5),
            ConnectTimeout = TimeSpan.FromSeconds(5),
            // What is named wins over the environment, which is never asked for loopback.
            UseProxy = access.Proxy is not null || !access.Server.IsLoopback,
            SslOptions = Tls(access, credential, clock),
        };

        if (access.Proxy is { } proxy)
            handler.Proxy = new WebProxy(proxy);

        if (access is { ServerName: not null, Proxy: null })
            handler.ConnectCallback = (_, token) => ConnectAsync(access.Server, token);

        return handler;
    }

    private static SslClientAuthenticationOptions Tls(ClusterAccess access, Credential credential, TimeProvider clock)
    {
        var tls = new SslClientAuthenticationOptions
        {
            RemoteCertificateValidationCallback = (_, certificate, chain, errors) =>
                access.Insecure || errors == SslPolicyErrors.None
                    ? true
                    : throw Untrusted(access, certificate, chain, errors, clock),
        };

        if (access.CaPem is { } authorities)
        {
            tls.CertificateChainPolicy = new X509ChainPolicy
            {
                TrustMode = X509ChainTrustMode.CustomRootTrust,
                RevocationMode = X509RevocationMode.NoCheck,
            };
            tls.CertificateChainPolicy.CustomTrustStore.ImportFromPem(authorities);
        }

        if (credential is { CertificatePem: { } certificate, KeyPem: { } key })
            tls.ClientCertificates = [X509Certificate2.CreateFromPem(certificate, key)];

        return tls;
    }

    private static UntrustedException Untrusted(
        ClusterAccess access,
        X509Certificate? certificate,
        X509Chain? chain,
        SslPolicyErrors errors,
        TimeProvider clock
    )
    {
        var asked = access.ServerName ?? access.Server.IdnHost;
        var server = certificate as X509Certificate2;
        var (words, cure) = TlsWords.Explain(server, chain, errors, asked, access.CaPem, clock.GetUtcNow());
        return new(words, cure);
    }

    private static async ValueTask<Stream> ConnectAsync(Uri server, CancellationToken cancellationToken)
    {
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };

        try
        {
            await socket.ConnectAsync(server.IdnHost, server.Port, cancellationToken);
            return new NetworkStream(socket, ownsSocket: true);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }
}
