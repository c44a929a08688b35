using System.Text.Json.Nodes;
using static PlatformBot.Sandbox.Twin.Helm.Manifest;

namespace PlatformBot.Sandbox.Twin.Helm.Charts;

/// <summary>Rook's operator. From 1.18 on it leaves the CSI driver to Ceph's own operator, which the chart brings along.</summary>
internal static class RookOperatorChart
{
    public const string Group = "ceph.rook.io";

    private static readonly (string Kind, string Plural)[] Kinds =
    [
        ("CephBlockPool", "cephblockpools"),
        ("CephBlockPoolRadosNamespace", "cephblockpoolradosnamespaces"),
        ("CephClient", "cephclients"),
        ("CephCluster", "cephclusters"),
        ("CephFilesystem", "cephfilesystems"),
        ("CephFilesystemSubVolumeGroup", "cephfilesystemsubvolumegroups"),
        ("CephObjectStore", "cephobjectstores"),
        ("CephObjectStoreUser", "cephobjectstoreusers"),
        ("CephRBDMirror", "cephrbdmirrors"),
    ];

    public static Chart Chart { get; } =
        new("rook-ceph", "1.18.6", "v1.18.6", "https://charts.rook.io/release", Render);

    private static IEnumerable<JsonObject> Render(ChartInput input)
    {
        var (values, ns) = (input.Values, input.Namespace);

        // Templates, not the directory crds/: crds.enabled switches them off.
        if (values.FlagAt("crds.enabled", otherwise: true))
        {
            foreach (var (kind, plural) in Kinds)
                yield return Crd(Group, kind, plural, namespaced: true, "v1");

            yield return Crd(
                "objectbucket.io",
                "ObjectBucketClaim",
                "objectbucketclaims",
                namespaced: true,
                "v1alpha1"
            );
            yield return Crd("objectbucket.io", "ObjectBucket", "objectbuckets", namespaced: false, "v1alpha1");
            yield return Crd("csi.ceph.io", "Driver", "drivers", namespaced: true, "v1");
            yield return Crd("csi.ceph.io", "OperatorConfig", "operatorconfigs", namespaced: true, "v1");
            yield return Crd("csi.ceph.io", "CephConnection", "cephconnections", namespaced: true, "v1");
        }

        foreach (var account in new[] { "rook-ceph-system", "rook-ceph-default", "rook-ceph-osd", "rook-ceph-mgr" })
            yield return ServiceAccount(ns, account);

        yield return Program(ns, "rook-ceph-operator", "rook-ceph-operator=docker.io/rook/ceph:v1.18.6");
        yield return Program(ns, "ceph-csi-controller-manager", "manager=quay.io/cephcsi/ceph-csi-operator:v0.4.1");
    }

    private static JsonObject Program(string ns, string name, string container) =>
        new Workload("Deployment", ns, name, name, container)
        {
            Labels = Map(("app", name)),
            ServiceAccount = "rook-ceph-system",
        }.ToJson();
}

internal static class VolSyncChart
{
    public const string ApiVersion = "volsync.backube/v1alpha1";

    public static Chart Chart { get; } =
        new("volsync", "0.14.0", "0.14.0", "https://backube.github.io/helm-charts", Render);

    private static IEnumerable<JsonObject> Render(ChartInput input)
    {
        if (input.Values.FlagAt("manageCRDs", otherwise: true))
        {
            yield return Crd(
                "volsync.backube",
                "ReplicationSource",
                "replicationsources",
                namespaced: true,
                "v1alpha1"
            );
            yield return Crd(
                "volsync.backube",
                "ReplicationDestination",
                "replicationdestinations",
                namespaced: true,
                "v1alpha1"
            );
        }

        yield return ServiceAccount(input.Namespace, input.Release);
        yield return new Workload(
            "Deployment",
            input.Namespace,
            input.Release,
            "volsync",
            "manager=quay.io/backube/volsync:0.14.0"
        )
        {
            Replicas = input.Values.NumberAt("replicaCount", 1),
        }.ToJson();
    }
}

internal static class VeleroChart
{
    public const string Group = "velero.io";
    public const string ApiVersion = $"{Group}/v1";
    public const string MoverApiVersion = $"{Group}/v2alpha1";

