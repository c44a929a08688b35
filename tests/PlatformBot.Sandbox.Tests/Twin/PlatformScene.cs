using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using System.Text.Json.Nodes;
using PlatformBot.Sandbox.Twin;
using PlatformBot.Sandbox.Twin.Flux;
using PlatformBot.Sandbox.Twin.Helm;
using PlatformBot.Sandbox.Twin.Kustomize;
using PlatformBot.Sandbox.Twin.Machines;
using PlatformBot.Sandbox.Twin.Mesh;
using PlatformBot.TestKit;

namespace PlatformBot.Sandbox.Tests.Twin;

/// <summary>A world with nodes and an API, in which tests do what the platform's people do, step by step.</summary>
internal sealed class PlatformScene
{
    private readonly FakeClock _clock = new(new DateTimeOffset(2026, 11, 21, 9, 0, 0, TimeSpan.Zero));

    public PlatformScene()
    {
        World = new TwinWorld(_clock, Faults, Path.GetTempPath());
        Machines = new MachineRoom(World);
        Sandbox.Twin.Workloads.KubernetesLaws.AddTo(World);
        PlatformLaws.Add(World);
        World.Git.Seed("main", Path.Combine(RepositoryRoot(), "deploy", "platform"));

        foreach (var cluster in World.Clusters.Values)
            BringUp(cluster);
    }

    public Faults Faults { get; } = new();

    public DateTimeOffset Now => _clock.GetUtcNow();

    public TwinWorld World { get; }

    /// <summary>The rack with its disks; what runs on it is the scene's affair.</summary>
    public MachineRoom Machines { get; }

    public TwinCluster Infra => World.Clusters["infra"];

    public TwinCluster Apps => World.Clusters["apps"];

    /// <summary>A class of storage without what stands behind it: where storage is not the subject, volumes are simply there.</summary>
    public void Storage(TwinCluster cluster) =>
        Apply(
            cluster,
            "{apiVersion: storage.k8s.io/v1, kind: StorageClass, metadata: {name: rook-ceph-block}, provisioner: test.local}"
        );

    public void Pass(TimeSpan span)
    {
        for (var left = span; left > TimeSpan.Zero; left -= TimeSpan.FromSeconds(1))
        {
            _clock.Advance(TimeSpan.FromSeconds(1));
            World.Tick();
        }
    }

    /// <summary>Lets time pass until something holds; how long it took, or null when it never did.</summary>
    public TimeSpan? Until(Func<bool> holds, TimeSpan limit)
    {
        var started = _clock.GetUtcNow();

        while (!holds() && _clock.GetUtcNow() - started < limit)
            Pass(TimeSpan.FromSeconds(1));

        return holds() ? _clock.GetUtcNow() - started : null;
    }

    public string File(string path) => World.Git.Head("main")!.Tree[path];

    public void Helm(TwinCluster cluster, string chart, string ns, string version, params string[] valueFiles)
    {
        var values = valueFiles.Aggregate(
            new JsonObject(),
            (merged, file) => Values.Merge(merged, YamlText.ReadMapping(File(file)))
        );
        var release = new HelmEngine(World).Begin(cluster, new HelmRequest(chart, ns, chart, version, values));
        HelmEngine.Finish(cluster, release, error: null);
    }

    public void Apply(TwinCluster cluster, string yaml)
    {
        foreach (var json in YamlText.ReadObjects(yaml))
        {
            if (Applier.Apply(cluster, json) is { } complaint)
                throw new InvalidOperationException(complaint);
        }
    }

    /// <summary>Everything before Flux: CRDs, Cilium, DNS.</summary>
    public void Foundation(TwinCluster cluster)
    {
        const string networking = "kubernetes/infrastructure/networking";
        Apply(cluster, GatewayApi.StandardInstall);
        Helm(cluster, "prometheus-operator-crds", "kube-system", "24.0.1");
        Pass(TimeSpan.FromSeconds(5));
        Helm(
            cluster,
            "cilium",
            "kube-system",
            "1.18.3",
            $"{networking}/cilium/base/values.yaml",
            $"{networking}/cilium/overlays/{cluster.Name}/values.yaml"
        );
        Until(
            () => cluster.Objects.View("v1", "Node").All(node => Health.IsTrue(node, "Ready")),
            TimeSpan.FromMinutes(5)
        );
        Helm(
            cluster,
            "coredns",
            "kube-system",
            "1.45.0",
            $"{networking}/coredns/base/values.yaml",
            $"{networking}/coredns/overlays/{cluster.Name}/values.yaml"
        );
        Until(() => Pods.HaveDns(cluster), TimeSpan.FromMinutes(3));
    }

