using System.Text.Json.Nodes;
using PlatformBot.Sandbox.Kubernetes;

namespace PlatformBot.Sandbox.Twin.Workloads;

/// <summary>Services get addresses, and Endpoints and an EndpointSlice with the pods behind them.</summary>
internal sealed class ServiceLaw : IController
{
    private readonly Settled _settled = new();

    public void Reconcile(TwinCluster cluster)
    {
        foreach (var service in cluster.Objects.View("v1", "Service").Where(service => !service.IsEnding()))
        {
            if (service.Text("spec", "clusterIP").Length == 0)
                cluster.Objects.Update(ObjectKey.Of(service), json => ServiceAddresses.Fill(json, cluster));

            // Without a selector the addresses are somebody else's business.
            if (service.At("spec", "selector") is JsonObject { Count: > 0 } selector)
                Connect(cluster, service, selector);
        }
    }

    private void Connect(TwinCluster cluster, JsonObject service, JsonObject selector)
    {
        var pods = cluster
            .Objects.View("v1", "Pod", service.Namespace())
            .Where(pod => pod.IsActive() && pod.Text("status", "podIP").Length > 0)
            .Where(pod => selector.All(pair => pod.Label(pair.Key) == pair.Value.Text()))
            .ToList();

        if (_settled.Has(service, [.. pods, .. Written(cluster, service)]))
            return;

        var ready = pods.Where(pod => pod.IsReady()).ToList();
        cluster.Objects.Put(Endpoints(service, ready, pods.Except(ready)));
        cluster.Objects.Put(Slice(service, pods));
        _settled.Keep(service, [.. pods, .. Written(cluster, service)]);
    }

    /// <summary>Whoever takes them away gets them back.</summary>
    private static IEnumerable<JsonObject> Written(TwinCluster cluster, JsonObject service)
    {
        var keys = new[]
        {
            new ObjectKey("v1", "Endpoints", service.Namespace(), service.Name()),
            new ObjectKey("discovery.k8s.io/v1", "EndpointSlice", service.Namespace(), SliceName(service)),
        };
        return keys.Select(cluster.Objects.View).OfType<JsonObject>();
    }

    private static string SliceName(JsonObject service) => $"{service.Name()}-{TemplateHash.Of(service.Uid())[..5]}";

    private static JsonObject Endpoints(
        JsonObject service,
        IReadOnlyCollection<JsonObject> ready,
        IEnumerable<JsonObject> others
    )
    {
        var subset = new JsonObject();
        var notReady = others.ToList();

        if (ready.Count > 0)
            subset["addresses"] = Addresses(ready);

        if (notReady.Count > 0)
            subset["notReadyAddresses"] = Addresses(notReady);

        if (subset.Count > 0)
            subset["ports"] = Ports(service);

        return new JsonObject
        {
            ["apiVersion"] = "v1",
            ["kind"] = "Endpoints",
            ["metadata"] = Metadata(service, service.Name(), new JsonObject()),
            ["subsets"] = subset.Count > 0 ? new JsonArray(subset) : new JsonArray(),
        };
    }

    private static JsonObject Slice(JsonObject service, IEnumerable<JsonObject> pods) =>
        new()
        {
            ["apiVersion"] = "discovery.k8s.io/v1",
            ["kind"] = "EndpointSlice",
            ["metadata"] = Metadata(
                service,
                SliceName(service),
                new JsonObject { ["kubernetes.io/service-name"] = service.Name() }
            ),
            ["addressType"] = "IPv4",
            ["endpoints"] = new JsonArray([
                .. pods.Select(pod => new JsonObject
                {
                    ["addresses"] = new JsonArray(pod.Text("status", "podIP")),
                    ["conditions"] = new JsonObject { ["ready"] = pod.IsReady() },
                    ["nodeName"] = pod.Node(),
                    ["targetRef"] = Reference(pod),
                }),
            ]),
            ["ports"] = Ports(service),
        };

    private static JsonObject Metadata(JsonObject service, string name, JsonObject labels) =>
        new()
        {
            ["name"] = name,
            ["namespace"] = service.Namespace(),
            ["labels"] = labels,
            ["ownerReferences"] = Owned.Reference(service),
        };

    private static JsonArray Addresses(IEnumerable<JsonObject> pods) =>
        [
            .. pods.Select(pod => new JsonObject
            {
                ["ip"] = pod.Text("status", "podIP"),
                ["nodeName"] = pod.Node(),
                ["targetRef"] = Reference(pod),
            }),
        ];

    private static JsonObject Reference(JsonObject pod) =>
        new()
        {
            ["kind"] = "Pod",
            ["namespace"] = pod.Namespace(),
            ["name"] = pod.Name(),
            ["uid"] = pod.Uid(),
        };

    private static JsonArray Ports(JsonObject service) =>
        [
            .. service
                .Items("spec", "ports")
                .Select(port =>
                {
                    var shown = new JsonObject
                    {
                        ["port"] = port.Whole("targetPort") ?? port.Whole("port") ?? 0,
                        ["protocol"] = port.Text("protocol") is { Length: > 0 } protocol ? protocol : "TCP",
                    };

                    if (port.Text("name") is { Length: > 0 } name)
                        shown["name"] = name;

                    return shown;
                }),
        ];
}
