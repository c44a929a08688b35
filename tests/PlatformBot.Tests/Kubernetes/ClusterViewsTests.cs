using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using PlatformBot.Core.Chat;
using PlatformBot.Kubernetes.Views;
using PlatformBot.TestKit;
using Shouldly;
using Xunit;

namespace PlatformBot.Tests.Kubernetes;

/// <summary>A live cluster on one screen.</summary>
public sealed class ClusterViewsTests
{
    private static readonly DateTimeOffset Now = new(2026, 11, 21, 9, 0, 0, TimeSpan.Zero);

    [Fact]
    public async Task What_is_not_well_is_named_with_its_own_words()
    {
        await using var scene = await Scene.StartAsync();
        Nodes(scene);
        Flux(scene);
        Mesh(scene);
        Certificates(scene);
        Volumes(scene);
        Backups(scene);

        ClusterPosts.Render(await LookAsync(scene)).ShouldMatchSnapshot("cluster-view");
    }

    [Fact]
    public async Task What_is_not_installed_takes_one_line()
    {
        await using var scene = await Scene.StartAsync();
        scene.Has(Node("infra-01", "True"));

        ClusterPosts
            .Render(await LookAsync(scene))
            .ShouldBe(
                """
                #### :white_check_mark: infra · 2026-11-21 09:00 UTC
                - :white_check_mark: **API server** v1.34.1
                - :white_check_mark: **nodes** 1 of 1 Ready, kubelet v1.34.1, Talos \(v1.11.2\)
                - :white_check_mark: **volumes** 0 of 0 claims Bound
                - not installed: Flux, mesh, certificates, backups

                """
            );
    }

    [Fact]
    public async Task A_server_that_does_not_answer_takes_one_line_too()
    {
        await using var scene = await Scene.StartAsync();
        scene.Cluster.ApiIsUp = false;

        var view = await LookAsync(scene);

        var finding = view.Findings.ShouldHaveSingleItem();
        (finding.Topic, finding.Health).ShouldBe(("API server", Health.Unknown));
    }

    [Fact]
    public async Task A_cluster_that_no_client_configuration_leads_to_is_said_to_be_so()
    {
        await using var scene = await Scene.StartWithoutKubeconfigAsync();

        (await LookAsync(scene)).Findings.ShouldHaveSingleItem().Health.ShouldBe(Health.Unknown);
    }

    private static Task<ClusterView> LookAsync(Scene scene) =>
        new ClusterViews(scene.Clusters, scene.Redactor, new FakeClock(Now), TimeProvider.System).LookAsync(
            "infra",
            Scene.Stop
        );

    private static void Nodes(Scene scene)
    {
        scene.Has(Node("infra-01", "True"));
        scene.Has(Node("infra-02", "True", unschedulable: true));
        scene.Has(Node("infra-03", "False"));
    }

    private static void Flux(Scene scene)
    {
        Define(scene, "kustomize.toolkit.fluxcd.io", "v1", "Kustomization", "kustomizations");
        Define(scene, "helm.toolkit.fluxcd.io", "v2", "HelmRelease", "helmreleases");
        Define(scene, "source.toolkit.fluxcd.io", "v1", "GitRepository", "gitrepositories");
        Has(scene, "kustomize.toolkit.fluxcd.io/v1", "Kustomization", "flux-system/apps", Ready("True", "Applied"));
        Has(
            scene,
            "kustomize.toolkit.fluxcd.io/v1",
            "Kustomization",
            "flux-system/old",
            """{"spec":{"suspend":true}}"""
        );
        Has(
            scene,
            "helm.toolkit.fluxcd.io/v2",
            "HelmRelease",
            "kube-system/cilium",
            Ready("False", "Helm upgrade failed for release kube-system/cilium: context deadline exceeded")
        );
        Has(scene, "helm.toolkit.fluxcd.io/v2", "HelmRelease", "db/cnpg", Ready("Unknown", "Running 'upgrade' action"));
        Has(scene, "source.toolkit.fluxcd.io/v1", "GitRepository", "flux-system/flux-system", Ready("True", "stored"));
    }

    private static void Mesh(Scene scene)
    {
        Define(scene, "multicluster.linkerd.io", "v1alpha3", "Link", "links");
        Has(
            scene,
            "multicluster.linkerd.io/v1alpha3",
            "Link",
            "linkerd-multicluster/apps",
            """{"spec":{"targetClusterName":"apps"}}"""
        );
        Deployment(scene, "linkerd/linkerd-destination", "True");
        Deployment(scene, "linkerd/linkerd-identity", "False");
        Deployment(scene, "linkerd-multicluster/linkerd-gateway", "True");
        scene.Has(
            """{"apiVersion":"v1","kind":"Service","metadata":{"name":"linkerd-gateway","namespace":"linkerd-multicluster"},"spec":{"type":"LoadBalancer"},"status":{"loadBalancer":{"ingress":[{"ip":"10.25.11.45"}]}}}"""
        );
    }

