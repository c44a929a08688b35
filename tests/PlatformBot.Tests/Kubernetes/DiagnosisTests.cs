using PlatformBot.Core.Planning;
using PlatformBot.Sandbox.Twin;
using Shouldly;
using Xunit;

namespace PlatformBot.Tests.Kubernetes;

/// <summary>What an issue says about a failed step's cluster.</summary>
public sealed class DiagnosisTests
{
    private const string Web = """
        {"apiVersion":"apps/v1","kind":"Deployment","metadata":{"name":"web","namespace":"shop"},
         "spec":{"selector":{"matchLabels":{"app":"web"}}},
         "status":{"conditions":[
           {"type":"Available","status":"False","reason":"MinimumReplicasUnavailable","message":"Deployment does not have minimum availability."},
           {"type":"Progressing","status":"True","reason":"ReplicaSetUpdated","message":"ReplicaSet \"web-1\" is progressing."}]}}
        """;

    private static readonly PlannedWait Rollout = new(
        "infra",
        "rollout",
        new("apps/v1", "Deployment", "shop", "web"),
        null
    );

    [Fact]
    public async Task Nodes_and_pods_that_are_not_well_are_named_and_secrets_kept()
    {
        await using var scene = await Scene.StartAsync();
        scene.Redactor.Learn("hunter2hunter2");
        scene.Has(
            """
            {"apiVersion":"v1","kind":"Node","metadata":{"name":"infra-02"},
             "status":{"conditions":[{"type":"Ready","status":"False","reason":"KubeletNotReady","message":"cni plugin not initialized"}]}}
            """
        );
        scene.Has(
            Pod(
                "cilium-x7f",
                "kube-system",
                "cilium",
                """{"waiting":{"reason":"ImagePullBackOff","message":"Back-off pulling image quay.io/cilium"}}"""
            )
        );
        Told(
            scene,
            new("v1", "Pod", "kube-system", "cilium-x7f"),
            "Failed",
            "pull with hunter2hunter2 ``` failed",
            count: 3
        );

        (await WriteAsync(scene, [], "kube-system")).ShouldBe(
            """
            Most likely: **node infra-02** is not Ready: `KubeletNotReady`: `cni plugin not initialized`

            - **node infra-02** is not Ready: `KubeletNotReady`: `cni plugin not initialized`
            - **pod kube-system/cilium-x7f**: `ImagePullBackOff: Back-off pulling image quay.io/cilium`
              - Failed: `pull with ••• ''' failed` (3 times)

            """
        );
    }

    [Fact]
    public async Task What_the_step_waited_for_comes_first_down_to_the_log_of_its_pod()
    {
        await using var scene = await Scene.StartAsync();
        scene.Has(Web);
        HasSet(scene);
        scene.Has(Pod("aside", "shop", "aside", """{"waiting":{"reason":"ErrImagePull","message":"not found"}}"""));
        scene.Has(
            Pod(
                "web-1-a",
                "shop",
                "web",
                """{"waiting":{"reason":"CrashLoopBackOff","message":"back-off 40s"}}""",
                restarts: 3
            )
        );
        Told(scene, new("v1", "Pod", "shop", "web-1-a"), "BackOff", "Back-off restarting failed container", count: 7);
        scene.Cluster.Logs = asked => asked.Previous ? "starting\nno trust anchor ``` found\n" : "starting\n";

        (await WriteAsync(scene, [Rollout], "shop")).ShouldBe(
            """
            Most likely: **pod shop/web-1-a**: `CrashLoopBackOff: back-off 40s`

            - **pod shop/web-1-a**: `CrashLoopBackOff: back-off 40s`
              - BackOff: `Back-off restarting failed container` (7 times)
              - container app before it was started anew said at the end:

            ```text
            starting
            no trust anchor ''' found
            ```

            - **deployment shop/web**: Available is False: `MinimumReplicasUnavailable: Deployment does not have minimum availability.`
            - **pod shop/aside**: `ErrImagePull: not found`

            """
        );
    }

    [Fact]
    public async Task A_pod_that_runs_and_never_becomes_ready_is_told_with_what_its_probe_said()
    {
        await using var scene = await Scene.StartAsync();
        scene.Has(Web);
        scene.Has(Pod("web-1-a", "shop", "web", """{"running":{}}""", ready: false));
        Told(scene, new("v1", "Pod", "shop", "web-1-a"), "Unhealthy", "Readiness probe failed: 503", count: 40);
        scene.Cluster.Logs = _ => "no database\n";

        (await WriteAsync(scene, [Rollout], "shop")).ShouldStartWith(
            """
            Most likely: **pod shop/web-1-a**: `is not ready yet`, Unhealthy: `Readiness probe failed: 503` (40 times)

            - **pod shop/web-1-a**: `is not ready yet`, Unhealthy: `Readiness probe failed: 503` (40 times)
              - container app said at the end:

            ```text
            no database
            ```
            """
        );
    }

