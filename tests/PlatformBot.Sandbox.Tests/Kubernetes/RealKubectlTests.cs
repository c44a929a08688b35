using System.Text.Json.Nodes;
using PlatformBot.Sandbox.Kubernetes;
using Shouldly;
using Xunit;

namespace PlatformBot.Sandbox.Tests.Kubernetes;

/// <summary>
/// What the twin's API says is enough for the kubectl that people install. Words and exit codes are those that a real server
/// brings about; commands are those that every kubectl since 1.20 knows.
/// </summary>
public sealed class RealKubectlTests : IAsyncLifetime
{
    private const string Web = """
        apiVersion: apps/v1
        kind: Deployment
        metadata: { name: web, namespace: default, labels: { app: web } }
        spec:
          replicas: 2
          selector: { matchLabels: { app: web } }
          template:
            metadata: { labels: { app: web } }
            spec: { containers: [{ name: c, image: "nginx:1" }] }
        """;

    private RealKubectl _kubectl = null!;

    public async ValueTask InitializeAsync() => _kubectl = await RealKubectl.StartAsync();

    public ValueTask DisposeAsync() => _kubectl.DisposeAsync();

    [Fact]
    public async Task A_workload_is_applied_rolled_out_waited_for_and_shown()
    {
        (await ApplyAsync(Web, "--server-side")).ShouldBe("deployment.apps/web serverside-applied\n");
        (await DoneAsync("rollout status deployment/web")).ShouldEndWith(
            "deployment \"web\" successfully rolled out\n"
        );
        (await DoneAsync("wait --for=condition=Available deployment/web --timeout=20s")).ShouldBe(
            "deployment.apps/web condition met\n"
        );

        (await DoneAsync("get deployment web -o jsonpath={.status.readyReplicas}")).ShouldBe("2");
        (await DoneAsync("get deploy -o name")).ShouldBe("deployment.apps/web\n");
        JsonNode.Parse(await DoneAsync("get deploy web -o json")).Text("metadata", "name").ShouldBe("web");
        (await DoneAsync("get deploy web -o yaml")).ShouldStartWith("apiVersion: apps/v1\nkind: Deployment\n");
        Rows(await DoneAsync("get deploy -o wide"))
            .ShouldBe([
                "NAME READY UP-TO-DATE AVAILABLE AGE CONTAINERS IMAGES SELECTOR",
                "web 2/2 2 2 * c nginx:1 app=web",
            ]);
        Rows(await DoneAsync("get pods -A -l app=web"))[0].ShouldBe("NAMESPACE NAME READY STATUS RESTARTS AGE");
        Rows(await DoneAsync("get node infra-01"))
            .ShouldBe(["NAME STATUS ROLES AGE VERSION", "infra-01 Ready control-plane * v1.34.1"]);
    }

    [Fact]
    public async Task Two_who_want_the_same_field_are_told_of_each_other()
    {
        await ApplyAsync(Web, "--server-side --field-manager=a");
        var five = Web.Replace("replicas: 2", "replicas: 5", StringComparison.Ordinal);

        var refused = await _kubectl.RunAsync("apply --server-side --field-manager=b -f -", five);
        refused.ExitCode.ShouldBe(1);
        refused.Error.ShouldStartWith("error: Apply failed with 1 conflict: conflict with \"a\": .spec.replicas\n");

        (await ApplyAsync(five, "--server-side --field-manager=b --force-conflicts --dry-run=server")).ShouldBe(
            "deployment.apps/web serverside-applied (server dry run)\n"
        );
        (await DoneAsync("get deployment web -o jsonpath={.spec.replicas}")).ShouldBe("2");

        await ApplyAsync(five, "--server-side --field-manager=b --force-conflicts");
        (await DoneAsync("get deployment web -o jsonpath={.spec.replicas}")).ShouldBe("5");
    }

    [Fact]
    public async Task The_old_apply_works_too_and_so_does_the_difference_before_it()
    {
        const string one = """
            apiVersion: v1
            kind: ConfigMap
            metadata: { name: greeting, namespace: default }
            data: { text: hello }
            """;
        var two = one.Replace("hello", "goodbye", StringComparison.Ordinal);

        (await ApplyAsync(one)).ShouldBe("configmap/greeting created\n");
        (await ApplyAsync(one)).ShouldBe("configmap/greeting unchanged\n");
        var difference = await _kubectl.RunAsync("diff -f -", two);
        (await ApplyAsync(two)).ShouldBe("configmap/greeting configured\n");

        difference.ExitCode.ShouldBe(1);
        difference.Out.ShouldContain("-  text: hello\n+  text: goodbye\n");
        (await DoneAsync("get configmap greeting -o jsonpath={.data.text}")).ShouldBe("goodbye");
    }

