using PlatformBot.Core.Planning;
using PlatformBot.Core.Runs;
using PlatformBot.Kubernetes;
using Shouldly;
using Xunit;

namespace PlatformBot.Tests.Kubernetes;

public sealed class ClusterStepsTests
{
    private const string Settings =
        """{"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"settings","namespace":"default"},"data":{"a":"1"}}""";

    internal const string Definition = """
        {
          "apiVersion": "apiextensions.k8s.io/v1", "kind": "CustomResourceDefinition",
          "metadata": { "name": "gateways.example.com" },
          "spec": {
            "group": "example.com", "scope": "Namespaced",
            "names": { "plural": "gateways", "singular": "gateway", "kind": "Gateway", "listKind": "GatewayList" },
            "versions": [{ "name": "v1", "served": true, "storage": true,
              "schema": { "openAPIV3Schema": { "type": "object", "x-kubernetes-preserve-unknown-fields": true } } }]
          }
        }
        """;

    private static readonly ObjectReference Map = new("v1", "ConfigMap", "default", "settings");

    [Fact]
    public async Task Applying_says_what_was_created_changed_and_left_as_it_was()
    {
        await using var scene = await Scene.StartAsync();

        (await scene.ApplyAsync(Settings)).Said.ShouldBe("1 object: 1 created");
        (await scene.ApplyAsync(Settings)).Said.ShouldBe("1 object: 1 as it was");
        (await scene.ApplyAsync(Settings.Replace("\"1\"", "\"2\"", StringComparison.Ordinal))).Said.ShouldBe(
            "1 object: 1 changed"
        );

        var look = await scene.GetAsync(Map, new Expectation { Path = ".data.a", EqualTo = "2" });
        (look.Holds, look.Saw).ShouldBe((true, "configmap default/settings: path .data.a is 2"));
        scene.Progress[0].ShouldBe("configmap default/settings created");
    }

    [Fact]
    public async Task An_object_whose_owner_is_somebody_else_waits_for_a_person()
    {
        await using var scene = await Scene.StartAsync();
        await scene.ApplyAsync(Settings);
        var patched = new PlannedAction.Patch(
            "infra",
            Map,
            new Dictionary<string, string?> { ["team"] = "a" },
            new Dictionary<string, string?>()
        );
        (await scene.Steps.PatchAsync(patched, repeatable: false, Scene.Stop)).Verdict.ShouldBe(Verdict.Done);

        var outcome = await scene.ApplyAsync(
            Settings.Replace("\"namespace\"", "\"labels\":{\"team\":\"b\"},\"namespace\"", StringComparison.Ordinal)
        );

        outcome.Verdict.ShouldBe(Verdict.AskPerson);
        outcome.Said.ShouldContain(".metadata.labels.team");
        outcome.Said.ShouldContain("platformbot-patch");
    }

    [Fact]
    public async Task A_null_removes_a_label()
    {
        await using var scene = await Scene.StartAsync();
        await scene.ApplyAsync(Settings);
        var none = new Dictionary<string, string?>();

        await scene.Steps.PatchAsync(
            new("infra", Map, new Dictionary<string, string?> { ["team"] = "a" }, none),
            repeatable: false,
            Scene.Stop
        );
        var set = await scene.GetAsync(Map, new Expectation { Path = ".metadata.labels.team", EqualTo = "a" });
        await scene.Steps.PatchAsync(
            new("infra", Map, new Dictionary<string, string?> { ["team"] = null }, none),
            repeatable: false,
            Scene.Stop
        );
        var removed = await scene.GetAsync(Map, new Expectation { Path = ".metadata.labels.team", Exists = false });

        (set.Holds, removed.Holds).ShouldBe((true, true));
    }

    [Fact]
    public async Task A_mistake_in_a_manifest_is_not_tried_again()
    {
        await using var scene = await Scene.StartAsync();

        var missing = await scene.ApplyAsync(
            """{"apiVersion":"example.com/v1","kind":"Gateway","metadata":{"name":"x","namespace":"default"}}"""
        );
        var nameless = await scene.ApplyAsync(
            """{"apiVersion":"v1","kind":"ConfigMap","metadata":{"namespace":"default"}}"""
        );

        (missing.Verdict, missing.Said).ShouldBe(
            (Verdict.Failed, "infra knows no kind Gateway in example.com/v1: its CRD is not installed")
        );
        (nameless.Verdict, nameless.Said).ShouldBe(
            (Verdict.Failed, "API server of infra answers 400: A ConfigMap needs a name.")
        );
    }

    [Fact]
    public async Task A_missing_namespace_may_be_on_its_way()
    {
        await using var scene = await Scene.StartAsync();

        var outcome = await scene.ApplyAsync(Settings.Replace("\"default\"", "\"later\"", StringComparison.Ordinal));

        (outcome.Verdict, outcome.Said).ShouldBe(
            (Verdict.Retry, "API server of infra answers 404: namespaces \"later\" not found")
        );
    }

