using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography.X509Certificates;

namespace PlatformBot.Kubernetes;

/// <summary>How connections to one API server are made: whom to trust, who we are, and what keeps them alive.</summary>
internal static class ClusterHandler
{
    /// <summary>The address that requests carry. The name to verify goes there; the handler connects to where the server really is.</summary>
    public static string BaseOf(ClusterAccess access)
    {
        var server = new UriBuilder(access.Server);

        if (access.ServerName is { } name)
            server.Host = name;

        return server.Uri.ToString().TrimEnd('/');
    }

    public static SocketsHttpHandler Create(ClusterAccess access)
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
            UseProxy = !access.Server.IsLoopback,
            SslOptions = Tls(access),
        };

        if (access.ServerName is not null)
            handler.ConnectCallback = (_, token) => ConnectAsync(access.Server, token);

        return handler;
    }

    private static SslClientAuthenticationOptions Tls(ClusterAccess access)
    {
        var tls = new SslClientAuthenticationOptions();

        if (access.CaPem is { } authorities)
        {
            tls.CertificateChainPolicy = new X509ChainPolicy
            {
                TrustMode = X509ChainTrustMode.CustomRootTrust,
                RevocationMode = X509RevocationMode.NoCheck,
            };
            tls.CertificateChainPolicy.CustomTrustStore.ImportFromPem(authorities);
        }

        if (access is { CertificatePem: { } certificate, KeyPem: { } key })
            tls.ClientCertificates = [X509Certificate2.CreateFromPem(certificate, key)];

        return tls;
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