    public void BootstrapFlux(TwinCluster cluster)
    {
        var flux = new FluxBootstrap(World, cluster, "main", $"kubernetes/clusters/{cluster.Name}", "v2.7.2");
        flux.PushComponents();
        flux.InstallComponents();
        Until(() => FluxBootstrap.AreComponentsReady(cluster), TimeSpan.FromMinutes(3));
        flux.WriteSecret();
        flux.PushSync();
        flux.ApplySync();
    }

    /// <summary>Adds a phase file to the cluster's root kustomization, as a release does.</summary>
    public void Release(TwinCluster cluster, string phase)
    {
        var path = $"kubernetes/clusters/{cluster.Name}/kustomization.yaml";
        var root = YamlText.ReadMapping(File(path));
        root["resources"]!.AsArray().Add($"phases/{phase}.yaml");
        Commit(path, YamlText.Write(root));
    }

    /// <summary>Commits one file and lets Flux see it.</summary>
    public void Commit(string path, string text)
    {
        var head = World.Git.Head("main")!;
        World.Git.Push("main", head.Sha, new Dictionary<string, string>(head.Tree) { [path] = text }, path);
    }

    /// <summary>True when every Kustomization and HelmRelease of the cluster is Ready at the newest commit.</summary>
    public bool IsReconciled(TwinCluster cluster)
    {
        var revision = $"main@sha1:{World.Git.Head("main")!.Sha}";
        var root = cluster.Objects.View(
            new ObjectKey(FluxKinds.Kustomize, "Kustomization", "flux-system", "flux-system")
        );
        var all = cluster
            .Objects.View(FluxKinds.Kustomize, "Kustomization")
            .Concat(cluster.Objects.View(FluxKinds.Helm, "HelmRelease"));
        return (string?)root?["status"]?["lastAppliedRevision"] == revision && all.All(json => json.IsReady());
    }

    /// <summary>What is not Ready and why: for a test's message.</summary>
    public string Complaints(TwinCluster cluster) =>
        string.Join(
            '\n',
            cluster
                .Objects.View(FluxKinds.Kustomize, "Kustomization")
                .Concat(cluster.Objects.View(FluxKinds.Helm, "HelmRelease"))
                .Where(json => !json.IsReady())
                .Select(json =>
                    $"{json["kind"]}/{json["metadata"]!["name"]}: {Health.ConditionOf(json, "Ready")?["message"]} {Health.ConditionOf(json, "Reconciling")?["message"]}"
                )
        );

    /// <summary>The one secret that External Secrets does not bring itself; the right one unless another is given.</summary>
    public void ConnectToken(TwinCluster cluster, string? token = null) =>
        Apply(
            cluster,
            $"{{apiVersion: v1, kind: Secret, metadata: {{name: onepassword-connect-token, namespace: external-secrets}}, stringData: {{token: {token ?? World.Vault.ValueOf("onepassword-connect", "token")}}}}}"
        );