    [Fact]
    public async Task After_a_crd_its_kind_is_waited_for()
    {
        await using var scene = await Scene.StartAsync();
        const string Gateway =
            """{"apiVersion":"example.com/v1","kind":"Gateway","metadata":{"name":"x","namespace":"default"}}""";

        var applying = scene.ApplyAsync(Definition, Gateway);

        await UntilAsync(() =>
            applying.IsCompleted || scene.Progress.Any(line => line.EndsWith("yet", StringComparison.Ordinal))
        );

        scene.Cluster.Objects.Update(
            new("apiextensions.k8s.io/v1", "CustomResourceDefinition", "", "gateways.example.com"),
            definition =>
                definition["status"] = System.Text.Json.Nodes.JsonNode.Parse(
                    """{"conditions":[{"type":"NamesAccepted","status":"True"},{"type":"Established","status":"True"}]}"""
                )
        );

        (await applying).Said.ShouldBe("2 objects: 2 created");
    }

    [Fact]
    public async Task An_api_server_that_does_not_answer_is_neither_yes_nor_no()
    {
        await using var scene = await Scene.StartAsync();
        scene.Cluster.ApiIsUp = false;

        var look = await scene.LookAsync("exists", "v1", "ConfigMap", "default", "settings");
        var apply = await scene.Steps.CheckAsync(new PlannedCheck.Raw("infra", "/readyz"), Scene.Stop);

        look.Holds.ShouldBeNull();
        look.Saw.ShouldStartWith("API server of infra does not answer: ");
        apply.Holds.ShouldBeNull();
    }

    [Fact]
    public async Task Another_cluster_that_answers_at_its_address_is_neither_asked_nor_changed()
    {
        await using var scene = await Scene.StartAsync();
        await using var other = await Scene.StartAsync();
        scene.LeadTo(other);

        var look = await scene.LookAsync("exists", "v1", "Namespace", null, "default");
        var applied = await scene.ApplyAsync(Settings);

        look.Holds.ShouldBeNull();
        look.Saw.ShouldEndWith("than the one that the client configuration trusts: same name, other key");
        applied.Verdict.ShouldBe(Verdict.Retry);
        (await other.LookAsync("exists", "v1", "ConfigMap", "default", "settings")).Holds.ShouldBe(false);
    }

    [Theory]
    [InlineData(429, "TooManyRequests", true)]
    [InlineData(503, "ServiceUnavailable", true)]
    [InlineData(500, "InternalError", true)]
    [InlineData(409, "Conflict", true)]
    [InlineData(409, "AlreadyExists", false)]
    [InlineData(410, "Expired", false)]
    [InlineData(401, "Unauthorized", false)]
    [InlineData(422, "Invalid", false)]
    public void What_may_pass_is_tried_again_and_what_will_not_asks_a_person(int code, string reason, bool mayPass) =>
        ApiException
            .From(code, "application/json", $$"""{"kind":"Status","reason":"{{reason}}","message":"no"}""", null)
            .IsTransient.ShouldBe(mayPass);

    [Fact]
    public async Task A_client_configuration_may_appear_while_the_bot_runs()
    {
        await using var scene = await Scene.StartWithoutKubeconfigAsync();

        var before = await scene.LookAsync("exists", "v1", "Namespace", null, "default");
        scene.WriteKubeconfig();
        var after = await scene.LookAsync("exists", "v1", "Namespace", null, "default");

        (before.Holds, before.Saw).ShouldBe((null, "There is no client configuration for infra yet."));
        (after.Holds, after.Saw).ShouldBe((true, "namespace default exists"));
    }

    [Fact]
    public async Task A_path_cannot_lead_to_another_host()
    {
        await using var scene = await Scene.StartAsync();

        var elsewhere = await scene.Steps.CheckAsync(new PlannedCheck.Raw("infra", "//example.com/readyz"), Scene.Stop);
        var ready = await scene.Steps.CheckAsync(
            new PlannedCheck.Raw("infra", "/readyz") { Expect = [new Expectation { Contains = "ok" }] },
            Scene.Stop
        );

        (elsewhere.Holds, ready.Holds).ShouldBe((false, true));
        ready.Saw.ShouldBe("/readyz: the answer contains ok");
    }

    [Fact]
    public async Task What_a_secret_holds_is_compared_and_never_quoted()
    {
        await using var scene = await Scene.StartAsync();
        await scene.ApplyAsync(
            """{"apiVersion":"v1","kind":"Secret","metadata":{"name":"s","namespace":"default"},"data":{"a":"aHVudGVyMg=="}}"""
        );

        var look = await scene.GetAsync(
            new("v1", "Secret", "default", "s"),
            new Expectation { Path = ".data.a", EqualTo = "x" }
        );

        (look.Holds, look.Saw).ShouldBe((false, "secret default/s: its data is not as expected"));
    }

    private static async Task UntilAsync(Func<bool> holds)
    {
        while (!holds())
            await Task.Delay(TimeSpan.FromMilliseconds(10), TimeProvider.System, Scene.Stop);
    }
}
