using System.Text.Json.Nodes;
using PlatformBot.Sandbox.Kubernetes;
using PlatformBot.Sandbox.Twin;
using PlatformBot.Sandbox.Twin.Machines;
using PlatformBot.Sandbox.Twin.Storage;
using Shouldly;
using Xunit;

namespace PlatformBot.Sandbox.Tests.Twin;

/// <summary>Ceph, VolSync and Velero of the shipped tree: whole, and with something missing or broken.</summary>
public sealed class StorageTests
{
    private readonly PlatformScene _scene = new();

    private TwinCluster Infra => _scene.Infra;

    [Fact]
    public void The_shipped_tree_becomes_storage_with_a_restore_that_brings_the_data_back()
    {
        Ceph();
        Backups();
        Become(() => Phase("Backup", "smoke"), "Completed", Asked(NewBackup));
        Become(() => Phase("Restore", "smoke"), "Completed", Asked(NewRestore));
        _scene.Smoke(Infra, "restored.yaml");

        JobEnds("storage-smoke-restore", "read-back").ShouldBe("Complete");
        StorageVerdict.Of(_scene.World, Infra).Where(fact => !fact.Holds).ShouldBeEmpty();
        Toolbox("status").ShouldContain("\"status\":\"HEALTH_OK\"");
    }

    [Fact]
    public void A_disk_that_was_not_wiped_is_left_alone_and_Ceph_warns_of_too_few()
    {
        _scene.BeforeStorage(Infra);
        Dirty("infra-02", DiskContent.OfCeph("other"));
        Released("50-snapshot-controller", "51-rook-operator", "52-rook-cluster");

        Ceph("health").ShouldBe("HEALTH_WARN");
        Log("rook-ceph-osd-prepare-infra-02").ShouldContain("because it contains a filesystem \"ceph_bluestore\"");
        Toolbox("status").ShouldContain("OSD count 2 < osd_pool_default_size 3");
    }

    [Fact]
    public void A_fast_wipe_leaves_labels_that_Rook_finds()
    {
        _scene.BeforeStorage(Infra);
        Dirty("infra-02", DiskContent.OfCeph("other"));
        var machine = _scene.Machines.Machines.Single(one => one.Name == "infra-02");
        _scene.Machines.Wipe(machine, PlatformScene.CephDisk(machine), fast: true);
        Released("50-snapshot-controller", "51-rook-operator", "52-rook-cluster");

        Log("rook-ceph-osd-prepare-infra-02").ShouldContain("belonging to a different ceph cluster \"other\"");
        CephState.Of(_scene.World, Infra).Up.ShouldBe(2);
    }

    [Fact]
    public void The_cluster_waits_for_its_operator_and_the_operator_for_the_snapshot_kinds()
    {
        _scene.BeforeStorage(Infra);
        _scene.Release(Infra, "51-rook-operator");
        _scene.Release(Infra, "52-rook-cluster");
        _scene.Pass(TimeSpan.FromMinutes(3));

        _scene.Complaints(Infra).ShouldContain("dependency 'flux-system/snapshot-controller' not found");
        _scene.Complaints(Infra).ShouldContain("dependency 'flux-system/rook-ceph-operator' is not ready");
    }

    [Fact]
    public void In_a_namespace_without_privileges_no_OSD_is_made()
    {
        _scene.BeforeStorage(Infra);
        const string file = "kubernetes/infrastructure/storage/rook-ceph/operator/namespace.yaml";
        _scene.Commit(file, _scene.File(file).Replace("privileged", "baseline", StringComparison.Ordinal));
        Released("50-snapshot-controller", "51-rook-operator");
        _scene.Release(Infra, "52-rook-cluster");
        _scene.Pass(TimeSpan.FromMinutes(2));

        Ceph("health").ShouldBe("");
        Events("rook-ceph")
            .ShouldContain("violates PodSecurity \"baseline:latest\": host namespaces (hostNetwork=true)");
    }

