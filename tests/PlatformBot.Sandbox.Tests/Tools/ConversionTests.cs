using PlatformBot.Sandbox.Twin;
using PlatformBot.Sandbox.Twin.Machines;
using Shouldly;
using Xunit;

namespace PlatformBot.Sandbox.Tests.Tools;

/// <summary>From the cluster of old to a new one, by the tools alone: in the right order it works, in any other it does not.</summary>
public sealed class ConversionTests : IAsyncLifetime
{
    private const string Talos = "talosctl --talosconfig infra.yaml";

    private const string Render =
        "minijinja-cli --strict --trim-blocks --lstrip-blocks --autoescape none -D machinetype=controlplane "
        + "-D cluster=infra -D endpoint=infra.k8s.monosense.io -D vip=10.25.11.17 machineconfig.yaml.j2";

    private readonly Rack _rack = new();

    public async ValueTask InitializeAsync()
    {
        await File.WriteAllTextAsync(
            _rack.PathOf("machineconfig.yaml.j2"),
            Template,
            TestContext.Current.CancellationToken
        );

        for (var node = 1; node <= 3; node++)
        {
            await File.WriteAllTextAsync(
                _rack.PathOf($"10.25.11.1{node}.yaml"),
                $"machine: {{ network: {{ hostname: infra-0{node}, interfaces: [{{ interface: bond0, addresses: [10.25.11.1{node}/24] }}] }} }}",
                TestContext.Current.CancellationToken
            );
        }

        await _rack.MakeTalosconfigAsync("prod-talos", "k8s", "10.25.11.11 10.25.11.12 10.25.11.13");
        File.Move(_rack.PathOf("k8s.yaml"), _rack.PathOf("old.yaml"));
        _rack.Vault.Add("Prod", "infra-talos", TalosSecrets.Generate(_rack.World.Clock.GetUtcNow()).ToFields());
        await _rack.MakeTalosconfigAsync("infra-talos", "infra", "10.25.11.11 10.25.11.12 10.25.11.13");
    }

    public ValueTask DisposeAsync() => _rack.DisposeAsync();

    [Fact]
    public async Task In_the_right_order_three_machines_become_a_cluster()
    {
        await ConvertAllAsync();
        await _rack.SucceedsAsync($"{Talos} --nodes 10.25.11.11 --endpoints 10.25.11.11 bootstrap");
        _rack.Pass(90);

        (await _rack.SucceedsAsync($"{Talos} --nodes 10.25.11.11 etcd members")).Out.ShouldContain("infra-03");
        (
            await _rack.SucceedsAsync($"{Talos} --nodes 10.25.11.11 kubeconfig --merge=false --force kube/infra")
        ).Out.ShouldBeEmpty();
        (await File.ReadAllTextAsync(_rack.PathOf("kube/infra"), TestContext.Current.CancellationToken)).ShouldBe(
            "infra admin@infra\n"
        );

        var infra = _rack.World.Clusters["infra"];
        infra.ApiIsUp.ShouldBeTrue();
        infra
            .Objects.List("v1", "Node")
            .Select(node => ObjectKey.Of(node).Name)
            .ShouldBe(["infra-01", "infra-02", "infra-03"]);
        _rack.World.Clusters["apps"].ApiIsUp.ShouldBeFalse();
    }

    [Fact]
    public async Task The_new_credentials_are_refused_by_a_machine_that_was_not_converted()
    {
        var said = await _rack.Tools.RunAsync($"{Talos} --nodes 10.25.11.11 --endpoints 10.25.11.11 version --short");

        said.ExitCode.ShouldBe(1);
        said.Out.ShouldBe("Client:\nTalos v1.11.2\nServer:\n");
        said.Error.ShouldContain("x509: certificate signed by unknown authority");
    }

    [Fact]
    public async Task An_insecure_apply_is_refused_by_a_machine_that_runs()
    {
        var said = await _rack.PipeAsync(
            Render,
            "op inject",
            "talosctl --nodes 10.25.11.11 --endpoints 10.25.11.11 apply-config --insecure --config-patch @10.25.11.11.yaml --file /dev/stdin"
        );

        said.ExitCode.ShouldBe(1);
        said.Error.ShouldContain("tls: certificate required");
    }

