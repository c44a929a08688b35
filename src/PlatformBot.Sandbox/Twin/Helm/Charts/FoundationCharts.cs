using System.Text.Json.Nodes;
using static PlatformBot.Sandbox.Twin.Helm.Manifest;

namespace PlatformBot.Sandbox.Twin.Helm.Charts;

internal static class CoreDnsChart
{
    public static Chart Chart { get; } =
        new("coredns", "1.45.0", "1.13.1", "https://coredns.github.io/helm", Render)
        {
            Notes = "CoreDNS is now running in the cluster as a cluster-service.",
        };

    private static IEnumerable<JsonObject> Render(ChartInput input)
    {
        var (values, ns) = (input.Values, input.Namespace);
        var name = values.TextAt("fullnameOverride", $"{input.Release}-coredns");
        var labels = Map(
            ("app.kubernetes.io/name", "coredns"),
            ("app.kubernetes.io/instance", input.Release),
            ("k8s-app", values.TextAt("k8sAppLabelOverride", "coredns"))
        );

        yield return ConfigMap(ns, name, ("Corefile", ".:53 { kubernetes cluster.local forward . /etc/resolv.conf }"));
        yield return ServiceAccount(ns, name);
        yield return new Workload("Deployment", ns, name, "coredns", "coredns=docker.io/coredns/coredns:1.13.1")
        {
            Labels = labels,
            Replicas = values.NumberAt("replicaCount", 1),
        }.ToJson();

        var service = Service(ns, values.TextAt("service.name", name), labels, ("udp-53", 53), ("metrics", 9153));

        if (values.TextAt("service.clusterIP") is { Length: > 0 } address)
            service["spec"]!["clusterIP"] = address;

        service["spec"]!["ports"]![0]!["protocol"] = "UDP";
        yield return service;

        if (values.FlagAt("prometheus.monitor.enabled"))
            yield return ServiceMonitor(ns, name, "coredns");
    }
}

internal static class PrometheusCrdsChart
{
    public static Chart Chart { get; } =
        new(
            "prometheus-operator-crds",
            "24.0.1",
            "v0.86.1",
            "https://prometheus-community.github.io/helm-charts",
            _ =>
                [
                    Monitoring("AlertmanagerConfig", "alertmanagerconfigs", "v1alpha1"),
                    Monitoring("Alertmanager", "alertmanagers", "v1"),
                    Monitoring("PodMonitor", "podmonitors", "v1"),
                    Monitoring("Probe", "probes", "v1"),
                    Monitoring("PrometheusAgent", "prometheusagents", "v1alpha1"),
                    Monitoring("Prometheus", "prometheuses", "v1"),
                    Monitoring("PrometheusRule", "prometheusrules", "v1"),
                    Monitoring("ScrapeConfig", "scrapeconfigs", "v1alpha1"),
                    Monitoring("ServiceMonitor", "servicemonitors", "v1"),
                    Monitoring("ThanosRuler", "thanosrulers", "v1"),
                ]
        );

    private static JsonObject Monitoring(string kind, string plural, string version) =>
        Crd("monitoring.coreos.com", kind, plural, namespaced: true, version);
}

internal static class OpenEbsChart
{
    public static Chart Chart { get; } = new("openebs", "4.3.3", "4.3.3", "https://openebs.github.io/openebs", Render);

    private static IEnumerable<JsonObject> Render(ChartInput input)
    {
        var (values, ns) = (input.Values, input.Namespace);
        var name = $"{input.Release}-localpv-provisioner";

        yield return ServiceAccount(ns, name);
        yield return new Workload(
            "Deployment",
            ns,
            name,
            "localpv-provisioner",
            "openebs-localpv-provisioner=docker.io/openebs/provisioner-localpv:4.3.0"
        ).ToJson();

        if (values.FlagAt("localpv-provisioner.hostpathClass.enabled", otherwise: true))
            yield return HostpathClass(values.TextAt("localpv-provisioner.hostpathClass.name", "openebs-hostpath"));

        // On by default, and without huge pages it never becomes ready.
        if (values.FlagAt("engines.replicated.mayastor.enabled", otherwise: true))
        {
            yield return new Workload(
                "DaemonSet",
                ns,
                $"{input.Release}-io-engine",
                "io-engine",
                "io-engine=docker.io/openebs/mayastor-io-engine:v2.9.3"
            )
            {
                HostNetwork = true,
                HostPaths = ["/dev", "/var/local/io-engine"],
            }.ToJson();
        }
    }

    private static JsonObject HostpathClass(string name) =>
        New("storage.k8s.io/v1", "StorageClass", "", name)
            .Annotated(("openebs.io/cas-type", "local"))
            .With("provisioner", "openebs.io/local")
            .With("reclaimPolicy", "Delete")
            .With("volumeBindingMode", "WaitForFirstConsumer");
}

internal static class SnapshotControllerChart
{
    public static Chart Chart { get; } =
        new("snapshot-controller", "4.1.1", "v8.3.0", "https://piraeus.io/helm-charts", Render)
        {
            Crds =
            [
                Crd("snapshot.storage.k8s.io", "VolumeSnapshot", "volumesnapshots", namespaced: true, "v1"),
                Crd("snapshot.storage.k8s.io", "VolumeSnapshotClass", "volumesnapshotclasses", namespaced: false, "v1"),
                Crd(
                    "snapshot.storage.k8s.io",
                    "VolumeSnapshotContent",
                    "volumesnapshotcontents",
                    namespaced: false,
                    "v1"
                ),
            ],
        };

    private static IEnumerable<JsonObject> Render(ChartInput input)
    {
        yield return ServiceAccount(input.Namespace, "snapshot-controller");
        yield return new Workload(
            "Deployment",
            input.Namespace,
            "snapshot-controller",
            "snapshot-controller",
            "snapshot-controller=registry.k8s.io/sig-storage/snapshot-controller:v8.3.0"
        )
        {
            Replicas = input.Values.NumberAt("controller.replicaCount", 1),
        }.ToJson();

        if (input.Values.FlagAt("controller.serviceMonitor.create"))
            yield return ServiceMonitor(input.Namespace, "snapshot-controller", "snapshot-controller");
    }
}
