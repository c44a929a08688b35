using System.Text.Json.Nodes;
using static PlatformBot.Sandbox.Twin.Helm.Manifest;

namespace PlatformBot.Sandbox.Twin.Helm.Charts;

internal static class VictoriaMetricsChart
{
    public const string Group = "operator.victoriametrics.com";
    public const string ApiVersion = $"{Group}/v1beta1";

    private static readonly (string Kind, string Plural)[] Kinds =
    [
        ("VMAgent", "vmagents"),
        ("VMAlert", "vmalerts"),
        ("VMAlertmanager", "vmalertmanagers"),
        ("VMAlertmanagerConfig", "vmalertmanagerconfigs"),
        ("VMAuth", "vmauths"),
        ("VMCluster", "vmclusters"),
        ("VMNodeScrape", "vmnodescrapes"),
        ("VMPodScrape", "vmpodscrapes"),
        ("VMProbe", "vmprobes"),
        ("VMRule", "vmrules"),
        ("VMScrapeConfig", "vmscrapeconfigs"),
        ("VMServiceScrape", "vmservicescrapes"),
        ("VMSingle", "vmsingles"),
        ("VMStaticScrape", "vmstaticscrapes"),
        ("VMUser", "vmusers"),
    ];

    public static Chart Chart { get; } =
        new(
            "victoria-metrics-k8s-stack",
            "0.61.11",
            "v1.129.1",
            "https://victoriametrics.github.io/helm-charts",
            Render
        )
        {
            Crds = [.. Kinds.Select(kind => Crd(Group, kind.Kind, kind.Plural, namespaced: true, "v1beta1"))],
        };

    private static IEnumerable<JsonObject> Render(ChartInput input)
    {
        var (values, ns) = (input.Values, input.Namespace);
        var name = values.TextAt("fullnameOverride", $"{input.Release}-victoria-metrics-k8s-stack");

        yield return ServiceAccount(ns, $"{input.Release}-victoria-metrics-operator");
        yield return new Workload(
            "Deployment",
            ns,
            $"{input.Release}-victoria-metrics-operator",
            "victoria-metrics-operator",
            "operator=victoriametrics/operator:v0.65.0"
        ).ToJson();

        foreach (
            var (kind, key, on) in new[]
            {
                ("VMSingle", "vmsingle", true),
                ("VMAgent", "vmagent", true),
                ("VMAlert", "vmalert", true),
                ("VMAlertmanager", "alertmanager", true),
            }
        )
        {
            if (values.FlagAt($"{key}.enabled", on))
                yield return New(ApiVersion, kind, ns, name).With("spec", Spec(values, key));
        }

        foreach (var json in Exporters(values, ns, input.Release).Concat(ControlPlaneScrapes(values, ns, name)))
            yield return json;

        if (values.FlagAt("grafana.enabled", otherwise: true))
        {
            foreach (var json in Grafana(values, ns, input.Release))
                yield return json;
        }
    }

    private static JsonObject Spec(JsonObject values, string key)
    {
        var spec = (JsonObject)values.MappingAt($"{key}.spec").DeepClone();

        if (key == "vmagent" && values.TextAt("external.vm.write.url") is { Length: > 0 } url)
            spec["remoteWrite"] = new JsonArray(Map(("url", url)));

        return spec;
    }

    private static IEnumerable<JsonObject> Exporters(JsonObject values, string ns, string release)
    {
        if (values.FlagAt("prometheus-node-exporter.enabled", otherwise: true))
        {
            yield return new Workload(
                "DaemonSet",
                ns,
                $"{release}-prometheus-node-exporter",
                "prometheus-node-exporter",
                "node-exporter=quay.io/prometheus/node-exporter:v1.9.1"
            )
            {
                HostNetwork = true,
                HostPaths = ["/proc", "/sys", "/"],
            }.ToJson();
        }

        if (values.FlagAt("kube-state-metrics.enabled", otherwise: true))
        {
            yield return new Workload(
                "Deployment",
                ns,
                $"{release}-kube-state-metrics",
                "kube-state-metrics",
                "kube-state-metrics=registry.k8s.io/kube-state-metrics/kube-state-metrics:v2.17.0"
            ).ToJson();
        }
    }

