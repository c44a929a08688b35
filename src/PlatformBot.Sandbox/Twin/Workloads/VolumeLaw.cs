using System.Text.Json.Nodes;
using PlatformBot.Sandbox.Kubernetes;

namespace PlatformBot.Sandbox.Twin.Workloads;

/// <summary>Binds claims, once their StorageClass is there, its provisioner runs, and (where the class says so) a pod waits for it.</summary>
internal sealed class VolumeLaw : IController
{
    private const string Component = "persistentvolume-controller";
    private const string Snapshots = "snapshot.storage.k8s.io/v1";
    private const string DefaultClass = "storageclass.kubernetes.io/is-default-class";

    // provisioner → a part of the name of the Deployment that runs it; others are taken to be there.
    private static readonly Dictionary<string, string> Provisioners = new()
    {
        ["openebs.io/local"] = "localpv-provisioner",
        ["rook-ceph.rbd.csi.ceph.com"] = "rbd.csi.ceph.com-ctrlplugin",
        ["rook-ceph.cephfs.csi.ceph.com"] = "cephfs.csi.ceph.com-ctrlplugin",
    };

    public void Reconcile(TwinCluster cluster)
    {
        foreach (var claim in cluster.Objects.View("v1", "PersistentVolumeClaim"))
        {
            if (claim.Text("status", "phase") != "Bound" && !claim.IsEnding())
                TryBind(cluster, claim);
        }

        foreach (var volume in cluster.Objects.View("v1", "PersistentVolume").Where(volume => IsLeft(cluster, volume)))
        {
            cluster.Objects.Delete(ObjectKey.Of(volume));
            cluster.Written.TryRemove(volume.Name(), out _);
        }
    }

    /// <summary>The node on whose disk a volume of the pod lies; "" when none does.</summary>
    public static string HomeOf(TwinCluster cluster, JsonObject pod) =>
        pod.Claims()
            .Select(name => new ObjectKey("v1", "PersistentVolumeClaim", pod.Namespace(), name))
            .Select(claim => cluster.Objects.View(claim).Text("spec", "volumeName"))
            .Where(volume => volume.Length > 0)
            .Select(volume => cluster.Objects.View(new ObjectKey("v1", "PersistentVolume", "", volume)))
            .SelectMany(volume => volume.Items("spec", "nodeAffinity", "required", "nodeSelectorTerms"))
            .SelectMany(term => term.Items("matchExpressions"))
            .Select(wanted => (string?)(wanted.At("values") as JsonArray)?.FirstOrDefault() ?? "")
            .FirstOrDefault("");

    /// <summary>A directory of the node that its first pod runs on: the volume cannot leave it.</summary>
    private static JsonObject? Affinity(TwinCluster cluster, JsonObject claim, JsonObject storage)
    {
        if (storage.Text("provisioner") != "openebs.io/local")
            return null;

        var node = cluster
            .Objects.View("v1", "Pod", claim.Namespace())
            .Where(pod => pod.Claims().Contains(claim.Name()))
            .Select(pod => pod.Node())
            .FirstOrDefault(name => name.Length > 0);
        return node is null
            ? null
            : JsonNode
                .Parse(
                    $$$"""
                    {"required":{"nodeSelectorTerms":[{"matchExpressions":[
                      {"key":"kubernetes.io/hostname","operator":"In","values":["{{{node}}}"]}]}]}}
                    """
                )!
                .AsObject();
    }

    /// <summary>Its claim is gone, and with it what was written.</summary>
    private static bool IsLeft(TwinCluster cluster, JsonObject volume) =>
        volume.Text("spec", "persistentVolumeReclaimPolicy") == "Delete"
        && volume.Text("spec", "claimRef", "name") is { Length: > 0 } claim
        && cluster.Objects.View(
            new ObjectKey("v1", "PersistentVolumeClaim", volume.Text("spec", "claimRef", "namespace"), claim)
        )
            is null;

    /// <summary>True when the claim's class binds only after a pod has its node.</summary>
    public static bool WaitsForConsumer(TwinCluster cluster, JsonObject claim) =>
        ClassOf(cluster, claim).Text("volumeBindingMode") == "WaitForFirstConsumer";

    private static void TryBind(TwinCluster cluster, JsonObject claim)
    {
        if (ClassOf(cluster, claim) is not { } storage)
            SayNoClass(cluster, claim);
        else if (WaitsForConsumer(cluster, claim) && !HasConsumer(cluster, claim))
            Say(cluster, claim, "WaitForFirstConsumer", "waiting for first consumer to be created before binding");
        else if (!Runs(cluster, storage.Text("provisioner")))
            Say(cluster, claim, "ExternalProvisioning", Waiting(storage.Text("provisioner")));
        else if (Trouble(cluster, claim, storage) is { } trouble)
            Say(cluster, claim, "ProvisioningFailed", trouble, isWarning: true);
        else
            Bind(cluster, claim, storage);
    }

    private static string? Trouble(TwinCluster cluster, JsonObject claim, JsonObject storage) =>
        (SourceTrouble(cluster, claim) ?? cluster.Provisioning?.Invoke(claim, storage)) is { } trouble
            ? $"failed to provision volume with StorageClass \"{storage.Name()}\": {trouble}"
            : null;

