using PlatformBot.Sandbox.Kubernetes;
using PlatformBot.Sandbox.Twin;
using Shouldly;
using Xunit;

namespace PlatformBot.Sandbox.Tests.Twin;

public sealed class WholePlatformTests
{
    private readonly PlatformScene _scene = new();

    [Fact]
    public void The_shipped_tree_becomes_two_linked_clusters()
    {
        _scene.World.Vault.AddItemsOfPeople(new Dictionary<string, string>());

        foreach (var cluster in _scene.World.Clusters.Values)
            _scene.BeforeStorage(cluster);

        Reconciled();
        Released("10-lb");
        _scene.Release(_scene.Infra, "30-monitoring");
        _scene.Apply(
            _scene.Infra,
            "{apiVersion: v1, kind: Namespace, metadata: {name: monitoring, labels: {pod-security.kubernetes.io/enforce: privileged}}}"
        );
        _scene.Apply(
            _scene.Infra,
            "{apiVersion: v1, kind: Secret, metadata: {name: grafana-admin, namespace: monitoring}, stringData: {admin-user: a, admin-password: b}}"
        );
        Reconciled();
        _scene.Release(_scene.Infra, "31-victoria-logs");
        Reconciled();
        _scene.Release(_scene.Infra, "32-fluent-bit");
        Reconciled();
        Released("40-linkerd-namespaces");

        using var anchor = _scene.NewAnchor();
        _scene.TrustAnchor(_scene.Infra, anchor);
        _scene.TrustAnchor(_scene.Apps, anchor);
        Released("41-linkerd");
        Released("42-linkerd-viz", "43-linkerd-multicluster");

        _scene.Link(_scene.Infra, _scene.Apps);
        _scene.Link(_scene.Apps, _scene.Infra);
        Reconciled();
        Released("44-observability", "49-demo");
        _scene.Release(_scene.Apps, "45-otel-collector");
        Reconciled();
        Released("60-platform");
        _scene.ConnectToken(_scene.Infra);
        _scene.ConnectToken(_scene.Apps);
        Released(
            "61-external-secrets",
            "63-cert-manager",
            "64-issuers",
            "65-gateway",
            "66-cloudflared",
            "67-external-dns"
        );
        _scene.World.RouterConfigured = true;
        Released("50-snapshot-controller", "51-rook-operator", "52-rook-cluster");
        BackedUp();
        Served();
        Used();
        Hardened();
        _scene.Pass(TimeSpan.FromMinutes(1));

        TwinVerdict
            .Of(_scene.World)
            .Where(fact => !fact.Holds)
            .Select(fact => $"{fact.What}: {fact.Saw}")
            .ShouldBeEmpty();
        Answers("monitoring/vmsingle-victoria-metrics-stack", "/api/v1/query?query=count(node_uname_info)", ",\"3\"]");
        Answers(
            "monitoring/vmsingle-victoria-metrics-stack",
            "/api/v1/query?query=count(etcd_server_has_leader%3D%3D1)",
            ",\"3\"]"
        );
        Answers("monitoring/vmsingle-victoria-metrics-stack", "/api/v1/query?query=count(up%3D%3D1)", "success");
        Answers("monitoring/victoria-metrics-stack-grafana", "/api/health", "\"database\":\"ok\"");
        Answers(
            "monitoring/victoria-logs",
            "/select/logsql/query?query=cluster%3Ainfra%20_time%3A5m&limit=1",
            "kubernetes_pod_name"
        );
        Answers("observability/jaeger", "/api/services", "\"data\"");
        var frontend = _scene.Apps.Objects.View("v1", "Pod", "demo").Single();
        var answer = _scene.Apps.Exec!(
            new ExecRequest(
                "demo",
                ObjectKey.Of(frontend).Name,
                "frontend",
                ["curl", "-sS", "--fail", "http://backend-infra.demo.svc.cluster.local:5678"],
                ""
            )
        );
        answer!.Stdout.ShouldBe("Hello from Infra Cluster\n");
        Probed("psql", "-AtXc", "select version()").Stdout.ShouldStartWith("PostgreSQL 17");
        Probed("timeout", "10", "bash", "-c", "exec 3<>/dev/tcp/dragonfly-infra.databases.svc.cluster.local/6379")
            .Stdout.ShouldContain("NOAUTH");
        Probed(
            "timeout",
            "10",
            "bash",
            "-c",
            "exec 3<>/dev/tcp/rook-ceph-rgw-objects-infra.rook-ceph.svc.cluster.local/80"
        )
            .Stdout.ShouldContain("200 OK");
    }

    /// <summary>Policies in audit, then enforced.</summary>
    private void Hardened()
    {
        _scene.Release(_scene.Infra, "84-linkerd-policy");
        Reconciled();
        const string query =
            "/api/v1/query?query=sum%20by%20(srv_name%2C%20client_id)%20(increase(inbound_tcp_authz_allow_total%7Bnamespace%3D%22databases%22%2C%20authz_name%3D%22audit%22%7D%5B1h%5D))%20%3E%200";
        Answers("monitoring/vmsingle-victoria-metrics-stack", query, "\"result\":[]");
        _scene.Faults.Arm("infra/authz-too-strict");
        Answers(
            "monitoring/vmsingle-victoria-metrics-stack",
            query,
            "{\"srv_name\":\"postgres\",\"client_id\":\"reports.observability.serviceaccount.identity.linkerd.cluster.local\"}"
        );
        _scene.Faults.Clear("infra/authz-too-strict");
        const string file = "kubernetes/clusters/infra/phases/84-linkerd-policy.yaml";
        _scene.Commit(
            file,
            _scene.File(file).Replace("overlays/audit\n", "overlays/enforce\n", StringComparison.Ordinal)
        );
        Reconciled();
    }

