using System.Runtime.CompilerServices;
using System.Text.Json;
using System.Text.RegularExpressions;
using Microsoft.AspNetCore.WebUtilities;
using PlatformBot.Core.Planning;
using PlatformBot.Kubernetes;
using Shouldly;
using Xunit;

namespace PlatformBot.Tests.Kubernetes;

/// <summary>The client against answers of a real API server, and its requests beside those of a real kubectl.</summary>
public sealed class RecordedClientTests
{
    private static readonly ObjectReference AllMaps = new("v1", "ConfigMap", "paging", null);
    private static readonly ObjectReference Deployment = new("apps/v1", "Deployment", "default", "ssa");

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_list_is_read_page_after_page_and_is_of_one_moment()
    {
        await using var server = await RecordedServer.StartAsync([.. Discovery(), .. Pages()]);
        using var client = ClientOf(server);

        var list = await client.SnapshotAsync(AllMaps, selector: null, Stop);

        list.Items.Select(item => item.Name()).ShouldBe(["kube-root-ca.crt", "p0", "p1", "p2", "p3", "p4", "p5", "p6"]);
        list.Version.ShouldBe("1489");
        server.ShouldBePlayedOut();
    }

    [Fact]
    public async Task A_page_that_has_grown_too_old_begins_the_list_anew()
    {
        var pages = Pages();
        var tooOld = Recording.Read("04-list-paging/20-continue-expired-410").At(pages[1].Request.Target);
        await using var server = await RecordedServer.StartAsync([.. Discovery(), pages[0], tooOld, .. pages]);
        using var client = ClientOf(server);

        var list = await client.SnapshotAsync(AllMaps, selector: null, Stop);

        list.Items.Count.ShouldBe(8, "what was read before it is not there twice");
        server.ShouldBePlayedOut();
    }

    [Fact]
    public async Task A_server_that_does_not_know_the_one_answer_for_all_is_asked_group_by_group()
    {
        const string Groups = """
            {"kind":"APIGroupList","apiVersion":"v1","groups":[{"name":"apps","versions":[{"groupVersion":"apps/v1","version":"v1"}]}]}
            """;
        await using var server = await RecordedServer.StartAsync(
            Recording.Of("GET", "/api", 200, """{"kind":"APIVersions","versions":["v1"]}"""),
            Recording.Of("GET", "/apis", 200, Groups),
            Recording.Read("01-discovery/08-api-v1"),
            Recording.Read("01-discovery/09-apis-apps-v1"),
            Recording.Of("GET", "/apis/apps/v1/namespaces/default/deployments/ssa", 200, """{"kind":"Deployment"}""")
        );
        using var client = ClientOf(server);

        (await client.GetAsync(Deployment, Stop)).Text("kind").ShouldBe("Deployment");
        server.ShouldBePlayedOut();
    }

    [Fact]
    public async Task A_group_that_does_not_answer_is_not_a_kind_that_is_missing()
    {
        var stale = await File.ReadAllTextAsync(PathOf("13-misc-http/22-aggregated-discovery-stale-group.json"), Stop);
        await using var server = await RecordedServer.StartAsync(
            Recording.Read("01-discovery/12-api-aggregated"),
            Recording.Of("GET", "/apis", 200, $$"""{"kind":"APIGroupDiscoveryList","items":{{stale}}}""")
        );
        using var client = ClientOf(server);

        var error = await Should.ThrowAsync<ApiException>(() =>
            client.GetAsync(new("down.example.com/v1", "Thing", "default", "x"), Stop)
        );

        (error.Code, error.Message, error.IsTransient).ShouldBe(
            (503, "what serves down.example.com does not answer its API server", true)
        );
    }

    [Fact]
    public async Task Whose_fields_they_are_is_said_when_an_apply_conflicts()
    {
        var conflict = Recording.Read("02-apply/23b-conflict-multiple-409");
        var body = JsonElement.Parse(conflict.Request.Body);
        const string Target =
            "/apis/apps/v1/namespaces/default/deployments/ssa?fieldManager=platformbot&force=false&fieldValidation=Strict";
        await using var server = await RecordedServer.StartAsync([.. Discovery(), conflict.At(Target)]);
        using var client = ClientOf(server);

        var error = await Should.ThrowAsync<ApiException>(() =>
            client.ApplyAsync(Deployment, conflict.Request.Body, force: false, dryRun: false, _ => { }, Stop)
        );

        error.IsOwnershipConflict.ShouldBeTrue();
        error
            .Causes.Select(cause => $"{cause.Field}: {cause.Message}")
            .ShouldBe([
                ".spec.replicas: conflict with \"hpa\"",
                ".spec.template.spec.containers[name=\"c\"].image: conflict with \"platformbot\"",
            ]);
        body.Text("kind").ShouldBe("Deployment");
        server.ShouldBePlayedOut();
    }

