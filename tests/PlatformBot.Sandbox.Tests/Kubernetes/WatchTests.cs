using System.Text.Json.Nodes;
using Shouldly;
using Xunit;

namespace PlatformBot.Sandbox.Tests.Kubernetes;

public class WatchTests
{
    private const string Maps = "/api/v1/namespaces/default/configmaps";

    [Fact]
    public async Task A_watch_tells_what_happens_after_the_version_it_starts_from()
    {
        await using var api = await ApiFixture.StartAsync();
        Put(api, "old", "1");
        var version = (string?)(await api.GetAsync(Maps)).Json["metadata"]!["resourceVersion"];
        using var watch = await WatchAsync(api, $"{Maps}?watch=1&resourceVersion={version}");

        Put(api, "new", "1");
        Put(api, "new", "2");
        api.Cluster.Objects.Delete(new("v1", "ConfigMap", "default", "new"));

        (await NextAsync(watch)).ShouldBe("ADDED new");
        (await NextAsync(watch)).ShouldBe("MODIFIED new");
        (await NextAsync(watch)).ShouldBe("DELETED new");
    }

    [Fact]
    public async Task A_watch_resumes_where_another_ended()
    {
        await using var api = await ApiFixture.StartAsync();
        Put(api, "a", "1");
        var version = api.Cluster.Objects.Version;
        Put(api, "b", "1");

        using var watch = await WatchAsync(api, $"{Maps}?watch=1&resourceVersion={version}");

        (await NextAsync(watch)).ShouldBe("ADDED b");
    }

    [Fact]
    public async Task A_watch_from_a_forgotten_version_hears_410_inside_the_stream()
    {
        await using var api = await ApiFixture.StartAsync();
        Put(api, "a", "1");
        api.Cluster.Objects.Compact();

        using var watch = await WatchAsync(api, $"{Maps}?watch=1&resourceVersion=1");

        var line = JsonNode.Parse((await watch.ReadLineAsync(ApiFixture.Stop))!)!;
        ((string?)line["type"]).ShouldBe("ERROR");
        ((int?)line["object"]!["code"]).ShouldBe(410);
        ((string?)line["object"]!["reason"]).ShouldBe("Expired");
        (await watch.ReadLineAsync(ApiFixture.Stop)).ShouldBeNull();
    }

    [Fact]
    public async Task An_object_that_leaves_the_selection_is_deleted_for_the_watch()
    {
        await using var api = await ApiFixture.StartAsync();
        using var watch = await WatchAsync(
            api,
            $"{Maps}?watch=1&labelSelector=w%3D1&resourceVersion={api.Cluster.Objects.Version}"
        );

        Put(api, "a", "1", label: "1");
        Put(api, "a", "1", label: "2");

        (await NextAsync(watch)).ShouldBe("ADDED a");
        (await NextAsync(watch)).ShouldBe("DELETED a");
    }

    [Fact]
    public async Task A_watch_ends_normally_after_the_asked_time()
    {
        await using var api = await ApiFixture.StartAsync();
        using var watch = await WatchAsync(
            api,
            $"{Maps}?watch=1&resourceVersion={api.Cluster.Objects.Version}&timeoutSeconds=1"
        );

        (await watch.ReadLineAsync(ApiFixture.Stop)).ShouldBeNull();
    }

    [Fact]
    public async Task A_watch_that_asks_for_it_gets_what_is_there_and_a_bookmark_first()
    {
        await using var api = await ApiFixture.StartAsync();
        Put(api, "a", "1");
        using var watch = await WatchAsync(
            api,
            $"{Maps}?watch=1&sendInitialEvents=true&resourceVersionMatch=NotOlderThan&allowWatchBookmarks=true"
        );

        (await NextAsync(watch)).ShouldBe("ADDED a");
        (await NextAsync(watch)).ShouldBe("BOOKMARK ");
    }

    private static void Put(ApiFixture api, string name, string value, string label = "") =>
        api.Cluster.Objects.Put(
            new JsonObject
            {
                ["apiVersion"] = "v1",
                ["kind"] = "ConfigMap",
                ["metadata"] = new JsonObject
                {
                    ["name"] = name,
                    ["namespace"] = "default",
                    ["labels"] = new JsonObject { ["w"] = label },
                },
                ["data"] = new JsonObject { ["v"] = value },
            }
        );

    private static async Task<StreamReader> WatchAsync(ApiFixture api, string path) =>
        new(await api.Client.GetStreamAsync(path, ApiFixture.Stop));

    private static async Task<string> NextAsync(StreamReader watch)
    {
        var line = JsonNode.Parse((await watch.ReadLineAsync(ApiFixture.Stop))!)!;
        return $"{line["type"]} {line["object"]!["metadata"]!["name"]}";
    }
}
