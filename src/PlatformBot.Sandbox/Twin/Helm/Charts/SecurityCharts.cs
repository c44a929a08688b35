using System.Text.Json.Nodes;
using static PlatformBot.Sandbox.Twin.Helm.Manifest;

namespace PlatformBot.Sandbox.Twin.Helm.Charts;

internal static class ExternalSecretsChart
{
    public const string Group = "external-secrets.io";
    private const string Image = "external-secrets=ghcr.io/external-secrets/external-secrets:v2.6.0";

    public static Chart Chart { get; } =
        new("external-secrets", "2.6.0", "v2.6.0", "oci://ghcr.io/external-secrets/charts", Render);

    private static IEnumerable<JsonObject> Render(ChartInput input)
    {
        var (values, ns, name) = (input.Values, input.Namespace, input.Release);

        if (values.FlagAt("installCRDs", otherwise: true))
        {
            yield return Crd(Group, "ClusterSecretStore", "clustersecretstores", namespaced: false, "v1");
            yield return Crd(Group, "SecretStore", "secretstores", namespaced: true, "v1");
            yield return Crd(Group, "ExternalSecret", "externalsecrets", namespaced: true, "v1");
            yield return Crd(Group, "ClusterExternalSecret", "clusterexternalsecrets", namespaced: false, "v1");
            yield return Crd(Group, "PushSecret", "pushsecrets", namespaced: true, "v1alpha1");
        }

        var replicas = new[]
        {
            (Name: name, Count: values.NumberAt("replicaCount", 1)),
            (Name: $"{name}-webhook", Count: values.NumberAt("webhook.replicaCount", 1)),
            (Name: $"{name}-cert-controller", Count: values.NumberAt("certController.replicaCount", 1)),
        };

        foreach (var one in replicas)
        {
            yield return ServiceAccount(ns, one.Name);
            yield return new Workload("Deployment", ns, one.Name, one.Name, Image) { Replicas = one.Count }.ToJson();
        }
    }
}

internal static class CertManagerChart
{
    public const string Group = "cert-manager.io";
    public const string AcmeGroup = "acme.cert-manager.io";

    public static Chart Chart { get; } =
        new("cert-manager", "1.21.1", "v1.21.1", "oci://quay.io/jetstack/charts", Render);

    private static IEnumerable<JsonObject> Render(ChartInput input)
    {
        var (values, ns, name) = (input.Values, input.Namespace, input.Release);

        if (values.FlagAt("crds.enabled") || values.FlagAt("installCRDs"))
        {
            yield return Crd(Group, "ClusterIssuer", "clusterissuers", namespaced: false, "v1");
            yield return Crd(Group, "Issuer", "issuers", namespaced: true, "v1");
            yield return Crd(Group, "Certificate", "certificates", namespaced: true, "v1");
            yield return Crd(Group, "CertificateRequest", "certificaterequests", namespaced: true, "v1");
            yield return Crd(AcmeGroup, "Challenge", "challenges", namespaced: true, "v1");
            yield return Crd(AcmeGroup, "Order", "orders", namespaced: true, "v1");
        }

        foreach (var part in new[] { "controller", "webhook", "cainjector" })
        {
            var one = part == "controller" ? name : $"{name}-{part}";
            yield return ServiceAccount(ns, one);
            yield return new Workload(
                "Deployment",
                ns,
                one,
                part == "controller" ? "cert-manager" : part,
                $"cert-manager-{part}=quay.io/jetstack/cert-manager-{part}:v1.21.1"
            )
            {
                Replicas = part == "controller" ? values.NumberAt("replicaCount", 1) : 1,
            }.ToJson();
        }

        if (values.FlagAt("prometheus.servicemonitor.enabled"))
            yield return ServiceMonitor(ns, name, "cert-manager");
    }
}

internal static class ExternalDnsChart
{
    public static Chart Chart { get; } =
        new("external-dns", "1.21.1", "0.21.0", "https://kubernetes-sigs.github.io/external-dns", Render)
        {
            Crds = [Crd("externaldns.k8s.io", "DNSEndpoint", "dnsendpoints", namespaced: true, "v1alpha1")],
        };

    private static IEnumerable<JsonObject> Render(ChartInput input)
    {
        var (values, ns, name) = (input.Values, input.Namespace, input.Release);
        yield return ServiceAccount(ns, name);
        yield return new Workload(
            "Deployment",
            ns,
            name,
            "external-dns",
            "external-dns=registry.k8s.io/external-dns/external-dns:v0.21.0"
        )
        {
            Env = [("EXTERNAL_DNS_TXT_OWNER_ID", values.TextAt("txtOwnerId", "default"))],
            SecretEnv =
            [
                .. values
                    .ItemsAt("env")
                    .Where(variable => variable?["valueFrom"]?["secretKeyRef"] is not null)
                    .Select(variable =>
                        (
                            variable.TextAt("name"),
                            variable.TextAt("valueFrom.secretKeyRef.name"),
                            variable.TextAt("valueFrom.secretKeyRef.key")
                        )
                    ),
            ],
        }.ToJson();
    }
}
