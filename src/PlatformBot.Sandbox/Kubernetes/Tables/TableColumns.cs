using System.Text.Json.Nodes;
using PlatformBot.Sandbox.Twin;
using static PlatformBot.Sandbox.Kubernetes.Tables.CellTexts;
using static PlatformBot.Sandbox.Kubernetes.Tables.TableColumn;

namespace PlatformBot.Sandbox.Kubernetes.Tables;

/// <summary>The columns in which a server shows the objects of a kind, its name always first.</summary>
internal static class TableColumns
{
    private static readonly TableColumn[] Workload =
    [
        Wide("Containers", json => Join(Containers(json), "name")),
        Wide("Images", json => Join(Containers(json), "image")),
    ];

    private static readonly TableColumn Selector = Wide("Selector", SelectorOf);

    private static readonly Dictionary<string, TableColumn[]> ByKind = new()
    {
        ["ConfigMap"] = [CountOf("Data", "data"), Age],
        ["CustomResourceDefinition"] = [At("Created At", ["metadata", "creationTimestamp"])],
        ["DaemonSet"] =
        [
            Number("Desired", "status", "desiredNumberScheduled"),
            Number("Current", "status", "currentNumberScheduled"),
            Number("Ready", "status", "numberReady"),
            Number("Up-to-date", "status", "updatedNumberScheduled"),
            Number("Available", "status", "numberAvailable"),
            Text("Node Selector", json => Pairs(json.Texts("spec", "template", "spec", "nodeSelector"))),
            Age,
            .. Workload,
            Selector,
        ],
        ["Deployment"] =
        [
            Text("Ready", json => Ready(json, json.Whole("status", "readyReplicas"))),
            Number("Up-to-date", "status", "updatedReplicas"),
            Number("Available", "status", "availableReplicas"),
            Age,
            .. Workload,
            Selector,
        ],
        ["Event"] =
        [
            new("Last Seen", (json, now) => Ages.Of(LastSeen(json), now)),
            At("Type", ["type"]),
            At("Reason", ["reason"]),
            Text("Object", About),
            At("Message", ["message"]),
        ],
        ["Job"] =
        [
            Text("Status", JobState),
            Text(
                "Completions",
                json => $"{json.Whole("status", "succeeded") ?? 0}/{json.Whole("spec", "completions")}"
            ),
            new("Duration", (json, now) => Duration(json, now)),
            Age,
            .. Workload,
        ],
        ["Lease"] = [At("Holder", ["spec", "holderIdentity"], ""), Age],
        ["Namespace"] = [At("Status", ["status", "phase"]), Age],
        ["Node"] =
        [
            Text("Status", NodeState),
            Text("Roles", Roles),
            Age,
            At("Version", ["status", "nodeInfo", "kubeletVersion"], ""),
            Wide("Internal-IP", json => Address(json, "InternalIP")),
            Wide("External-IP", json => Address(json, "ExternalIP")),
            Wide("OS-Image", json => Known(json.Text("status", "nodeInfo", "osImage"))),
            Wide("Kernel-Version", json => Known(json.Text("status", "nodeInfo", "kernelVersion"))),
            Wide("Container-Runtime", json => Known(json.Text("status", "nodeInfo", "containerRuntimeVersion"))),
        ],
        ["PersistentVolumeClaim"] =
        [
            At("Status", ["status", "phase"]),
            At("Volume", ["spec", "volumeName"], ""),
            At("Capacity", ["status", "capacity", "storage"], ""),
            Text("Access Modes", AccessModes),
            At("StorageClass", ["spec", "storageClassName"], ""),
            At("VolumeAttributesClass", ["spec", "volumeAttributesClassName"], "<unset>"),
            Age,
            Wide("VolumeMode", json => json.Text("spec", "volumeMode")),
        ],
        ["Pod"] =
        [
            Text("Ready", PodTexts.Ready),
            Text("Status", PodTexts.Status),
            Text("Restarts", PodTexts.Restarts),
            Age,
            Wide("IP", json => Or(json.Text("status", "podIP"))),
            Wide("Node", json => Or(json.Text("spec", "nodeName"))),
            Wide("Nominated Node", json => Or(json.Text("status", "nominatedNodeName"))),
            Wide("Readiness Gates", _ => "<none>"),
        ],
        ["ReplicaSet"] =
        [
            Number("Desired", "spec", "replicas"),
            Number("Current", "status", "replicas"),
            Number("Ready", "status", "readyReplicas"),
            Age,
            .. Workload,
            Selector,
        ],
        ["Secret"] = [At("Type", ["type"]), CountOf("Data", "data"), Age],
        ["Service"] =
        [
            At("Type", ["spec", "type"]),
            At("Cluster-IP", ["spec", "clusterIP"]),
            Text("External-IP", ExternalAddress),
            Text("Port(s)", Ports),
            Age,
            Wide("Selector", json => Pairs(json.Texts("spec", "selector"))),
        ],
        ["StatefulSet"] = [Text("Ready", json => Ready(json, json.Whole("status", "readyReplicas"))), Age, .. Workload],
        ["StorageClass"] =
        [
            At("Provisioner", ["provisioner"]),
            At("ReclaimPolicy", ["reclaimPolicy"]),
            At("VolumeBindingMode", ["volumeBindingMode"]),
            Text("AllowVolumeExpansion", json => json.Is("allowVolumeExpansion") ? "true" : "false"),
            Age,
        ],
    };

    public static IReadOnlyList<TableColumn> Of(string kind) => ByKind.GetValueOrDefault(kind, [Age]);

    /// <summary>A custom kind's columns are those of its definition.</summary>
    public static IReadOnlyList<TableColumn> Of(Resource resource, TwinCluster cluster) =>
        resource.Custom ? DeclaredColumns.Of(resource, cluster) : Of(resource.Kind);

    private static TableColumn CountOf(string name, string field) =>
        new(name, (json, _) => (json[field] as JsonObject)?.Count ?? 0, Type: "integer");
}