    [Fact]
    public async Task A_configuration_with_unresolved_references_is_refused()
    {
        var said = await _rack.PipeAsync(Render, Apply("10.25.11.11"));

        said.ExitCode.ShouldBe(1);
        said.Error.ShouldContain("configuration validation failed: 4 errors occurred");
        said.Error.ShouldContain("machine.ca.crt: illegal base64 data");
    }

    [Fact]
    public async Task An_apply_in_place_leaves_the_old_data_so_the_bootstrap_is_refused()
    {
        var said = await _rack.PipeAsync(
            Render,
            "op inject",
            Apply("10.25.11.11").Replace("--mode=staged ", "", StringComparison.Ordinal)
        );
        said.Error.ShouldBe("Applied configuration without a reboot\n");

        var bootstrap = await _rack.Tools.RunAsync($"{Talos} --nodes 10.25.11.11 --endpoints 10.25.11.11 bootstrap");
        _rack.Pass(120);

        bootstrap.ExitCode.ShouldBe(1);
        bootstrap.Error.ShouldBe(
            "error executing bootstrap: rpc error: code = AlreadyExists desc = etcd data directory is not empty\n"
        );
        _rack.World.Clusters["infra"].ApiIsUp.ShouldBeFalse();
    }

    [Fact]
    public async Task A_bootstrap_comes_too_early_until_the_machine_is_up_and_knows_the_time()
    {
        await ConvertAsync("10.25.11.11");
        await ShouldFailToBootstrapAsync("connect: connection refused");
        _rack.Pass(211);
        await ShouldFailToBootstrapAsync("FailedPrecondition desc = bootstrap is not available yet");
        _rack.Pass(14);
        await ShouldFailToBootstrapAsync("FailedPrecondition desc = time is not in sync yet");
        _rack.Pass(14);
        await _rack.SucceedsAsync($"{Talos} --nodes 10.25.11.11 --endpoints 10.25.11.11 bootstrap");
        await ShouldFailToBootstrapAsync("AlreadyExists desc = etcd data directory is not empty");

        _rack.Log.Count(run => run.Arguments.Contains("bootstrap") && run.ExitCode == 0).ShouldBe(1);
    }

    [Fact]
    public async Task Without_its_own_address_a_machine_never_comes_back()
    {
        var apply = Apply("10.25.11.11").Replace("--config-patch @10.25.11.11.yaml ", "", StringComparison.Ordinal);
        (await _rack.PipeAsync(Render, "op inject", apply)).ExitCode.ShouldBe(0);
        await _rack.SucceedsAsync(Reset("10.25.11.11"));
        _rack.Pass(3600);

        (
            await _rack.Tools.RunAsync($"{Talos} --nodes 10.25.11.11 --endpoints 10.25.11.11 version")
        ).Error.ShouldContain("connection refused");
    }

    [Theory]
    [InlineData("/dev/nvme9n1", "device /dev/nvme9n1 wasn't found")]
    [InlineData("/dev/sda", "device /dev/sda is the system disk")]
    public async Task A_reset_refuses_the_wrong_disk(string disk, string words)
    {
        var said = await _rack.Tools.RunAsync(
            Reset("10.25.11.11").Replace("/dev/nvme1n1", disk, StringComparison.Ordinal)
        );

        said.ExitCode.ShouldBe(1);
        said.Error.ShouldBe(
            $"error executing reset: rpc error: code = Unknown desc = reset user disk failed: {words}\n"
        );
    }

    [Fact]
    public async Task Health_waits_for_a_pod_network_in_vain()
    {
        await ConvertAllAsync();
        await _rack.SucceedsAsync($"{Talos} --nodes 10.25.11.11 --endpoints 10.25.11.11 bootstrap");

        var said = await _rack.RunWhileTimePassesAsync($"{Talos} --nodes 10.25.11.11 health --wait-timeout 10m");

        said.ExitCode.ShouldBe(1);
        said.Error.ShouldContain("some nodes are not ready: [infra-01 infra-02 infra-03]");
        said.Error.ShouldEndWith("rpc error: code = DeadlineExceeded desc = context deadline exceeded\n");
    }

