using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Https;
using Microsoft.Extensions.Logging;
using PlatformBot.Sandbox.Twin;

namespace PlatformBot.Sandbox.Kubernetes;

/// <summary>
/// The Kubernetes API of one twin cluster on a loopback port, over TLS with a certificate of the cluster's own authority.
/// While the cluster's API is not up, connections are dropped.
/// </summary>
public sealed class KubeApiServer : IAsyncDisposable
{
    private readonly ClusterAuthority _authority;
    private readonly WebApplication _app;
    private readonly TwinCluster _cluster;

    private KubeApiServer(TwinCluster cluster, ClusterAuthority authority, CallLoss? loses)
    {
        (_cluster, _authority) = (cluster, authority);
        Token = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(20));
        _app = Build(loses);
    }

    /// <param name="loses">told of every request, and may lose it; null loses none</param>
    public static async Task<KubeApiServer> StartAsync(
        TwinCluster cluster,
        CancellationToken cancellationToken,
        CallLoss? loses = null
    )
    {
        var authority = new ClusterAuthority(cluster.Name, cluster.Clock);
        var server = new KubeApiServer(cluster, authority, loses);
        cluster.CaPem = authority.CaPem;
        await server._app.StartAsync(cancellationToken);
        return server;
    }

    /// <summary>https://127.0.0.1:port/</summary>
    public Uri Uri => new(_app.Urls.First());

    /// <summary>The authority's certificate.</summary>
    public string CaPem => _authority.CaPem;

    /// <summary>The administrator's bearer token.</summary>
    public string Token { get; }

    /// <summary>A kubeconfig with one context, its cluster and its user (with the token), current.</summary>
    /// <param name="contextName">"admin@infra"</param>
    public string Kubeconfig(string contextName) =>
        $"""
            apiVersion: v1
            kind: Config
            clusters:
            - name: {_cluster.Name}
              cluster:
                certificate-authority-data: {Base64(CaPem)}
                server: {Uri.GetLeftPart(UriPartial.Authority)}
            users:
            - name: {contextName}
              user:
                token: {Token}
            contexts:
            - name: {contextName}
              context:
                cluster: {_cluster.Name}
                namespace: default
                user: {contextName}
            current-context: {contextName}

            """;

    /// <summary>A client certificate of the administrator with its key, PEM both, for clients that do not use the token.</summary>
    public (string Certificate, string Key) AdminCertificate()
    {
        using var certificate = _authority.AdminCertificate();
        using var key = certificate.GetECDsaPrivateKey()!;
        return (certificate.ExportCertificatePem(), key.ExportPkcs8PrivateKeyPem());
    }

    public async ValueTask DisposeAsync()
    {
        // Watches would keep a graceful stop waiting.
        using var atOnce = new CancellationTokenSource();
        await atOnce.CancelAsync();
        await _app.StopAsync(atOnce.Token);
        await _app.DisposeAsync();
        _authority.Dispose();
    }

    private WebApplication Build(CallLoss? loses)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseKestrelHttpsConfiguration();
        builder.WebHost.ConfigureKestrel(options => options.Listen(System.Net.IPAddress.Loopback, 0, Listen));
        var app = builder.Build();
        app.UseLoss("kubernetes", loses);
        app.UseWebSockets();
        var pipeline = new ApiPipeline(_cluster, Token, _authority);
        app.Run(pipeline.HandleAsync);
        return app;
    }

    private void Listen(ListenOptions listen)
    {
        listen.Use(next => connection => _cluster.ApiIsUp ? next(connection) : Drop(connection));
        listen.Protocols = HttpProtocols.Http1AndHttp2;
        listen.UseHttps(https =>
        {
            https.ServerCertificate = _authority.ServerCertificate();
            https.ClientCertificateMode = ClientCertificateMode.AllowCertificate;
            // A foreign certificate is answered with 401, not with a broken handshake.
            https.AllowAnyClientCertificate();
        });
    }

    private static Task Drop(ConnectionContext connection)
    {
        connection.Abort();
        return Task.CompletedTask;
    }

    private static string Base64(string text) => Convert.ToBase64String(Encoding.UTF8.GetBytes(text));
}
