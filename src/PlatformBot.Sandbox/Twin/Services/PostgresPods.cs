using System.Text.Json.Nodes;
using PlatformBot.Sandbox.Kubernetes;
using PlatformBot.Sandbox.Twin.Helm;
using PlatformBot.Sandbox.Twin.Workloads;

namespace PlatformBot.Sandbox.Twin.Services;

/// <summary>What CloudNativePG makes for a Cluster: instances with volumes of their own, Services, the owner's Secret.</summary>
internal sealed class PostgresPods(TwinCluster cluster, JsonObject postgres)
{
    private string Namespace => postgres.Namespace();

    private string Name => postgres.Name();

    /// <summary>Services and Secret: there from the first moment on.</summary>
    public void EnsureServices()
    {
        var all = Manifest.Map((PostgresKinds.ClusterLabel, Name), ("cnpg.io/podRole", "instance"));
        Own(Manifest.Service(Namespace, $"{Name}-r", all, ("postgres", 5432)));

        foreach (var (suffix, role) in new[] { ("rw", "primary"), ("ro", "replica") })
        {
            var selector = Manifest.Map((PostgresKinds.ClusterLabel, Name), (PostgresKinds.RoleLabel, role));
            Own(Manifest.Service(Namespace, $"{Name}-{suffix}", selector, ("postgres", 5432)));
        }
    }

    private void Own(JsonObject json)
    {
        // What others have put on its Services stays: the operator keeps foreign labels and annotations.
        if (cluster.Objects.View(ObjectKey.Of(json)) is not null)
            return;

        Applier.Apply(cluster, json.OwnedBy(postgres));
    }

    /// <summary>Makes the instance's volumes and pod, where they are not there yet.</summary>
    public void EnsureInstance(int number, string role)
    {
        var name = $"{Name}-{number}";

        if (cluster.Objects.View(new ObjectKey("v1", "Pod", Namespace, name)) is not null)
            return;

        EnsureClaim(name, "storage");

        if (postgres.At("spec", "walStorage") is not null)
            EnsureClaim($"{name}-wal", "walStorage");

        var mark = KeyValuePair.Create(PostgresKinds.ClusterLabel, Name);

        if (PodBirth.Create(cluster, Template(name, role), name, mark) is { } refusal)
            PodBirth.Refused(cluster, postgres, "cloudnative-pg", refusal);
        else
            PodBirth.Born(cluster, postgres, "cloudnative-pg", name);
    }

    private void EnsureClaim(string name, string section)
    {
        var storage = postgres.At("spec", section);
        var claim = Workload.NewClaim(Namespace, name, storage.Text("storageClass"), storage.Text("size"));
        claim.OwnedBy(postgres);
        claim["status"] = new JsonObject { ["phase"] = "Pending" };
        cluster.Objects.Change(ObjectKey.Of(claim), found => found ?? claim);
    }

    /// <summary>The cluster with the pod's template in it, which is how pods are born of their owners.</summary>
    private JsonObject Template(string name, string role)
    {
        var owner = postgres.Copy();
        var labels = (postgres.At("spec", "inheritedMetadata", "labels") as JsonObject ?? []).Copy();
        labels["cnpg.io/instanceName"] = name;
        labels["cnpg.io/podRole"] = "instance";
        labels[PostgresKinds.RoleLabel] = role;
        var image = postgres.Text("spec", "imageName");
        var volumes = new JsonArray(Volume("pgdata", name));

        if (postgres.At("spec", "walStorage") is not null)
            volumes.Add(Volume("pg-wal", $"{name}-wal"));

        owner.Section("spec")["template"] = new JsonObject
        {
            ["metadata"] = new JsonObject
            {
                ["labels"] = labels,
                ["annotations"] =
                    postgres.At("spec", "inheritedMetadata", "annotations")?.DeepClone() ?? new JsonObject(),
            },
            ["spec"] = new JsonObject
            {
                ["serviceAccountName"] = Name,
                ["containers"] = new JsonArray(Manifest.Map(("name", "postgres"), ("image", image))),
                ["volumes"] = volumes,
            },
        };
        return owner;
    }

    private static JsonObject Volume(string name, string claim) =>
        new()
        {
            ["name"] = name,
            ["persistentVolumeClaim"] = new JsonObject { ["claimName"] = claim },
        };

    /// <summary>Writes who is the primary on the pods; the Services follow.</summary>
    public void Mark(string primary)
    {
        foreach (var pod in PostgresKinds.Instances(cluster, Namespace, Name))
        {
            var role = pod.Name() == primary ? "primary" : "replica";

            if (pod.Label(PostgresKinds.RoleLabel) != role)
            {
                cluster.Objects.Update(
                    ObjectKey.Of(pod),
                    json => json.Section("metadata", "labels")[PostgresKinds.RoleLabel] = role
                );
            }
        }
    }
}