    [Fact]
    public async Task An_apply_is_the_request_that_kubectl_sends_but_for_the_managers_name()
    {
        var kubectl = SentByKubectl("02-apply-server-side", "PATCH");
        var target = Regex.Replace(
            kubectl.Target,
            "fieldManager=[a-z]+",
            "fieldManager=platformbot",
            RegexOptions.None,
            TimeSpan.FromSeconds(1)
        );
        await using var server = await RecordedServer.StartAsync([
            .. Discovery(),
            Recording.Of("PATCH", target, 200, """{"kind":"Deployment"}"""),
        ]);
        using var client = ClientOf(server);

        await client.ApplyAsync(
            ObjectReference.Of(kubectl.Body),
            kubectl.Body,
            force: false,
            dryRun: false,
            _ => { },
            Stop
        );

        var ours = server.Asked[^1];
        ours.Header("Content-Type").ShouldStartWith("application/apply-patch+yaml");
        QueryHelpers
            .ParseQuery(new Uri(server.Uri, ours.Target).Query)
            .Keys.ShouldBe(QueryHelpers.ParseQuery(new Uri(server.Uri, target).Query).Keys, ignoreOrder: true);
        server.ShouldBePlayedOut();
    }

    [Fact]
    public async Task What_the_server_warns_of_is_told_once_with_what_was_done()
    {
        const string Target =
            "/api/v1/namespaces/default/configmaps/m?fieldManager=platformbot&force=false&fieldValidation=Strict";
        const string Map = """{"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"m","namespace":"default"}}""";
        var there = Map.Replace("\"name\":\"m\"", "\"name\":\"m\",\"resourceVersion\":\"7\"", StringComparison.Ordinal);
        var warning = ("Warning", "299 - \"m is deprecated in v1.99+\"");
        await using var server = await RecordedServer.StartAsync([
            .. Discovery(),
            Recording.Of("GET", "/api/v1/namespaces/default/configmaps/m", 200, there),
            Recording.Of("PATCH", Target, 200, there, warning, warning),
        ]);
        await using var scene = await Scene.StartWithoutKubeconfigAsync();
        await File.WriteAllTextAsync(scene.Kubeconfig, server.Kubeconfig, Stop);

        var outcome = await scene.ApplyAsync(Map);

        (outcome.Said, outcome.Warned).ShouldBe(
            ("1 object: 1 as it was", "the API server warns: m is deprecated in v1.99+")
        );
    }

    [Fact]
    public async Task A_deletion_is_what_kubectl_sends_and_names_the_one_object_that_is_meant()
    {
        var kubectl = SentByKubectl("22-delete-wait", "DELETE");
        await using var server = await RecordedServer.StartAsync([
            .. Discovery(),
            Recording.Of("DELETE", kubectl.Target, 200, """{"kind":"Status","status":"Success"}"""),
        ]);
        using var client = ClientOf(server);

        await client.DeleteAsync(new("apps/v1", "Deployment", "kv9", "web"), "the-uid", "Background", Stop);

        var ours = JsonElement.Parse(server.Asked[^1].Body);
        ours.Text("propagationPolicy").ShouldBe(JsonElement.Parse(kubectl.Body).Text("propagationPolicy"));
        ours.Text("preconditions", "uid").ShouldBe("the-uid");
        server.ShouldBePlayedOut();
    }

    [Fact]
    public async Task An_object_without_a_name_is_never_deleted()
    {
        await using var server = await RecordedServer.StartAsync(Discovery());
        using var client = ClientOf(server);

        foreach (var name in new[] { null, "" })
        {
            await Should.ThrowAsync<ApiException>(() =>
                client.DeleteAsync(AllMaps with { Name = name }, "uid", "Background", Stop)
            );
        }

        server.Asked.ShouldNotContain(request => request.Method == "DELETE");
    }

    private static ClusterClient ClientOf(RecordedServer server) =>
        new("infra", server.Access, server.Connect(TimeProvider.System), TimeProvider.System);

    private static Recording[] Discovery() =>
        [Recording.Read("01-discovery/12-api-aggregated"), Recording.Read("01-discovery/10-apis-aggregated")];

    private static Recording[] Pages() =>
        [
            Recording.Read("04-list-paging/01-page1"),
            Recording.Read("04-list-paging/02-page2"),
            Recording.Read("04-list-paging/03-page3-last"),
        ];

    private static (string Target, string Body) SentByKubectl(string log, string method)
    {
        var lines = File.ReadAllLines(PathOf($"10-kubectl-v9/{log}.log")).ToList();
        var at = lines.FindIndex(line => line.Contains($"curl -v -X{method} ", StringComparison.Ordinal));
        var url = Regex.Match(
            lines[at],
            "'(?<url>https://[^']+)'",
            RegexOptions.ExplicitCapture,
            TimeSpan.FromSeconds(1)
        );
        var begun = lines.FindLastIndex(at, line => line.Contains("\"Request Body\" body=<", StringComparison.Ordinal));
        return (new Uri(url.Groups["url"].Value).PathAndQuery, lines[begun + 1].Trim());
    }

    private static string PathOf(string name, [CallerFilePath] string here = "") =>
        Path.Combine(Path.GetDirectoryName(here)!, "Recorded", name);
}