    [Fact]
    public void A_volume_of_a_class_that_is_not_there_stays_pending_and_says_why()
    {
        _scene.BeforeStorage(Infra);
        _scene.Smoke(Infra, "storage.yaml");
        _scene.Pass(TimeSpan.FromMinutes(1));

        Claim("demo-data").ShouldBe("");
        Events("storage-smoke").ShouldContain("storageclass.storage.k8s.io \"rook-ceph-block\" not found");
    }

    [Fact]
    public void Full_disks_make_no_volume_until_there_is_room()
    {
        Ceph();
        _scene.Faults.Arm("infra/disk-full");
        _scene.Smoke(Infra, "storage.yaml");
        _scene.Pass(TimeSpan.FromMinutes(1));

        Ceph("health").ShouldBe("HEALTH_ERR");
        Claim("demo-data").ShouldBe("");
        Events("storage-smoke").ShouldContain("rpc error: code = DeadlineExceeded desc = context deadline exceeded");

        _scene.Faults.Clear("infra/disk-full");
        JobEnds("storage-smoke", "write-read").ShouldBe("Complete");
        Ceph("health").ShouldBe("HEALTH_OK");
    }

    [Fact]
    public void Nearly_full_disks_warn_and_go_on()
    {
        Ceph();
        _scene.Faults.Arm("infra/disk-nearfull");
        _scene.Smoke(Infra, "storage.yaml");

        JobEnds("storage-smoke", "write-read").ShouldBe("Complete");
        Toolbox("health").ShouldContain("OSD_NEARFULL");
    }

    [Fact]
    public void An_OSD_whose_disk_is_wiped_is_down_for_good()
    {
        Ceph();
        var machine = _scene.Machines.Machines.Single(one => one.Name == "infra-01");
        _scene.Machines.Wipe(machine, PlatformScene.CephDisk(machine), fast: false);
        _scene.Pass(TimeSpan.FromMinutes(1));

        Toolbox("status").ShouldContain("1 osds down");
        CephState.Of(_scene.World, Infra).Up.ShouldBe(2);
    }

    [Fact]
    public void Without_its_key_Velero_does_not_start()
    {
        Ceph();
        _scene.Apply(
            Infra,
            "{apiVersion: v1, kind: Namespace, metadata: {name: velero, labels: {pod-security.kubernetes.io/enforce: privileged}}}"
        );
        _scene.Release(Infra, "54-velero");
        _scene.Pass(TimeSpan.FromMinutes(3));

        Pods.IsAvailable(Infra, "velero", "velero").ShouldBeFalse();
        Events("velero").ShouldContain("secret \"velero-credentials\" not found");

        _scene.VeleroKey(Infra);
        Become(() => Phase("BackupStorageLocation", "default"), "Available", () => { });
    }

    [Theory]
    [InlineData("somebody", true, "InvalidAccessKeyId")]
    [InlineData("key", false, "NoSuchBucket")]
    public void With_a_wrong_key_or_without_a_bucket_all_runs_and_the_location_is_unavailable(
        string key,
        bool hasBucket,
        string expected
    )
    {
        Ceph();
        _scene.VeleroKey(Infra, key);

        if (!hasBucket)
            Rename("velero-backups", "velero-backup");

        Released("54-velero");
        _scene.Pass(TimeSpan.FromMinutes(2));

        Pods.IsAvailable(Infra, "velero", "velero").ShouldBeTrue();
        Phase("BackupStorageLocation", "default").ShouldBe("Unavailable");
        Velero("BackupStorageLocation", "default").Text("status", "message").ShouldContain(expected);
    }

