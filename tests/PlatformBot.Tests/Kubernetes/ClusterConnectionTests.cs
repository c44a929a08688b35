using PlatformBot.Kubernetes;
using Shouldly;
using Xunit;

namespace PlatformBot.Tests.Kubernetes;

public sealed class ClusterConnectionTests
{
    private const string Maps = "/api/v1/namespaces/default/configmaps";

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task An_answer_brings_its_json_its_type_and_the_id_of_the_audit_log()
    {
        await using var server = await RecordedServer.StartAsync("04-list-paging/01-page1");
        using var connection = server.Connect(TimeProvider.System);

        var reply = await connection.SendAsync(ApiCall.Get("/api/v1/namespaces/paging/configmaps?limit=500"), Stop);

        reply.Json.Text("metadata", "resourceVersion").ShouldBe("1489");
        (reply.Code, reply.ContentType, reply.AuditId).ShouldBe(
            (200, "application/json", "687746ab-29c7-462e-a5b3-6458084649d1")
        );
        server.Asked.Single().Header("User-Agent").ShouldBe("platformbot/1");
        server.ShouldBePlayedOut();
    }

    [Fact]
    public async Task Warnings_come_as_the_words_that_the_server_meant()
    {
        await using var server = await RecordedServer.StartAsync("03-crud-validation/21-warn-warning-header");
        using var connection = server.Connect(TimeProvider.System);
        var recorded = Recording.Read("03-crud-validation/21-warn-warning-header").Request;

        var reply = await connection.SendAsync(new(HttpMethod.Post, recorded.Target) { Body = recorded.Body }, Stop);

        reply.Warnings.ShouldBe(["unknown field \"spec.template.spec.containers[0].imag\""]);
        server.Asked.Single().Body.ShouldBe(recorded.Body);
    }

    [Fact]
    public async Task What_has_not_changed_is_not_sent_again()
    {
        await using var server = await RecordedServer.StartAsync("01-discovery/11-apis-aggregated-304");
        using var connection = server.Connect(TimeProvider.System);
        var known = Recording.Read("01-discovery/11-apis-aggregated-304").Request.Header("If-None-Match");

        var reply = await connection.SendAsync(ApiCall.Get("/apis") with { IfNoneMatch = known }, Stop);

        (reply.Code, reply.ETag, reply.Body.Length).ShouldBe((304, known, 0));
        server.Asked.Single().Header("If-None-Match").ShouldBe(known);
    }

    [Fact]
    public async Task A_watch_is_open_as_soon_as_its_head_is_there()
    {
        await using var server = await RecordedServer.StartAsync("05-watch/01-list-then-watch");
        using var connection = server.Connect(TimeProvider.System);

        using var watch = await connection.OpenAsync(
            Recording.Read("05-watch/01-list-then-watch").Request.Target,
            Stop
        );
        using var lines = new StreamReader(await watch.Content.ReadAsStreamAsync(Stop));
        var first = await lines.ReadLineAsync(Stop);

        first.ShouldStartWith("""{"type":"MODIFIED","object":{"kind":"ConfigMap",""");
    }

    [Fact]
    public async Task What_is_in_no_script_is_answered_as_no_api_server_would()
    {
        await using var server = await RecordedServer.StartAsync("04-list-paging/01-page1");
        using var connection = server.Connect(TimeProvider.System);

        var error = await Should.ThrowAsync<ApiException>(connection.SendAsync(ApiCall.Get(Maps), Stop));

        (error.Code, error.Message).ShouldBe((418, $"not in the script: GET {Maps}"));
        Should.Throw<ShouldAssertException>(server.ShouldBePlayedOut);
    }
}