    private static IEnumerable<JsonObject> ControlPlaneScrapes(JsonObject values, string ns, string name)
    {
        foreach (
            var (key, part) in new[]
            {
                ("kubeEtcd", "kube-etcd"),
                ("kubeControllerManager", "kube-controller-manager"),
                ("kubeScheduler", "kube-scheduler"),
            }
        )
        {
            if (!values.FlagAt($"{key}.enabled", otherwise: true))
                continue;

            yield return New(ApiVersion, "VMServiceScrape", ns, $"{name}-{part}")
                .With("spec", new JsonObject { ["endpoints"] = values.ItemsAt($"{key}.endpoints").DeepClone() });
        }
    }

    private static IEnumerable<JsonObject> Grafana(JsonObject values, string ns, string release)
    {
        var workload = new Workload(
            "Deployment",
            ns,
            $"{release}-grafana",
            "grafana",
            "grafana=docker.io/grafana/grafana:12.2.1"
        )
        {
            SecretEnv = values.TextAt("grafana.admin.existingSecret") is { Length: > 0 } secret
                ?
                [
                    ("GF_SECURITY_ADMIN_USER", secret, values.TextAt("grafana.admin.userKey", "admin-user")),
                    (
                        "GF_SECURITY_ADMIN_PASSWORD",
                        secret,
                        values.TextAt("grafana.admin.passwordKey", "admin-password")
                    ),
                ]
                : [],
        };
        yield return ServiceAccount(ns, workload.Name);
        yield return workload.ToJson();
        yield return Service(ns, workload.Name, workload.Selector, ("service", 80));
    }
}

internal static class VictoriaLogsChart
{
    public static Chart Chart { get; } =
        new("victoria-logs-single", "0.11.12", "v1.36.1", "https://victoriametrics.github.io/helm-charts", Render);

    private static IEnumerable<JsonObject> Render(ChartInput input)
    {
        var (values, ns) = (input.Values, input.Namespace);
        var name = values.TextAt("server.fullnameOverride", $"{input.Release}-victoria-logs-single-server");
        var labels = Map(
            ("app", "server"),
            ("app.kubernetes.io/name", "victoria-logs-single"),
            ("app.kubernetes.io/instance", input.Release)
        );

        yield return new Workload(
            "StatefulSet",
            ns,
            name,
            "victoria-logs-single",
            "vlogs=victoriametrics/victoria-logs:v1.36.1"
        )
        {
            Labels = labels,
            PodAnnotations = values.MappingAt("server.podAnnotations"),
            Claim = values.FlagAt("server.persistentVolume.enabled", otherwise: true)
                ? (
                    "server-volume",
                    values.TextAt("server.persistentVolume.storageClassName"),
                    values.TextAt("server.persistentVolume.size", "10Gi")
                )
                : null,
        }.ToJson();
        yield return Service(ns, name, labels, ("http", values.NumberAt("server.service.servicePort", 9428)))
            .Marked("labels", values.MappingAt("server.service.labels"));

        if (values.FlagAt("server.vmServiceScrape.enabled"))
        {
            yield return New(VictoriaMetricsChart.ApiVersion, "VMServiceScrape", ns, name)
                .With("spec", new JsonObject());
        }
    }
}

internal static class FluentBitChart
{
    public static Chart Chart { get; } =
        new("fluent-bit", "0.54.1", "4.1.1", "https://fluent.github.io/helm-charts", Render);

