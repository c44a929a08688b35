using System.Text.Json.Nodes;
using PlatformBot.Sandbox.Kubernetes;
using PlatformBot.Sandbox.Twin.Helm;
using PlatformBot.Sandbox.Twin.Helm.Charts;
using PlatformBot.Sandbox.Twin.Workloads;

namespace PlatformBot.Sandbox.Twin.Storage;

/// <summary>
/// VolSync with restic: a snapshot of the volume, a volume from the snapshot, a job that sends it to the repository, and none of the
/// three afterwards. A mover that fails is started again.
/// </summary>
internal sealed class VolSyncController(TwinWorld world) : IController
{
    private const string Snapshots = SnapshotController.ApiVersion;

    private static readonly TimeSpan Interval = TimeSpan.FromHours(6);

    public void Reconcile(TwinCluster cluster)
    {
        if (!cluster.ApiIsUp)
            return;

        var all = cluster.Objects.View(VolSyncChart.ApiVersion, "ReplicationSource");

        if (all.Count == 0 || !Pods.IsAvailable(cluster, "volsync-system", "volsync"))
            return;

        foreach (var source in all.Where(one => !one.IsEnding()))
        {
            if (IsDue(source, cluster.Clock.GetUtcNow()))
                Sync(cluster, source);
        }
    }

    /// <summary>What the mover's pod logs before it gives up; null for other pods and when it can work.</summary>
    public static PodTrouble? Mover(TwinWorld world, TwinCluster cluster, JsonObject pod)
    {
        if (pod.Label("app.kubernetes.io/created-by") != "volsync")
            return null;

        var name = pod.Items("spec", "containers")
            .FirstOrDefault()
            .Items("envFrom")
            .FirstOrDefault()
            .Text("secretRef", "name");
        var secret = cluster.Objects.View(new ObjectKey("v1", "Secret", pod.Namespace(), name));
        return secret is not null && NasAccess.OfRestic(world, cluster, secret) is { } trouble
            ? new PodTrouble("restic", Crashes: true, trouble)
            : null;
    }

    private static bool IsDue(JsonObject source, DateTimeOffset now)
    {
        var manual = source.Text("spec", "trigger", "manual");

        if (manual.Length > 0)
            return manual != source.Text("status", "lastManualSync");

        return Timestamp.Read(source.Text("status", "nextSyncTime")) is not { } next || next <= now;
    }

    private void Sync(TwinCluster cluster, JsonObject source)
    {
        var repository = source.Text("spec", "restic", "repository");
        var claim = source.Text("spec", "sourcePVC");
        var secret = cluster.Objects.View(new ObjectKey("v1", "Secret", source.Namespace(), repository));

        if (cluster.Objects.View(new ObjectKey("v1", "PersistentVolumeClaim", source.Namespace(), claim)) is null)
            Say(cluster, source, "Error", $"PersistentVolumeClaim \"{claim}\" not found");
        else if (secret is null)
            Say(cluster, source, "Error", $"Secret \"{repository}\" not found");
        else
            Move(cluster, source, secret);
    }

    private void Move(TwinCluster cluster, JsonObject source, JsonObject secret)
    {
        Say(cluster, source, "SyncInProgress", "Synchronization in-progress");
        var (ns, copy) = (source.Namespace(), $"volsync-{source.Name()}-src");

        if (Ensure(cluster, source, Snapshot(source, copy)) is not { } snapshot || !snapshot.Is("status", "readyToUse"))
            return;

        Ensure(cluster, source, Copy(source, copy));
        Ensure(cluster, source, Cache(source));
        var job = Ensure(cluster, source, Job(source, copy));

        if (job?.Holds("Failed") == true)
            Fail(cluster, source, job, NasAccess.OfRestic(world, cluster, secret) ?? "");
        else if (job?.Holds("Complete") == true)
            Finish(cluster, source, secret, VolumeData.Of(cluster, ns, copy));
    }

    private static void Fail(TwinCluster cluster, JsonObject source, JsonObject job, string log)
    {
        Deletion.Begin(cluster, ObjectKey.Of(job));
        cluster.Objects.Update(
            ObjectKey.Of(source),
            json => json.Section("status")["latestMoverStatus"] = Manifest.Map(("result", "Failed"), ("logs", log))
        );
    }

    private void Finish(TwinCluster cluster, JsonObject source, JsonObject secret, string written)
    {
        var copy = $"volsync-{source.Name()}-src";
        var claim = source.Text("spec", "sourcePVC");
        world.Nas.Keep(
            NasAccess.Plain(secret, "RESTIC_REPOSITORY"),
            new KeptBackup([], new Dictionary<string, string> { [$"{source.Namespace()}/{claim}"] = written })
        );

        foreach (
            var key in new[]
            {
                new ObjectKey("batch/v1", "Job", source.Namespace(), $"volsync-src-{source.Name()}"),
                new ObjectKey("v1", "PersistentVolumeClaim", source.Namespace(), copy),
                new ObjectKey(Snapshots, "VolumeSnapshot", source.Namespace(), copy),
            }
        )
        {
            Deletion.Begin(cluster, key);
        }

        cluster.Objects.Update(ObjectKey.Of(source), json => WriteEnd(json, cluster.Clock));
    }

