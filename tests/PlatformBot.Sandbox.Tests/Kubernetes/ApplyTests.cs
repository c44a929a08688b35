using System.Text.Json.Nodes;
using Shouldly;
using Xunit;

namespace PlatformBot.Sandbox.Tests.Kubernetes;

// Bodies and texts are those that Kubernetes 1.36 gave when the same requests were recorded.
public class ApplyTests
{
    private const string ConfigMap = "/api/v1/namespaces/default/configmaps/ssa";

    private const string Body = """
        {"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"ssa","namespace":"default","labels":{"app":"ssa"}},
         "data":{"a":"1","b":"2"}}
        """;

    [Fact]
    public async Task Applying_what_is_not_there_creates_it_and_says_who_owns_what()
    {
        await using var api = await ApiFixture.StartAsync();

        var answer = await api.ApplyAsync($"{ConfigMap}?fieldManager=platformbot", Body);

        answer.Code.ShouldBe(201);
        var owner = answer.Json["metadata"]!["managedFields"]![0]!;
        ((string?)owner["manager"]).ShouldBe("platformbot");
        ((string?)owner["operation"]).ShouldBe("Apply");
        JsonNode
            .DeepEquals(
                owner["fieldsV1"],
                JsonNode.Parse("""{"f:data":{"f:a":{},"f:b":{}},"f:metadata":{"f:labels":{"f:app":{}}}}""")
            )
            .ShouldBeTrue($"{owner["fieldsV1"]}");
    }

    [Fact]
    public async Task Applying_the_same_again_changes_nothing()
    {
        await using var api = await ApiFixture.StartAsync();
        var first = await api.ApplyAsync($"{ConfigMap}?fieldManager=platformbot", Body);
        api.Clock.Advance(TimeSpan.FromMinutes(1));

        var second = await api.ApplyAsync($"{ConfigMap}?fieldManager=platformbot", Body);

        second.Code.ShouldBe(200);
        second.Json.ToJsonString().ShouldBe(first.Json.ToJsonString());
    }

    [Fact]
    public async Task A_field_that_its_only_owner_leaves_out_is_removed()
    {
        await using var api = await ApiFixture.StartAsync();
        await api.ApplyAsync($"{ConfigMap}?fieldManager=platformbot", Body);

        var answer = await api.ApplyAsync(
            $"{ConfigMap}?fieldManager=platformbot",
            """{"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"ssa"},"data":{"a":"1"}}"""
        );

        answer.Json["data"]!.ToJsonString().ShouldBe("""{"a":"1"}""");
        answer.Json["metadata"]!["labels"].ShouldBeNull();
    }

    [Fact]
    public async Task Another_managers_value_is_a_conflict_that_names_field_and_owner()
    {
        await using var api = await ApiFixture.StartAsync();
        await api.ApplyAsync($"{ConfigMap}?fieldManager=platformbot", Body);

        var answer = await api.ApplyAsync(
            $"{ConfigMap}?fieldManager=other",
            """{"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"ssa"},"data":{"a":"9"}}"""
        );

        answer.Code.ShouldBe(409);
        answer.Text.ShouldBe(
            """{"kind":"Status","apiVersion":"v1","metadata":{},"status":"Failure","message":"Apply failed with 1 conflict: conflict with \"platformbot\": .data.a","reason":"Conflict","details":{"causes":[{"reason":"FieldManagerConflict","message":"conflict with \"platformbot\"","field":".data.a"}]},"code":409}"""
        );
    }

    [Fact]
    public async Task Force_takes_the_field_over()
    {
        await using var api = await ApiFixture.StartAsync();
        await api.ApplyAsync($"{ConfigMap}?fieldManager=platformbot", Body);
        const string Other = """{"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"ssa"},"data":{"a":"9"}}""";

        var taken = await api.ApplyAsync($"{ConfigMap}?fieldManager=other&force=true", Other);
        var lost = await api.ApplyAsync($"{ConfigMap}?fieldManager=platformbot", Body);

        ((string?)taken.Json["data"]!["a"]).ShouldBe("9");
        lost.Code.ShouldBe(409);
    }

    [Fact]
    public async Task The_same_value_is_shared_and_survives_when_one_owner_lets_go()
    {
        await using var api = await ApiFixture.StartAsync();
        await api.ApplyAsync($"{ConfigMap}?fieldManager=platformbot", Body);
        const string Same = """{"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"ssa"},"data":{"a":"1"}}""";
        const string Nothing = """{"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"ssa"}}""";

        (await api.ApplyAsync($"{ConfigMap}?fieldManager=other", Same)).Code.ShouldBe(200);
        var answer = await api.ApplyAsync($"{ConfigMap}?fieldManager=platformbot", Nothing);

        answer.Json["data"]!.ToJsonString().ShouldBe("""{"a":"1"}""");
    }