    private static IEnumerable<JsonObject> Render(ChartInput input)
    {
        var (values, ns) = (input.Values, input.Namespace);
        var outputs = values.TextAt("config.outputs");

        yield return ServiceAccount(ns, input.Release);
        yield return ConfigMap(
            ns,
            input.Release,
            ("fluent-bit.conf", $"{values.TextAt("config.inputs")}\n{values.TextAt("config.filters")}\n{outputs}")
        );
        yield return new Workload(
            "DaemonSet",
            ns,
            input.Release,
            "fluent-bit",
            "fluent-bit=cr.fluentbit.io/fluent/fluent-bit:4.1.1"
        )
        {
            PodAnnotations = values.MappingAt("podAnnotations"),
            HostPaths =
            [
                .. values.ItemsAt("daemonSetVolumes").Select(volume => volume.TextAt("hostPath.path", "/var/log")),
            ],
        }.ToJson();

        if (values.FlagAt("serviceMonitor.enabled"))
            yield return ServiceMonitor(ns, input.Release, "fluent-bit");
    }
}

internal static class JaegerChart
{
    public static Chart Chart { get; } =
        new("jaeger", "4.11.1", "2.19.0", "https://jaegertracing.github.io/helm-charts", Render);

    private static IEnumerable<JsonObject> Render(ChartInput input)
    {
        var (values, ns) = (input.Values, input.Namespace);
        var workload = new Workload(
            "Deployment",
            ns,
            values.TextAt("fullnameOverride", input.Release),
            "jaeger",
            "jaeger=docker.io/jaegertracing/jaeger:2.19.0"
        )
        {
            Replicas = values.NumberAt("jaeger.replicas", 1),
            ClaimName = values
                .ItemsAt("jaeger.extraVolumes")
                .Select(volume => volume.TextAt("persistentVolumeClaim.claimName"))
                .FirstOrDefault(name => name.Length > 0),
        };
        yield return ServiceAccount(ns, workload.Name);
        yield return workload.ToJson();
        yield return Service(
                ns,
                workload.Name,
                workload.Selector,
                ("http-query", 16686),
                ("otlp-grpc", 4317),
                ("otlp-http", 4318)
            )
            .Marked("labels", values.MappingAt("jaeger.service.labels"));
    }
}

internal static class OtelCollectorChart
{
    public static Chart Chart { get; } =
        new(
            "opentelemetry-collector",
            "0.139.1",
            "0.139.0",
            "https://open-telemetry.github.io/opentelemetry-helm-charts",
            Render
        );

    private static IEnumerable<JsonObject> Render(ChartInput input)
    {
        var (values, ns) = (input.Values, input.Namespace);
        var mode = values.TextAt("mode");

        if (mode is not "deployment" and not "daemonset" and not "statefulset")
        {
            throw new HelmException(
                "execution error at (opentelemetry-collector/templates/NOTES.txt:14:4): [ERROR] 'mode' must be set. See https://github.com/open-telemetry/opentelemetry-helm-charts/blob/main/charts/opentelemetry-collector/UPGRADING.md for instructions."
            );
        }

        var kind = mode switch
        {
            "deployment" => "Deployment",
            "daemonset" => "DaemonSet",
            _ => "StatefulSet",
        };
        var name = values.TextAt("fullnameOverride", $"{input.Release}-opentelemetry-collector");
        var workload = new Workload(
            kind,
            ns,
            name,
            "opentelemetry-collector",
            $"opentelemetry-collector={values.TextAt("image.repository", "otel/opentelemetry-collector-k8s")}:0.139.0"
        )
        {
            Replicas = values.NumberAt("replicaCount", 1),
            ServiceAccount = values.TextAt("serviceAccount.name", name),
        };
        yield return ServiceAccount(ns, workload.ServiceAccount);
        yield return ConfigMap(ns, name, ("relay", values.MappingAt("config").ToJsonString()));
        yield return workload.ToJson();
        yield return Service(ns, name, workload.Selector, ("otlp", 4317), ("otlp-http", 4318));
    }
}
