using System.Text.Json.Nodes;
using PlatformBot.Sandbox.Kubernetes;
using PlatformBot.Sandbox.Twin.Helm;

namespace PlatformBot.Sandbox.Twin.Storage;

/// <summary>Ceph's CSI driver for block volumes: its programs, its keys, and what it says when it cannot make a volume.</summary>
internal static class CephCsi
{
    public const string Driver = "rook-ceph.rbd.csi.ceph.com";

    private const string Controller = $"{Driver}-ctrlplugin";
    private const string Plugin = "csi-rbdplugin=quay.io/cephcsi/cephcsi:v3.15.0";
    private const string Provisioner = "csi-provisioner=registry.k8s.io/sig-storage/csi-provisioner:v5.2.0";
    private const string Snapshotter = "csi-snapshotter=registry.k8s.io/sig-storage/csi-snapshotter:v8.2.1";

    public static bool Runs(TwinCluster cluster) => Pods.IsAvailable(cluster, CephState.Namespace, Controller);

    /// <summary>Sees that the driver is there, as Ceph's CSI operator does; its keys come with the monitors.</summary>
    public static void Ensure(TwinCluster cluster)
    {
        if (cluster.Objects.View(new ObjectKey("apps/v1", "Deployment", CephState.Namespace, Controller)) is null)
        {
            foreach (var json in Programs())
                Applier.Apply(cluster, json);
        }

        if (CephState.FsidOf(cluster).Length == 0)
            return;

        foreach (var name in new[] { "rook-csi-rbd-provisioner", "rook-csi-rbd-node" })
        {
            if (cluster.Objects.View(new ObjectKey("v1", "Secret", CephState.Namespace, name)) is null)
                cluster.Objects.Put(Key(name));
        }
    }

    private static JsonObject Key(string name) =>
        Manifest
            .New("v1", "Secret", CephState.Namespace, name)
            .With("type", "kubernetes.io/rook")
            .With("data", Manifest.Map(("userID", "Y3NpLXJiZA==")));

    private static IEnumerable<JsonObject> Programs()
    {
        const string ns = CephState.Namespace;
        yield return Manifest.New("csi.ceph.io/v1", "Driver", ns, Driver).With("spec", new JsonObject());
        yield return Manifest
            .New("storage.k8s.io/v1", "CSIDriver", "", Driver)
            .With("spec", new JsonObject { ["attachRequired"] = true });
        yield return new Workload("Deployment", ns, Controller, Controller, Plugin, Provisioner, Snapshotter)
        {
            Replicas = 2,
        }.ToJson();
        yield return new Workload("DaemonSet", ns, $"{Driver}-nodeplugin", $"{Driver}-nodeplugin", Plugin)
        {
            HostNetwork = true,
            HostPaths = ["/dev", "/var/lib/kubelet/pods"],
        }.ToJson();
    }

    /// <summary>Why no volume is made for the claim; null when one is, or when the class is not this driver's.</summary>
    public static string? Trouble(TwinWorld world, TwinCluster cluster, JsonObject storage)
    {
        if (storage.Text("provisioner") != Driver)
            return null;

        var secret = storage.Text("parameters", "csi.storage.k8s.io/provisioner-secret-name");
        var ns = storage.Text("parameters", "csi.storage.k8s.io/provisioner-secret-namespace");

        if (cluster.Objects.View(new ObjectKey("v1", "Secret", ns, secret)) is null)
            return $"error getting secret {secret} in namespace {ns}: secrets \"{secret}\" not found";

        var pool = storage.Text("parameters", "pool");
        var found = cluster.Objects.View(
            new ObjectKey(RookController.ApiVersion, "CephBlockPool", CephState.Namespace, pool)
        );

        if (found.Text("status", "phase") != "Ready")
            return $"rpc error: code = Internal desc = pool not found: pool ({pool}) not found in Ceph cluster";

        return CephState.Of(world, cluster).Writes
            ? null
            : "rpc error: code = DeadlineExceeded desc = context deadline exceeded";
    }
}