    /// <summary>A volume from a snapshot waits for that snapshot.</summary>
    private static string? SourceTrouble(TwinCluster cluster, JsonObject claim)
    {
        if (claim.Text("spec", "dataSource", "kind") != "VolumeSnapshot")
            return null;

        var name = claim.Text("spec", "dataSource", "name");
        var snapshot = cluster.Objects.View(new ObjectKey(Snapshots, "VolumeSnapshot", claim.Namespace(), name));

        return snapshot is null
                ? $"error getting handle for DataSource Type VolumeSnapshot by Name {name}: error getting snapshot {name} from api server: volumesnapshots.snapshot.storage.k8s.io \"{name}\" not found"
            : snapshot.Is("status", "readyToUse") ? null
            : $"error getting handle for DataSource Type VolumeSnapshot by Name {name}: snapshot {name} is not Ready";
    }

    /// <summary>What was written where the volume comes from.</summary>
    private static void CopySource(TwinCluster cluster, JsonObject claim, string volume)
    {
        var name = claim.Text("spec", "dataSource", "name");
        var snapshot = cluster.Objects.View(new ObjectKey(Snapshots, "VolumeSnapshot", claim.Namespace(), name));

        if (cluster.Written.TryGetValue(snapshot.Text("status", "boundVolumeSnapshotContentName"), out var text))
            cluster.Written[volume] = text;
    }

    private static void SayNoClass(TwinCluster cluster, JsonObject claim)
    {
        const string None = "no persistent volumes available for this claim and no storage class is set";
        var name = claim.Text("spec", "storageClassName");
        var missing = $"storageclass.storage.k8s.io \"{name}\" not found";

        if (name.Length > 0)
            Say(cluster, claim, "ProvisioningFailed", missing, isWarning: true);
        else
            Say(cluster, claim, "FailedBinding", None);
    }

    private static string Waiting(string provisioner) =>
        $"Waiting for a volume to be created either by the external provisioner '{provisioner}' or manually by the system"
        + " administrator. If volume creation is delayed, please verify that the provisioner is running and correctly"
        + " registered.";

    private static JsonObject? ClassOf(TwinCluster cluster, JsonObject claim)
    {
        var name = claim.Text("spec", "storageClassName");
        var classes = cluster.Objects.View("storage.k8s.io/v1", "StorageClass");
        return name.Length > 0
            ? classes.FirstOrDefault(storage => storage.Name() == name)
            : classes.FirstOrDefault(storage => storage.Text("metadata", "annotations", DefaultClass) == "true");
    }

    private static bool HasConsumer(TwinCluster cluster, JsonObject claim) =>
        cluster
            .Objects.View("v1", "Pod", claim.Namespace())
            .Any(pod => pod.Node().Length > 0 && pod.Claims().Contains(claim.Name()));

    private static bool Runs(TwinCluster cluster, string provisioner) =>
        !Provisioners.TryGetValue(provisioner, out var part)
        || cluster
            .Objects.View("apps/v1", "Deployment")
            .Any(deployment =>
                deployment.Name().Contains(part, StringComparison.Ordinal)
                && deployment.Whole("status", "readyReplicas") > 0
            );

    private static void Bind(TwinCluster cluster, JsonObject claim, JsonObject storage)
    {
        var volume = $"pvc-{claim.Uid()}";
        var capacity = claim.At("spec", "resources", "requests", "storage");
        CopySource(cluster, claim, volume);
        var made = Volume(claim, storage, volume);

        if (Affinity(cluster, claim, storage) is { } affinity)
            made.Section("spec")["nodeAffinity"] = affinity;

        cluster.Objects.Put(made);
        cluster.Objects.Update(
            ObjectKey.Of(claim),
            json =>
            {
                json.Section("spec")["volumeName"] = volume;
                json.Section("spec")["storageClassName"] = storage.Name();
                var status = json.Section("status");
                status["phase"] = "Bound";
                status["accessModes"] = json.At("spec", "accessModes")?.DeepClone();
                status["capacity"] = new JsonObject { ["storage"] = capacity?.DeepClone() };
            }
        );
        Say(cluster, claim, "ProvisioningSucceeded", $"Successfully provisioned volume {volume}");
    }

    private static JsonObject Volume(JsonObject claim, JsonObject storage, string name) =>
        new()
        {
            ["apiVersion"] = "v1",
            ["kind"] = "PersistentVolume",
            ["metadata"] = new JsonObject { ["name"] = name },
            ["spec"] = new JsonObject
            {
                ["accessModes"] = claim.At("spec", "accessModes")?.DeepClone(),
                ["capacity"] = new JsonObject
                {
                    ["storage"] = claim.At("spec", "resources", "requests", "storage")?.DeepClone(),
                },
                ["claimRef"] = new JsonObject
                {
                    ["kind"] = "PersistentVolumeClaim",
                    ["namespace"] = claim.Namespace(),
                    ["name"] = claim.Name(),
                    ["uid"] = claim.Uid(),
                },
                ["persistentVolumeReclaimPolicy"] = storage.Text("reclaimPolicy") is { Length: > 0 } policy
                    ? policy
                    : "Delete",
                ["storageClassName"] = storage.Name(),
            },
            ["status"] = new JsonObject { ["phase"] = "Bound" },
        };

    private static void Say(
        TwinCluster cluster,
        JsonObject claim,
        string reason,
        string message,
        bool isWarning = false
    ) => EventLog.Record(cluster, claim, Component, reason, message, isWarning);
}