    [Fact]
    public async Task What_keeps_pods_from_being_made_is_told_about_the_replica_set()
    {
        await using var scene = await Scene.StartAsync();
        scene.Has(Web);
        HasSet(scene);
        Told(
            scene,
            new("apps/v1", "ReplicaSet", "shop", "web-1"),
            "FailedCreate",
            "exceeded quota: q, requested: pods=1",
            count: 1
        );

        (await WriteAsync(scene, [Rollout], "shop")).ShouldStartWith(
            """
            Most likely: **deployment shop/web**: Available is False: `MinimumReplicasUnavailable: Deployment does not have minimum availability.`

            - **deployment shop/web**: Available is False: `MinimumReplicasUnavailable: Deployment does not have minimum availability.`
              - FailedCreate: `exceeded quota: q, requested: pods=1`
            """
        );
    }

    [Fact]
    public async Task What_is_missing_and_what_does_not_go_is_said()
    {
        await using var scene = await Scene.StartAsync();
        scene.Has(
            """{"apiVersion":"v1","kind":"PersistentVolumeClaim","metadata":{"name":"data","namespace":"shop","deletionTimestamp":"2026-11-21T09:00:00Z","finalizers":["kubernetes.io/pvc-protection"]}}"""
        );
        PlannedWait[] subjects =
        [
            Rollout,
            new("infra", "gone", new("v1", "PersistentVolumeClaim", "shop", "data"), null),
            new("infra", "gone", new("v1", "PersistentVolumeClaim", "shop", "other"), null),
        ];

        (await WriteAsync(scene, subjects, "shop")).ShouldEndWith(
            """
            - **deployment shop/web** does not exist
            - **persistentvolumeclaim shop/data**: is being deleted since 2026-11-21T09:00:00Z, held by `kubernetes.io/pvc-protection`

            """
        );
    }

    [Fact]
    public async Task Where_everything_is_well_nothing_is_said()
    {
        await using var scene = await Scene.StartAsync();
        scene.Has(Pod("web-1-a", "shop", "web", """{"running":{}}"""));

        (await WriteAsync(scene, [new("infra", "exists", new("v1", "Pod", "shop", "web-1-a"), null)], "shop")).ShouldBe(
            ""
        );
    }

    private static Task<string> WriteAsync(Scene scene, PlannedWait[] subjects, string ns) =>
        scene.Diagnosis.WriteAsync("infra", subjects, new HashSet<string> { ns }, Scene.Stop);

    private static string Pod(string name, string ns, string app, string state, int restarts = 0, bool? ready = null)
    {
        var isReady = ready ?? state.Contains("running", StringComparison.Ordinal);
        return $$"""
            {"apiVersion":"v1","kind":"Pod","metadata":{"name":"{{name}}","namespace":"{{ns}}","labels":{"app":"{{app}}"} },
             "spec":{"nodeName":"infra-01","containers":[{"name":"app","image":"i:1"}]},
             "status":{"phase":"Running","conditions":[{"type":"Ready","status":"{{(isReady ? "True" : "False")}}"}],
              "containerStatuses":[{"name":"app","ready":{{(
                isReady ? "true" : "false"
            )}},"restartCount":{{restarts}},"state":{{state}} }]} }
            """;
    }

    private static void HasSet(Scene scene) =>
        scene.Has(
            $$"""
            {"apiVersion":"apps/v1","kind":"ReplicaSet","metadata":{"name":"web-1","namespace":"shop","labels":{"app":"web"},
             "ownerReferences":[{"uid":"{{UidOf(
                scene,
                new("apps/v1", "Deployment", "shop", "web")
            )}}","kind":"Deployment","name":"web","apiVersion":"apps/v1"}]} }
            """
        );

    private static void Told(Scene scene, ObjectKey about, string reason, string message, int count) =>
        scene.Has(
            $$"""
            {"apiVersion":"v1","kind":"Event","metadata":{"name":"{{about.Name}}.{{reason}}","namespace":"{{about.Namespace}}"},"type":"Warning",
             "reason":"{{reason}}","count":{{count}},"message":"{{message}}","lastTimestamp":"2026-11-21T09:00:00Z",
             "involvedObject":{"kind":"{{about.Kind}}","uid":"{{UidOf(scene, about)}}"} }
            """
        );

    private static string UidOf(Scene scene, ObjectKey about) =>
        (string)scene.Cluster.Objects.Get(about)!["metadata"]!["uid"]!;
}