    private static void WriteEnd(JsonObject json, TimeProvider clock)
    {
        var status = json.Section("status");
        status["lastSyncTime"] = Timestamp.Of(clock);
        status["lastSyncDuration"] = "31.118s";
        status["latestMoverStatus"] = Manifest.Map(("result", "Successful"), ("logs", "snapshot 9f1c2a7e saved"));
        var manual = json.Text("spec", "trigger", "manual");

        if (manual.Length > 0)
            status["lastManualSync"] = manual;
        else
            status["nextSyncTime"] = Timestamp.Of(clock.GetUtcNow() + Interval);

        Workloads.Conditions.Set(
            json,
            clock,
            "Synchronizing",
            holds: false,
            manual.Length > 0 ? "WaitingForManual" : "WaitingForSchedule",
            manual.Length > 0 ? "Waiting for manual trigger" : "Waiting for next scheduled synchronization"
        );
    }

    private static void Say(TwinCluster cluster, JsonObject source, string reason, string message)
    {
        if (
            source.Condition("Synchronizing") is { } now
            && now.Text("reason") == reason
            && now.Text("message") == message
        )
        {
            return;
        }

        cluster.Objects.Update(
            ObjectKey.Of(source),
            json => Workloads.Conditions.Set(json, cluster.Clock, "Synchronizing", reason != "Error", reason, message)
        );
    }

    private static JsonObject? Ensure(TwinCluster cluster, JsonObject source, JsonObject json)
    {
        json.OwnedBy(source);
        return cluster.Objects.View(ObjectKey.Of(json)) is { } found ? found
            : Applier.Knows(cluster, json.Text("apiVersion"), json.Text("kind")) ? cluster.Objects.Put(json)
            : null;
    }

    private static JsonObject Snapshot(JsonObject source, string name) =>
        Manifest
            .New(Snapshots, "VolumeSnapshot", source.Namespace(), name)
            .Labelled(("app.kubernetes.io/created-by", "volsync"))
            .With(
                "spec",
                new JsonObject
                {
                    ["source"] = Manifest.Map(("persistentVolumeClaimName", source.Text("spec", "sourcePVC"))),
                    ["volumeSnapshotClassName"] = source.Text("spec", "restic", "volumeSnapshotClassName"),
                }
            );

    private static JsonObject Copy(JsonObject source, string name)
    {
        var claim = Workload.NewClaim(
            source.Namespace(),
            name,
            source.Text("spec", "restic", "storageClassName"),
            "1Gi"
        );
        claim["spec"]!["dataSource"] = Manifest.Map(
            ("apiGroup", "snapshot.storage.k8s.io"),
            ("kind", "VolumeSnapshot"),
            ("name", name)
        );
        return claim.Labelled(("app.kubernetes.io/created-by", "volsync"));
    }

    private static JsonObject Cache(JsonObject source) =>
        Workload
            .NewClaim(
                source.Namespace(),
                $"volsync-src-{source.Name()}-cache",
                source.Text("spec", "restic", "cacheStorageClassName"),
                "2Gi"
            )
            .Labelled(("app.kubernetes.io/created-by", "volsync"));

    private static JsonObject Job(JsonObject source, string copy)
    {
        var labels = Manifest.Map(("app.kubernetes.io/created-by", "volsync"));
        var container = new JsonObject
        {
            ["name"] = "restic",
            ["image"] = "quay.io/backube/volsync:0.14.0",
            ["envFrom"] = new JsonArray(
                new JsonObject { ["secretRef"] = Manifest.Map(("name", source.Text("spec", "restic", "repository"))) }
            ),
        };
        var spec = new JsonObject
        {
            ["restartPolicy"] = "Never",
            ["containers"] = new JsonArray(container),
            ["volumes"] = new JsonArray(Volume("data", copy), Volume("cache", $"volsync-src-{source.Name()}-cache")),
        };
        var template = new JsonObject
        {
            ["metadata"] = new JsonObject { ["labels"] = labels },
            ["spec"] = spec,
        };
        return Manifest
            .New("batch/v1", "Job", source.Namespace(), $"volsync-src-{source.Name()}")
            .Labelled(("app.kubernetes.io/created-by", "volsync"))
            .With("spec", new JsonObject { ["backoffLimit"] = 2, ["template"] = template });
    }

    private static JsonObject Volume(string name, string claim) =>
        new() { ["name"] = name, ["persistentVolumeClaim"] = Manifest.Map(("claimName", claim)) };
}
