using System.Text.Json.Nodes;
using static PlatformBot.Sandbox.Twin.Helm.Manifest;

namespace PlatformBot.Sandbox.Twin.Helm.Charts;

internal static class CloudNativePgChart
{
    public const string Group = "postgresql.cnpg.io";

    private static readonly (string Kind, string Plural, bool Namespaced)[] Kinds =
    [
        ("Cluster", "clusters", true),
        ("Backup", "backups", true),
        ("ScheduledBackup", "scheduledbackups", true),
        ("Database", "databases", true),
        ("Pooler", "poolers", true),
        ("Publication", "publications", true),
        ("Subscription", "subscriptions", true),
        ("ImageCatalog", "imagecatalogs", true),
        ("ClusterImageCatalog", "clusterimagecatalogs", false),
    ];

    public static Chart Chart { get; } =
        new("cloudnative-pg", "0.29.0", "1.30.0", "oci://ghcr.io/cloudnative-pg/charts", Render);

    private static IEnumerable<JsonObject> Render(ChartInput input)
    {
        var (values, ns) = (input.Values, input.Namespace);
        var name = values.TextAt("fullnameOverride", $"{input.Release}-cloudnative-pg");

        if (values.FlagAt("crds.create", otherwise: true))
        {
            foreach (var (kind, plural, namespaced) in Kinds)
                yield return Crd(Group, kind, plural, namespaced, "v1");
        }

        yield return ServiceAccount(ns, name);
        yield return new Workload(
            "Deployment",
            ns,
            name,
            "cloudnative-pg",
            "manager=ghcr.io/cloudnative-pg/cloudnative-pg:1.30.0"
        )
        {
            Replicas = values.NumberAt("replicaCount", 1),
        }.ToJson();

        if (values.FlagAt("monitoring.podMonitorEnabled"))
            yield return PodMonitor(ns, name, "cloudnative-pg");
    }
}

/// <summary>It brings certificates of its own, so cert-manager's kinds must be there.</summary>
internal static class BarmanPluginChart
{
    public const string Group = "barmancloud.cnpg.io";

    public static Chart Chart { get; } =
        new("plugin-barman-cloud", "0.7.0", "v0.13.0", "oci://ghcr.io/cloudnative-pg/charts", Render);

    private static IEnumerable<JsonObject> Render(ChartInput input)
    {
        var (values, ns) = (input.Values, input.Namespace);
        var name = values.TextAt("fullnameOverride", $"{input.Release}-plugin-barman-cloud");

        if (values.FlagAt("crds.create", otherwise: true))
            yield return Crd(Group, "ObjectStore", "objectstores", namespaced: true, "v1");

        yield return New("cert-manager.io/v1", "Issuer", ns, $"{name}-selfsigned-issuer")
            .With("spec", new JsonObject { ["selfSigned"] = new JsonObject() });

        foreach (var side in new[] { "client", "server" })
        {
            yield return New("cert-manager.io/v1", "Certificate", ns, $"{name}-{side}")
                .With(
                    "spec",
                    new JsonObject
                    {
                        ["secretName"] = $"{name}-{side}-tls",
                        ["dnsNames"] = new JsonArray($"{name}-{side}"),
                        ["issuerRef"] = Map(("kind", "Issuer"), ("name", $"{name}-selfsigned-issuer")),
                    }
                );
        }

        var workload = new Workload(
            "Deployment",
            ns,
            name,
            "plugin-barman-cloud",
            "barman-cloud=ghcr.io/cloudnative-pg/plugin-barman-cloud:v0.13.0"
        )
        {
            // It mounts its certificate: without it the container is never created.
            SecretEnv = [("SERVER_CERT", $"{name}-server-tls", "tls.crt")],
        };
        yield return ServiceAccount(ns, name);
        yield return workload.ToJson();
        yield return Service(ns, name, workload.Selector, ("grpc", 9090))
            .Annotated(("cnpg.io/pluginName", "barman-cloud.cloudnative-pg.io"));
    }
}

internal static class DragonflyOperatorChart
{
    private const string Group = "dragonflydb.io";
    private const string Version = "v1alpha1";

    public const string ApiVersion = $"{Group}/{Version}";

    public static Chart Chart { get; } =
        new("dragonfly-operator", "1.6.1", "v1.6.1", "oci://ghcr.io/dragonflydb/dragonfly-operator/helm", Render);

    private static IEnumerable<JsonObject> Render(ChartInput input)
    {
        if (input.Values.FlagAt("crds.install", otherwise: true))
            yield return Crd(Group, "Dragonfly", "dragonflies", namespaced: true, Version);

        yield return ServiceAccount(input.Namespace, input.Release);
        yield return new Workload(
            "Deployment",
            input.Namespace,
            input.Release,
            "dragonfly-operator",
            "manager=docker.dragonflydb.io/dragonflydb/operator:v1.6.1"
        )
        {
            Replicas = input.Values.NumberAt("replicaCount", 1),
        }.ToJson();
    }
}
