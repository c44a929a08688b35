using System.Globalization;
using System.Text.Json.Nodes;
using PlatformBot.Sandbox.Kubernetes;
using PlatformBot.Sandbox.Twin.Helm;
using PlatformBot.Sandbox.Twin.Workloads;

namespace PlatformBot.Sandbox.Twin.Storage;

/// <summary>The workloads that Rook makes for one CephCluster.</summary>
internal sealed class CephPrograms(TwinCluster cluster, JsonObject ceph)
{
    private const string Image = "quay.io/ceph/ceph:v19.2.3";

    private string Namespace => ceph.Namespace();

    /// <summary>The cluster's name and keys, made once; what the toolbox mounts.</summary>
    public void EnsureIdentity()
    {
        var key = new ObjectKey("v1", "Secret", Namespace, "rook-ceph-mon");

        if (cluster.Objects.View(key) is not null)
            return;

        cluster.Objects.Put(
            Manifest
                .New("v1", "Secret", Namespace, key.Name)
                .With("type", "kubernetes.io/rook")
                .With(
                    "data",
                    Manifest.Map(
                        ("fsid", SecretText.Encode($"{Guid.NewGuid()}")),
                        ("cluster-name", SecretText.Encode(Namespace)),
                        ("ceph-username", SecretText.Encode("client.admin")),
                        ("ceph-secret", SecretText.Encode($"{Guid.NewGuid():N}")),
                        ("mon-secret", SecretText.Encode($"{Guid.NewGuid():N}"))
                    )
                )
                .OwnedBy(ceph)
        );
        cluster.Objects.Put(
            Manifest
                .ConfigMap(Namespace, "rook-ceph-mon-endpoints", ("data", "a=10.25.11.11:3300"), ("maxMonId", "2"))
                .OwnedBy(ceph)
        );
    }

    /// <summary>Sees that one of each runs, each on another node; true when all do.</summary>
    /// <param name="label">under which its letter is found</param>
    public bool Run(string app, string label, IReadOnlyList<string> letters, IReadOnlyList<string> nodes)
    {
        foreach (var (index, letter) in letters.Index())
            Ensure(app, $"{app}-{letter}", label, letter, nodes[index % nodes.Count], []);

        return letters.All(letter => Runs($"{app}-{letter}"));
    }

    /// <summary>True when the node's disk has been looked at since the operator came up; else sees that it is.</summary>
    public bool Prepared(string node)
    {
        var key = new ObjectKey("batch/v1", "Job", Namespace, $"rook-ceph-osd-prepare-{node}");
        var job = cluster.Objects.View(key);

        if (job is null)
            cluster.Objects.Put(PrepareJob(node, key.Name));
        else if (Timestamp.Read(job.Text("metadata", "creationTimestamp")) < OperatorSince())
            Deletion.Begin(cluster, key);

        return job?.Holds("Complete") == true;
    }

    public bool HasOsd(string node) => Osds().Exists(one => one.Label("topology-location-host") == node);

    public void EnsureOsd(string node, string disk)
    {
        var id = Osds().Count.ToString(CultureInfo.InvariantCulture);
        Ensure("rook-ceph-osd", $"rook-ceph-osd-{id}", "ceph-osd-id", id, node, [("ROOK_BLOCK_PATH", disk)]);
    }

    private List<JsonObject> Osds() =>
        [.. cluster.Objects.View("apps/v1", "Deployment", Namespace).Where(one => one.Label("app") == "rook-ceph-osd")];

    public bool OsdsRun() => Osds().TrueForAll(one => Runs(one.Name()));

    private void Ensure(
        string app,
        string name,
        string label,
        string value,
        string node,
        (string Name, string Value)[] environment
    )
    {
        if (cluster.Objects.View(new ObjectKey("apps/v1", "Deployment", Namespace, name)) is not null)
            return;

        var labels = Manifest.Map(("app", app), (label, value), ("rook_cluster", Namespace));

        if (app == "rook-ceph-osd")
            labels["topology-location-host"] = node;

        var container = app["rook-ceph-".Length..];
        var json = new Workload("Deployment", Namespace, name, app, $"{container}={Image}")
        {
            Labels = labels,
            HostNetwork = ceph.Text("spec", "network", "provider") == "host",
            HostPaths = app == "rook-ceph-osd" ? ["/var/lib/rook", "/dev"] : ["/var/lib/rook"],
            ServiceAccount = "rook-ceph-default",
            Env = environment,
        }.ToJson();
        json["spec"]!["template"]!["spec"]!["nodeSelector"] = Manifest.Map(("kubernetes.io/hostname", node));
        Applier.Apply(cluster, json.OwnedBy(ceph));
    }

    private JsonObject PrepareJob(string node, string name)
    {
        var template = new JsonObject
        {
            ["metadata"] = new JsonObject
            {
                ["labels"] = Manifest.Map(("app", "rook-ceph-osd-prepare"), ("node", node)),
            },
            ["spec"] = new JsonObject
            {
                ["restartPolicy"] = "OnFailure",
                ["nodeSelector"] = Manifest.Map(("kubernetes.io/hostname", node)),
                ["containers"] = new JsonArray(Manifest.Map(("name", "provision"), ("image", Image))),
            },
        };
        return Manifest
            .New("batch/v1", "Job", Namespace, name)
            .Labelled(("app", "rook-ceph-osd-prepare"))
            .With("spec", new JsonObject { ["template"] = template })
            .OwnedBy(ceph);
    }

    private DateTimeOffset OperatorSince() =>
        cluster
            .Objects.View("v1", "Pod", Namespace)
            .Where(pod => pod.Label("app") == "rook-ceph-operator" && pod.IsReady())
            .Select(pod => Timestamp.Read(pod.Text("status", "startTime")))
            .Max()
        ?? DateTimeOffset.MinValue;

    private bool Runs(string name) =>
        cluster.Objects.View(new ObjectKey("apps/v1", "Deployment", Namespace, name)).Whole("status", "readyReplicas")
        > 0;
}
