using System.Text.Json.Nodes;
using PlatformBot.Sandbox.Twin.Helm;
using PlatformBot.Sandbox.Twin.Workloads;

namespace PlatformBot.Sandbox.Twin.Mesh;

/// <summary>
/// The service-mirror controllers: for every link whose controller runs and whose remote API answers, exported Services of
/// the other cluster appear here as NAME-LINK, in namespaces that exist; their endpoint is the other cluster's gateway.
/// </summary>
internal sealed class ServiceMirror(TwinWorld world) : IController
{
    private const string Mirrored = "mirror.linkerd.io/mirrored-service";
    private const string OpaquePorts = "config.linkerd.io/opaque-ports";
    private const string ClusterName = "mirror.linkerd.io/cluster-name";

    private readonly Quiet _quiet = new();

    public void Reconcile(TwinCluster cluster)
    {
        var elsewhere = string.Join(
            ' ',
            world.Clusters.Values.Select(one => $"{one.Objects.Version}{one.ApiIsUp}").Concat(world.Faults.Armed)
        );

        if (!cluster.ApiIsUp || _quiet.Is(cluster, elsewhere))
            return;

        foreach (var link in cluster.Objects.View(MeshTexts.LinkApi, "Link", "linkerd-multicluster"))
        {
            var state = LinkState.Of(world, cluster, link);

            if (state is { ControllerRuns: true, HasCredentials: true, Remote: { } remote })
                Mirror(cluster, remote, link, state);
        }
    }

    /// <summary>The mirrored Services of one link.</summary>
    public static IReadOnlyList<JsonObject> Of(TwinCluster cluster, string link) =>
        [
            .. cluster
                .Objects.View("v1", "Service")
                .Where(service => Pods.Fits(service, Manifest.Map((Mirrored, "true"), (ClusterName, link)))),
        ];

    private static void Mirror(TwinCluster cluster, TwinCluster remote, JsonObject link, LinkState state)
    {
        var selector = link.MappingAt("spec.selector.matchLabels");
        var exported = remote.Objects.View("v1", "Service").Where(service => Pods.Fits(service, selector)).ToList();
        var wanted = exported.Select(service => NameOf(service, state.Name)).ToHashSet();

        foreach (
            var gone in Of(cluster, state.Name)
                .Select(ObjectKey.Of)
                .Where(key => !wanted.Contains((key.Namespace, key.Name)))
        )
        {
            cluster.Objects.Delete(gone);
            cluster.Objects.Delete(gone with { Kind = "Endpoints" });
        }

        foreach (var service in exported)
        {
            var (ns, name) = NameOf(service, state.Name);

            if (cluster.Objects.View(new ObjectKey("v1", "Namespace", "", ns)) is null)
                Skip(cluster, service);
            else
                Write(cluster, service, new ObjectKey("v1", "Service", ns, name), link, state);
        }
    }

    private static void Skip(TwinCluster cluster, JsonObject service) =>
        EventLog.Record(
            cluster,
            service,
            "linkerd-service-mirror",
            "ServiceMirroringSkipped",
            "Skipped mirroring service: namespace does not exist"
        );

    private static (string Namespace, string Name) NameOf(JsonObject service, string link) =>
        (ObjectKey.Of(service).Namespace, $"{ObjectKey.Of(service).Name}-{link}");

    private static void Write(TwinCluster cluster, JsonObject service, ObjectKey key, JsonObject link, LinkState state)
    {
        var remote = ObjectKey.Of(service);
        var ports = new JsonArray([.. service.ItemsAt("spec.ports").Select(port => Port(port!))]);
        Applier.Apply(
            cluster,
            Manifest
                .New("v1", "Service", key.Namespace, key.Name)
                .Labelled((Mirrored, "true"), (ClusterName, state.Name))
                .Marked("annotations", Opaque(service))
                .Annotated(
                    ("mirror.linkerd.io/remote-svc-fq-name", $"{remote.Name}.{remote.Namespace}.svc.cluster.local"),
                    (
                        "mirror.linkerd.io/remote-resource-version",
                        (string?)service["metadata"]?["resourceVersion"] ?? ""
                    )
                )
                .With("spec", new JsonObject { ["ports"] = ports })
        );
        WriteEndpoints(cluster, service, key, link, state);
    }

    private static void WriteEndpoints(
        TwinCluster cluster,
        JsonObject service,
        ObjectKey key,
        JsonObject link,
        LinkState state
    )
    {
        var subset = new JsonObject
        {
            ["addresses"] = new JsonArray(Manifest.Map(("ip", link.TextAt("spec.gatewayAddress")))),
            ["ports"] = new JsonArray([
                .. service
                    .ItemsAt("spec.ports")
                    .Select(port => new JsonObject
                    {
                        ["name"] = port.TextAt("name"),
                        ["port"] = link.NumberAt("spec.gatewayPort", 4143),
                        ["protocol"] = "TCP",
                    }),
            ]),
        };
        cluster.Objects.Put(
            Manifest
                .New("v1", "Endpoints", key.Namespace, key.Name)
                .Labelled((Mirrored, "true"), (ClusterName, state.Name))
                .Annotated(("mirror.linkerd.io/remote-gateway-identity", MeshTexts.GatewayIdentity))
                // A gateway that does not answer has no ready address.
                .With("subsets", state.IsAlive ? new JsonArray(subset) : [])
        );
    }

    /// <summary>The one annotation that is copied to the mirror.</summary>
    private static JsonObject Opaque(JsonObject service) =>
        (string?)service["metadata"]?["annotations"]?[OpaquePorts] is { } ports
            ? Manifest.Map((OpaquePorts, ports))
            : [];

    private static JsonObject Port(JsonNode port) =>
        new()
        {
            ["name"] = port.TextAt("name"),
            ["port"] = port.NumberAt("port", 0),
            ["protocol"] = "TCP",
            ["targetPort"] = port.NumberAt("port", 0),
        };
}
