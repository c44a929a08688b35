using PlatformBot.Sandbox.Twin;
using PlatformBot.Tests.Kubernetes;
using Shouldly;
using Xunit;

namespace PlatformBot.Tests.Stories;

/// <summary>What a plan would change on a live cluster, and what becomes of it when it runs.</summary>
public sealed class ChangesTests
{
    private const string Steps = """
        - step: settings
          title: Settings
          apply:
            objects:
              - { apiVersion: v1, kind: ConfigMap, metadata: { name: settings, namespace: default }, data: { level: "debug", size: "3" } }
              - { apiVersion: v1, kind: ConfigMap, metadata: { name: more, namespace: default }, data: { a: "1" } }
          proves-itself: true
        - step: tune
          title: Tune
          patch:
            object: { kind: ConfigMap, namespace: default, name: more }
            json: [{ op: replace, path: /data/a, value: "2" }, { op: add, path: /data/b, value: "3" }]
          verify: [{ get: { kind: ConfigMap, namespace: default, name: more }, expect: { path: .data.b, equals: "3" } }]
        - step: remove
          title: Remove the old one
          delete: { object: { kind: ConfigMap, namespace: default, name: old } }
          destructive: deletes the old settings of ${{ cluster.name }}
          timeout: 4s
          probe: [{ wait: { for: gone, object: { kind: ConfigMap, namespace: default, name: old } } }]
          verify: [{ wait: { for: gone, object: { kind: ConfigMap, namespace: default, name: old } } }]
        """;

    private static readonly ObjectKey Old = new("v1", "ConfigMap", "default", "old");

    [Fact]
    public async Task A_plan_shows_what_would_change_and_changes_nothing()
    {
        await using var infra = await ClusterAsync();
        await using var chat = await TheChat.WithAsync(Steps, speed: 1);
        File.Copy(infra.Kubeconfig, chat.Kubeconfig);
        var before = infra.Cluster.Objects.Version;

        var plan = await chat.SaysAsync("ada", "/platform plan deploy infra");

        plan.ShouldContain("`infra/settings` would create 1 and change 1 of 2 objects");
        plan.ShouldContain("`configmap default/settings: .data.level: info → debug`");
        plan.ShouldContain("`configmap default/settings: .data.size: + 3`");
        infra.Cluster.Objects.Version.ShouldBe(before);
    }

    [Fact]
    public async Task What_is_deleted_is_approved_and_what_holds_it_back_is_said()
    {
        await using var infra = await ClusterAsync();
        await using var chat = await TheChat.WithAsync(Steps, speed: 1);
        File.Copy(infra.Kubeconfig, chat.Kubeconfig);

        await chat.SaysAsync("ada", "/platform deploy infra");
        var asks = await chat.SeesAsync(post => post.Buttons.Contains("approve"));
        asks.Text.ShouldContain("delete configmap default/old on infra, and all that it owns");
        infra.Cluster.Objects.Get(Old).ShouldNotBeNull();
        await chat.SaysAsync("grace", "/platform approve 1 infra/rollout");

        await chat.SeesAsync("Last seen: configmap default/old is being deleted, held by example.com/keep");
        infra.Cluster.Objects.Update(Old, json => json["metadata"]!.AsObject().Remove("finalizers"));
        infra.Cluster.Objects.Delete(Old);
        await chat.SaysAsync("ada", "/platform retry 1 infra/remove");

        await chat.SeesAsync(":white_check_mark: Run #1 succeeded");
        var more = infra.Cluster.Objects.Get(new("v1", "ConfigMap", "default", "more"))!;
        more["data"]!.ToJsonString().ShouldBe("""{"a":"2","b":"3"}""");
    }

    private static async Task<Scene> ClusterAsync()
    {
        var infra = await Scene.StartAsync();
        await infra.ApplyAsync(
            """{"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"settings","namespace":"default"},"data":{"level":"info"}}"""
        );
        infra.Has(
            """{"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"old","namespace":"default","finalizers":["example.com/keep"]}}"""
        );
        return infra;
    }
}