    [Fact]
    public void While_the_NAS_is_away_nothing_is_backed_up_and_afterwards_everything_is()
    {
        Ceph();
        _scene.Faults.Arm("infra/nas-away");
        Backups(synchronizes: false);
        _scene.Pass(TimeSpan.FromMinutes(3));

        Phase("BackupStorageLocation", "default").ShouldBe("Unavailable");
        Velero("BackupStorageLocation", "default").Text("status", "message").ShouldContain("connect: no route to host");
        Mover().Text("result").ShouldBe("Failed");
        Mover()
            .Text("logs")
            .ShouldContain("Fatal: unable to open repository at s3:http://10.25.11.3:9000/volsync-infra");
        Become(() => Phase("Backup", "smoke"), "FailedValidation", Asked(NewBackup));

        _scene.Faults.Clear("infra/nas-away");
        Become(() => Mover().Text("result"), "Successful", () => { });
        Become(() => Phase("BackupStorageLocation", "default"), "Available", () => { });
        Infra.Objects.Delete(Key("Backup", "smoke"));
        Become(() => Phase("Backup", "smoke"), "Completed", Asked(NewBackup));
    }

    [Fact]
    public void A_volume_that_does_not_arrive_makes_the_backup_partial()
    {
        Ceph();
        Backups();
        _scene.Faults.Arm("infra/velero-partially-failed");

        Become(() => Phase("Backup", "smoke"), "PartiallyFailed", Asked(NewBackup));
        Velero("Backup", "smoke").Whole("status", "errors").ShouldBe(1);
    }

    [Fact]
    public void Without_a_snapshot_class_marked_for_Velero_the_backup_is_partial()
    {
        Ceph();
        Backups();
        Infra.Objects.Update(
            new ObjectKey(SnapshotController.ApiVersion, "VolumeSnapshotClass", "", "rook-ceph-block"),
            json => json["metadata"]!.AsObject().Remove("labels")
        );

        Become(() => Phase("Backup", "smoke"), "PartiallyFailed", Asked(NewBackup));
    }

    [Fact]
    public void A_restore_of_a_backup_without_the_data_is_read_as_empty()
    {
        Ceph();
        Backups();
        _scene.Faults.Arm("infra/velero-partially-failed");
        Become(() => Phase("Backup", "smoke"), "PartiallyFailed", Asked(NewBackup));
        Become(() => Phase("Restore", "smoke"), "Completed", Asked(NewRestore));
        _scene.Smoke(Infra, "restored.yaml");

        JobEnds("storage-smoke-restore", "read-back").ShouldBe("Failed");
    }

    [Fact]
    public void VolSync_without_its_secret_says_which()
    {
        Ceph();
        Released("53-volsync");
        _scene.Smoke(Infra, "storage.yaml");
        JobEnds("storage-smoke", "write-read").ShouldBe("Complete");
        _scene.Smoke(Infra, "volsync.yaml");
        _scene.Pass(TimeSpan.FromSeconds(30));

        Source().Condition("Synchronizing").Text("message").ShouldBe("Secret \"demo-data-restic\" not found");

        _scene.VolSyncKey(Infra);
        Become(() => Mover().Text("result"), "Successful", () => { });
    }

    private const string NewBackup =
        "{apiVersion: velero.io/v1, kind: Backup, metadata: {name: smoke, namespace: velero}, spec: {includedNamespaces: [storage-smoke], excludedResources: [replicationsources.volsync.backube], snapshotMoveData: true}}";

    private const string NewRestore =
        "{apiVersion: velero.io/v1, kind: Restore, metadata: {name: smoke, namespace: velero}, spec: {backupName: smoke, namespaceMapping: {storage-smoke: storage-smoke-restore}}}";

    private Action Asked(string yaml) => () => _scene.Apply(Infra, yaml);

    private void Ceph()
    {
        _scene.BeforeStorage(Infra);
        Released("50-snapshot-controller", "51-rook-operator", "52-rook-cluster");
        Ceph("health").ShouldBe("HEALTH_OK");
    }

    /// <summary>VolSync and Velero with their keys, and a volume with something on it.</summary>
    private void Backups(bool synchronizes = true)
    {
        _scene.VeleroKey(Infra);
        Released("53-volsync", "54-velero");
        _scene.Smoke(Infra, "storage.yaml");
        JobEnds("storage-smoke", "write-read").ShouldBe("Complete");
        _scene.VolSyncKey(Infra);
        _scene.Smoke(Infra, "volsync.yaml");

        if (!synchronizes)
            return;

        Become(() => Mover().Text("result"), "Successful", () => { });
        Become(() => Phase("BackupStorageLocation", "default"), "Available", () => { });
    }

