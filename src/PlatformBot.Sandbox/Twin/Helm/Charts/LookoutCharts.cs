using System.Text.Json.Nodes;
using PlatformBot.Sandbox.Twin.Cilium;
using PlatformBot.Sandbox.Twin.Kustomize;
using static PlatformBot.Sandbox.Twin.Helm.Manifest;

namespace PlatformBot.Sandbox.Twin.Helm.Charts;

internal static class TofuControllerChart
{
    public static Chart Chart { get; } =
        new("tofu-controller", "0.16.5", "v0.16.5", "oci://ghcr.io/flux-iac/charts", Render)
        {
            Crds = [Crd("infra.contrib.fluxcd.io", "Terraform", "terraforms", namespaced: true, "v1alpha2")],
        };

    private static IEnumerable<JsonObject> Render(ChartInput input)
    {
        var (values, ns, name) = (input.Values, input.Namespace, input.Release);
        yield return ServiceAccount(ns, name);
        yield return new Workload(
            "Deployment",
            ns,
            name,
            "tofu-controller",
            "manager=ghcr.io/flux-iac/tofu-controller:v0.16.5"
        )
        {
            Replicas = values.NumberAt("replicaCount", 1),
        }.ToJson();

        if (values.FlagAt("metrics.serviceMonitor.enabled"))
            yield return ServiceMonitor(ns, name, "tofu-controller");
    }
}

internal static class GatusChart
{
    public static Chart Chart { get; } = new("gatus", "1.4.5", "v5.34.0", "https://twin.github.io/helm-charts", Render);

    private static IEnumerable<JsonObject> Render(ChartInput input)
    {
        var (values, ns, name) = (input.Values, input.Namespace, input.Release);
        var keeps = values.FlagAt("persistence.enabled");

        if (keeps)
        {
            yield return Workload.NewClaim(
                ns,
                name,
                values.TextAt("persistence.storageClass"),
                values.TextAt("persistence.size", "1Gi")
            );
        }

        yield return ServiceAccount(ns, name);
        yield return ConfigMap(ns, name, ("config.yaml", YamlText.Write(values.MappingAt("config"))));
        var workload = new Workload("Deployment", ns, name, "gatus", "gatus=ghcr.io/twin/gatus:v5.34.0")
        {
            ClaimName = keeps ? name : null,
        };
        yield return workload.ToJson();
        yield return Service(ns, name, workload.Selector, ("http", 80));

        if (values.FlagAt("serviceMonitor.enabled"))
            yield return ServiceMonitor(ns, name, "gatus");
    }
}

internal static class KromgoChart
{
    public static Chart Chart { get; } =
        new("kromgo", "0.14.7", "0.14.7", "oci://ghcr.io/home-operations/charts", Render);

    private static IEnumerable<JsonObject> Render(ChartInput input)
    {
        var (values, ns, name) = (input.Values, input.Namespace, input.Release);
        var workload = new Workload("Deployment", ns, name, "kromgo", "kromgo=ghcr.io/home-operations/kromgo:0.14.7")
        {
            Env = [("PROMETHEUS_URL", values.TextAt("config.prometheus"))],
        };
        yield return ServiceAccount(ns, name);
        yield return ConfigMap(ns, name, ("config.yaml", YamlText.Write(values.MappingAt("config"))));
        yield return workload.ToJson();
        yield return Service(ns, name, workload.Selector, ("http", 8080));

        if (values.FlagAt("httpRoute.enabled"))
        {
            yield return New(GatewayKinds.ApiVersion, "HTTPRoute", ns, name)
                .With(
                    "spec",
                    new JsonObject
                    {
                        ["parentRefs"] = values.ItemsAt("httpRoute.parentRefs").DeepClone(),
                        ["hostnames"] = values.ItemsAt("httpRoute.hostnames").DeepClone(),
                        ["rules"] = new JsonArray(
                            new JsonObject
                            {
                                ["backendRefs"] = new JsonArray(new JsonObject { ["name"] = name, ["port"] = 8080 }),
                            }
                        ),
                    }
                );
        }
    }
}

internal static class SilenceOperatorChart
{
    public const string ApiVersion = "observability.giantswarm.io/v1alpha2";

    public static Chart Chart { get; } =
        new("silence-operator", "0.21.0", "0.21.0", "oci://gsoci.azurecr.io/charts/giantswarm", Render)
        {
            Crds =
            [
                Crd("observability.giantswarm.io", "Silence", "silences", namespaced: true, "v1alpha2"),
                Crd("monitoring.giantswarm.io", "Silence", "silences", namespaced: false, "v1alpha1"),
            ],
        };

    private static IEnumerable<JsonObject> Render(ChartInput input)
    {
        yield return ServiceAccount(input.Namespace, input.Release);
        yield return new Workload(
            "Deployment",
            input.Namespace,
            input.Release,
            "silence-operator",
            "silence-operator=gsoci.azurecr.io/giantswarm/silence-operator:0.21.0"
        )
        {
            Env = [("ALERTMANAGER_ADDRESS", input.Values.TextAt("alertmanagerAddress"))],
        }.ToJson();
    }
}
