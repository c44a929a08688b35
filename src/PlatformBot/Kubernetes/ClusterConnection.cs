using System.Net;
using System.Net.Http.Headers;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography.X509Certificates;
using System.Text;

namespace PlatformBot.Kubernetes;

/// <summary>Requests to one API server. Every one has a deadline; whatever does not end well is an <see cref="ApiException"/>.</summary>
internal sealed class ClusterConnection : IDisposable
{
    private readonly ClusterAccess _access;
    private readonly TimeSpan _timeout;
    private readonly TimeProvider _clock;
    private readonly HttpClient _http;
    private readonly string _base;

    public ClusterConnection(ClusterAccess access, TimeSpan timeout, TimeProvider clock)
    {
        (_access, _timeout, _clock) = (access, timeout, clock);
        _base = Base(access);
        _http = new(Handler(access)) { Timeout = Timeout.InfiniteTimeSpan };
        _http.DefaultRequestHeaders.UserAgent.Add(new ProductInfoHeaderValue("platformbot", "1"));
    }

    /// <param name="path">starts with '/', already escaped</param>
    public Task<string> GetAsync(string path, CancellationToken cancellationToken) =>
        SendAsync(HttpMethod.Get, path, body: null, contentType: null, cancellationToken);

    public async Task<string> SendAsync(
        HttpMethod method,
        string path,
        string? body,
        string? contentType,
        CancellationToken cancellationToken
    )
    {
        using var deadline = new CancellationTokenSource(_timeout, _clock);
        using var limited = CancellationTokenSource.CreateLinkedTokenSource(deadline.Token, cancellationToken);

        try
        {
            using var request = Request(method, path, body, contentType);
            using var response = await _http.SendAsync(request, limited.Token);
            var text = await response.Content.ReadAsStringAsync(limited.Token);

            return response.IsSuccessStatusCode
                ? text
                : throw ApiException.From(
                    (int)response.StatusCode,
                    response.Content.Headers.ContentType?.MediaType,
                    text,
                    response.Headers.RetryAfter?.Delta
                );
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            throw ApiException.Unreachable($"no answer within {_timeout.TotalSeconds:0} s");
        }
        catch (HttpRequestException error)
        {
            throw ApiException.Unreachable(error);
        }
        catch (Exception error) when (error is IOException or SocketException)
        {
            // A connection that dies while it is made can surface bare, without HttpClient's own exception around it.
            throw ApiException.Unreachable(error.Message);
        }
    }

    public void Dispose() => _http.Dispose();

    private HttpRequestMessage Request(HttpMethod method, string path, string? body, string? contentType)
    {
        // Joined as text: a relative URI such as "//elsewhere" would lead, with our credentials, to another host.
        var request = new HttpRequestMessage(method, new Uri(_base + path))
        {
            Version = HttpVersion.Version20,
            VersionPolicy = HttpVersionPolicy.RequestVersionOrLower,
        };
        request.Headers.Accept.Add(new("application/json"));

        if (Token() is { } token)
            request.Headers.Authorization = new("Bearer", token);

        if (body is not null)
            request.Content = new StringContent(body, Encoding.UTF8, contentType!);

        return request;
    }

    /// <summary>The file wins, as in kubectl.</summary>
    private string? Token() =>
        _access.TokenFile is { } file && File.Exists(file) ? File.ReadAllText(file).Trim() : _access.Token;

    private static string Base(ClusterAccess access)
    {
        var server = new UriBuilder(access.Server);

        // The name to verify goes into the address; the handler connects to where the server really is.
        if (access.ServerName is { } name)
            server.Host = name;

        return server.Uri.ToString().TrimEnd('/');
    }

    private static SocketsHttpHandler Handler(ClusterAccess access)
    {
        var handler = new SocketsHttpHandler
        {
            UseCookies = false,
            AllowAutoRedirect = false,
            AutomaticDecompression = DecompressionMethods.GZip,
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