    private static readonly (string Kind, string Plural)[] Kinds =
    [
        ("Backup", "backups"),
        ("BackupRepository", "backuprepositories"),
        ("BackupStorageLocation", "backupstoragelocations"),
        ("DeleteBackupRequest", "deletebackuprequests"),
        ("DownloadRequest", "downloadrequests"),
        ("PodVolumeBackup", "podvolumebackups"),
        ("PodVolumeRestore", "podvolumerestores"),
        ("Restore", "restores"),
        ("Schedule", "schedules"),
        ("ServerStatusRequest", "serverstatusrequests"),
        ("VolumeSnapshotLocation", "volumesnapshotlocations"),
    ];

    public static Chart Chart { get; } =
        new("velero", "11.4.0", "1.17.1", "https://vmware-tanzu.github.io/helm-charts", Render)
        {
            Crds =
            [
                .. Kinds.Select(kind => Crd(Group, kind.Kind, kind.Plural, namespaced: true, "v1")),
                Crd(Group, "DataUpload", "datauploads", namespaced: true, "v2alpha1"),
                Crd(Group, "DataDownload", "datadownloads", namespaced: true, "v2alpha1"),
            ],
        };

    private static IEnumerable<JsonObject> Render(ChartInput input)
    {
        var (values, ns) = (input.Values, input.Namespace);
        var secret = values.TextAt("credentials.existingSecret", input.Release);
        yield return ServiceAccount(ns, "velero-server");
        yield return Server(input, secret);

        if (values.FlagAt("deployNodeAgent"))
            yield return NodeAgent(ns, secret, values.TextAt("nodeAgent.podVolumePath", "/var/lib/kubelet/pods"));

        foreach (var location in values.ItemsAt("configuration.backupStorageLocation"))
            yield return Location(ns, (JsonObject)location!);

        foreach (var (name, schedule) in values.MappingAt("schedules"))
        {
            if (!schedule.FlagAt("disabled"))
                yield return Schedule(ns, $"{input.Release}-{name}", schedule!);
        }

        if (values.FlagAt("metrics.serviceMonitor.enabled"))
            yield return ServiceMonitor(ns, input.Release, "velero");
    }

    private static JsonObject Server(ChartInput input, string secret)
    {
        var server = new Workload(
            "Deployment",
            input.Namespace,
            input.Release,
            "velero",
            "velero=docker.io/velero/velero:v1.17.1"
        )
        {
            ServiceAccount = "velero-server",
        }.ToJson();

        // The plugin comes in an init container; without it the server knows no object store.
        server["spec"]!["template"]!["spec"]!["initContainers"] = input.Values.ItemsAt("initContainers").DeepClone();
        return WithCredentials(server, secret);
    }

    private static JsonObject NodeAgent(string ns, string secret, string pods) =>
        WithCredentials(
            new Workload("DaemonSet", ns, "node-agent", "node-agent", "node-agent=docker.io/velero/velero:v1.17.1")
            {
                ServiceAccount = "velero-server",
                HostPaths = [pods],
                Labels = Map(("name", "node-agent"), ("role", "node-agent")),
            }.ToJson(),
            secret
        );

    private static JsonObject WithCredentials(JsonObject workload, string secret)
    {
        var spec = workload["spec"]!["template"]!["spec"]!.AsObject();

        if (spec["volumes"] is not JsonArray volumes)
            spec["volumes"] = volumes = [];

        volumes.Add(
            new JsonObject
            {
                ["name"] = "cloud-credentials",
                ["secret"] = new JsonObject { ["secretName"] = secret },
            }
        );
        return workload;
    }

    private static JsonObject Location(string ns, JsonObject value)
    {
        var json = New(ApiVersion, "BackupStorageLocation", ns, value.TextAt("name"));
        return json.With(
            "spec",
            new JsonObject
            {
                ["provider"] = value.TextAt("provider"),
                ["default"] = value.FlagAt("default"),
                ["accessMode"] = value.TextAt("accessMode", "ReadWrite"),
                ["credential"] = value.MappingAt("credential").DeepClone(),
                ["config"] = value.MappingAt("config").DeepClone(),
                ["objectStorage"] = Map(("bucket", value.TextAt("bucket")), ("prefix", value.TextAt("prefix"))),
            }
        );
    }

    private static JsonObject Schedule(string ns, string name, JsonNode value) =>
        New(ApiVersion, "Schedule", ns, name)
            .With(
                "spec",
                new JsonObject
                {
                    ["schedule"] = value.TextAt("schedule"),
                    ["template"] = value.MappingAt("template").DeepClone(),
                    ["useOwnerReferencesInBackup"] = value.FlagAt("useOwnerReferencesInBackup"),
                }
            );
}
