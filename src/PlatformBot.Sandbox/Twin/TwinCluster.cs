using System.Collections.Concurrent;
using System.Text.Json.Nodes;

namespace PlatformBot.Sandbox.Twin;

/// <summary>One simulated cluster: its objects, whether its API server answers, and who speaks for the programs in its pods.</summary>
public sealed class TwinCluster(string name, TimeProvider clock)
{
    private static readonly string[] FirstNamespaces = ["default", "kube-node-lease", "kube-public", "kube-system"];

    public string Name { get; } = name;

    public TimeProvider Clock { get; } = clock;

    public ObjectStore Objects { get; } = new(clock);

    /// <summary>True from the moment etcd is bootstrapped and the control plane's static pods run.</summary>
    public bool ApiIsUp { get; set; }

    /// <summary>The version of its API server: "1.34.1".</summary>
    public string Kubernetes { get; set; } = "1.34.1";

    /// <summary>The certificate authority of the API server, PEM; "" until a server has been started for this cluster.</summary>
    public string CaPem { get; set; } = "";

    /// <summary>The uid of kube-system, which names the cluster for life; null while the API is not up.</summary>
    public string? Uid => (string?)Objects.View(new("v1", "Namespace", "", "kube-system"))?["metadata"]?["uid"];

    /// <summary>Answers HTTP requests to Services (the API server's service proxy); null or a null answer means 503.</summary>
    public Func<ServiceRequest, ServiceAnswer?>? ServiceProxy { get; set; }

    /// <summary>Runs commands in containers; null or a null answer means that the program is not found.</summary>
    public Func<ExecRequest, ExecAnswer?>? Exec { get; set; }

    /// <summary>What a container has logged; null or a null answer means a few plain lines.</summary>
    public Func<LogRequest, string?>? Logs { get; set; }

    /// <summary>
    /// Looks at a pod (a view) whose containers run and says what is wrong with the program in it; null = it is well.
    /// </summary>
    public Func<JsonObject, PodTrouble?>? Trouble { get; set; }

    /// <summary>What is written on volumes and snapshots, by the name of the PersistentVolume or VolumeSnapshotContent.</summary>
    public ConcurrentDictionary<string, string> Written { get; } = [];

    /// <summary>A storage driver's say when a claim of a class is to get its volume; a text is why it cannot.</summary>
    public Func<JsonObject, JsonObject, string?>? Provisioning { get; set; }

    /// <summary>
    /// A webhook's say when a pod is about to be created: it may change the pod (inject a proxy); a text refuses it.
    /// </summary>
    public Func<JsonObject, string?>? PodAdmission { get; set; }

    /// <summary>The control plane comes to life: the API answers and the first namespaces are there. Once is enough.</summary>
    public void BringUp()
    {
        foreach (var first in FirstNamespaces)
            Objects.Change(new("v1", "Namespace", "", first), found => found ?? NewNamespace(first));

        Objects.Change(new("v1", "Service", "default", "kubernetes"), found => found ?? KubernetesService());
        ApiIsUp = true;
    }

    /// <summary>The machines were wiped: nothing is left of the cluster.</summary>
    public void TearDown()
    {
        ApiIsUp = false;
        Written.Clear();
        Objects.Clear();
    }

    /// <summary>A namespace as the API server completes it.</summary>
    public static JsonObject NewNamespace(string name) =>
        new()
        {
            ["apiVersion"] = "v1",
            ["kind"] = "Namespace",
            ["metadata"] = new JsonObject
            {
                ["name"] = name,
                ["labels"] = new JsonObject { ["kubernetes.io/metadata.name"] = name },
            },
            ["spec"] = new JsonObject { ["finalizers"] = new JsonArray("kubernetes") },
            ["status"] = new JsonObject { ["phase"] = "Active" },
        };

    private static JsonObject KubernetesService() =>
        JsonNode
            .Parse(
                """
                {"apiVersion":"v1","kind":"Service","metadata":{"name":"kubernetes","namespace":"default",
                 "labels":{"component":"apiserver","provider":"kubernetes"}},
                 "spec":{"type":"ClusterIP","clusterIP":"10.96.0.1","clusterIPs":["10.96.0.1"],
                 "ports":[{"name":"https","port":443,"protocol":"TCP","targetPort":6443}]},"status":{"loadBalancer":{}}}
                """
            )!
            .AsObject();
}