    /// <summary>The Secret and ConfigMap that the mesh starts from, with an issuer signed by <paramref name="anchor"/>.</summary>
    public void TrustAnchor(TwinCluster cluster, X509Certificate2 anchor)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=identity.linkerd.cluster.local", key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(
            new X509BasicConstraintsExtension(
                certificateAuthority: true,
                hasPathLengthConstraint: true,
                0,
                critical: true
            )
        );
        var now = _clock.GetUtcNow();
        using var issuer = request.Create(anchor, now.AddHours(-1), now.AddYears(1), [1, 2, 3, 4]);
        var anchorPem = anchor.ExportCertificatePem();
        Put(
            cluster,
            "Secret",
            "linkerd-identity-issuer",
            new()
            {
                ["ca.crt"] = Encode(anchorPem),
                ["tls.crt"] = Encode(issuer.ExportCertificatePem()),
                ["tls.key"] = Encode(key.ExportPkcs8PrivateKeyPem()),
            }
        );
        Put(
            cluster,
            "ConfigMap",
            "linkerd-trust-anchor",
            new()
            {
                ["values.yaml"] =
                    $"identityTrustAnchorsPEM: |\n  {anchorPem.Replace("\n", "\n  ", StringComparison.Ordinal)}\n",
            }
        );
    }

    public X509Certificate2 NewAnchor()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=root.linkerd.cluster.local", key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(
            new X509BasicConstraintsExtension(
                certificateAuthority: true,
                hasPathLengthConstraint: false,
                0,
                critical: true
            )
        );
        return request.CreateSelfSigned(_clock.GetUtcNow().AddHours(-1), _clock.GetUtcNow().AddYears(10));
    }

    public void Link(TwinCluster from, TwinCluster to)
    {
        var (yaml, error) = LinkGen.Render(from, from.Name, $"https://{from.Name}.k8s.monosense.io:6443");
        Apply(to, yaml ?? throw new InvalidOperationException(error));
        var path = $"kubernetes/clusters/{to.Name}/phases/43-linkerd-multicluster.yaml";
        Commit(
            path,
            File(path).Replace($"overlays/{to.Name}\n", $"overlays/{to.Name}-linked\n", StringComparison.Ordinal)
        );
    }

    /// <summary>Everything up to OpenEBS, buckets, keys, and the disks for Ceph wiped.</summary>
    public void BeforeStorage(TwinCluster cluster)
    {
        Foundation(cluster);
        BootstrapFlux(cluster);
        Release(cluster, "20-openebs");
        World.Nas.MakeBuckets("velero-backups", $"volsync-{cluster.Name}");
        World.Nas.Accept("key", "secret");

        foreach (var machine in Machines.Machines)
            Machines.Wipe(machine, CephDisk(machine), fast: false);
    }

    /// <summary>The kernel's name of the machine's disk for Ceph.</summary>
    public static string CephDisk(Machine machine) =>
        machine.Disks.First(disk => disk != machine.SystemDisk && disk != machine.LocalDisk).Name;

    /// <summary>Velero's namespace and its key to the NAS.</summary>
    public void VeleroKey(TwinCluster cluster, string key = "key") =>
        Apply(
            cluster,
            $"""
            apiVersion: v1
            kind: Namespace
            metadata:
              name: velero
              labels:
                pod-security.kubernetes.io/enforce: privileged
            ---
            apiVersion: v1
            kind: Secret
            metadata:
              name: velero-credentials
              namespace: velero
            stringData:
              cloud: |
                [default]
                aws_access_key_id={key}
                aws_secret_access_key=secret
            """
        );

    /// <summary>VolSync's key, repository and password.</summary>
    public void VolSyncKey(TwinCluster cluster) =>
        Apply(
            cluster,
            $"""
            apiVersion: v1
            kind: Secret
            metadata:
              name: demo-data-restic
              namespace: storage-smoke
            stringData:
              RESTIC_REPOSITORY: s3:http://10.25.11.3:9000/volsync-{cluster.Name}/storage-smoke/demo-data
              RESTIC_PASSWORD: long
              AWS_ACCESS_KEY_ID: key
              AWS_SECRET_ACCESS_KEY: secret
            """
        );

    /// <summary>Objects of a smoke test, as the bot applies them.</summary>
    public void Smoke(TwinCluster cluster, string file) =>
        Apply(cluster, System.IO.File.ReadAllText(Path.Combine(RepositoryRoot(), "deploy", "platform", "smoke", file)));

    /// <summary>`kubectl create job NAME-now --from=cronjob/NAME`</summary>
    public void StartNow(TwinCluster cluster, string ns, string name) =>
        cluster.Objects.Put(
            new JsonObject
            {
                ["apiVersion"] = "batch/v1",
                ["kind"] = "Job",
                ["metadata"] = new JsonObject { ["name"] = $"{name}-now", ["namespace"] = ns },
                ["spec"] = cluster.Objects.View(new ObjectKey("batch/v1", "CronJob", ns, name))!["spec"]![
                    "jobTemplate"
                ]!["spec"]!.DeepClone(),
            }
        );

    private static string Encode(string text) => Convert.ToBase64String(Encoding.UTF8.GetBytes(text));

    private static void Put(TwinCluster cluster, string kind, string name, Dictionary<string, string> data) =>
        cluster.Objects.Put(
            new JsonObject
            {
                ["apiVersion"] = "v1",
                ["kind"] = kind,
                ["metadata"] = new JsonObject { ["name"] = name, ["namespace"] = "linkerd" },
                ["data"] = new JsonObject(data.Select(pair => KeyValuePair.Create(pair.Key, (JsonNode?)pair.Value))),
            }
        );

    private static void BringUp(TwinCluster cluster)
    {
        cluster.BringUp();

        for (var number = 1; number <= 3; number++)
        {
            cluster.Objects.Put(
                new JsonObject
                {
                    ["apiVersion"] = "v1",
                    ["kind"] = "Node",
                    ["metadata"] = new JsonObject
                    {
                        ["name"] = $"{cluster.Name}-0{number}",
                        ["labels"] = new JsonObject
                        {
                            ["kubernetes.io/os"] = "linux",
                            ["kubernetes.io/hostname"] = $"{cluster.Name}-0{number}",
                        },
                    },
                    ["spec"] = new JsonObject(),
                    ["status"] = new JsonObject
                    {
                        ["addresses"] = new JsonArray(
                            new JsonObject
                            {
                                ["type"] = "InternalIP",
                                ["address"] = $"10.25.11.{(cluster.Name == "infra" ? 10 : 13) + number}",
                            }
                        ),
                    },
                }
            );
        }
    }

    private static string RepositoryRoot()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);

        while (!System.IO.File.Exists(Path.Combine(folder!.FullName, "PlatformBot.sln")))
            folder = folder.Parent;

        return folder.FullName;
    }
}
