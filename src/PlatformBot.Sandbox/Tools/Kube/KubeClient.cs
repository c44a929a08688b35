using System.Collections.Concurrent;
using System.Net.Http.Headers;
using System.Net.Security;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace PlatformBot.Sandbox.Tools.Kube;

/// <summary>The API server of a context does not answer.</summary>
public sealed class UnreachableException(string server)
    : Exception($"dial tcp {new Uri(server).Authority}: connect: connection refused")
{
    /// <summary>https://host:port</summary>
    public string Server { get; } = server;
}

/// <summary>What an API server answered.</summary>
internal sealed record KubeAnswer(int Status, string Text, IReadOnlyList<string> Warnings)
{
    public bool IsOk => Status is >= 200 and < 300;

    /// <exception cref="JsonException">The answer is no JSON.</exception>
    public JsonObject Json => (JsonObject)JsonNode.Parse(Text)!;

    /// <summary>The reason that the Status object gives, "" when the answer is none.</summary>
    public string Reason => Field("reason");

    public string Message => Field("message") is { Length: > 0 } message ? message : Text;

    private string Field(string name)
    {
        try
        {
            return (string?)JsonNode.Parse(Text)?[name] ?? "";
        }
        catch (Exception notJson) when (notJson is JsonException or InvalidOperationException)
        {
            return "";
        }
    }
}

/// <summary>HTTPS to one API server, with the context's authority and token.</summary>
internal sealed class KubeClient(KubeContext context, HttpClient http)
{
    public KubeContext Context => context;

    public Task<KubeAnswer> GetAsync(string path, CancellationToken token, string accept = "application/json") =>
        SendAsync(HttpMethod.Get, path, body: null, contentType: "", token, accept);

    /// <exception cref="UnreachableException">Nobody answers.</exception>
    public async Task<KubeAnswer> SendAsync(
        HttpMethod method,
        string path,
        JsonNode? body,
        string contentType,
        CancellationToken token,
        string accept = "application/json"
    )
    {
        using var request = new HttpRequestMessage(method, new Uri(context.Server + path));
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", context.Token);
        request.Headers.TryAddWithoutValidation("Accept", accept);

        if (body is not null)
        {
            request.Content = new StringContent(body.ToJsonString(), Encoding.UTF8);
            request.Content.Headers.ContentType = new MediaTypeHeaderValue(contentType);
        }

        try
        {
            using var response = await http.SendAsync(request, token);
            var warnings = response.Headers.TryGetValues("Warning", out var values)
                ? values.Select(value => value.Split('"') is [_, var text, ..] ? text : value)
                : [];
            return new KubeAnswer(
                (int)response.StatusCode,
                await response.Content.ReadAsStringAsync(token),
                [.. warnings]
            );
        }
        catch (HttpRequestException)
        {
            throw new UnreachableException(context.Server);
        }
    }
}

/// <summary>The connections that tools share, so that a call of a few milliseconds does not pay for a handshake.</summary>
internal sealed class KubeClients : IDisposable
{
    private readonly ConcurrentDictionary<(string Server, string Ca), HttpClient> _clients = [];

    public KubeClient Open(KubeContext context) =>
        new(context, _clients.GetOrAdd((context.Server, context.CaPem), _ => Connect(context.CaPem)));

    /// <summary>Trusts the context's authority and nobody else.</summary>
    public static X509ChainPolicy TrustOnly(string caPem) =>
        new()
        {
            TrustMode = X509ChainTrustMode.CustomRootTrust,
            CustomTrustStore = { X509Certificate2.CreateFromPem(caPem) },
            RevocationMode = X509RevocationMode.NoCheck,
        };

    public void Dispose()
    {
        foreach (var client in _clients.Values)
            client.Dispose();
    }

    private static HttpClient Connect(string caPem)
    {
        var handler = new SocketsHttpHandler
        {
            // A server that went away must be noticed at the next call.
            PooledConnectionIdleTimeout = TimeSpan.FromSeconds(2),
            SslOptions = new SslClientAuthenticationOptions { CertificateChainPolicy = TrustOnly(caPem) },
        };
        return new HttpClient(handler, disposeHandler: true);
    }
}