    [Fact]
    public async Task What_is_there_can_be_labelled_scaled_restarted_and_deleted()
    {
        await ApplyAsync(Web, "--server-side");

        (await DoneAsync("label deployment/web tier=front")).ShouldStartWith("deployment.apps/web labeled");
        (await DoneAsync("annotate deployment/web note=hello")).ShouldStartWith("deployment.apps/web annotate");
        (await DoneAsync("scale deployment/web --replicas=1")).ShouldStartWith("deployment.apps/web scaled");
        (await DoneAsync("rollout restart deployment/web")).ShouldStartWith("deployment.apps/web restarted");
        (await DoneAsync("rollout status deployment/web")).ShouldContain("successfully rolled out");
        (await DoneAsync("get deployment -l tier=front -o jsonpath={.items[0].spec.replicas}")).ShouldBe("1");
        (await DoneAsync("delete deployment web --wait=true")).ShouldStartWith("deployment.apps \"web\" deleted");

        var gone = await _kubectl.RunAsync("get deployment web");
        gone.ShouldBe(new Said(1, "", "Error from server (NotFound): deployments.apps \"web\" not found\n"));
    }

    [Fact]
    public async Task A_node_can_be_cordoned()
    {
        (await DoneAsync("cordon infra-03")).ShouldBe("node/infra-03 cordoned\n");
        (await DoneAsync("get node infra-03 --no-headers")).ShouldContain("SchedulingDisabled");
        (await DoneAsync("uncordon infra-03")).ShouldBe("node/infra-03 uncordoned\n");
    }

    [Fact]
    public async Task Whoever_watches_sees_what_is_made_meanwhile()
    {
        var seen = await _kubectl.FollowAsync(
            "get configmaps -n kube-public -w",
            until: "news",
            () =>
                _kubectl.Cluster.Objects.Put(
                    JsonNode
                        .Parse(
                            """{"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"news","namespace":"kube-public"},"data":{"a":"1","b":"2"}}"""
                        )!
                        .AsObject()
                )
        );

        Rows(seen)[0].ShouldStartWith("news 2 ");
    }

    [Fact]
    public async Task A_wait_that_is_in_vain_ends_in_the_words_that_a_real_server_brings_about()
    {
        await ApplyAsync(Web, "--server-side");

        (await _kubectl.RunAsync("wait --for=condition=Nonsense deployment/web --timeout=1s")).ShouldBe(
            new Said(1, "", "error: timed out waiting for the condition on deployments/web\n")
        );
        (await _kubectl.RunAsync("wait --for=condition=Available deployment/nope --timeout=1s")).ShouldBe(
            new Said(1, "", "Error from server (NotFound): deployments.apps \"nope\" not found\n")
        );
        (await _kubectl.RunAsync("get widgetz")).ShouldBe(
            new Said(1, "", "error: the server doesn't have a resource type \"widgetz\"\n")
        );
    }

    [Fact]
    public async Task Logs_rights_and_plain_paths_can_be_asked_for()
    {
        await ApplyAsync(Web, "--server-side");
        await DoneAsync("rollout status deployment/web");

        (await DoneAsync("logs deployment/web --tail=1")).ShouldEndWith("INFO ready\n");
        (await DoneAsync("auth can-i create pods/exec")).ShouldBe("yes\n");
        (await DoneAsync("get --raw /readyz")).ShouldBe("ok");
    }

    [Fact]
    public async Task A_custom_kind_is_shown_in_the_columns_of_its_definition()
    {
        await ApplyAsync(
            """
            apiVersion: apiextensions.k8s.io/v1
            kind: CustomResourceDefinition
            metadata: { name: widgets.demo.example }
            spec:
              group: demo.example
              scope: Namespaced
              names: { plural: widgets, singular: widget, kind: Widget, listKind: WidgetList }
              versions:
                - name: v1
                  served: true
                  storage: true
                  schema: { openAPIV3Schema: { type: object, x-kubernetes-preserve-unknown-fields: true } }
                  additionalPrinterColumns:
                    - { name: Colour, type: string, jsonPath: .spec.colour }
                    - { name: Weight, type: integer, jsonPath: .spec.weight, priority: 1 }
            """,
            "--server-side"
        );
        await DoneAsync("wait --for=condition=Established crd/widgets.demo.example --timeout=20s");
        await ApplyAsync(
            """
            apiVersion: demo.example/v1
            kind: Widget
            metadata: { name: one, namespace: default }
            spec: { colour: red, weight: 3 }
            """,
            "--server-side"
        );

        Rows(await DoneAsync("get widgets")).ShouldBe(["NAME COLOUR", "one red"]);
        Rows(await DoneAsync("get widgets -o wide")).ShouldBe(["NAME COLOUR WEIGHT", "one red 3"]);
    }

    private async Task<string> ApplyAsync(string manifest, string flags = "") =>
        await DoneAsync($"apply {flags} -f {_kubectl.Manifest("manifest.yaml", manifest)}");

    private async Task<string> DoneAsync(string command)
    {
        var said = await _kubectl.RunAsync(command);
        said.ExitCode.ShouldBe(0, $"kubectl {command}\n{said.Error}");
        return said.Out;
    }

    /// <summary>The lines of a table with single blanks; ages, which nobody can foretell, are stars.</summary>
    private static List<string> Rows(string table) =>
        [
            .. table
                .Split('\n', StringSplitOptions.RemoveEmptyEntries)
                .Select(line => string.Join(' ', line.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(Star))),
        ];

    private static string Star(string cell) =>
        cell.Length > 1 && char.IsAsciiDigit(cell[0]) && cell[^1] is 's' or 'm' or 'h' ? "*" : cell;
}
