using System.Text.Json.Nodes;
using PlatformBot.Sandbox.Kubernetes;
using PlatformBot.Sandbox.Twin;
using PlatformBot.Sandbox.Twin.Workloads;
using PlatformBot.TestKit;

namespace PlatformBot.Sandbox.Tests.Kubernetes;

/// <summary>A cluster of three nodes that obeys the laws of plain Kubernetes, under a clock that the test moves.</summary>
internal sealed class Platform
{
    public Platform(bool withNetwork = true)
    {
        World = new TwinWorld(Clock, Faults, "unused");
        KubernetesLaws.AddTo(World);
        Cluster.BringUp();
        Registry = new KubeRegistry(Cluster);

        foreach (var number in new[] { 1, 2, 3 })
        {
            Put(
                $$"""{"apiVersion":"v1","kind":"Node","metadata":{"name":"infra-0{{number}}"},"status":{"addresses":[{"type":"InternalIP","address":"10.25.11.1{{number}}"}]} }"""
            );
        }

        if (withNetwork)
        {
            InstallNetwork();
            Pass(20);
        }
    }

    public FakeClock Clock { get; } = new(new DateTimeOffset(2026, 11, 21, 9, 0, 0, TimeSpan.Zero));

    public Faults Faults { get; } = new();

    public TwinWorld World { get; }

    public TwinCluster Cluster => World.Clusters["infra"];

    public KubeRegistry Registry { get; }

    /// <summary>Lets so many seconds pass, tick by tick.</summary>
    public void Pass(int seconds)
    {
        for (var tick = 0; tick < seconds * 2; tick++)
        {
            Clock.Advance(TimeSpan.FromMilliseconds(500));
            World.Tick();
        }
    }

    public void Put(string json) => Cluster.Objects.Put(JsonNode.Parse(json)!.AsObject());

    public JsonObject Apply(string json) =>
        Registry.Apply(JsonNode.Parse(json)!.AsObject(), new WriteOptions("test") { Force = true }).Object;

    public JsonObject? Get(string apiVersion, string kind, string inNamespace, string name) =>
        Cluster.Objects.Get(new ObjectKey(apiVersion, kind, inNamespace, name));

    public JsonObject Deployment(string name) => Get("apps/v1", "Deployment", "default", name)!;

    public IReadOnlyList<JsonObject> Pods(string inNamespace = "default") =>
        Cluster.Objects.List("v1", "Pod", inNamespace);

    /// <summary>"reason message" of every event about objects whose name begins so.</summary>
    public IEnumerable<string> Events(string about, string inNamespace = "default") =>
        Cluster
            .Objects.List("v1", "Event", inNamespace)
            .Where(found => found.Text("involvedObject", "name").StartsWith(about, StringComparison.Ordinal))
            .Select(found => $"{found.Text("reason")} {found.Text("message")}");

    public void Deploy(string name, string image, int replicas = 3, int deadline = 600) =>
        Apply(
            $$$"""
            {"apiVersion":"apps/v1","kind":"Deployment","metadata":{"name":"{{{name}}}","namespace":"default"},
             "spec":{"replicas":{{{replicas}}},"progressDeadlineSeconds":{{{deadline}}},"selector":{"matchLabels":{"app":"{{{name}}}"} },
             "template":{"metadata":{"labels":{"app":"{{{name}}}"} },"spec":{"containers":[{"name":"c","image":"{{{image}}}"}]} } } }
            """
        );

    public void InstallNetwork() =>
        Apply(
            """
            {"apiVersion":"apps/v1","kind":"DaemonSet","metadata":{"name":"cilium","namespace":"kube-system"},
             "spec":{"selector":{"matchLabels":{"k8s-app":"cilium"}},"template":{"metadata":{"labels":{"k8s-app":"cilium"}},
             "spec":{"hostNetwork":true,"tolerations":[{"operator":"Exists"}],
             "containers":[{"name":"cilium-agent","image":"quay.io/cilium/cilium:v1.18.3"}]}}}}
            """
        );
}
