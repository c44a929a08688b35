using System.Text.Json.Nodes;
using PlatformBot.Sandbox.Kubernetes.Tables;
using PlatformBot.Sandbox.Tools.Kube;
using PlatformBot.Sandbox.Twin;
using PlatformBot.Sandbox.Twin.Helm;

namespace PlatformBot.Sandbox.Tools.Platform;

/// <summary>cilium-cli: status, BGP and configuration, read from the cluster's objects.</summary>
internal sealed class CiliumTool(TwinWorld world, KubeClients clients)
{
    private sealed record Part(string Kind, string Name, string Title, string Image);

    private static readonly Part[] Parts =
    [
        new("DaemonSet", "cilium", "Cilium:", "quay.io/cilium/cilium"),
        new("DaemonSet", "cilium-envoy", "Envoy DaemonSet:", "quay.io/cilium/cilium-envoy"),
        new("Deployment", "cilium-operator", "Operator:", "quay.io/cilium/operator-generic"),
        new("Deployment", "hubble-relay", "Hubble Relay:", "quay.io/cilium/hubble-relay"),
        new("Deployment", "hubble-ui", "Hubble UI:", "quay.io/cilium/hubble-ui-backend"),
    ];

    private readonly TwinAccess _access = new(world, clients);

    public Tool Create() =>
        new(
            "cilium",
            "context= kubeconfig= namespace,n= output,o=",
            "Error: {0}",
            [
                Command.Quick("version", "client", Version),
                new Command("status", "wait wait-duration= interactive", StatusAsync),
                new Command("bgp peers", "", PeersAsync),
                new Command("bgp routes", "", RoutesAsync),
                new Command("config view", "", ConfigAsync),
            ]
        );

    private static int Version(ToolCall call, Flags flags)
    {
        call.PrintLine("cilium-cli: v0.18.8 compiled with go1.25.3 on linux/amd64");
        call.PrintLine("cilium image (default): v1.18.3\ncilium image (stable): v1.18.3");
        return 0;
    }

    private async Task<int> StatusAsync(ToolCall call, Flags flags)
    {
        var (_, cluster) = await OpenAsync(call, flags);
        var until = call.Now + flags.Duration("wait-duration", TimeSpan.FromMinutes(5));

        while (flags.IsOn("wait") && !IsWell(cluster) && call.Now < until)
            await call.PauseAsync(TimeSpan.FromSeconds(2));

        call.Print(Report(cluster));
        return IsWell(cluster) || !flags.IsOn("wait")
            ? 0
            : throw new ToolException(
                "\nError: Unable to determine status:  timeout while waiting for status to become successful: context deadline exceeded"
            );
    }

    private async Task<int> PeersAsync(ToolCall call, Flags flags)
    {
        var (_, cluster) = await OpenAsync(call, flags);
        var rows =
            from config in NodeConfigs(cluster)
            from peer in Items(config, "status", "bgpInstances")
                .SelectMany(instance => Items(instance, "peers").Select(peer => (instance, peer)))
            select (IReadOnlyList<string>)
                [
                    KubeTargets.Name(config),
                    $"{peer.instance["localASN"]}",
                    $"{peer.peer["peerASN"]}",
                    $"{peer.peer["peerAddress"]}",
                    $"{peer.peer["peeringState"]}",
                    Uptime(peer.peer, call.Now),
                    "ipv4/unicast",
                    Routes(peer.peer, "received"),
                    Routes(peer.peer, "advertised"),
                ];
        string[] header =
        [
            "Node",
            "Local AS",
            "Peer AS",
            "Peer Address",
            "Session State",
            "Uptime",
            "Family",
            "Received",
            "Advertised",
        ];
        call.Print(TextTable.Write([header, .. rows], padLast: true));
        return 0;
    }

    private async Task<int> RoutesAsync(ToolCall call, Flags flags)
    {
        var (_, cluster) = await OpenAsync(call, flags);
        var addresses = cluster
            .Objects.List("v1", "Service")
            .SelectMany(service => Items(service, "status", "loadBalancer", "ingress"))
            .Select(address => (string?)address["ip"])
            .OfType<string>()
            .Order(StringComparer.Ordinal)
            .ToList();
        var rows =
            from config in NodeConfigs(cluster)
            from instance in Items(config, "status", "bgpInstances")
            from peer in Items(instance, "peers").Where(peer => (string?)peer["peeringState"] == "established")
            from address in addresses
            let node = NodeAddress(cluster, KubeTargets.Name(config))
            select (IReadOnlyList<string>)
                [
                    KubeTargets.Name(config),
                    $"{instance["localASN"]}",
                    $"{peer["peerAddress"]}",
                    $"{address}/32",
                    node,
                    Uptime(peer, call.Now),
                    $"[{{Origin: i}} {{AsPath: {instance["localASN"]}}} {{Nexthop: {node}}}]",
                ];
        call.Print(
            TextTable.Write(
                [
                    ["Node", "VRouter", "Peer", "Prefix", "NextHop", "Age", "Attrs"],
                    .. rows,
                ],
                padLast: true
            )
        );
        return 0;
    }

