using System.Net.Http.Headers;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using System.Text.Json.Nodes;
using PlatformBot.Sandbox.Kubernetes;
using PlatformBot.Sandbox.Twin;
using PlatformBot.TestKit;
using Xunit;

namespace PlatformBot.Sandbox.Tests.Kubernetes;

/// <summary>A twin cluster behind its real API server, and a client that trusts its authority.</summary>
internal sealed class ApiFixture : IAsyncDisposable
{
    private ApiFixture(FakeClock clock, TwinCluster cluster, KubeApiServer server)
    {
        (Clock, Cluster, Server) = (clock, cluster, server);
        Client = new HttpClient(Trusting(server.CaPem)) { BaseAddress = server.Uri };
        Client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", server.Token);
        Client.DefaultRequestHeaders.Add("User-Agent", "platformbot-capture/1");
    }

    public FakeClock Clock { get; }

    public TwinCluster Cluster { get; }

    public KubeApiServer Server { get; }

    public HttpClient Client { get; }

    public static CancellationToken Stop => TestContext.Current.CancellationToken;

    public static async Task<ApiFixture> StartAsync(bool up = true)
    {
        var clock = new FakeClock(new DateTimeOffset(2026, 11, 21, 9, 0, 0, TimeSpan.Zero));
        var cluster = new TwinCluster("infra", clock);

        if (up)
            cluster.BringUp();

        return new ApiFixture(clock, cluster, await KubeApiServer.StartAsync(cluster, Stop));
    }

    public static SocketsHttpHandler Trusting(string caPem)
    {
        var policy = new X509ChainPolicy
        {
            TrustMode = X509ChainTrustMode.CustomRootTrust,
            RevocationMode = X509RevocationMode.NoCheck,
        };
        policy.CustomTrustStore.ImportFromPem(caPem);
        return new SocketsHttpHandler { SslOptions = { CertificateChainPolicy = policy } };
    }

    /// <summary>The status code and the body, as JSON where it is JSON.</summary>
    public async Task<Answer> SendAsync(
        string method,
        string path,
        string? body = null,
        string type = "application/json"
    )
    {
        using var request = new HttpRequestMessage(new HttpMethod(method), path);

        if (body is not null)
            request.Content = new StringContent(body, Encoding.UTF8, type);

        using var response = await Client.SendAsync(request, Stop);
        var text = await response.Content.ReadAsStringAsync(Stop);
        var isJson = response.Content.Headers.ContentType?.MediaType == "application/json";
        return new Answer(
            (int)response.StatusCode,
            text,
            isJson ? JsonNode.Parse(text)! : new JsonObject(),
            [.. response.Headers.Warning.Select(w => w.Text)]
        );
    }

    public Task<Answer> GetAsync(string path) => SendAsync("GET", path);

    public Task<Answer> PostAsync(string path, string body) => SendAsync("POST", path, body);

    public Task<Answer> ApplyAsync(string path, string body) =>
        SendAsync("PATCH", path, body, "application/apply-patch+yaml");

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        await Server.DisposeAsync();
    }
}

internal sealed record Answer(int Code, string Text, JsonNode Json, IReadOnlyList<string> Warnings);
