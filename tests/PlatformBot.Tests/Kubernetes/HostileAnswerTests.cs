using System.Text.Json;
using PlatformBot.Core.Planning;
using PlatformBot.Core.Runs;
using PlatformBot.Kubernetes;
using Shouldly;
using Xunit;

namespace PlatformBot.Tests.Kubernetes;

/// <summary>What no API server should send ends as an answer to the question, and never as a bug.</summary>
public sealed class HostileAnswerTests
{
    private static readonly ObjectReference Web = new("apps/v1", "Deployment", "default", "web");

    // csharpier-ignore-start - what stands where an object should
    [Theory]
    [InlineData("""{"apiVersion":"apps/v1","kind":"Deployment","metadata":{"name":"web","namespace":"default"},"spec":{"replicas":1.5,"selector":{"matchLabels":{"app":7}}},"status":{"observedGeneration":1e30}}""")]
    [InlineData("""{"apiVersion":"apps/v1","kind":"Deployment","metadata":{"name":"web","namespace":"default"},"spec":"none","status":[1,2]}""")]
    [InlineData("""{"apiVersion":"apps/v1","kind":"Deployment","metadata":{"name":"web","namespace":"default","finalizers":[1,{}]},"spec":{"selector":{"matchLabels":[],"matchExpressions":[{"values":[1]}]}},"status":{"conditions":[{"type":"Progressing","reason":"\ud800"},7,null]}}""")]
    // csharpier-ignore-end
    public void An_object_of_any_shape_can_be_looked_at(string json)
    {
        JsonElement[] items = [JsonElement.Parse(json)];

        foreach (var what in new[] { "rollout", "ready", "condition=Available", "gone", "jsonpath=.status.x=1" })
        {
            var wait = new PlannedWait("infra", what, Web, Selector: null);
            var look = WaitLook.Judge(wait, items);

            look.Holds.ShouldNotBeNull();
            WaitLook.Explained(look, items).Saw.ShouldStartWith("deployment default/web");
            (WaitLook.PodsOf(wait, items, look)?.Selector ?? LabelSelector.Everything).Matches(items[0]);
        }
    }

    [Theory]
    [InlineData(200, "not json at all")]
    [InlineData(200, "[]")]
    [InlineData(200, """{"kind":"List","items":"none"}""")]
    [InlineData(502, "<html>bad gateway</html>")]
    [InlineData(500, """{"kind":"Status","code":1.5,"message":7}""")]
    public async Task A_look_says_what_it_could_not_see(int code, string body)
    {
        await using var server = await RecordedServer.StartAsync([
            Recording.Read("01-discovery/12-api-aggregated"),
            Recording.Read("01-discovery/10-apis-aggregated"),
            .. Enumerable.Repeat(Recording.Of("GET", "/apis/apps/v1/namespaces/default/deployments/web", code, body), 9),
        ]);
        await using var scene = await Scene.StartWithoutKubeconfigAsync();
        await File.WriteAllTextAsync(scene.Kubeconfig, server.Kubeconfig, Scene.Stop);

        var look = await scene.LookAsync("rollout", "apps/v1", "Deployment", "default", "web");

        look.Holds.ShouldNotBe(true);
        look.Saw.ShouldNotBeEmpty();
    }

    [Fact]
    public async Task A_list_of_operations_whose_answer_was_lost_asks_a_person()
    {
        const string Target = "/api/v1/namespaces/default/configmaps/m?fieldManager=platformbot-patch&fieldValidation=Strict";
        await using var server = await RecordedServer.StartAsync([
            Recording.Read("01-discovery/12-api-aggregated"),
            Recording.Read("01-discovery/10-apis-aggregated"),
            .. Enumerable.Repeat(Recording.CutOff("PATCH", Target), 3),
        ]);
        await using var scene = await Scene.StartWithoutKubeconfigAsync();
        await File.WriteAllTextAsync(scene.Kubeconfig, server.Kubeconfig, Scene.Stop);
        var none = new Dictionary<string, string?>();
        var patch = new PlannedAction.Patch("infra", new("v1", "ConfigMap", "default", "m"), none, none)
        {
            Type = "json",
            Body = """[{"op":"add","path":"/data/list/-","value":"x"}]""",
        };

        var once = await scene.Steps.PatchAsync(patch, repeatable: false, Scene.Stop);
        var again = await scene.Steps.PatchAsync(patch, repeatable: true, Scene.Stop);

        (once.Verdict, again.Verdict).ShouldBe((Verdict.AskPerson, Verdict.Retry));
        server.Asked.Count(request => request.Method == "PATCH").ShouldBe(2, "the client itself sends it once");
    }
}