    [Fact]
    public async Task Containers_are_merged_by_name()
    {
        await using var api = await ApiFixture.StartAsync();
        const string Path = "/apis/apps/v1/namespaces/default/deployments/web";
        await api.ApplyAsync($"{Path}?fieldManager=platformbot", Deployment("web", "nginx:1"));
        await api.ApplyAsync($"{Path}?fieldManager=injector", Deployment("proxy", "proxy:1"));

        var answer = await api.ApplyAsync($"{Path}?fieldManager=platformbot", Deployment("web", "nginx:2"));

        var containers = answer.Json["spec"]!["template"]!["spec"]!["containers"]!.AsArray();
        containers.Select(container => (string?)container!["image"]).ShouldBe(["nginx:2", "proxy:1"]);
    }

    [Fact]
    public async Task An_updater_of_the_same_name_is_another_owner()
    {
        await using var api = await ApiFixture.StartAsync();
        await api.ApplyAsync($"{ConfigMap}?fieldManager=platformbot", Body);
        await api.SendAsync(
            "PATCH",
            $"{ConfigMap}?fieldManager=platformbot",
            """{"data":{"a":"5"}}""",
            "application/merge-patch+json"
        );

        var answer = await api.ApplyAsync($"{ConfigMap}?fieldManager=platformbot", Body);

        answer.Code.ShouldBe(409);
        ((string?)answer.Json["message"]).ShouldBe(
            "Apply failed with 1 conflict: conflict with \"platformbot\" using v1: .data.a"
        );
    }

    [Theory]
    [InlineData("", Body, 422, "is required for apply patch")]
    [InlineData("x", """{"metadata":{"name":"ssa"}}""", 400, "invalid object type: /, Kind=")]
    [InlineData(
        "x",
        """{"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"no"}}""",
        400,
        "does not match the name on the URL (ssa)"
    )]
    [InlineData(
        "x",
        """{"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"ssa","managedFields":[{}]}}""",
        400,
        "metadata.managedFields must be nil"
    )]
    [InlineData(
        "x",
        """{"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"ssa","resourceVersion":"1"}}""",
        409,
        "the object has been modified"
    )]
    [InlineData(
        "x",
        "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: ssa}\ndata: {a: yes}",
        500,
        "failed to create typed patch object"
    )]
    public async Task A_bad_apply_is_refused_in_kubernetes_words(string manager, string body, int code, string words)
    {
        await using var api = await ApiFixture.StartAsync();

        var answer = await api.ApplyAsync($"{ConfigMap}?fieldManager={manager}", body);

        answer.Code.ShouldBe(code);
        ((string)answer.Json["message"]!).ShouldContain(words);
    }

    [Fact]
    public async Task A_dry_run_stores_nothing()
    {
        await using var api = await ApiFixture.StartAsync();

        var answer = await api.ApplyAsync($"{ConfigMap}?fieldManager=x&dryRun=All", Body);

        answer.Code.ShouldBe(201);
        answer.Json["metadata"]!["resourceVersion"].ShouldBeNull();
        (await api.GetAsync(ConfigMap)).Code.ShouldBe(404);
    }

    [Fact]
    public async Task The_selector_of_a_deployment_cannot_change()
    {
        await using var api = await ApiFixture.StartAsync();
        const string Path = "/apis/apps/v1/namespaces/default/deployments/web?fieldManager=x";
        await api.ApplyAsync(Path, Deployment("web", "nginx:1"));

        var answer = await api.ApplyAsync(
            Path,
            Deployment("web", "nginx:1").Replace("\"app\":\"web\"", "\"app\":\"other\"", StringComparison.Ordinal)
        );

        answer.Code.ShouldBe(422);
        ((string)answer.Json["message"]!).ShouldContain(
            "spec.selector: Invalid value: {\"matchLabels\":{\"app\":\"other\"}}: field is immutable"
        );
    }

    private static string Deployment(string container, string image) =>
        $$$"""
            {"apiVersion":"apps/v1","kind":"Deployment","metadata":{"name":"web"},"spec":{"selector":{"matchLabels":{"app":"web"}},
             "template":{"metadata":{"labels":{"app":"web"}},"spec":{"containers":[{"name":"{{{container}}}","image":"{{{image}}}"}]} } } }
            """;
}
