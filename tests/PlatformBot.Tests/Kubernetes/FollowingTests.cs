using PlatformBot.Core.Planning;
using PlatformBot.TestKit;
using Shouldly;
using Xunit;

namespace PlatformBot.Tests.Kubernetes;

/// <summary>Waits that go on while the cluster, the connection and the client configuration change under them.</summary>
public sealed class FollowingTests
{
    private static readonly ObjectReference Web = new("apps/v1", "Deployment", "default", "web");

    [Fact]
    public async Task However_many_wait_for_a_kind_there_is_one_watch()
    {
        await using var scene = await Scene.StartAsync();
        var names = Enumerable.Range(1, 40).Select(number => $"web-{number}").ToList();
        var heard = names.ToDictionary(name => name, _ => new Heard());
        var waits = names.Select(name => scene.UntilAsync("rollout", Web with { Name = name }, heard[name])).ToList();
        await Task.WhenAll(heard.Values.Select(each => each.UntilAsync("does not exist")));

        foreach (var name in names)
            scene.Has(Deployment(name, available: 0));

        await Task.WhenAll(heard.Values.Select(each => each.UntilAsync("0 of 1 pods available")));

        foreach (var name in names)
            scene.Has(Deployment(name, available: 1));

        (await Task.WhenAll(waits)).ShouldAllBe(look => look.Holds == true);
        // Each looked for itself at first; one list and one stream served them all after that, and at most one of each their pods.
        Asked(scene, "/apis/apps/v1/deployments").ShouldBe((1, 1));
        Asked(scene, "/api/v1/pods").Lists.ShouldBe(1);
        Asked(scene, "/api/v1/pods").Watches.ShouldBeLessThanOrEqualTo(1);
    }

    [Fact]
    public async Task What_holds_it_up_is_told_as_it_happens()
    {
        await using var scene = await Scene.StartAsync();
        var heard = new Heard();
        scene.Has(Deployment("web", available: 0));
        var waiting = scene.UntilAsync("rollout", Web, heard);
        await heard.UntilAsync("deployment default/web: 0 of 1 pods available");

        scene.Has(Pod("ErrImagePull", "failed to pull registry.example.com/web:1"));
        await heard.UntilAsync("web-x is ErrImagePull: failed to pull registry.example.com/web:1");
        scene.Has(Pod("ImagePullBackOff", "Back-off pulling image"));
        await heard.UntilAsync("web-x is ImagePullBackOff: Back-off pulling image");
        scene.Has(Deployment("web", available: 1));

        (await waiting).Saw.ShouldBe("deployment default/web: 1 of 1 pods available");
    }

    [Fact]
    public async Task A_history_that_is_forgotten_is_read_anew()
    {
        await using var scene = await Scene.StartAsync();
        var heard = new Heard();
        scene.Has(Deployment("web", available: 0));
        var waiting = scene.UntilAsync("rollout", Web, heard);
        await heard.UntilAsync("0 of 1 pods available");

        // The stream breaks, things happen meanwhile, and nobody remembers what came after the place where it broke.
        scene.Cluster.ApiIsUp = false;
        scene.Server.CutWatches();
        await heard.UntilAsync("API server of infra does not answer");
        scene.Has(Deployment("other", available: 1));
        scene.Has(Deployment("web", available: 1));
        scene.Cluster.Objects.Compact();
        scene.Cluster.ApiIsUp = true;

        (await waiting).Holds.ShouldBe(true);
    }

    [Fact]
    public async Task What_is_not_installed_yet_is_waited_for_with_its_kind()
    {
        await using var scene = await Scene.StartAsync();
        var heard = new Heard();
        var gateway = new ObjectReference("example.com/v1", "Gateway", "default", "front");
        var waiting = scene.UntilAsync("condition=Ready", gateway, heard);
        await heard.UntilAsync("infra knows no kind Gateway in example.com/v1: its CRD is not installed");

        scene.Has(
            ClusterStepsTests.Definition.TrimEnd()[..^1]
                + """, "status": { "conditions": [{ "type": "Established", "status": "True" }] } }"""
        );
        scene.Has(
            """{"apiVersion":"example.com/v1","kind":"Gateway","metadata":{"name":"front","namespace":"default"}}"""
        );
        await heard.UntilAsync("gateway default/front has no condition Ready yet");
        scene.Has(
            """
            {"apiVersion":"example.com/v1","kind":"Gateway","metadata":{"name":"front","namespace":"default"},
             "status":{"conditions":[{"type":"Ready","status":"True"}]}}
            """
        );

        (await waiting).Saw.ShouldBe("gateway default/front is Ready");
    }

    [Fact]
    public async Task An_object_that_is_made_again_under_its_name_is_not_the_one_that_was_to_go()
    {
        await using var scene = await Scene.StartAsync();
        var heard = new Heard();
        var settings = new ObjectReference("v1", "ConfigMap", "default", "settings");
        scene.Has("""{"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"settings","namespace":"default"}}""");
        var waiting = scene.UntilAsync("gone", settings, heard);
        await heard.UntilAsync("configmap default/settings still exists");

        scene.Cluster.Objects.Delete(new("v1", "ConfigMap", "default", "settings"));
        scene.Has("""{"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"settings","namespace":"default"}}""");

        (await waiting).Holds.ShouldBe(true);
    }

