namespace PlatformBot.Sandbox.Kubernetes;

/// <summary>The kinds that every cluster knows.</summary>
internal static class BuiltInResources
{
    // group/version | plural | kind | Namespaced or Cluster | short names | subresources
    // csharpier-ignore-start - a table
    private static readonly string[] Table =
    [
        "v1 | configmaps | ConfigMap | N | cm |",
        "v1 | endpoints | Endpoints | N | ep |",
        "v1 | events | Event | N | ev |",
        "v1 | limitranges | LimitRange | N | limits |",
        "v1 | namespaces | Namespace | C | ns | status,finalize",
        "v1 | nodes | Node | C | no | status,proxy",
        "v1 | persistentvolumeclaims | PersistentVolumeClaim | N | pvc | status",
        "v1 | persistentvolumes | PersistentVolume | C | pv | status",
        "v1 | pods | Pod | N | po | status,log,exec,eviction",
        "v1 | resourcequotas | ResourceQuota | N | quota | status",
        "v1 | secrets | Secret | N | |",
        "v1 | serviceaccounts | ServiceAccount | N | sa | token",
        "v1 | services | Service | N | svc | status,proxy",
        "admissionregistration.k8s.io/v1 | mutatingwebhookconfigurations | MutatingWebhookConfiguration | C | |",
        "admissionregistration.k8s.io/v1 | validatingadmissionpolicies | ValidatingAdmissionPolicy | C | | status",
        "admissionregistration.k8s.io/v1 | validatingadmissionpolicybindings | ValidatingAdmissionPolicyBinding | C | |",
        "admissionregistration.k8s.io/v1 | validatingwebhookconfigurations | ValidatingWebhookConfiguration | C | |",
        "apiextensions.k8s.io/v1 | customresourcedefinitions | CustomResourceDefinition | C | crd,crds | status",
        "apiregistration.k8s.io/v1 | apiservices | APIService | C | | status",
        "apps/v1 | controllerrevisions | ControllerRevision | N | |",
        "apps/v1 | daemonsets | DaemonSet | N | ds | status",
        "apps/v1 | deployments | Deployment | N | deploy | status,scale",
        "apps/v1 | replicasets | ReplicaSet | N | rs | status,scale",
        "apps/v1 | statefulsets | StatefulSet | N | sts | status,scale",
        "autoscaling/v2 | horizontalpodautoscalers | HorizontalPodAutoscaler | N | hpa | status",
        "batch/v1 | cronjobs | CronJob | N | cj | status",
        "batch/v1 | jobs | Job | N | | status",
        "certificates.k8s.io/v1 | certificatesigningrequests | CertificateSigningRequest | C | csr | status",
        "coordination.k8s.io/v1 | leases | Lease | N | |",
        "discovery.k8s.io/v1 | endpointslices | EndpointSlice | N | |",
        "networking.k8s.io/v1 | ingressclasses | IngressClass | C | |",
        "networking.k8s.io/v1 | ingresses | Ingress | N | ing | status",
        "networking.k8s.io/v1 | networkpolicies | NetworkPolicy | N | netpol |",
        "node.k8s.io/v1 | runtimeclasses | RuntimeClass | C | |",
        "policy/v1 | poddisruptionbudgets | PodDisruptionBudget | N | pdb | status",
        "rbac.authorization.k8s.io/v1 | clusterrolebindings | ClusterRoleBinding | C | |",
        "rbac.authorization.k8s.io/v1 | clusterroles | ClusterRole | C | |",
        "rbac.authorization.k8s.io/v1 | rolebindings | RoleBinding | N | |",
        "rbac.authorization.k8s.io/v1 | roles | Role | N | |",
        "scheduling.k8s.io/v1 | priorityclasses | PriorityClass | C | pc |",
        "storage.k8s.io/v1 | csidrivers | CSIDriver | C | |",
        "storage.k8s.io/v1 | csinodes | CSINode | C | |",
        "storage.k8s.io/v1 | storageclasses | StorageClass | C | sc |",
        "storage.k8s.io/v1 | volumeattachments | VolumeAttachment | C | | status",
    ];
    // csharpier-ignore-end

    public static IReadOnlyList<Resource> All { get; } = [.. Table.Select(Read)];

    private static Resource Read(string row)
    {
        var cells = row.Split('|', StringSplitOptions.TrimEntries);
        var slash = cells[0].IndexOf('/', StringComparison.Ordinal);
        var version = cells[0][(slash + 1)..];

        return new Resource(
            Group: slash < 0 ? "" : cells[0][..slash],
            Version: version,
            Plural: cells[1],
            Kind: cells[2],
            Namespaced: cells[3] == "N",
            ShortNames: Words(cells[4]),
            Subresources: Words(cells[5]),
            StorageVersion: version,
            Custom: false
        );
    }

    private static string[] Words(string cell) => cell.Split(',', StringSplitOptions.RemoveEmptyEntries);
}
