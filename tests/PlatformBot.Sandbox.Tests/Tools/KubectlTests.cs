using PlatformBot.Sandbox.Twin;
using Shouldly;
using Xunit;

namespace PlatformBot.Sandbox.Tests.Tools;

/// <summary>kubectl as a process, over HTTPS, by KUBECONFIG.</summary>
public sealed class KubectlTests : IAsyncLifetime
{
    private const string ConfigMap = """
        apiVersion: v1
        kind: ConfigMap
        metadata: { name: greeting, namespace: default }
        data: { text: hello }
        """;

    private Workbench _bench = null!;

    public async ValueTask InitializeAsync()
    {
        _bench = await Workbench.StartAsync();
        _bench.Infra.BringUp();
    }

    public ValueTask DisposeAsync() => _bench.DisposeAsync();

    [Fact]
    public async Task What_is_applied_can_be_read_back()
    {
        (await ApplyAsync(ConfigMap)).Out.ShouldBe("configmap/greeting serverside-applied\n");

        (await _bench.RunAsync("kubectl --context infra get configmap greeting -o jsonpath={.data.text}")).Out.ShouldBe(
            "hello"
        );
        (await _bench.RunAsync("kubectl --context infra get cm -o name")).Out.ShouldContain("configmap/greeting\n");
    }

    [Fact]
    public async Task A_kind_without_its_crd_is_refused_in_kubectls_words()
    {
        var said = await ApplyAsync(
            """
            apiVersion: helm.toolkit.fluxcd.io/v2
            kind: HelmRelease
            metadata: { name: cilium, namespace: kube-system }
            """
        );

        said.ExitCode.ShouldBe(1);
        said.Error.ShouldBe(
            "error: resource mapping not found for name: \"cilium\" namespace: \"kube-system\" from \"STDIN\": "
                + "no matches for kind \"HelmRelease\" in version \"helm.toolkit.fluxcd.io/v2\"\nensure CRDs are installed first\n"
        );
    }

    [Fact]
    public async Task The_gateway_api_is_the_one_thing_that_can_be_downloaded()
    {
        const string url =
            "https://github.com/kubernetes-sigs/gateway-api/releases/download/v1.4.0/standard-install.yaml";

        (
            await _bench.RunAsync($"kubectl --context infra apply --server-side --field-manager=platformbot -f {url}")
        ).Out.ShouldContain(
            "customresourcedefinition.apiextensions.k8s.io/httproutes.gateway.networking.k8s.io serverside-applied\n"
        );
        (
            await _bench.RunAsync("kubectl --context infra apply --server-side -f https://example.com/x.yaml")
        ).ExitCode.ShouldBe(1);
    }

    [Fact]
    public async Task An_unknown_context_and_an_unknown_object_say_so()
    {
        (await _bench.RunAsync("kubectl --context apps get nodes"))
            .ToString()
            .ShouldBe(
                "exit 1\n--- stdout\n\n--- stderr\nError in configuration: context was not found for specified context: apps\n"
            );
        (await _bench.RunAsync("kubectl --context infra get configmap nowhere")).Error.ShouldBe(
            "Error from server (NotFound): configmaps \"nowhere\" not found\n"
        );
        (
            await _bench.RunAsync("kubectl --context infra wait configmap/nowhere --for=condition=Ready")
        ).ExitCode.ShouldBe(1);
        (await _bench.RunAsync("kubectl --context infra get nodes --nonsense")).Error.ShouldStartWith(
            "error: unknown flag: --nonsense"
        );
    }

    [Fact]
    public async Task An_api_that_is_down_refuses_the_connection()
    {
        _bench.Infra.ApiIsUp = false;

        var said = await _bench.RunAsync("kubectl --context infra get --raw /readyz");

        said.ExitCode.ShouldBe(1);
        said.Error.ShouldContain("was refused - did you specify the right host or port?");
    }

    [Fact]
    public async Task A_context_is_renamed_once()
    {
        const string rename = "kubectl config rename-context infra other --kubeconfig infra.kubeconfig";

        (await _bench.RunAsync(rename)).Out.ShouldBe("Context \"infra\" renamed to \"other\".\n");
        (await _bench.RunAsync("kubectl --context other get --raw /readyz")).Out.ShouldBe("ok");
        (await _bench.RunAsync(rename)).Error.ShouldBe(
            "error: cannot rename the context \"infra\", it's not in infra.kubeconfig\n"
        );
    }

    [Fact]
    public async Task Waiting_ends_when_its_time_is_over()
    {
        await ApplyAsync(ConfigMap);

        var said = await _bench.RunAsync(
            "kubectl --context infra wait configmap/greeting --for=jsonpath={.data.text}=bye --timeout=20s"
        );

        said.ExitCode.ShouldBe(1);
        said.Error.ShouldBe("error: timed out waiting for the condition on configmaps/greeting\n");
    }

    [Fact]
    public async Task A_command_in_a_pod_brings_its_output_and_its_exit_code()
    {
        _bench.Infra.Exec = request => new ExecAnswer(request.Command[0] == "true" ? 0 : 6, $"{request.Pod}\n", "no\n");
        await ApplyAsync(
            """
            apiVersion: v1
            kind: Pod
            metadata: { name: web, namespace: default }
            spec: { nodeName: infra-01, containers: [{ name: web, image: web }] }
            """
        );

        (await _bench.RunAsync("kubectl --context infra exec web -- true"))
            .ToString()
            .ShouldBe("exit 0\n--- stdout\nweb\n\n--- stderr\nno\n");
        var failed = await _bench.RunAsync("kubectl --context infra exec pod/web -c web -- curl -sS http://x");
        failed.ExitCode.ShouldBe(6);
        failed.Error.ShouldBe("no\ncommand terminated with exit code 6\n");
    }

    [Fact]
    public async Task Labels_are_set_changed_only_when_told_and_removed()
    {
        await ApplyAsync(ConfigMap);

        (await _bench.RunAsync("kubectl --context infra label configmap/greeting tone=warm")).Out.ShouldBe(
            "configmap/greeting labeled\n"
        );
        (await _bench.RunAsync("kubectl --context infra label configmap/greeting tone=cold")).ExitCode.ShouldBe(1);
        (
            await _bench.RunAsync("kubectl --context infra label configmap/greeting tone=cold --overwrite")
        ).ExitCode.ShouldBe(0);
        (await _bench.RunAsync("kubectl --context infra delete configmap greeting")).Out.ShouldBe(
            "configmap \"greeting\" deleted\n"
        );
        (
            await _bench.RunAsync("kubectl --context infra delete configmap greeting --ignore-not-found")
        ).ExitCode.ShouldBe(0);
    }

    private Task<Said> ApplyAsync(string manifest) =>
        _bench.RunAsync("kubectl --context infra apply --server-side --field-manager=platformbot -f -", manifest);
}
