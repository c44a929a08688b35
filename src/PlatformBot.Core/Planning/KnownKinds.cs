namespace PlatformBot.Core.Planning;

/// <summary>Kubernetes' own kinds, so that runbooks need not say their API version.</summary>
internal static class KnownKinds
{
    private sealed record Row(string ApiVersion, bool Namespaced);

    // csharpier-ignore - one row per kind
    private static readonly Dictionary<string, Row> Table = new()
    {
        ["ConfigMap"]                      = new("v1", true),
        ["CronJob"]                        = new("batch/v1", true),
        ["CustomResourceDefinition"]       = new("apiextensions.k8s.io/v1", false),
        ["APIService"]                     = new("apiregistration.k8s.io/v1", false),
        ["ClusterRole"]                    = new("rbac.authorization.k8s.io/v1", false),
        ["ClusterRoleBinding"]             = new("rbac.authorization.k8s.io/v1", false),
        ["DaemonSet"]                      = new("apps/v1", true),
        ["Deployment"]                     = new("apps/v1", true),
        ["EndpointSlice"]                  = new("discovery.k8s.io/v1", true),
        ["Endpoints"]                      = new("v1", true),
        ["Event"]                          = new("v1", true),
        ["Ingress"]                        = new("networking.k8s.io/v1", true),
        ["Job"]                            = new("batch/v1", true),
        ["Namespace"]                      = new("v1", false),
        ["NetworkPolicy"]                  = new("networking.k8s.io/v1", true),
        ["Node"]                           = new("v1", false),
        ["PersistentVolume"]               = new("v1", false),
        ["PersistentVolumeClaim"]          = new("v1", true),
        ["Pod"]                            = new("v1", true),
        ["PodDisruptionBudget"]            = new("policy/v1", true),
        ["ReplicaSet"]                     = new("apps/v1", true),
        ["Role"]                           = new("rbac.authorization.k8s.io/v1", true),
        ["RoleBinding"]                    = new("rbac.authorization.k8s.io/v1", true),
        ["Secret"]                         = new("v1", true),
        ["Service"]                        = new("v1", true),
        ["ServiceAccount"]                 = new("v1", true),
        ["StatefulSet"]                    = new("apps/v1", true),
        ["StorageClass"]                   = new("storage.k8s.io/v1", false),
        ["ValidatingWebhookConfiguration"] = new("admissionregistration.k8s.io/v1", false),
        ["MutatingWebhookConfiguration"]   = new("admissionregistration.k8s.io/v1", false),
    };

    public static IReadOnlyCollection<string> Names => Table.Keys;

    /// <summary>Null when the kind is not one of Kubernetes' own.</summary>
    public static string? ApiVersionOf(string kind) => Table.GetValueOrDefault(kind)?.ApiVersion;

    /// <summary>Null when it is not known.</summary>
    public static bool? IsNamespaced(string kind) => Table.GetValueOrDefault(kind)?.Namespaced;
}
