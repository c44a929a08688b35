using System.Globalization;
using System.Text.Json.Nodes;
using PlatformBot.Sandbox.Kubernetes;

namespace PlatformBot.Sandbox.Twin.Workloads;

/// <summary>Rolls a Deployment's template out: a ReplicaSet per template, the new one grows while the old ones shrink.</summary>
internal sealed class DeploymentLaw : IController
{
    private const string Component = "deployment-controller";

    private readonly Settled _settled = new();

    public void Reconcile(TwinCluster cluster)
    {
        foreach (
            var deployment in cluster.Objects.View("apps/v1", "Deployment").Where(deployment => !deployment.IsEnding())
        )
        {
            var sets = Owned.By(cluster, deployment, "apps/v1", "ReplicaSet");

            if (_settled.Has(deployment, sets))
                continue;

            Roll(cluster, deployment, sets);

            // What is rolled out waits for no clock. Whether this look changed something shows at the next one.
            if (Health.Of(deployment).IsCurrent)
                _settled.Keep(deployment, sets);
        }
    }

    private static void Roll(TwinCluster cluster, JsonObject deployment, List<JsonObject> sets)
    {
        var hash = TemplateHash.Of(deployment.At("spec", "template"));
        var newest = sets.Find(set => set.Label(ReplicaSetLaw.HashLabel) == hash);
        var paused = deployment.Is("spec", "paused");
        var born = newest is null && !paused;

        if (born)
            newest = Begin(cluster, deployment, sets, hash);

        var old = sets.Where(set => set.Uid() != newest?.Uid()).ToList();

        if (!paused && newest is not null && !born)
            Scale(cluster, deployment, newest, old);

        var all = Owned.By(cluster, deployment, "apps/v1", "ReplicaSet");
        cluster.Objects.Update(
            ObjectKey.Of(deployment),
            json => DeploymentStatus.Write(json, all, hash, born, cluster.Clock)
        );
    }

    private static JsonObject? Begin(
        TwinCluster cluster,
        JsonObject deployment,
        IReadOnlyList<JsonObject> sets,
        string hash
    )
    {
        var revision = sets.Select(Revision).DefaultIfEmpty(0).Max() + 1;
        var set = new JsonObject
        {
            ["apiVersion"] = "apps/v1",
            ["kind"] = "ReplicaSet",
            ["metadata"] = new JsonObject
            {
                ["name"] = $"{deployment.Name()}-{hash}",
                ["namespace"] = deployment.Namespace(),
                ["labels"] = Labels(deployment, hash),
                ["annotations"] = new JsonObject { ["deployment.kubernetes.io/revision"] = $"{revision}" },
                ["ownerReferences"] = Owned.Reference(deployment),
            },
            ["spec"] = new JsonObject
            {
                ["replicas"] = 0,
                ["selector"] = deployment.At("spec", "selector")?.DeepClone(),
                ["template"] = deployment.At("spec", "template")?.DeepClone(),
            },
        };

        cluster.Objects.Update(
            ObjectKey.Of(deployment),
            json => json.Section("metadata", "annotations")["deployment.kubernetes.io/revision"] = $"{revision}"
        );
        return cluster.Objects.Change(ObjectKey.Of(set), found => found ?? set);
    }

    private static void Scale(
        TwinCluster cluster,
        JsonObject deployment,
        JsonObject newest,
        IReadOnlyList<JsonObject> old
    )
    {
        var wanted = Wanted(deployment);
        var oldTotal = old.Sum(Size);

        if (deployment.Text("spec", "strategy", "type") == "Recreate")
        {
            foreach (var set in old)
                Resize(cluster, deployment, set, 0);

            // The new pods may only come when the old ones are gone altogether.
            if (old.All(set => Owned.By(cluster, set, "v1", "Pod").Count == 0))
                Resize(cluster, deployment, newest, wanted);

            return;
        }

        var surge = Share(deployment, "maxSurge", wanted, roundUp: true);
        var room =
            oldTotal == 0
                ? wanted - Size(newest)
                : Math.Min(wanted - Size(newest), wanted + surge - oldTotal - Size(newest));
        var target = Size(newest) > wanted ? wanted : Size(newest) + Math.Max(room, 0);
        Resize(cluster, deployment, newest, target);
        Shrink(cluster, deployment, newest, old, wanted);
    }

    private static void Shrink(
        TwinCluster cluster,
        JsonObject deployment,
        JsonObject newest,
        IReadOnlyList<JsonObject> old,
        int wanted
    )
    {
        var unavailable = Share(deployment, "maxUnavailable", wanted, roundUp: false);

        // One of both must be able to move, else nothing ever does.
        if (unavailable == 0 && Share(deployment, "maxSurge", wanted, roundUp: true) == 0)
            unavailable = 1;

        var ready = Ready(newest) + old.Sum(Ready);
        var spare = ready - (wanted - unavailable);

        foreach (var set in old.Where(set => Size(set) > 0).OrderBy(Revision))
        {
            var broken = Size(set) - Ready(set);
            var cut = Math.Min(Size(set), broken + Math.Max(spare, 0));
            spare -= Math.Max(cut - broken, 0);
            Resize(cluster, deployment, set, Size(set) - cut);
        }
    }

    private static void Resize(TwinCluster cluster, JsonObject deployment, JsonObject set, int size)
    {
        if (Size(set) == size)
            return;

        var verb = size > Size(set) ? "up" : "down";
        cluster.Objects.Update(ObjectKey.Of(set), json => json.Section("spec")["replicas"] = size);
        EventLog.Record(
            cluster,
            deployment,
            Component,
            "ScalingReplicaSet",
            $"Scaled {verb} replica set {set.Name()} from {Size(set)} to {size}"
        );
    }

    private static int Wanted(JsonObject deployment) => (int)(deployment.Whole("spec", "replicas") ?? 1);

    private static int Size(JsonObject set) => (int)(set.Whole("spec", "replicas") ?? 0);

    private static int Ready(JsonObject set) => (int)(set.Whole("status", "readyReplicas") ?? 0);

    private static int Revision(JsonObject set) =>
        int.TryParse(set.Text("metadata", "annotations", "deployment.kubernetes.io/revision"), out var revision)
            ? revision
            : 0;

    private static JsonObject Labels(JsonObject deployment, string hash)
    {
        var labels = (deployment.At("spec", "template", "metadata", "labels") as JsonObject ?? []).Copy();
        labels[ReplicaSetLaw.HashLabel] = hash;
        return labels;
    }

    /// <summary>"25%" of the wanted number, or the number itself; a quarter when nothing is said.</summary>
    private static int Share(JsonObject deployment, string name, int wanted, bool roundUp)
    {
        var rule = deployment.At("spec", "strategy", "rollingUpdate");

        if (rule.Whole(name) is { } number)
            return (int)number;

        var text = rule.Text(name) is { Length: > 0 } given ? given : "25%";
        var share = double.Parse(text.TrimEnd('%'), CultureInfo.InvariantCulture) / 100 * wanted;
        return (int)(roundUp ? Math.Ceiling(share) : Math.Floor(share));
    }
}