    [Fact]
    public async Task A_machine_that_is_told_not_to_return_returns_when_the_fault_is_cleared()
    {
        _rack.Faults.Arm("infra-01/does-not-return");
        await ConvertAsync("10.25.11.11");
        _rack.Pass(1800);
        _rack.Machines.At(Rack.Node)!.State.ShouldBe(MachineState.Down);

        _rack.Faults.Clear("infra-01/does-not-return");
        _rack.Pass(60);

        _rack.Machines.At(Rack.Node)!.State.ShouldBe(MachineState.Running);
    }

    [Fact]
    public async Task Some_dead_nodes_are_a_warning_and_exit_code_0()
    {
        await ConvertAsync("10.25.11.12");

        var said = await _rack.Tools.RunAsync(
            "talosctl --talosconfig old.yaml --nodes 10.25.11.11,10.25.11.12 --endpoints 10.25.11.11 version --short"
        );

        said.ExitCode.ShouldBe(0);
        said.Out.ShouldContain("NODE:        10.25.11.11");
        said.Error.ShouldStartWith("WARNING: 1 error occurred:\n\t* 10.25.11.12: rpc error");
    }

    private static string Apply(string node) =>
        $"talosctl --talosconfig old.yaml --nodes {node} --endpoints {node} apply-config --mode=staged "
        + $"--config-patch @{node}.yaml --file /dev/stdin";

    private static string Reset(string node)
    {
        var disk = node.EndsWith('2') ? "/dev/nvme0n1" : "/dev/nvme1n1";
        return $"talosctl --talosconfig old.yaml --nodes {node} --endpoints {node} reset --graceful=false --reboot "
            + $"--system-labels-to-wipe EPHEMERAL --user-disks-to-wipe {disk} --wait=false";
    }

    private async Task ConvertAllAsync()
    {
        await ConvertAsync("10.25.11.11");
        await ConvertAsync("10.25.11.12");
        await ConvertAsync("10.25.11.13");
        _rack.Pass(300);
    }

    private async Task ConvertAsync(string node)
    {
        (await _rack.PipeAsync(Render, "op inject", Apply(node))).Error.ShouldBe(
            "Staged configuration to be applied after the next reboot\n"
        );
        await _rack.SucceedsAsync(Reset(node));
    }

    private async Task ShouldFailToBootstrapAsync(string words)
    {
        var said = await _rack.Tools.RunAsync($"{Talos} --nodes 10.25.11.11 --endpoints 10.25.11.11 bootstrap");
        said.ExitCode.ShouldBe(1);
        said.Error.ShouldContain(words);
    }

    private const string Template = """
        {# op:// references are resolved afterwards. -#}
        ---
        version: v1alpha1
        machine:
          type: {{ machinetype }}
          token: op://Prod/{{ cluster }}-talos/MACHINE_TOKEN
          ca:
            crt: op://Prod/{{ cluster }}-talos/MACHINE_CA_CRT
        {% if machinetype == 'controlplane' %}
            key: op://Prod/{{ cluster }}-talos/MACHINE_CA_KEY
        {% endif %}
          certSANs: ["{{ endpoint }}", "{{ vip }}"]
          install:
            diskSelector:
              model: Samsung SSD 860
        cluster:
          id: op://Prod/{{ cluster }}-talos/CLUSTER_ID
          ca:
            crt: op://Prod/{{ cluster }}-talos/CLUSTER_CA_CRT
          clusterName: {{ cluster }}
          controlPlane:
            endpoint: https://{{ endpoint }}:6443
          aggregatorCA:
            crt: op://Prod/{{ cluster }}-talos/CLUSTER_AGGREGATORCA_CRT
          etcd:
            ca:
              crt: op://Prod/{{ cluster }}-talos/CLUSTER_ETCD_CA_CRT
        """;
}
