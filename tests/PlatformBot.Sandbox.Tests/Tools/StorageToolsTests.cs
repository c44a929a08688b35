using PlatformBot.Sandbox.Twin;
using PlatformBot.Sandbox.Twin.Helm;
using Shouldly;
using Xunit;

namespace PlatformBot.Sandbox.Tests.Tools;

/// <summary>Disks by talosctl, backups by velero, as their real processes answer.</summary>
public sealed class StorageToolsTests
{
    private const string Talos = "talosctl --talosconfig k8s.yaml --nodes 10.25.11.11 --endpoints 10.25.11.11";
    private const string Velero = "velero --kubecontext infra --namespace velero";

    [Fact]
    public async Task A_wiped_disk_is_empty_and_nothing_is_said_of_it()
    {
        await using var rack = new Rack();
        await rack.MakeTalosconfigAsync("prod-talos", "k8s", "10.25.11.11");
        (await rack.SucceedsAsync($"{Talos} get discoveredvolumes")).Out.ShouldContain("bluestore");

        var said = await rack.RunWhileTimePassesAsync($"{Talos} wipe disk nvme1n1 --method ZEROES");

        said.ShouldBe(new Said(0, "", ""));
        (await rack.SucceedsAsync($"{Talos} get discoveredvolumes")).Out.ShouldNotContain("bluestore");
    }

    [Theory]
    [InlineData("sda", "code = FailedPrecondition desc = blockdevice \"sda\" is in use by volume \"EPHEMERAL\"")]
    [InlineData("nvme9n1", "code = NotFound desc = blockdevice \"nvme9n1\" not found")]
    public async Task A_disk_that_is_in_use_or_not_there_is_not_wiped(string disk, string why)
    {
        await using var rack = new Rack();
        await rack.MakeTalosconfigAsync("prod-talos", "k8s", "10.25.11.11");

        var said = await rack.RunWhileTimePassesAsync($"{Talos} wipe disk {disk} --method ZEROES");

        said.ExitCode.ShouldBe(1);
        said.Error.ShouldContain(why);
    }

    [Fact]
    public async Task A_wipe_that_does_not_take_leaves_what_was_there()
    {
        await using var rack = new Rack();
        await rack.MakeTalosconfigAsync("prod-talos", "k8s", "10.25.11.11");
        rack.Faults.Arm("infra-01/disk-not-empty");

        (await rack.RunWhileTimePassesAsync($"{Talos} wipe disk nvme1n1 --method ZEROES")).ExitCode.ShouldBe(0);

        (await rack.SucceedsAsync($"{Talos} get discoveredvolumes")).Out.ShouldContain("bluestore");
    }

    [Fact]
    public async Task Velero_ends_with_0_also_when_nothing_was_backed_up()
    {
        await using var bench = await Workbench.StartAsync();
        bench.BringUpInfra();
        bench.LetTimePass();
        await InstallAsync(bench);

        var said = await bench.RunAsync($"{Velero} backup create smoke --include-namespaces default --wait");

        said.ExitCode.ShouldBe(0, said.ToString());
        said.Out.ShouldStartWith("Backup request \"smoke\" submitted successfully.\nWaiting for backup to complete.");
        said.Out.ShouldContain("Backup completed with status: FailedValidation.");
        (await bench.RunAsync($"{Velero} backup describe smoke")).Out.ShouldContain(
            "BackupStorageLocation.velero.io \"default\" not found"
        );
        (await bench.RunAsync($"{Velero} backup create smoke")).Error.ShouldContain("\"smoke\" already exists");
    }

    [Fact]
    public async Task Velero_before_its_kinds_says_that_they_are_missing()
    {
        await using var bench = await Workbench.StartAsync();
        bench.BringUpInfra();

        (await bench.RunAsync($"{Velero} backup get smoke")).Error.ShouldContain("no matches for kind \"Backup\"");
    }

    [Fact]
    public async Task What_is_not_there_is_deleted_without_a_complaint_and_got_with_one()
    {
        await using var bench = await Workbench.StartAsync();
        bench.BringUpInfra();
        bench.LetTimePass();
        await InstallAsync(bench);

        (await bench.RunAsync($"{Velero} backup delete smoke --confirm")).ShouldBe(
            new Said(0, "No backups found\n", "")
        );
        (await bench.RunAsync($"{Velero} backup get smoke")).Error.ShouldContain(
            "backups.velero.io \"smoke\" not found"
        );
        (
            await bench.RunAsync(
                "kubectl --context infra --namespace rook-ceph wait deployment --selector app=rook-ceph-osd --for=delete --timeout=1s"
            )
        ).ExitCode.ShouldBe(0);
    }

    /// <summary>The kinds, and a server that runs: without its location no backup is possible.</summary>
    private static async Task InstallAsync(Workbench bench)
    {
        bench.Infra.Objects.Put(TwinCluster.NewNamespace("velero"));
        new HelmEngine(bench.World).Begin(bench.Infra, new HelmRequest("velero", "velero", "velero", "11.4.0", []));
        bench.Infra.Objects.Put(Manifest.New("v1", "Secret", "velero", "velero"));

        foreach (var node in bench.Infra.Objects.View("v1", "Node"))
            bench.Infra.Objects.Update(ObjectKey.Of(node), Ready);

        await bench.RunAsync(
            "kubectl --context infra wait --for=condition=Established --timeout=60s crd/backups.velero.io"
        );
        await bench.RunAsync(
            "kubectl --context infra --namespace velero rollout status deployment/velero --timeout=10m"
        );
    }

    /// <summary>As with a pod network.</summary>
    private static void Ready(System.Text.Json.Nodes.JsonObject node)
    {
        node["status"]!["conditions"]!.AsArray().Single(one => (string?)one!["type"] == "Ready")!["status"] = "True";
        node["spec"]!.AsObject().Remove("taints");
    }
}
