using System.Text.Json.Nodes;
using PlatformBot.Sandbox.Kubernetes;
using Shouldly;
using Xunit;

namespace PlatformBot.Sandbox.Tests.Kubernetes;

/// <summary>What can be made to go wrong with a twin's API, for clients to be tried on.</summary>
public sealed class ApiFaultTests : IAsyncLifetime
{
    private const string Maps = "/api/v1/namespaces/default/configmaps";

    private ApiFixture _api = null!;

    public async ValueTask InitializeAsync() => _api = await ApiFixture.StartAsync();

    public ValueTask DisposeAsync() => _api.DisposeAsync();

    [Fact]
    public async Task A_busy_server_says_when_to_come_again_as_often_as_it_is_told_to()
    {
        _api.Server.Faults.Arm("infra/api/busy:times=2");

        using var first = await _api.Client.GetAsync(Maps, ApiFixture.Stop);
        var second = await _api.GetAsync(Maps);

        ((int)first.StatusCode).ShouldBe(429);
        first.Headers.RetryAfter!.Delta.ShouldBe(TimeSpan.FromSeconds(1));
        second.Text.ShouldBe("Too many requests, please try again later.\n");
        (await _api.GetAsync(Maps)).Code.ShouldBe(200);
        _api.Server.Counts[$"GET {Maps}"].ShouldBe(3);
    }

    [Fact]
    public async Task Credentials_can_be_refused_once()
    {
        _api.Server.Faults.Arm("infra/api/unauthorized:times=1");

        (await _api.GetAsync(Maps)).Code.ShouldBe(401);
        (await _api.GetAsync(Maps)).Code.ShouldBe(200);
    }

    [Fact]
    public async Task Watching_can_be_forbidden_where_listing_is_allowed()
    {
        _api.Server.Faults.Arm("infra/watch/forbidden");

        var refused = await _api.GetAsync($"{Maps}?watch=1");

        refused.Code.ShouldBe(403);
        refused.Text.ShouldContain(
            "configmaps is forbidden: User \\\"admin\\\" cannot watch resource \\\"configmaps\\\" in API group \\\"\\\" in the namespace \\\"default\\\""
        );
        (await _api.GetAsync(Maps)).Code.ShouldBe(200);
    }

    [Fact]
    public async Task A_watch_that_hangs_stays_open_and_silent()
    {
        _api.Server.Faults.Arm("infra/watch/hangs");
        using var watch = await WatchAsync();
        _api.Server.Faults.Clear("infra/watch/hangs");
        using var other = await WatchAsync();
        var next = watch.ReadLineAsync(ApiFixture.Stop).AsTask();

        Put("heard");

        (await other.ReadLineAsync(ApiFixture.Stop)).ShouldNotBeNull().ShouldContain("\"heard\"");
        next.IsCompleted.ShouldBeFalse();
    }

    [Fact]
    public async Task Open_watches_can_be_ended_and_cut()
    {
        using var ended = await WatchAsync();
        _api.Server.EndWatches();
        (await ended.ReadLineAsync(ApiFixture.Stop)).ShouldBeNull();

        using var cut = await WatchAsync();
        _api.Server.CutWatches();
        await Should.ThrowAsync<IOException>(async () => await cut.ReadLineAsync(ApiFixture.Stop));
    }

    [Fact]
    public async Task A_watch_can_be_made_to_end_after_what_it_had_to_tell()
    {
        _api.Server.Faults.Arm("infra/watch/ends");
        Put("a");

        using var watch = await WatchAsync("&resourceVersion=1");

        (await watch.ReadLineAsync(ApiFixture.Stop)).ShouldNotBeNull().ShouldContain("\"a\"");
        (await watch.ReadLineAsync(ApiFixture.Stop)).ShouldBeNull();
    }

    [Fact]
    public async Task Bookmarks_can_be_made_to_come_at_once()
    {
        _api.Server.BookmarkEvery = TimeSpan.FromMilliseconds(20);
        using var watch = await WatchAsync("&allowWatchBookmarks=true");

        (await watch.ReadLineAsync(ApiFixture.Stop)).ShouldNotBeNull().ShouldStartWith("{\"type\":\"BOOKMARK\"");
    }

    [Fact]
    public async Task A_list_that_was_begun_before_a_compaction_expires_and_says_how_to_go_on()
    {
        Put("a");
        Put("b");
        var first = await _api.GetAsync($"{Maps}?limit=1");
        Put("c");
        _api.Cluster.Objects.Compact();

        var expired = await _api.GetAsync($"{Maps}?limit=1&continue={first.Json.Text("metadata", "continue")}");
        var rest = await _api.GetAsync($"{Maps}?continue={expired.Json.Text("metadata", "continue")}");

        expired.Code.ShouldBe(410);
        expired.Json.Text("reason").ShouldBe("Expired");
        rest.Json.Items("items").Select(item => item.Name()).ShouldBe(["b", "c"]);
    }

    private void Put(string name) =>
        _api.Cluster.Objects.Put(
            JsonNode
                .Parse(
                    $$$"""{"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"{{{name}}}","namespace":"default"}}"""
                )!
                .AsObject()
        );

    private async Task<StreamReader> WatchAsync(string query = "")
    {
        var start = query.Contains("resourceVersion", StringComparison.Ordinal)
            ? ""
            : $"&resourceVersion={_api.Cluster.Objects.Version}";
        var stream = await _api.Client.GetStreamAsync($"{Maps}?watch=1{start}{query}", ApiFixture.Stop);
        return new StreamReader(stream);
    }
}
