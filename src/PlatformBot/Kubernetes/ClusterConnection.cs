using System.Net;
using System.Net.Http.Headers;
using System.Net.Sockets;
using System.Net.WebSockets;
using System.Text;

namespace PlatformBot.Kubernetes;

/// <summary>Requests to one API server. Every answer has a deadline; whatever does not end well is an <see cref="ApiException"/>.</summary>
internal sealed class ClusterConnection : IDisposable
{
    private readonly ClusterAccess _access;
    private readonly TimeSpan _timeout;
    private readonly TimeProvider _clock;
    private readonly HttpMessageInvoker _http;
    private readonly string _base;

    public ClusterConnection(ClusterAccess access, TimeSpan timeout, TimeProvider clock)
    {
        (_access, _timeout, _clock) = (access, timeout, clock);
        _base = ClusterHandler.BaseOf(access);
        _http = new(ClusterHandler.Create(access));
    }

    /// <summary>The whole answer.</summary>
    /// <exception cref="ApiException">The server said no, or nothing in time.</exception>
    public async Task<ApiReply> SendAsync(ApiCall call, CancellationToken cancellationToken) =>
        await LimitedAsync(
            async limited =>
            {
                using var request = Request(call);
                using var response = await _http.SendAsync(request, limited);
                await ThrowIfRefusedAsync(response, call, limited);
                return ReplyOf(response, await response.Content.ReadAsByteArrayAsync(limited));
            },
            cancellationToken
        );

    /// <summary>
    /// A stream (a watch, a log that is followed), as soon as its head is there. Its body has no deadline; whoever reads it disposes of it.
    /// </summary>
    /// <exception cref="ApiException">The server said no, or nothing in time.</exception>
    public async Task<HttpResponseMessage> OpenAsync(string path, CancellationToken cancellationToken) =>
        await LimitedAsync(
            async limited =>
            {
                var call = ApiCall.Get(path);
                using var request = Request(call);
                var response = await _http.SendAsync(request, limited);

                try
                {
                    await ThrowIfRefusedAsync(response, call, limited);
                    return response;
                }
                catch
                {
                    response.Dispose();
                    throw;
                }
            },
            cancellationToken
        );

    /// <summary>A WebSocket with the same trust and credentials; over HTTP/1.1, because API servers take no other.</summary>
    /// <exception cref="ApiException">With the server's code, but never its words: a refused handshake does not bring any.</exception>
    public async Task<WebSocket> ConnectAsync(
        string path,
        IReadOnlyList<string> protocols,
        CancellationToken cancellationToken
    ) =>
        await LimitedAsync(
            async limited =>
            {
                var socket = new ClientWebSocket();
                socket.Options.CollectHttpResponseDetails = true;

                foreach (var protocol in protocols)
                    socket.Options.AddSubProtocol(protocol);

                using var request = Request(ApiCall.Get(path));

                foreach (var (name, values) in request.Headers)
                    socket.Options.SetRequestHeader(name, string.Join(", ", values));

                try
                {
                    await socket.ConnectAsync(
                        new UriBuilder(request.RequestUri!) { Scheme = "wss" }.Uri,
                        _http,
                        limited
                    );
                    return socket;
                }
                catch (WebSocketException error)
                {
                    var code = (int)socket.HttpStatusCode;
                    socket.Dispose();
                    throw code > 0
                        ? ApiException.From(code, contentType: null, "", retryAfter: null)
                        : error.InnerException as HttpRequestException ?? (Exception)error;
                }
                catch
                {
                    socket.Dispose();
                    throw;
                }
            },
            cancellationToken
        );

    public void Dispose() => _http.Dispose();

    private HttpRequestMessage Request(ApiCall call)
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

        if (Token() is { } token)
            request.Headers.Authorization = new("Bearer", token);

        if (call.Body is { } body)
            request.Content = new StringContent(body, Encoding.UTF8, call.ContentType ?? "application/json");

        return request;
    }

    /// <summary>The file wins, as in kubectl.</summary>
    private string? Token() =>
        _access.TokenFile is { } file && File.Exists(file) ? File.ReadAllText(file).Trim() : _access.Token;

    private async Task<T> LimitedAsync<T>(Func<CancellationToken, Task<T>> send, CancellationToken cancellationToken)
    {
        using var deadline = new CancellationTokenSource(_timeout, _clock);
        using var limited = CancellationTokenSource.CreateLinkedTokenSource(deadline.Token, cancellationToken);

        try
        {
            return await send(limited.Token);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            throw ApiException.Unreachable($"no answer within {_timeout.TotalSeconds:0} s");
        }
        catch (HttpRequestException error)
        {
            throw ApiException.Unreachable(error);
        }
        catch (Exception error) when (error is IOException or SocketException or WebSocketException)
        {
            // A connection that dies while it is made can surface bare, without HttpClient's own exception around it.
            throw ApiException.Unreachable(error.Message);
        }
    }

    private static async Task ThrowIfRefusedAsync(
        HttpResponseMessage response,
        ApiCall call,
        CancellationToken cancellationToken
    )
    {
        var unchanged = response.StatusCode == HttpStatusCode.NotModified && call.IfNoneMatch is not null;

        if (response.IsSuccessStatusCode || unchanged)
            return;

        throw ApiException.From(
            (int)response.StatusCode,
            response.Content.Headers.ContentType?.MediaType,
            await response.Content.ReadAsStringAsync(cancellationToken),
            response.Headers.RetryAfter?.Delta
        );
    }

    private static ApiReply ReplyOf(HttpResponseMessage response, byte[] body) =>
        new(
            (int)response.StatusCode,
            response.Content.Headers.ContentType?.ToString(),
            body,
            [.. response.Headers.Warning.Select(warning => TextOf(warning.Text))],
            response.Headers.TryGetValues("Audit-Id", out var ids) ? ids.FirstOrDefault() : null,
            response.Headers.ETag?.ToString()
        );

    /// <summary>The header's text is a quoted string and comes as it stands there: with its quotes and backslashes.</summary>
    private static string TextOf(string quoted)
    {
        var text = new StringBuilder(quoted.Length);

        for (var at = 1; at < quoted.Length - 1; at++)
        {
            if (quoted[at] == '\\' && at < quoted.Length - 2)
                at++;

            text.Append(quoted[at]);
        }

        return text.ToString();
    }
}
