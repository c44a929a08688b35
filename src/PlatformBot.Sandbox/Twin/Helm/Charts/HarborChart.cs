using System.Text.Json.Nodes;
using static PlatformBot.Sandbox.Twin.Helm.Manifest;

namespace PlatformBot.Sandbox.Twin.Helm.Charts;

/// <summary>Harbor with database, cache and blobs outside. What no Secret says is a default that everybody knows.</summary>
internal static class HarborChart
{
    private const string Version = "v2.15.1";

    public static Chart Chart { get; } = new("harbor", "1.19.1", "2.15.1", "https://helm.goharbor.io", Render);

    private static IEnumerable<JsonObject> Render(ChartInput input)
    {
        var (values, ns, name) = (input.Values, input.Namespace, input.Release);

        var nginx = Part(input, "nginx", "nginx-photon") with { Replicas = values.NumberAt("nginx.replicas", 1) };
        yield return nginx.ToJson();
        yield return Service(
            ns,
            values.TextAt("expose.clusterIP.name", "harbor"),
            nginx.Selector,
            ("http", values.NumberAt("expose.clusterIP.ports.httpPort", 80))
        );
        var core = Core(input);
        yield return core.ToJson();
        yield return Service(ns, $"{name}-core", core.Selector, ("http-web", 80));
        yield return (
            Part(input, "portal", "harbor-portal") with
            {
                Replicas = values.NumberAt("portal.replicas", 1),
            }
        ).ToJson();

        foreach (var part in Blobs(input).Concat(Jobs(input)))
            yield return part;

        if (values.FlagAt("metrics.enabled"))
        {
            yield return Part(input, "exporter", "harbor-exporter").ToJson();
            yield return ServiceMonitor(ns, name, "harbor");
        }
    }

    private static Workload Core(ChartInput input)
    {
        var values = input.Values;
        const string database = "database.external";
        return Part(input, "core", "harbor-core") with
        {
            Replicas = values.NumberAt("core.replicas", 1),
            Env =
            [
                ("POSTGRESQL_HOST", values.TextAt($"{database}.host")),
                ("POSTGRESQL_USERNAME", values.TextAt($"{database}.username", "user")),
                ("POSTGRESQL_DATABASE", values.TextAt($"{database}.coreDatabase", "registry")),
                ("_REDIS_ADDR_CORE", values.TextAt("redis.external.addr")),
                ("S3_ENDPOINT", values.TextAt("persistence.imageChartStorage.s3.regionendpoint")),
                ("S3_BUCKET", values.TextAt("persistence.imageChartStorage.s3.bucket")),
            ],
            SecretEnv =
            [
                ("POSTGRESQL_PASSWORD", values.TextAt($"{database}.existingSecret"), "password"),
                ("REDIS_PASSWORD", values.TextAt("redis.external.existingSecret"), "REDIS_PASSWORD"),
                (
                    "HARBOR_ADMIN_PASSWORD",
                    values.TextAt("existingSecretAdminPassword"),
                    values.TextAt("existingSecretAdminPasswordKey", "HARBOR_ADMIN_PASSWORD")
                ),
                ("CORE_KEY", values.TextAt("existingSecretSecretKey"), "secretKey"),
                .. values
                    .ItemsAt("core.extraEnvVars")
                    .Where(one => one.NodeAt("valueFrom.secretKeyRef") is not null)
                    .Select(one =>
                        (
                            one.TextAt("name"),
                            one.TextAt("valueFrom.secretKeyRef.name"),
                            one.TextAt("valueFrom.secretKeyRef.key")
                        )
                    ),
            ],
        };
    }

    private static IEnumerable<JsonObject> Blobs(ChartInput input)
    {
        var (values, ns) = (input.Values, input.Namespace);
        var secret = values.TextAt("persistence.imageChartStorage.s3.existingSecret");
        var registry = new Workload(
            "Deployment",
            ns,
            $"{input.Release}-registry",
            "harbor",
            $"registry=docker.io/goharbor/registry-photon:{Version}",
            $"registryctl=docker.io/goharbor/harbor-registryctl:{Version}"
        )
        {
            Labels = Labels(input, "registry"),
            ServiceAccount = "default",
            Replicas = values.NumberAt("registry.replicas", 1),
            SecretEnv =
            [
                ("REGISTRY_STORAGE_S3_ACCESSKEY", secret, "REGISTRY_STORAGE_S3_ACCESSKEY"),
                ("REGISTRY_STORAGE_S3_SECRETKEY", secret, "REGISTRY_STORAGE_S3_SECRETKEY"),
                (
                    "REGISTRY_HTTP_SECRET",
                    values.TextAt("registry.existingSecret"),
                    values.TextAt("registry.existingSecretKey")
                ),
            ],
        };
        yield return registry.ToJson();
        yield return Service(ns, registry.Name, registry.Selector, ("http-registry", 5000), ("http-controller", 8080));
    }

    private static IEnumerable<JsonObject> Jobs(ChartInput input)
    {
        var (values, ns, name) = (input.Values, input.Namespace, input.Release);
        const string claims = "persistence.persistentVolumeClaim";
        yield return Workload.NewClaim(
            ns,
            $"{name}-jobservice",
            values.TextAt($"{claims}.jobservice.jobLog.storageClass"),
            values.TextAt($"{claims}.jobservice.jobLog.size", "1Gi")
        );
        yield return (
            Part(input, "jobservice", "harbor-jobservice") with
            {
                ClaimName = $"{name}-jobservice",
                SecretEnv =
                [
                    (
                        "JOBSERVICE_SECRET",
                        values.TextAt("jobservice.existingSecret"),
                        values.TextAt("jobservice.existingSecretKey", "JOBSERVICE_SECRET")
                    ),
                ],
            }
        ).ToJson();

        if (values.FlagAt("trivy.enabled", otherwise: true))
        {
            yield return (
                Part(input, "trivy", "trivy-adapter-photon", "StatefulSet") with
                {
                    Claim = (
                        "data",
                        values.TextAt($"{claims}.trivy.storageClass"),
                        values.TextAt($"{claims}.trivy.size", "5Gi")
                    ),
                }
            ).ToJson();
        }
    }

    private static Workload Part(ChartInput input, string part, string image, string kind = "Deployment") =>
        new(kind, input.Namespace, $"{input.Release}-{part}", "harbor", $"{part}=docker.io/goharbor/{image}:{Version}")
        {
            Labels = Labels(input, part),
            ServiceAccount = "default",
        };

    private static JsonObject Labels(ChartInput input, string part) =>
        Map(("app", "harbor"), ("release", input.Release), ("component", part));
}
