using System.Text.Json.Nodes;
using PlatformBot.Sandbox.Kubernetes;
using PlatformBot.Sandbox.Twin.Helm;
using PlatformBot.Sandbox.Twin.Workloads;

namespace PlatformBot.Sandbox.Twin.Cilium;

/// <summary>
/// cilium-operator: a Service for every Gateway, at the address that the Gateway asks for, and what listeners and routes
/// are told. A listener without its certificate is not programmed, although the Gateway as a whole is.
/// </summary>
internal static class GatewayStatus
{
    public static void Reconcile(TwinCluster cluster)
    {
        var gateways = cluster
            .Objects.View(GatewayKinds.ApiVersion, "Gateway")
            .Where(one => one.TextAt("spec.gatewayClassName") == "cilium" && !one.IsEnding());

        foreach (var gateway in gateways)
            Keep(cluster, gateway);

        foreach (var route in cluster.Objects.View(GatewayKinds.ApiVersion, "HTTPRoute").Where(one => !one.IsEnding()))
            KeepRoute(cluster, route);
    }

    private static void Keep(TwinCluster cluster, JsonObject gateway)
    {
        var service = ServiceOf(gateway);
        Applier.Apply(cluster, service);
        var address = cluster
            .Objects.View(ObjectKey.Of(service))
            .Items("status", "loadBalancer", "ingress")
            .FirstOrDefault()
            .Text("ip");

        cluster.Objects.Update(
            ObjectKey.Of(gateway),
            json =>
            {
                Set(cluster, json, "Accepted", holds: true, "Accepted", "Gateway successfully scheduled");

                if (address.Length > 0)
                {
                    json.Section("status")["addresses"] = new JsonArray(
                        Manifest.Map(("type", "IPAddress"), ("value", address))
                    );
                    Set(cluster, json, "Programmed", holds: true, "Programmed", "Gateway successfully reconciled");
                }
                else
                {
                    Set(cluster, json, "Programmed", holds: false, "AddressNotAssigned", "Gateway waiting for address");
                }

                json.Section("status")["listeners"] = new JsonArray([
                    .. json.Items("spec", "listeners").Select(listener => Listener(cluster, json, listener)),
                ]);
            }
        );
    }

    private static JsonObject ServiceOf(JsonObject gateway)
    {
        var service = Manifest
            .Service(
                gateway.Namespace(),
                $"cilium-gateway-{gateway.Name()}",
                [],
                [.. gateway.ItemsAt("spec.listeners").Select(one => (one.TextAt("name"), one.NumberAt("port", 80)))]
            )
            .Marked("annotations", gateway.MappingAt("spec.infrastructure.annotations"));
        service["spec"]!.AsObject().Remove("selector");
        service["spec"]!["type"] = "LoadBalancer";

        return gateway.Items("spec", "addresses").FirstOrDefault().Text("value") is { Length: > 0 } wanted
            ? service.Annotated(("lbipam.cilium.io/ips", wanted))
            : service;
    }

    private static JsonObject Listener(TwinCluster cluster, JsonObject gateway, JsonObject listener)
    {
        var missing = listener
            .Items("tls", "certificateRefs")
            .Select(reference => reference.Text("name"))
            .FirstOrDefault(name =>
                cluster.Objects.View(new ObjectKey("v1", "Secret", gateway.Namespace(), name)) is null
            );
        var json = new JsonObject
        {
            ["name"] = listener.Text("name"),
            ["attachedRoutes"] = cluster
                .Objects.View(GatewayKinds.ApiVersion, "HTTPRoute")
                .Count(route =>
                    route.Items("spec", "parentRefs").Any(parent => Attaches(parent, route, gateway, listener))
                ),
            ["conditions"] = new JsonArray(
                Condition("Accepted", true, "Accepted", "Listener Accepted"),
                missing is null
                    ? Condition("ResolvedRefs", true, "ResolvedRefs", "Resolved Refs")
                    : Condition(
                        "ResolvedRefs",
                        false,
                        "InvalidCertificateRef",
                        $"Invalid CertificateRef, Secret \"{missing}\" not found"
                    ),
                missing is null
                    ? Condition("Programmed", true, "Programmed", "Listener Programmed")
                    : Condition("Programmed", false, "Invalid", "Invalid CertificateRef")
            ),
        };
        return json;
    }

    private static bool Attaches(JsonObject parent, JsonObject route, JsonObject gateway, JsonObject listener) =>
        parent.Text("name") == gateway.Name()
        && (parent.Text("namespace") is { Length: > 0 } ns ? ns : route.Namespace()) == gateway.Namespace()
        && parent.Text("sectionName") is var section
        && (section.Length == 0 || section == listener.Text("name"));

    private static void KeepRoute(TwinCluster cluster, JsonObject route)
    {
        var parents = route
            .Items("spec", "parentRefs")
            .Select(parent => new JsonObject
            {
                ["parentRef"] = parent.DeepClone(),
                ["controllerName"] = "io.cilium/gateway-controller",
                ["conditions"] = new JsonArray(
                    HasGateway(cluster, route, parent)
                        ? Condition("Accepted", true, "Accepted", "Accepted HTTPRoute")
                        : Condition("Accepted", false, "NoMatchingParent", "no matching Gateway"),
                    MissingBackend(cluster, route) is { } missing
                        ? Condition("ResolvedRefs", false, "BackendNotFound", $"Service \"{missing}\" not found")
                        : Condition("ResolvedRefs", true, "ResolvedRefs", "Service reference is valid")
                ),
            });
        var status = new JsonObject { ["parents"] = new JsonArray([.. parents]) };

        if (!JsonNode.DeepEquals(route["status"], status))
            cluster.Objects.Update(ObjectKey.Of(route), json => json["status"] = status);
    }

    private static bool HasGateway(TwinCluster cluster, JsonObject route, JsonObject parent)
    {
        var ns = parent.Text("namespace") is { Length: > 0 } given ? given : route.Namespace();
        return cluster.Objects.View(new ObjectKey(GatewayKinds.ApiVersion, "Gateway", ns, parent.Text("name")))
            is not null;
    }

    private static string? MissingBackend(TwinCluster cluster, JsonObject route) =>
        route
            .Items("spec", "rules")
            .SelectMany(rule => rule.Items("backendRefs"))
            .Select(backend => backend.Text("name"))
            .FirstOrDefault(name =>
                cluster.Objects.View(new ObjectKey("v1", "Service", route.Namespace(), name)) is null
            );

    private static void Set(
        TwinCluster cluster,
        JsonObject json,
        string type,
        bool holds,
        string reason,
        string message
    ) => Conditions.Set(json, cluster.Clock, type, holds, reason, message);

    private static JsonObject Condition(string type, bool holds, string reason, string message) =>
        Manifest.Map(("type", type), ("status", holds ? "True" : "False"), ("reason", reason), ("message", message));
}
