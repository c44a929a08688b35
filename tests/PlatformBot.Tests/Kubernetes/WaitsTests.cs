using Shouldly;
using Xunit;

namespace PlatformBot.Tests.Kubernetes;

public sealed class WaitsTests
{
    private const string Pod = """
        {
          "apiVersion": "v1", "kind": "Pod",
          "metadata": { "name": "cilium-x7f", "namespace": "kube-system", "labels": { "k8s-app": "cilium" } },
          "status": { "phase": "Pending", "containerStatuses": [{ "name": "agent", "ready": false, "restartCount": 0,
            "state": { "waiting": { "reason": "ImagePullBackOff", "message": "Back-off pulling image quay.io/cilium" } } }] }
        }
        """;

    [Fact]
    public async Task A_rollout_that_is_not_done_says_how_far_it_is_and_what_holds_it_up()
    {
        await using var scene = await Scene.StartAsync();
        scene.Has(DaemonSet(ready: 2));
        scene.Has(Pod);

        var waiting = await scene.LookAsync("rollout", "apps/v1", "DaemonSet", "kube-system", "cilium");
        scene.Has(DaemonSet(ready: 3));
        var done = await scene.LookAsync("rollout", "apps/v1", "DaemonSet", "kube-system", "cilium");

        (waiting.Holds, waiting.Saw).ShouldBe(
            (
                false,
                "daemonset kube-system/cilium: 2 of 3 pods ready; cilium-x7f is ImagePullBackOff: Back-off pulling image quay.io/cilium"
            )
        );
        (done.Holds, done.Saw).ShouldBe((true, "daemonset kube-system/cilium: 3 of 3 pods ready"));
    }

    [Theory]
    [InlineData("True", true, "node infra-01 is Ready")]
    [InlineData("False", false, "node infra-01 Ready is False, KubeletNotReady: cni plugin not initialized")]
    public async Task A_condition_is_told_with_its_reason(string status, bool holds, string saw)
    {
        await using var scene = await Scene.StartAsync();
        scene.Has(Node("infra-01", status));

        var look = await scene.LookAsync("condition=Ready", "v1", "Node", null, "infra-01");

        (look.Holds, look.Saw).ShouldBe((holds, saw));
    }

    [Fact]
    public async Task What_was_true_before_its_controller_saw_the_last_change_is_not_true_yet()
    {
        await using var scene = await Scene.StartAsync();
        scene.Has(
            """
            {"apiVersion":"apps/v1","kind":"Deployment","metadata":{"name":"web","namespace":"default"},"spec":{"replicas":1},
             "status":{"observedGeneration":0,"conditions":[{"type":"Available","status":"True"}]}}
            """
        );

        var look = await scene.LookAsync("condition=Available", "apps/v1", "Deployment", "default", "web");

        (look.Holds, look.Saw).ShouldBe(
            (false, "deployment default/web its controller has not seen the last change yet (Available was True)")
        );
    }

    [Fact]
    public async Task All_of_a_kind_must_hold_and_none_is_not_all()
    {
        await using var scene = await Scene.StartAsync();

        var none = await scene.LookAsync("condition=Ready", "v1", "Node", null, null);
        scene.Has(Node("infra-01", "True"));
        scene.Has(Node("infra-02", "False"));
        var some = await scene.LookAsync("condition=Ready", "v1", "Node", null, null);
        scene.Has(Node("infra-02", "True"));
        var all = await scene.LookAsync("condition=Ready", "v1", "Node", null, null);

        (none.Holds, none.Saw).ShouldBe((false, "there is no node"));
        (some.Holds, some.Saw).ShouldBe(
            (false, "1 of 2 nodes as wanted; infra-02 Ready is False, KubeletNotReady: cni plugin not initialized")
        );
        (all.Holds, all.Saw).ShouldBe((true, "2 of 2 nodes: is Ready"));
    }

    [Fact]
    public async Task A_job_that_has_failed_is_hopeless()
    {
        await using var scene = await Scene.StartAsync();
        scene.Has(
            """
            {"apiVersion":"batch/v1","kind":"Job","metadata":{"name":"j","namespace":"default"},
             "status":{"conditions":[{"type":"Failed","status":"True","reason":"BackoffLimitExceeded","message":"Job has reached the specified backoff limit"}]}}
            """
        );

        var look = await scene.LookAsync("condition=Complete", "batch/v1", "Job", "default", "j");

        (look.Holds, look.Hopeless).ShouldBe((false, true));
        look.Saw.ShouldBe("job default/j failed, BackoffLimitExceeded: Job has reached the specified backoff limit");
    }

    [Theory]
    [InlineData("exists", false, "configmap default/none does not exist")]
    [InlineData("gone", true, "configmap default/none does not exist")]
    [InlineData("jsonpath=.data.a=1", false, "configmap default/none does not exist")]
    public async Task What_is_not_there_is_only_good_for_gone(string what, bool holds, string saw)
    {
        await using var scene = await Scene.StartAsync();

        var look = await scene.LookAsync(what, "v1", "ConfigMap", "default", "none");

        (look.Holds, look.Saw).ShouldBe((holds, saw));
    }

    [Fact]
    public async Task A_kind_that_is_not_installed_does_not_hold_yet()
    {
        await using var scene = await Scene.StartAsync();

        var look = await scene.LookAsync(
            "condition=Ready",
            "kustomize.toolkit.fluxcd.io/v1",
            "Kustomization",
            "flux-system",
            "apps"
        );

        (look.Holds, look.Hopeless).ShouldBe((false, false));
    }

    private static string DaemonSet(int ready) =>
        $$"""
            {
              "apiVersion": "apps/v1", "kind": "DaemonSet", "metadata": { "name": "cilium", "namespace": "kube-system" },
              "spec": { "selector": { "matchLabels": { "k8s-app": "cilium" } }, "updateStrategy": { "type": "RollingUpdate" } },
              "status": { "observedGeneration": 9, "desiredNumberScheduled": 3, "updatedNumberScheduled": 3, "numberAvailable": {{ready}} }
            }
            """;

    private static string Node(string name, string ready) =>
        $$"""
            {"apiVersion":"v1","kind":"Node","metadata":{"name":"{{name}}"},
             "status":{"conditions":[{"type":"Ready","status":"{{ready}}","reason":"KubeletNotReady","message":"cni plugin not initialized"}] } }
            """;
}
