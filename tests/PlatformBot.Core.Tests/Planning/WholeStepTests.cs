using System.Text.Json;
using PlatformBot.Core.Planning;
using PlatformBot.Core.Tests.Runbooks;
using PlatformBot.TestKit;
using Shouldly;
using Xunit;

namespace PlatformBot.Core.Tests.Planning;

/// <summary>Everything that can be written in a step arrives in the plan, where people approve it.</summary>
public sealed class WholeStepTests
{
    private static readonly JsonSerializerOptions Indented = new()
    {
        WriteIndented = true,
        Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    private const string Steps = """
        - step: wipe
          title: Wipe ${{ node.name }}
          why: Because it is old.
          each: node in cluster.nodes
          needs: []
          run: [[helm, list], [helm, "${{ node.address }}"]]
          destructive: all of ${{ node.name }}
          irreversible: true
          secrets: { ZETA: "op://vault/item/zeta", ALPHA: "op://vault/item/alpha" }
          sensitive: true
          probe:
            - { run: [helm, list], expect: { exit: 0 }, timeout: 5s }
            - { get: { kind: Node, name: "${{ node.name }}" }, expect: [{ path: .status, exists: true }, { path: .spec, exists: false }] }
          verify:
            - { run: [helm, list], expect: [{ contains: ok, in: stderr }, { lacks: error }, { path: .a, last: true, equals: b }] }
            - { raw: /readyz, cluster: apps, expect: { path: .items, at-least: 2.5 } }
            - { get: { kind: Pod, namespace: x, name: y }, cluster: apps, expect: { path: ".items[*]", count: 3 } }
          repeatable: true
          lock: git
          timeout: 90s
          holds-for: 5m
          on-red: undo
          measures: how long ${{ node.name }} is away
          rollback: { run: [helm, uninstall, "${{ node.name }}"] }
          retry: { attempts: 3, backoff: 7s }
        - step: quiet
          run: [helm, get, values, release]
          proves-itself: true
        - step: pipe
          pipe: [[helm, template], [helm, install, "-"]]
          proves-itself: true
          retry: { attempts: 2 }
        - step: apply
          apply: { objects: [{ apiVersion: v1, kind: Namespace, metadata: { name: b } }], force: true, cluster: apps }
          proves-itself: true
        - step: patch
          patch: { object: { kind: Namespace, name: b }, labels: { b: "1", a: null }, annotations: { d: "2", c: null } }
          proves-itself: true
        - step: exec
          exec: { namespace: db, pod: pg-1, container: postgres, argv: [psql, -c, "select 1; -- it's so"], stdin: "a\nb\n", cluster: apps }
          sensitive: true
          verify:
            - { exec: { namespace: db, selector: role=primary, argv: [pg_isready] }, expect: { exit: 0 }, cluster: apps }
            - { exec: { namespace: db, selector: role=primary, argv: [pg_isready] } }
        - step: wait-for-one
          wait: { for: condition=Ready, object: { apiVersion: cilium.io/v2, kind: CiliumNode, name: n }, cluster: apps }
        - step: wait-for-all
          wait: { for: rollout, object: { kind: Deployment, namespace: x }, all: true, selector: app=y }
        - step: look
          run: [helm, list]
          verify:
            - { wait: { for: exists, object: { kind: Secret, namespace: x, name: y } }, cluster: apps }
            - { wait: { for: gone, object: { kind: Secret, namespace: x, name: y }, cluster: infra }, cluster: apps }
            - { wait: { for: exists, object: { kind: Secret, namespace: x, name: y } } }
        - step: query
          query: { promql: "min(up{cluster=\"${{ cluster.name }}\"})", expect: [{ at-least: 1 }, { at-most: 1.5 }] }
          probe:
            - { query: count(up), expect: [{ above: 0 }, { below: 9 }] }
        - step: http
          http:
            method: PUT
            url: "https://${{ cluster.vip }}/api/items?of=${{ cluster.name }}"
            headers: { X-B: "2", Accept: text/plain }
            bearer: op://Infra/api/token
            body: '{"a":1}'
            expect: [{ status: 201 }, { path: .state, one-of: [new, old] }]
          verify:
            - { http: { url: "https://${{ cluster.vip }}/health" }, expect: { path: .at, younger-than: 1h } }
            - { http: { url: "http://127.0.0.1/", bearer: env://TOKEN }, expect: { path: .end, valid-for: 14d } }
        - step: files
          files:
            values: { text: "cluster: ${{ cluster.name }}\npassword: {{ op://Infra/db/password }}\n" }
          run: [helm, upgrade, --values, "${{ files.values }}"]
          proves-itself: true
        - step: person
          manual: { ask: Look at it, evidence: file, second-person: true, remind: 2h, expires: 3d }
        """;

    [Fact]
    public void Every_field_of_a_step_is_in_the_plan()
    {
        using var folder = new CatalogueFolder().WithSteps(Steps);
        var plan = folder.Plan("infra");

        JsonSerializer
            .Serialize(JsonDocument.Parse(PlanJson.Write(plan)).RootElement.GetProperty("phases"), Indented)
            .ShouldMatchSnapshot("whole-step");
    }

    [Fact]
    public void A_plan_that_was_written_down_is_the_same_plan()
    {
        using var folder = new CatalogueFolder().WithSteps(Steps);
        var plan = folder.Plan("all");

        var read = PlanJson.Read(PlanJson.Write(plan));

        PlanJson.Write(read).ShouldBe(PlanJson.Write(plan));
        PlanJson.DigestOf(read).ShouldBe(plan.Digest);
    }

    [Fact]
    public void Whatever_changes_in_a_plan_changes_its_digest()
    {
        using var folder = new CatalogueFolder().WithSteps(Steps);
        var whole = folder.Plan("infra").Digest;
        var changes = new[]
        {
            ("Because it is old.", "Because it is broken."),
            ("lock: git", "lock: svn"),
            ("timeout: 90s", "timeout: 91s"),
            ("backoff: 7s", "backoff: 8s"),
            ("item/zeta", "item/eta"),
            ("exit: 0", "exit: 1"),
            ("force: true", "force: false"),
            ("a: null", "a: \"\""),
        };

        foreach (var (was, now) in changes)
        {
            folder.WithSteps(Steps.Replace(was, now, StringComparison.Ordinal));
            folder.Plan("infra").Digest.ShouldNotBe(whole, was);
        }

        folder.WithSteps(Steps);
        folder.Plan("infra").Digest.ShouldBe(whole);
    }

    [Fact]
    public void Kubernetes_own_kinds_are_known_with_version_and_scope()
    {
        var steps = string.Join(
            '\n',
            Kinds.Select(kind =>
                $"- {{ step: {kind.Name.ToLowerInvariant()}, wait: {{ for: exists, object: {{ kind: {kind.Name}, name: x{(kind.Namespaced ? ", namespace: y" : "")} }} }} }}"
            )
        );
        using var folder = new CatalogueFolder().WithSteps(steps);

        folder
            .Plan("infra")
            .Steps.Select(step => ((PlannedAction.Wait)step.Action).For.Object)
            .Select(seen => (seen.ApiVersion, seen.Kind, seen.Namespace is not null))
            .ShouldBe(Kinds);
    }

    [Fact]
    public void A_kind_without_a_namespace_has_none_and_one_with_a_namespace_needs_it()
    {
        foreach (var (_, kind, namespaced) in Kinds)
        {
            var surplus = namespaced ? "" : ", namespace: y";
            using var folder = new CatalogueFolder().WithSteps(
                $"- {{ step: a, wait: {{ for: exists, object: {{ kind: {kind}, name: x{surplus} }} }} }}"
            );

            folder
                .Problems()
                .ShouldHaveSingleItem()
                .ShouldContain(
                    namespaced
                        ? $"A {kind} lives in a namespace. Say which"
                        : $"A {kind} lives in no namespace. Leave 'namespace' out."
                );
        }
    }

    // csharpier-ignore - as `kubectl api-resources` has them
    private static readonly (string Version, string Name, bool Namespaced)[] Kinds =
    [
        ("v1", "ConfigMap", true), ("v1", "Endpoints", true), ("v1", "Event", true), ("v1", "Namespace", false), ("v1", "Node", false),
        ("v1", "PersistentVolume", false), ("v1", "PersistentVolumeClaim", true), ("v1", "Pod", true), ("v1", "Secret", true),
        ("v1", "Service", true), ("v1", "ServiceAccount", true),
        ("admissionregistration.k8s.io/v1", "MutatingWebhookConfiguration", false),
        ("admissionregistration.k8s.io/v1", "ValidatingWebhookConfiguration", false),
        ("apiextensions.k8s.io/v1", "CustomResourceDefinition", false), ("apiregistration.k8s.io/v1", "APIService", false),
        ("apps/v1", "DaemonSet", true), ("apps/v1", "Deployment", true), ("apps/v1", "ReplicaSet", true), ("apps/v1", "StatefulSet", true),
        ("batch/v1", "CronJob", true), ("batch/v1", "Job", true), ("discovery.k8s.io/v1", "EndpointSlice", true),
        ("networking.k8s.io/v1", "Ingress", true), ("networking.k8s.io/v1", "NetworkPolicy", true),
        ("policy/v1", "PodDisruptionBudget", true),
        ("rbac.authorization.k8s.io/v1", "ClusterRole", false), ("rbac.authorization.k8s.io/v1", "ClusterRoleBinding", false),
        ("rbac.authorization.k8s.io/v1", "Role", true), ("rbac.authorization.k8s.io/v1", "RoleBinding", true),
        ("storage.k8s.io/v1", "StorageClass", false),
    ];
}
