using PlatformBot.Sandbox.Twin.Machines;
using Shouldly;
using Xunit;

namespace PlatformBot.Sandbox.Tests.Tools;

/// <summary>Another Talos for a machine, by talosctl alone.</summary>
public sealed class TalosUpgradeTests : IAsyncLifetime
{
    private const string Schematic = "d60a9a96a6bbc418c786ee44fd5c01137d9a02497012cf080722ee79d3ee6d7e";
    private const string Installer = $"factory.talos.dev/metal-installer/{Schematic}";
    private const string Talos = "talosctl --talosconfig k8s.yaml --nodes 10.25.11.11 --endpoints 10.25.11.11";
    private const string Status =
        "talosctl --talosconfig k8s.yaml --nodes 10.25.11.11,10.25.11.12 --endpoints 10.25.11.12 etcd status";

    private readonly Rack _rack = new();

    public async ValueTask InitializeAsync() =>
        await _rack.MakeTalosconfigAsync("prod-talos", "k8s", "10.25.11.11 10.25.11.12 10.25.11.13");

    public ValueTask DisposeAsync() => _rack.DisposeAsync();

    private Machine First => _rack.Machines.At(Rack.Node)!;

    [Fact]
    public async Task The_order_is_taken_at_once_and_the_machine_comes_back_with_the_new_version()
    {
        var said = await UpgradeAsync("1.11.3");

        said.ExitCode.ShouldBe(0, said.Error);
        said.Out.ShouldContain("10.25.11.11   Upgrade request received");
        First.Talos.ShouldBe("1.11.2");
        _rack.Pass(40);
        (await _rack.Tools.RunAsync($"{Talos} version")).Error.ShouldContain("connection refused");
        _rack.Pass(240);
        (await _rack.SucceedsAsync($"{Talos} version --short")).Out.ShouldContain("Tag:         v1.11.3");
    }

    [Fact]
    public async Task While_it_is_away_etcd_lacks_a_member_and_the_exit_code_is_0()
    {
        await UpgradeAsync("1.11.3");
        _rack.Pass(40);

        var said = await _rack.Tools.RunAsync(Status);

        said.ExitCode.ShouldBe(0);
        said.Out.ShouldNotContain("10.25.11.11");
        said.Error.ShouldStartWith("WARNING: 1 error occurred:");
        _rack.Pass(300);
        (await _rack.SucceedsAsync(Status)).Out.ShouldContain("10.25.11.11");
    }

    [Theory]
    [InlineData("1.11.99")]
    [InlineData("1.99.0")]
    public async Task An_image_that_nobody_made_is_refused_before_anything_is_drained(string version)
    {
        var pulled = await RunAsync($"{Talos} image pull --namespace system {Installer}:v{version}");
        pulled.ExitCode.ShouldBe(1);
        pulled.Error.ShouldStartWith("error pulling image: rpc error: code = NotFound desc = failed to pull image");

        var said = await UpgradeAsync(version);

        said.ExitCode.ShouldBe(1);
        said.Error.ShouldStartWith(
            $"error performing upgrade: rpc error: code = Unknown desc = error validating installer image \"{Installer}:v{version}\""
        );
        _rack.Pass(300);
        First.BootedAt.ShouldBeLessThan(_rack.World.Clock.GetUtcNow().AddDays(-1));
    }

    [Fact]
    public async Task A_machine_that_cannot_pull_it_does_not_begin()
    {
        _rack.Faults.Arm("infra-01/image-missing");

        (await UpgradeAsync("1.11.3")).Error.ShouldContain("failed to resolve reference");
    }

    [Fact]
    public async Task With_a_member_of_etcd_missing_it_is_refused()
    {
        _rack.Faults.Arm("infra-02/etcd-down");

        (await UpgradeAsync("1.11.3")).Error.ShouldContain("all members must be healthy to perform an upgrade");
    }

    [Fact]
    public async Task A_version_that_does_not_boot_is_left_for_the_one_before()
    {
        _rack.Faults.Arm("infra-01/boots-old");
        await UpgradeAsync("1.11.3");
        _rack.Pass(300);

        (await _rack.SucceedsAsync($"{Talos} version --short")).Out.ShouldContain("Tag:         v1.11.2");
    }

    [Fact]
    public async Task A_rollback_boots_the_other_slot()
    {
        (await _rack.Tools.RunAsync($"{Talos} rollback")).Error.ShouldStartWith("error executing rollback: ");
        await UpgradeAsync("1.11.3");
        _rack.Pass(300);

        await _rack.SucceedsAsync($"{Talos} rollback");
        _rack.Pass(300);

        First.Talos.ShouldBe("1.11.2");
        First.Before.ShouldBe("1.11.3");
    }

    private Task<Said> UpgradeAsync(string version) =>
        RunAsync($"{Talos} upgrade --image {Installer}:v{version} --wait=false");

    private Task<Said> RunAsync(string commandLine) => _rack.RunWhileTimePassesAsync(commandLine);
}