    private async Task<int> ConfigAsync(ToolCall call, Flags flags)
    {
        var (_, cluster) = await OpenAsync(call, flags);
        var config =
            cluster.Objects.Get(new ObjectKey("v1", "ConfigMap", "kube-system", "cilium-config"))
            ?? throw new ToolException("\nError: Unable to view configuration: configmaps \"cilium-config\" not found");

        foreach (
            var (name, value) in (config["data"] as JsonObject ?? []).OrderBy(pair => pair.Key, StringComparer.Ordinal)
        )
        {
            call.PrintLine($"{name, -49} {value}");
        }

        return 0;
    }

    private Task<(KubeAccess Api, TwinCluster Cluster)> OpenAsync(ToolCall call, Flags flags) =>
        _access.OpenAsync(
            call,
            flags.Get("context"),
            flags.Get("kubeconfig"),
            reason => $"\nError: Unable to create Kubernetes client: {reason}"
        );

    private static bool IsWell(TwinCluster cluster) => Array.TrueForAll(Parts, part => Problem(cluster, part) is null);

    private static string Report(TwinCluster cluster)
    {
        string State(string name) =>
            Problem(cluster, Array.Find(Parts, part => part.Name == name)!) is null ? "OK" : "1 errors";

        var text = new System.Text.StringBuilder(
            $"""
                /¯¯\
             /¯¯\__/¯¯\    Cilium:             {State("cilium")}
             \__/¯¯\__/    Operator:           {State("cilium-operator")}
             /¯¯\__/¯¯\    Envoy DaemonSet:    {State("cilium-envoy")}
             \__/¯¯\__/    Hubble Relay:       {State("hubble-relay")}
                \__/       ClusterMesh:        disabled


            """
        );

        foreach (var part in Parts)
        {
            var (desired, ready) = Counts(cluster, part);
            var counts =
                ready == desired
                    ? $"Ready: {ready}/{desired}, Available: {ready}/{desired}"
                    : $"Unavailable: {desired - ready}/{desired}";
            text.Append($"{part.Kind, -22} {part.Name, -24} Desired: {desired}, {counts}\n");
        }

        var version = HelmEngine.Status(cluster, "kube-system", "cilium")?.ChartVersion ?? "";
        text.Append($"{"Helm chart version:", -22} {version}\n");

        foreach (
            var (part, problem) in Parts
                .Select(part => (part, Problem(cluster, part)))
                .Where(pair => pair.Item2 is not null)
        )
        {
            text.Append($"{"Errors:", -22} {part.Name, -18} {part.Name, -15} {problem}\n");
        }

        return text.ToString();
    }

    private static string? Problem(TwinCluster cluster, Part part)
    {
        var (desired, ready) = Counts(cluster, part);
        var daemon = part.Kind == "DaemonSet" ? "daemonsets" : "deployments";
        return desired == 0 ? $"{daemon}.apps \"{part.Name}\" not found"
            : ready < desired ? $"{desired - ready} pods of {part.Kind} {part.Name} are not ready"
            : null;
    }

    private static (int Desired, int Ready) Counts(TwinCluster cluster, Part part)
    {
        var json = cluster.Objects.Get(new ObjectKey("apps/v1", part.Kind, "kube-system", part.Name));
        return part.Kind == "DaemonSet"
            ? ((int?)json?["status"]?["desiredNumberScheduled"] ?? 0, (int?)json?["status"]?["numberAvailable"] ?? 0)
            : (
                json is null ? 0 : (int?)json["spec"]?["replicas"] ?? 1,
                (int?)json?["status"]?["availableReplicas"] ?? 0
            );
    }

    private static IReadOnlyList<JsonObject> NodeConfigs(TwinCluster cluster) =>
        cluster.Objects.List("cilium.io/v2", "CiliumBGPNodeConfig");

    private static string NodeAddress(TwinCluster cluster, string name) =>
        (string?)cluster.Objects.Get(new ObjectKey("v1", "Node", "", name))?["status"]?["addresses"]?[0]?["address"]
        ?? "";

    private static string Uptime(JsonObject peer, DateTimeOffset now) =>
        DateTimeOffset.TryParse(
            (string?)peer["establishedTime"],
            System.Globalization.CultureInfo.InvariantCulture,
            out var since
        )
        && since < now
            ? Ages.Of(now - since)
            : "0s";

    private static string Routes(JsonObject peer, string field) =>
        $"{Items(peer, "routeCount").Select(count => (int?)count[field]).FirstOrDefault() ?? 0}";

    private static IEnumerable<JsonObject> Items(JsonObject json, params string[] path) =>
        (
            path.Aggregate((JsonNode?)json, (node, part) => (node as JsonObject)?[part]) as JsonArray ?? []
        ).OfType<JsonObject>();
}
