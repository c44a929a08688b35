using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
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

    private readonly ApiConditions _conditions;

    private KubeApiServer(TwinCluster cluster, ClusterAuthority authority, CallLoss? loses, Faults faults)
    {
        (_cluster, _authority, Faults) = (cluster, authority, faults);
        _conditions = new ApiConditions(faults, cluster.Name);
        Token = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(20));
        _app = Build(loses);
    }

    /// <param name="loses">told of every request, and may lose it; null loses none</param>
    /// <param name="faults">where what is to go wrong is armed ("infra/api/busy:times=2"); null: in <see cref="Faults"/></param>
    public static async Task<KubeApiServer> StartAsync(
        TwinCluster cluster,
        CancellationToken cancellationToken,
        CallLoss? loses = null,
        Faults? faults = null
    )
    {
        var authority = new ClusterAuthority(cluster.Name, cluster.Clock);
        var server = new KubeApiServer(cluster, authority, loses, faults ?? new Faults());
        cluster.CaPem = authority.CaPem;
        await server._app.StartAsync(cancellationToken);
        return server;
    }

    /// <summary>https://127.0.0.1:port/</summary>
    public Uri Uri => new(_app.Urls.First());

    /// <summary>The authority's certificate.</summary>
    public string CaPem => _authority.CaPem;

    /// <summary>What is made to go wrong, by the names of <see cref="FaultCatalogue"/>.</summary>
    public Faults Faults { get; }

    /// <summary>How often what has been asked for: "GET /api/v1/pods", "WATCH /api/v1/pods", "PATCH /api/v1/nodes/infra-01".</summary>
    public IReadOnlyDictionary<string, int> Counts => _conditions.Counts;

    /// <summary>How many watches are open.</summary>
    public int Watching => _conditions.Watching;

    /// <summary>How long a watch is silent before a bookmark comes; a minute, unless changed before the watch begins.</summary>
    public TimeSpan BookmarkEvery
    {
        get => _conditions.BookmarkEvery;
        set => _conditions.BookmarkEvery = value;
    }

    /// <summary>Every open watch ends as it does when its time is over.</summary>
    public void EndWatches() => _conditions.EndWatches(abruptly: false);

    /// <summary>Every open watch loses its connection.</summary>
    public void CutWatches() => _conditions.EndWatches(abruptly: true);

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
                certificate-authority-data: {SecretText.Encode(CaPem)}
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
        var pipeline = new ApiPipeline(_cluster, Token, _authority, _conditions);
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
}
