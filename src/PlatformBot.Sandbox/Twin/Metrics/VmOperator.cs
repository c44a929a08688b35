using System.Text.Json.Nodes;
using PlatformBot.Sandbox.Twin.Helm;
using PlatformBot.Sandbox.Twin.Helm.Charts;
using PlatformBot.Sandbox.Twin.Workloads;

namespace PlatformBot.Sandbox.Twin.Metrics;

/// <summary>The Victoria Metrics operator: makes the workloads that VMSingle, VMAgent, VMAlert and VMAlertmanager stand for.</summary>
internal sealed class VmOperator : IController
{
    private static readonly (string Kind, string Image, int Port)[] Kinds =
    [
        ("VMSingle", "victoriametrics/victoria-metrics:v1.129.1", 8428),
        ("VMAgent", "victoriametrics/vmagent:v1.129.1", 8429),
        ("VMAlert", "victoriametrics/vmalert:v1.129.1", 8080),
        ("VMAlertmanager", "prom/alertmanager:v0.28.1", 9093),
    ];

    private readonly Quiet _quiet = new();

    public void Reconcile(TwinCluster cluster)
    {
        if (!cluster.ApiIsUp || _quiet.Is(cluster, ""))
            return;

        foreach (var (kind, image, port) in Kinds)
        {
            foreach (var json in cluster.Objects.View(VictoriaMetricsChart.ApiVersion, kind))
            {
                if (Runs(cluster, ObjectKey.Of(json).Namespace))
                    Reconcile(cluster, json, image, port);
            }
        }
    }

    private static bool Runs(TwinCluster cluster, string ns) =>
        cluster
            .Objects.View("apps/v1", "Deployment", ns)
            .Any(one =>
                (string?)one["metadata"]?["labels"]?["app.kubernetes.io/name"] == "victoria-metrics-operator"
                && (int?)one["status"]?["availableReplicas"] > 0
            );

    private static void Reconcile(TwinCluster cluster, JsonObject json, string image, int port)
    {
        var key = ObjectKey.Of(json);
        var app = key.Kind.ToLowerInvariant();
        var name = $"{app}-{key.Name}";
        var workload = Describe(json, app, name, image);
        var service = Manifest
            .Service(key.Namespace, name, workload.Selector, ("http", port))
            .Marked("labels", workload.Selector)
            .Marked("labels", json.MappingAt("spec.serviceSpec.metadata.labels"));

        if (
            workload.ClaimName is { } claim
            && cluster.Objects.View(new ObjectKey("v1", "PersistentVolumeClaim", key.Namespace, claim)) is null
        )
        {
            var storage = json["spec"]?["storage"];
            cluster.Objects.Put(
                Workload.NewClaim(
                    key.Namespace,
                    claim,
                    storage.TextAt("storageClassName"),
                    storage.TextAt("resources.requests.storage", "20Gi")
                )
            );
        }

        Applier.Apply(cluster, Manifest.ServiceAccount(key.Namespace, name));
        Applier.Apply(cluster, service);
        Applier.Apply(cluster, workload.ToJson().OwnedBy(json));
        Report(cluster, key, new ObjectKey("apps/v1", workload.Kind, key.Namespace, name));
    }

    private static Workload Describe(JsonObject json, string app, string name, string image)
    {
        var key = ObjectKey.Of(json);
        var alertmanager = key.Kind == "VMAlertmanager";
        var template = json["spec"]?["storage"]?["volumeClaimTemplate"]?["spec"];

        return new Workload(alertmanager ? "StatefulSet" : "Deployment", key.Namespace, name, app, $"{app}={image}")
        {
            Labels = Manifest.Map(
                ("app.kubernetes.io/name", app),
                ("app.kubernetes.io/instance", key.Name),
                ("app.kubernetes.io/component", "monitoring"),
                ("managed-by", "vm-operator")
            ),
            Replicas = json.NumberAt("spec.replicaCount", 1),
            PodAnnotations = json.MappingAt("spec.podMetadata.annotations"),
            ClaimName = key.Kind == "VMSingle" && json["spec"]?["storage"] is not null ? name : null,
            Claim =
                alertmanager && template is not null
                    ? (
                        "data",
                        template.TextAt("storageClassName"),
                        template.TextAt("resources.requests.storage", "1Gi")
                    )
                    : null,
            Env = RemoteWrite(json) is { } url ? [("remoteWrite_url", url)] : [],
        };
    }

    public static string? RemoteWrite(JsonObject json) =>
        json.ItemsAt("spec.remoteWrite").Select(target => target.TextAt("url")).FirstOrDefault(url => url.Length > 0);

    private static void Report(TwinCluster cluster, ObjectKey key, ObjectKey workload)
    {
        var health = Health.Of(cluster, workload);
        var status = health.IsCurrent ? "operational" : "expanding";
        cluster.Objects.Update(
            key,
            json =>
            {
                json["status"] = new JsonObject
                {
                    ["observedGeneration"] = (long?)json["metadata"]?["generation"],
                    ["updateStatus"] = status,
                };
            }
        );
    }
}
