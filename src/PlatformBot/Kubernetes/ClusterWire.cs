using System.Net;
using System.Net.Http.Headers;
using System.Net.WebSockets;
using System.Text;
using PlatformBot.Core;

namespace PlatformBot.Kubernetes;

/// <summary>One request as it goes over the wire, once.</summary>
internal sealed class ClusterWire(ClusterAccess access, TimeProvider clock) : IDisposable
{
    private readonly string _base = ClusterHandler.BaseOf(access);
    private readonly Lock _gate = new();
    private (HttpMessageInvoker Http, string? Certificate)? _current;

    public Task<HttpResponseMessage> SendAsync(
        ApiCall call,
        Credential credential,
        CancellationToken cancellationToken
    ) => SendAsync(Request(call, credential), credential, cancellationToken);

    public async Task<WebSocket> ConnectAsync(
        ApiCall call,
        IReadOnlyList<string> protocols,
        Credential credential,
        CancellationToken cancellationToken
    )
    {
        using var request = Request(call, credential);
        var socket = new ClientWebSocket();
        socket.Options.CollectHttpResponseDetails = true;

        // A command may be silent for hours; a server that has gone without a word is found out all the same.
        socket.Options.KeepAliveInterval = socket.Options.KeepAliveTimeout = TimeSpan.FromSeconds(20);

        foreach (var protocol in protocols)
            socket.Options.AddSubProtocol(protocol);

        foreach (var (name, values) in request.Headers.NonValidated)
            socket.Options.SetRequestHeader(name, values.ToString());

        try
        {
            var address = new UriBuilder(request.RequestUri!) { Scheme = "wss" }.Uri;
            await socket.ConnectAsync(address, HttpFor(credential), cancellationToken);
            return socket;
        }
        catch (Exception error)
        {
            var code = (int)socket.HttpStatusCode;
            socket.Dispose();

            if (error is WebSocketException && code > 0)
                throw ApiException.From(code, contentType: null, "", retryAfter: null);

            throw;
        }
    }

    public void Dispose() => _current?.Http.Dispose();

    private async Task<HttpResponseMessage> SendAsync(
        HttpRequestMessage request,
        Credential credential,
        CancellationToken cancellationToken
    )
    {
        using (request)
            return await HttpFor(credential).SendAsync(request, cancellationToken);
    }

    /// <summary>Who we are is part of a connection: with another client certificate there are new ones, and the old ones end by themselves.</summary>
    private HttpMessageInvoker HttpFor(Credential credential)
    {
        lock (_gate)
        {
            if (_current is { } known && known.Certificate == credential.CertificatePem)
                return known.Http;

            var http = new HttpMessageInvoker(new BrokenConnections(ClusterHandler.Create(access, credential, clock)));
            _current = (http, credential.CertificatePem);
            return http;
        }
    }

    private HttpRequestMessage Request(ApiCall call, Credential credential)
    {
        // Joined as text: a relative URI such as "//elsewhere" would lead, with our credentials, to another host.
        var request = new HttpRequestMessage(call.Method, new Uri(_base + call.Path))
        {
            Version = HttpVersion.Version20,
            VersionPolicy = HttpVersionPolicy.RequestVersionOrLower,
        };
        request.Headers.UserAgent.Add(new ProductInfoHeaderValue("platformbot", "1"));
        request.Headers.TryAddWithoutValidation("Accept", call.Accept ?? "application/json");

        if (call.IfNoneMatch is { } known)
            request.Headers.TryAddWithoutValidation("If-None-Match", known);

        if (access is { ServerName: { } name, Proxy: not null })
            request.Headers.Host = name;

        if (credential.Token is { } token)
            request.Headers.Authorization = new("Bearer", token);

        if (access.As is { } person)
            Impersonate(request.Headers, person);

        if (call.Body is { } body)
            request.Content = new StringContent(body, Encoding.UTF8, call.ContentType ?? "application/json");

        return request;
    }

    /// <summary>Each header has one value: .NET would put several on one line, which an API server takes for one long name.</summary>
    private static void Impersonate(HttpRequestHeaders headers, Impersonation person)
    {
        headers.TryAddWithoutValidation("Impersonate-User", person.User);

        if (person.Group is { } group)
            headers.TryAddWithoutValidation("Impersonate-Group", group);

        if (person.Uid is { } uid)
            headers.TryAddWithoutValidation("Impersonate-Uid", uid);

        foreach (var (key, value) in person.Extra)
            headers.TryAddWithoutValidation($"Impersonate-Extra-{Uri.EscapeDataString(key.ToLowerInvariant())}", value);
    }
}
