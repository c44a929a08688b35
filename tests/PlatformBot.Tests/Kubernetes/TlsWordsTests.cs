using System.Net;
using System.Net.Sockets;
using System.Text;
using Microsoft.Extensions.Logging.Abstractions;
using PlatformBot.Kubernetes;
using Shouldly;
using Xunit;

namespace PlatformBot.Tests.Kubernetes;

public sealed class TlsWordsTests
{
    private static readonly Recording Answer = Recording.Of("GET", "/x", 200, "{}");

    [Fact]
    public async Task A_stranger_is_named_with_who_signed_for_it()
    {
        using var ours = new TestAuthority("apps");
        await using var server = await RecordedServer.StartAsync(Answer);

        var error = await AskAsync(server.Access with { CaPem = ours.CaPem });

        error.Message.ShouldBe(
            "its certificate was signed by 'CN=recorded-ca'; the client configuration trusts 'CN=apps-ca'"
        );
        error.Cure!.ShouldContain("leads to this cluster");
    }

    [Fact]
    public async Task A_cluster_made_anew_has_the_same_name_and_another_key()
    {
        using var before = new TestAuthority("recorded");
        await using var server = await RecordedServer.StartAsync(Answer);

        var error = await AskAsync(server.Access with { CaPem = before.CaPem });

        error.Message.ShouldEndWith("than the one that the client configuration trusts: same name, other key");
        error.Cure!.ShouldStartWith("The cluster was made anew");
    }

    [Fact]
    public async Task Whom_only_the_host_could_trust_is_looked_for_in_its_store()
    {
        await using var server = await RecordedServer.StartAsync(Answer);

        var error = await AskAsync(server.Access with { CaPem = null });

        error.Message.ShouldBe(
            "its certificate was signed by 'CN=recorded-ca', which this host's trust store does not hold"
        );
        error.Cure.ShouldBe("Give certificate-authority-data in the client configuration.");
    }

    [Fact]
    public async Task A_wrong_name_is_shown_beside_the_names_that_are_right()
    {
        await using var server = await RecordedServer.StartAsync(Answer);

        var error = await AskAsync(server.Access with { ServerName = "other.name" });

        error.Message.ShouldBe("its certificate is for localhost, 127.0.0.1, not for other.name");
        error.Cure!.ShouldContain("tls-server-name");
    }

    [Fact]
    public async Task The_name_that_the_configuration_gives_is_the_one_that_is_verified()
    {
        using var authority = new TestAuthority("infra");
        using var certificate = authority.Server("kubernetes");
        await using var server = await RecordedServer.StartAsync(pace: null, [Answer], authority, certificate);

        using var connection = Connect(server.Access with { ServerName = "kubernetes" });

        (await connection.SendAsync(ApiCall.Get("/x"), Scene.Stop)).Code.ShouldBe(200);
    }

    [Fact]
    public async Task An_old_certificate_is_told_with_its_last_day()
    {
        using var authority = new TestAuthority("infra");
        using var certificate = authority.Server(until: new DateTimeOffset(2024, 5, 1, 12, 0, 0, TimeSpan.Zero));
        await using var server = await RecordedServer.StartAsync(pace: null, [Answer], authority, certificate);

        var error = await AskAsync(server.Access);

        error.Message.ShouldBe("its certificate has expired on 2024-05-01 12:00 UTC");
        error.For("infra").ShouldStartWith("API server of infra is not trusted: ");
    }

    [Fact]
    public async Task What_speaks_plain_http_is_no_api_server()
    {
        using var plain = new Listener(
            "HTTP/1.0 400 Bad Request\r\n\r\nClient sent an HTTP request to an HTTPS server.\n"
        );

        (await AskAsync(plain.Access)).Message.ShouldBe("what answers there speaks no TLS");
    }

    [Fact]
    public async Task A_server_that_goes_away_while_it_is_greeted_may_come_back()
    {
        using var gone = new Listener(answer: null);

        var error = await AskAsync(gone.Access);

        (error.Silence, error.Message).ShouldBe((Silence.NotSent, "the connection was cut while it was being secured"));
        gone.Met.ShouldBeGreaterThan(1);
    }

    [Fact]
    public async Task Nobody_there_is_told_from_nobody_known()
    {
        Uri address;

        using (var shortLived = new Listener(answer: null))
            address = shortLived.Access.Server;

        (await AskAsync(new(address))).Message.ShouldBe("connection refused");
        (await AskAsync(new(new Uri("https://no-such-host.invalid:6443")))).Message.ShouldBe(
            "its name cannot be resolved"
        );
    }

    private static async Task<ApiException> AskAsync(ClusterAccess access)
    {
        using var connection = Connect(access);
        return await Should.ThrowAsync<ApiException>(connection.SendAsync(ApiCall.Get("/x"), Scene.Stop));
    }

    private static ClusterConnection Connect(ClusterAccess access) =>
        RecordedServer.Connect(access, NullLogger.Instance, TimeProvider.System);

    /// <summary>Says one thing to whoever connects, and hangs up.</summary>
    private sealed class Listener : IDisposable
    {
        private readonly TcpListener _listener = new(IPAddress.Loopback, 0);

        public Listener(string? answer)
        {
            _listener.Start();
            Access = new(new Uri($"https://{_listener.LocalEndpoint}"));
            _ = ListenAsync(answer);
        }

        public int Met { get; private set; }

        public ClusterAccess Access { get; }

        public void Dispose() => _listener.Dispose();

        private async Task ListenAsync(string? answer)
        {
            while (true)
            {
                using var client = await _listener.AcceptTcpClientAsync(CancellationToken.None);
                Met++;

                if (answer is not null)
                    await client.GetStream().WriteAsync(Encoding.ASCII.GetBytes(answer), CancellationToken.None);
            }
        }
    }
}