    private void Released(params string[] phases)
    {
        foreach (var phase in phases)
            _scene.Release(Infra, phase);

        _scene
            .Until(() => _scene.IsReconciled(Infra), TimeSpan.FromMinutes(20))
            .ShouldNotBeNull(_scene.Complaints(Infra) + Events("rook-ceph"));
    }

    private void Become(Func<string> look, string wanted, Action ask)
    {
        ask();
        _scene
            .Until(() => look() == wanted, TimeSpan.FromMinutes(5))
            .ShouldNotBeNull($"{look()}, not {wanted}\n{Events("storage-smoke")}");
    }

    private string JobEnds(string ns, string name)
    {
        var key = new ObjectKey("batch/v1", "Job", ns, name);
        string Ended() =>
            Infra.Objects.View(key) is not { } job ? ""
            : job.Holds("Complete") ? "Complete"
            : job.Holds("Failed") ? "Failed"
            : "";
        _scene.Until(() => Ended().Length > 0, TimeSpan.FromMinutes(5)).ShouldNotBeNull(Events(ns));
        return Ended();
    }

    private void Dirty(string name, DiskContent content)
    {
        var machine = _scene.Machines.Machines.Single(one => one.Name == name);
        machine.Contents[PlatformScene.CephDisk(machine)] = content;
    }

    /// <summary>The tree asks for another bucket than the one that people made.</summary>
    private void Rename(string bucket, string asked)
    {
        const string file = "kubernetes/infrastructure/storage/velero/base/helmrelease.yaml";
        _scene.Commit(
            file,
            _scene.File(file).Replace($"bucket: {bucket}", $"bucket: {asked}", StringComparison.Ordinal)
        );
    }

    private string Ceph(string field) =>
        Infra
            .Objects.View(new ObjectKey(RookController.ApiVersion, "CephCluster", "rook-ceph", "rook-ceph"))
            .Text("status", "ceph", field);

    private string Claim(string name) =>
        Infra.Objects.View(new ObjectKey("v1", "PersistentVolumeClaim", "storage-smoke", name)).Text("status", "phase");

    private static ObjectKey Key(string kind, string name) => new("velero.io/v1", kind, "velero", name);

    private JsonObject? Velero(string kind, string name) => Infra.Objects.View(Key(kind, name));

    private string Phase(string kind, string name) => Velero(kind, name).Text("status", "phase");

    private JsonObject Source() =>
        Infra.Objects.View(
            new ObjectKey("volsync.backube/v1alpha1", "ReplicationSource", "storage-smoke", "demo-data")
        )!;

    private JsonNode? Mover() => Source().At("status", "latestMoverStatus");

    private string Toolbox(string question)
    {
        var pod = Infra
            .Objects.View("v1", "Pod", "rook-ceph")
            .Single(one => one.Name().StartsWith("rook-ceph-tools", StringComparison.Ordinal));
        return Infra
            .Exec!(
                new ExecRequest("rook-ceph", pod.Name(), "rook-ceph-tools", ["ceph", question, "--format", "json"], "")
            )!
            .Stdout;
    }

    private string Log(string job)
    {
        var pod = Infra
            .Objects.View("v1", "Pod", "rook-ceph")
            .First(one => one.Name().StartsWith(job, StringComparison.Ordinal));
        return Infra.Logs!(new LogRequest("rook-ceph", pod.Name(), "provision", "", Previous: false)) ?? "";
    }

    private string Events(string ns) =>
        string.Join(
            '\n',
            Infra
                .Objects.View("v1", "Event", ns)
                .Where(one => one.Text("type") == "Warning")
                .Select(one => one.Text("message"))
                .Distinct()
        );
}