    [Fact]
    public async Task A_client_configuration_that_comes_later_and_changes_is_followed()
    {
        await using var scene = await Scene.StartWithoutKubeconfigAsync();
        var heard = new Heard();
        var waiting = scene.UntilAsync("rollout", Web, heard);
        await heard.UntilAsync("There is no client configuration for infra yet");

        scene.WriteKubeconfig();
        await heard.UntilAsync("deployment default/web does not exist");
        scene.WriteKubeconfig(ns: "elsewhere");
        scene.Has(Deployment("web", available: 1));

        (await waiting).Holds.ShouldBe(true);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_stream_that_ends_or_breaks_goes_on_where_it_was(bool abruptly)
    {
        await using var scene = await Scene.StartAsync();
        var heard = new Heard();
        scene.Has(Deployment("web", available: 0));
        var waiting = scene.UntilAsync("rollout", Web, heard);
        await heard.UntilAsync("0 of 1 pods available");
        scene.Has(
            Deployment("web", available: 0)
                .Replace("1, \"replicas\": 1", "1, \"replicas\": 3", StringComparison.Ordinal)
        );
        await heard.UntilAsync("2 old pods are still ending");

        if (abruptly)
            scene.Server.CutWatches();
        else
            scene.Server.EndWatches();

        scene.Has(Deployment("web", available: 1));

        (await waiting).Holds.ShouldBe(true);
        Asked(scene, "/apis/apps/v1/deployments").ShouldBe((1, 2), "the history is known: nothing is listed again");
    }

    [Fact]
    public async Task Where_watching_is_forbidden_lists_will_do()
    {
        await using var scene = await Scene.StartAsync();
        scene.Server.Faults.Arm("infra/watch/forbidden");
        var heard = new Heard();
        var waiting = scene.UntilAsync("rollout", Web, heard);
        await heard.UntilAsync("does not exist");

        scene.Has(Deployment("web", available: 1));

        (await waiting).Holds.ShouldBe(true);
    }

    [Fact]
    public async Task A_stream_that_is_silent_is_not_believed_for_ever()
    {
        var clock = new FakeClock(new(2026, 11, 21, 9, 0, 0, TimeSpan.Zero));
        await using var scene = await Scene.StartAtAsync(clock);
        scene.Server.Faults.Arm("infra/watch/hangs");
        var heard = new Heard();
        var waiting = scene.UntilAsync("rollout", Web, heard);
        await heard.UntilAsync("does not exist");
        scene.Has(Deployment("web", available: 1));

        // Nothing tells of it; it looks again for itself.
        while (!waiting.IsCompleted)
        {
            clock.Advance(TimeSpan.FromSeconds(5));
            await Task.Yield();
        }

        (await waiting).Holds.ShouldBe(true);
    }

    [Fact]
    public async Task Nobody_who_waits_means_no_watch()
    {
        var clock = new FakeClock(new(2026, 11, 21, 9, 0, 0, TimeSpan.Zero));
        await using var scene = await Scene.StartAtAsync(clock);
        scene.Has(Deployment("web", available: 1));

        (await scene.UntilAsync("rollout", Web)).Holds.ShouldBe(true);

        scene.Clusters.Find("infra").Ok(out var cluster, out _).ShouldBeTrue();
        cluster!.Watches.Count.ShouldBe(1, "it is kept for the next step");
        clock.Advance(TimeSpan.FromSeconds(11));
        cluster.Watches.Count.ShouldBe(0);
    }

    /// <summary>How often it was listed, and how often watched.</summary>
    private static (int Lists, int Watches) Asked(Scene scene, string path) =>
        (scene.Server.Counts.GetValueOrDefault($"GET {path}"), scene.Server.Counts.GetValueOrDefault($"WATCH {path}"));

    internal static string Deployment(string name, int available) =>
        $$"""
            {
              "apiVersion": "apps/v1", "kind": "Deployment", "metadata": { "name": "{{name}}", "namespace": "default", "generation": 1 },
              "spec": { "replicas": 1, "selector": { "matchLabels": { "app": "{{name}}" } } },
              "status": { "observedGeneration": 1, "replicas": 1, "updatedReplicas": 1, "availableReplicas": {{available}} }
            }
            """;

    private static string Pod(string reason, string message) =>
        $$"""
            {
              "apiVersion": "v1", "kind": "Pod", "metadata": { "name": "web-x", "namespace": "default", "labels": { "app": "web" } },
              "status": { "phase": "Pending", "containerStatuses": [{ "name": "web", "ready": false, "restartCount": 0,
                "state": { "waiting": { "reason": "{{reason}}", "message": "{{message}}" } } }] }
            }
            """;
}
