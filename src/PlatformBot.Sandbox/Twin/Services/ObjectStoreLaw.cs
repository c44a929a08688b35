using System.Text.Json.Nodes;
using PlatformBot.Sandbox.Kubernetes;
using PlatformBot.Sandbox.Twin.Helm;
using PlatformBot.Sandbox.Twin.Workloads;

namespace PlatformBot.Sandbox.Twin.Services;

/// <summary>Rook's operator, the part that speaks S3: gateways over a Ceph that works, users with the keys that they are given.</summary>
internal sealed class ObjectStoreLaw(TwinWorld world) : OperatorLaw(world, Namespace, "rook-ceph-operator")
{
    public const string ApiVersion = "ceph.rook.io/v1";
    public const string Namespace = "rook-ceph";
    private static readonly TimeSpan Look = TimeSpan.FromSeconds(3);

    protected override void Act(TwinCluster cluster)
    {
        foreach (var store in Due(cluster, ApiVersion, "CephObjectStore", Look))
            Keep(cluster, store);

        foreach (var user in Due(cluster, ApiVersion, "CephObjectStoreUser", Look))
            Report(cluster, user, UserTrouble(cluster, user));
    }

    private void Keep(TwinCluster cluster, JsonObject store)
    {
        if (!cluster.Objects.View(ApiVersion, "CephCluster").Any(ceph => ceph.Text("status", "phase") == "Ready"))
        {
            Report(cluster, store, "CephCluster is not ready: failed to get object store pools: no ceph cluster");
            return;
        }

        var name = $"rook-ceph-rgw-{store.Name()}";
        Applier.Apply(cluster, Gateways(store, name).OwnedBy(store));
        var labels = Manifest.Map(("app", "rook-ceph-rgw"), ("rook_object_store", store.Name()));
        var service = new ObjectKey("v1", "Service", store.Namespace(), name);

        // Labels of others (an export to another cluster) stay on it.
        if (cluster.Objects.View(service) is null)
        {
            var port = (int)(store.Whole("spec", "gateway", "port") ?? 80);
            Applier.Apply(cluster, Manifest.Service(store.Namespace(), name, labels, ("http", port)).OwnedBy(store));
        }

        var runs = Pods.IsAvailable(cluster, store.Namespace(), $"{name}-a");
        Report(cluster, store, runs ? null : "rgw pods are not ready");
        cluster.Objects.Update(
            ObjectKey.Of(store),
            json => json.Section("status", "info")["endpoint"] = $"http://{name}.{store.Namespace()}.svc:80"
        );
    }

    private static JsonObject Gateways(JsonObject store, string name) =>
        new Workload("Deployment", store.Namespace(), $"{name}-a", "rook-ceph-rgw", "rgw=quay.io/ceph/ceph:v19.2.3")
        {
            Labels = Manifest.Map(("app", "rook-ceph-rgw"), ("rook_object_store", store.Name())),
            Replicas = (int)(store.Whole("spec", "gateway", "instances") ?? 1),
            PodAnnotations = store.MappingAt("spec.gateway.annotations"),
            ServiceAccount = "rook-ceph-rgw",
        }.ToJson();

    private static string? UserTrouble(TwinCluster cluster, JsonObject user)
    {
        var store = cluster.Objects.View(
            new ObjectKey(ApiVersion, "CephObjectStore", user.Namespace(), user.Text("spec", "store"))
        );

        if (store?.Text("status", "phase") != "Ready")
            return $"CephObjectStore \"{user.Text("spec", "store")}\" is not ready";

        var missing = user.Items("spec", "keys")
            .Select(key => key.Text("accessKeyRef", "name"))
            .FirstOrDefault(name =>
                cluster.Objects.View(new ObjectKey("v1", "Secret", user.Namespace(), name)) is null
            );
        return missing is null ? null : $"failed to get user keys: secrets \"{missing}\" not found";
    }

    private void Report(TwinCluster cluster, JsonObject json, string? trouble) =>
        cluster.Objects.Update(
            ObjectKey.Of(json),
            found =>
            {
                var status = found.Section("status");
                status["phase"] = trouble is null ? "Ready" : "Progressing";
                status["observedGeneration"] = found.Whole("metadata", "generation");
                Conditions.Set(
                    found,
                    Clock,
                    "Ready",
                    trouble is null,
                    trouble is null ? "ReconcileSucceeded" : "ReconcileStarted",
                    trouble ?? ""
                );
            }
        );

    /// <summary>Why a program with this key gets nothing from the store, in boto's words; null when it does.</summary>
    public static string? ClientTrouble(TwinCluster cluster, string accessKey)
    {
        var service = cluster.Objects.View(new ObjectKey("v1", "Service", Namespace, "rook-ceph-rgw-objects"));

        if (service is null || Pods.Behind(cluster, service).Count == 0)
            return "botocore.exceptions.EndpointConnectionError: Could not connect to the endpoint URL: \"http://rook-ceph-rgw-objects.rook-ceph.svc.cluster.local/\"";

        return Accepts(cluster, accessKey)
            ? null
            : "botocore.exceptions.ClientError: An error occurred (InvalidAccessKeyId) when calling the HeadBucket operation: Unknown";
    }

    /// <summary>True for the key of a user that is there.</summary>
    public static bool Accepts(TwinCluster cluster, string accessKey) =>
        cluster
            .Objects.View(ApiVersion, "CephObjectStoreUser", Namespace)
            .Where(user => user.Text("status", "phase") == "Ready")
            .SelectMany(user => user.Items("spec", "keys"))
            .Select(key => key.At("accessKeyRef"))
            .Select(reference =>
                SecretText.Of(cluster.Objects, Namespace, reference.Text("name"), reference.Text("key"))
            )
            .Contains(accessKey);

    /// <summary>True when a Job that makes buckets has made this one.</summary>
    public static bool HasBucket(TwinCluster cluster, string bucket) =>
        cluster
            .Objects.View("batch/v1", "Job", Namespace)
            .Where(job => job.Holds("Complete"))
            .SelectMany(job => job.Items("spec", "template", "spec", "containers"))
            .SelectMany(container => container.Items("env"))
            .Any(variable => variable.Text("name") == "BUCKETS" && variable.Text("value").Split(' ').Contains(bucket));
}