    private static void Certificates(Scene scene)
    {
        Define(scene, "cert-manager.io", "v1", "Certificate", "certificates");
        Has(
            scene,
            "cert-manager.io/v1",
            "Certificate",
            "network/wildcard",
            """{"status":{"notAfter":"2026-11-30T09:00:00Z","conditions":[{"type":"Ready","status":"True"}]}}"""
        );
        Has(
            scene,
            "cert-manager.io/v1",
            "Certificate",
            "network/late",
            """{"status":{"notAfter":"2026-11-20T09:00:00Z","conditions":[{"type":"Ready","status":"False","message":"ACME says no"}]}}"""
        );
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        using var issuer = new CertificateRequest("CN=identity", key, HashAlgorithmName.SHA256).CreateSelfSigned(
            Now.AddDays(-300),
            Now.AddDays(65)
        );
        var pem = Convert.ToBase64String(Encoding.UTF8.GetBytes(issuer.ExportCertificatePem()));
        scene.Has(
            $$"""{"apiVersion":"v1","kind":"Secret","metadata":{"name":"linkerd-identity-issuer","namespace":"linkerd"},"data":{"tls.crt":"{{pem}}","tls.key":"c2VjcmV0"} }"""
        );
    }

    private static void Volumes(Scene scene)
    {
        Has(scene, "v1", "PersistentVolumeClaim", "db/data-1", """{"status":{"phase":"Bound"}}""");
        Has(scene, "v1", "PersistentVolumeClaim", "db/data-2", """{"status":{"phase":"Pending"}}""");
    }

    private static void Backups(Scene scene)
    {
        Define(scene, "velero.io", "v1", "Backup", "backups");
        Define(scene, "volsync.backube", "v1alpha1", "ReplicationSource", "replicationsources");
        Define(scene, "postgresql.cnpg.io", "v1", "Cluster", "clusters");
        Has(
            scene,
            "velero.io/v1",
            "Backup",
            "velero/daily-1",
            """{"status":{"phase":"Failed","startTimestamp":"2026-11-18T02:00:00Z"}}"""
        );
        Has(
            scene,
            "velero.io/v1",
            "Backup",
            "velero/daily-2",
            """{"status":{"phase":"Completed","startTimestamp":"2026-11-20T02:00:00Z","completionTimestamp":"2026-11-20T02:30:00Z"}}"""
        );
        Has(
            scene,
            "velero.io/v1",
            "Backup",
            "velero/daily-3",
            """{"status":{"phase":"PartiallyFailed","startTimestamp":"2026-11-21T02:00:00Z"}}"""
        );
        Has(
            scene,
            "volsync.backube/v1alpha1",
            "ReplicationSource",
            "home/photos",
            """{"status":{"lastSyncTime":"2026-11-21T06:00:00Z"}}"""
        );
        Has(
            scene,
            "volsync.backube/v1alpha1",
            "ReplicationSource",
            "home/mail",
            """{"status":{"lastSyncTime":"2026-11-21T04:00:00Z"}}"""
        );
        Has(scene, "postgresql.cnpg.io/v1", "Cluster", "db/pg", """{"spec":{"backup":{}}}""");
        Has(scene, "postgresql.cnpg.io/v1", "Cluster", "db/scratch", """{"spec":{}}""");
    }

    private static string Ready(string status, string message) =>
        $$"""{"status":{"conditions":[{"type":"Ready","status":"{{status}}","message":"{{message}}"}]} }""";

    private static void Deployment(Scene scene, string name, string available) =>
        Has(
            scene,
            "apps/v1",
            "Deployment",
            name,
            $$"""{"status":{"conditions":[{"type":"Available","status":"{{available}}"}]} }"""
        );

    private static string Node(string name, string ready, bool unschedulable = false) =>
        $$"""
            {"apiVersion":"v1","kind":"Node","metadata":{"name":"{{name}}"},"spec":{"unschedulable":{{(
                unschedulable ? "true" : "false"
            )}} },
             "status":{"nodeInfo":{"kubeletVersion":"v1.34.1","osImage":"Talos (v1.11.2)"},
              "conditions":[{"type":"Ready","status":"{{ready}}","message":"cni plugin not initialized"}]} }
            """;

    private static void Has(Scene scene, string apiVersion, string kind, string name, string rest)
    {
        var parts = name.Split('/');
        scene.Has(
            $$"""{"apiVersion":"{{apiVersion}}","kind":"{{kind}}","metadata":{"namespace":"{{parts[0]}}","name":"{{parts[1]}}"},{{rest[1..]}}"""
        );
    }

    private static void Define(Scene scene, string group, string version, string kind, string plural) =>
        scene.Has(
            $$"""
            {"apiVersion":"apiextensions.k8s.io/v1","kind":"CustomResourceDefinition","metadata":{"name":"{{plural}}.{{group}}"},
             "spec":{"group":"{{group}}","scope":"Namespaced","names":{"plural":"{{plural}}","kind":"{{kind}}"},
              "versions":[{"name":"{{version}}","served":true,"storage":true}]},
             "status":{"conditions":[{"type":"Established","status":"True"}]} }
            """
        );
}
