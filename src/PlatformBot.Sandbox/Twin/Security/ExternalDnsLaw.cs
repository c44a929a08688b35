using System.Text.Json.Nodes;
using PlatformBot.Sandbox.Kubernetes;
using PlatformBot.Sandbox.Twin.Cilium;
using PlatformBot.Sandbox.Twin.Helm;

namespace PlatformBot.Sandbox.Twin.Security;

/// <summary>External-DNS: once a minute, makes the zone hold what DNSEndpoints and HTTPRoutes ask for.</summary>
internal sealed class ExternalDnsLaw(TwinWorld world) : OperatorLaw(world, Namespace, "external-dns")
{
    public const string Namespace = "networking";
    private const string TargetMark = "external-dns.alpha.kubernetes.io/target";

    protected override void Act(TwinCluster cluster)
    {
        var deployment = cluster.Objects.View(new ObjectKey("apps/v1", "Deployment", Namespace, "external-dns"))!;

        if (!Due(cluster, "apps/v1", "Deployment").Any(one => one.Uid() == deployment.Uid()))
            return;

        Again(deployment, TimeSpan.FromMinutes(1));
        var owner = deployment
            .At("spec", "template", "spec")
            .ItemsAt("containers")
            .SelectMany(container => container.ItemsAt("env"))
            .First(variable => variable.TextAt("name") == "EXTERNAL_DNS_TXT_OWNER_ID")
            .TextAt("value");
        var endpoints = cluster.Objects.View("externaldns.k8s.io/v1alpha1", "DNSEndpoint");
        World.Zone.Sync(owner, [.. endpoints.SelectMany(one => Of(one, owner)), .. OfRoutes(cluster, owner)]);

        foreach (var endpoint in endpoints)
            Observe(cluster, endpoint);

        // An endpoint that comes a moment later shall not wait a minute (triggerLoopOnEvent).
        if (endpoints.Count == 0)
            Again(deployment, TimeSpan.FromSeconds(2));
    }

    private static IEnumerable<DnsRecord> Of(JsonObject endpoint, string owner) =>
        endpoint
            .Items("spec", "endpoints")
            .Select(one => new DnsRecord(
                one.Text("dnsName"),
                one.Text("recordType"),
                (string?)(one["targets"] as JsonArray)?.FirstOrDefault() ?? "",
                owner
            ));

    private static IEnumerable<DnsRecord> OfRoutes(TwinCluster cluster, string owner)
    {
        var target = cluster
            .Objects.View(GatewayKinds.ApiVersion, "Gateway")
            .Select(gateway => gateway.Text("metadata", "annotations", TargetMark))
            .FirstOrDefault(text => text.Length > 0);

        return target is null
            ? []
            : cluster
                .Objects.View(GatewayKinds.ApiVersion, "HTTPRoute")
                .SelectMany(route => route.ItemsAt("spec.hostnames"))
                .Select(host => new DnsRecord((string?)host ?? "", "CNAME", target, owner));
    }

    private static void Observe(TwinCluster cluster, JsonObject endpoint) =>
        cluster.Objects.Update(
            ObjectKey.Of(endpoint),
            json => json.Section("status")["observedGeneration"] = json.Whole("metadata", "generation")
        );
}