    /// <summary>The services on infra, their mirrors and the probe on apps.</summary>
    private void Served()
    {
        foreach (
            var phase in new[]
            {
                "70-operators",
                "71-postgres",
                "72-dragonfly",
                "73-object-store",
                "74-keycloak",
                "75-exports",
            }
        )
        {
            _scene.Release(_scene.Infra, phase);
        }

        _scene.Release(_scene.Apps, "70-platform-tests");
        const string file = "kubernetes/clusters/infra/phases/44-observability.yaml";
        _scene.Commit(
            file,
            _scene
                .File(file)
                .Replace("observability/jaeger\n", "observability/jaeger-persistent\n", StringComparison.Ordinal)
        );
        Reconciled();
    }

    /// <summary>The applications on apps, and what their administrators do.</summary>
    private void Used()
    {
        foreach (var phase in new[] { "76-gitlab", "78-harbor", "79-mattermost" })
            _scene.Release(_scene.Apps, phase);

        Reconciled();
        _scene.World.DoWhatPeopleDo();
        _scene.Release(_scene.Apps, "77-gitlab-runner");
        Reconciled();
        var secret = _scene.Apps.Objects.View(new ObjectKey("v1", "Secret", "gitlab", "gitlab-rails-secret"));
        _scene.World.Vault.Add(
            "Infra",
            "gitlab-rails-secret",
            new Dictionary<string, string> { ["secrets.yml"] = SecretText.Of(secret, "secrets.yml")! }
        );
        Copied();
    }

    /// <summary>What looks after the applications, and the copies of what they have written.</summary>
    private void Copied()
    {
        var (vault, nas) = (_scene.World.Vault, _scene.World.Nas);
        nas.Accept(vault.ValueOf("nas-s3-mirror", "access-key"), vault.ValueOf("nas-s3-mirror", "secret-key"));

        foreach (var name in new[] { "infra", "apps" })
        {
            nas.Accept(
                vault.ValueOf($"minio-volsync-{name}", "access_key_id"),
                vault.ValueOf($"minio-volsync-{name}", "secret_access_key")
            );
        }

        _scene.Release(_scene.Infra, "76-tools");
        _scene.Release(_scene.Infra, "78-backups");
        _scene.Release(_scene.Apps, "80-backups");
        Reconciled();

        foreach (var application in new[] { "gitlab", "harbor", "mattermost" })
            _scene.StartNow(_scene.Infra, "rook-ceph", $"s3-mirror-{application}");

        _scene.Pass(TimeSpan.FromMinutes(2));
    }

    /// <summary>The smoke test's volume on both clusters, sent to the NAS by VolSync and by Velero, and restored.</summary>
    private void BackedUp()
    {
        foreach (var cluster in _scene.World.Clusters.Values)
        {
            _scene.VeleroKey(cluster);
            _scene.Smoke(cluster, "storage.yaml");
            _scene.VolSyncKey(cluster);
        }

        Released("53-volsync", "54-velero");

        foreach (var cluster in _scene.World.Clusters.Values)
            _scene.Smoke(cluster, "volsync.yaml");

        _scene.Pass(TimeSpan.FromMinutes(2));
        AskedOfVelero("Backup", "includedNamespaces: [storage-smoke], snapshotMoveData: true");
        AskedOfVelero("Restore", "backupName: smoke, namespaceMapping: {storage-smoke: storage-smoke-restore}");
    }

    private void AskedOfVelero(string kind, string spec)
    {
        foreach (var cluster in _scene.World.Clusters.Values)
        {
            _scene.Apply(
                cluster,
                $"{{apiVersion: velero.io/v1, kind: {kind}, metadata: {{name: smoke, namespace: velero}}, spec: {{{spec}}}}}"
            );
        }

        _scene.Pass(TimeSpan.FromMinutes(1));
    }

    private ExecAnswer Probed(params string[] command)
    {
        var pod = _scene.Apps.Objects.View("v1", "Pod", "platform-tests").Single();
        return _scene.Apps.Exec!(new ExecRequest("platform-tests", ObjectKey.Of(pod).Name, "psql", command, ""))!;
    }

    private void Answers(string service, string path, string expected) =>
        _scene
            .Infra.ServiceProxy!(new ServiceRequest(service.Split('/')[0], service.Split('/')[1], "", "GET", path, ""))
            .ShouldNotBeNull(service)
            .Body.ShouldContain(expected);

    private void Released(params string[] phases)
    {
        foreach (var phase in phases)
        {
            _scene.Release(_scene.Infra, phase);
            _scene.Release(_scene.Apps, phase);
        }

        Reconciled();
    }

    private void Reconciled()
    {
        var took = _scene.Until(
            () => _scene.IsReconciled(_scene.Infra) && _scene.IsReconciled(_scene.Apps),
            TimeSpan.FromMinutes(30)
        );
        took.ShouldNotBeNull($"infra:\n{_scene.Complaints(_scene.Infra)}\napps:\n{_scene.Complaints(_scene.Apps)}");
    }
}
