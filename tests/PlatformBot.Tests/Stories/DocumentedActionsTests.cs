using System.Collections.Concurrent;
using System.Text.RegularExpressions;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using PlatformBot.Sandbox.Twin;
using PlatformBot.Tests.Kubernetes;
using PlatformBot.Tests.Platform;
using Shouldly;
using Xunit;

namespace PlatformBot.Tests.Stories;

/// <summary>The examples of docs/runbooks.md, taken from the page and run by the bot.</summary>
public sealed partial class DocumentedActionsTests
{
    private const string Done = ":white_check_mark: Run #1 succeeded";

    private static string Page => File.ReadAllText(Path.Combine(Repository.Root, "docs", "runbooks.md"));

    [Fact]
    public async Task Exec_runs_a_command_in_the_primarys_container()
    {
        await using var infra = await Scene.StartAsync();
        infra.Has(
            """
            {"apiVersion":"v1","kind":"Pod","metadata":{"name":"pg-1","namespace":"db","labels":{"cnpg.io/instanceRole":"primary"}},
             "spec":{"nodeName":"infra-01","containers":[{"name":"postgres","image":"pg:17"},{"name":"proxy","image":"proxy"}]},
             "status":{"phase":"Running","conditions":[{"type":"Ready","status":"True"}],
              "containerStatuses":[{"name":"postgres","ready":true,"restartCount":0,"state":{"running":{}}},{"name":"proxy","ready":true,"restartCount":0,"state":{"running":{}}}]}}
            """
        );
        var ran = new ConcurrentQueue<string>();
        infra.Cluster.Exec = asked =>
        {
            ran.Enqueue($"{asked.Pod}/{asked.Container}: {string.Join(' ', asked.Command)}");
            return new(0, "", "");
        };

        await using var chat = await RunAsync("exec", infra);

        await chat.SeesAsync(Done);
        ran.ShouldBe(["pg-1/postgres: psql --no-psqlrc --command select pg_switch_wal();"]);
    }

    [Fact]
    public async Task Query_succeeds_when_what_is_measured_is_good_enough()
    {
        await using var infra = await Scene.StartAsync();
        infra.Has(
            """
            {"apiVersion":"v1","kind":"Service","metadata":{"name":"vmsingle","namespace":"monitoring"},"spec":{"ports":[{"port":8428}]}}
            """
        );
        var asked = new ConcurrentQueue<string>();
        infra.Cluster.ServiceProxy = request =>
        {
            asked.Enqueue(
                Uri.UnescapeDataString($"{request.Namespace}/{request.Service}:{request.Port}{request.PathAndQuery}")
            );
            // At first somebody still hammers a broken page.
            var rate = asked.Count == 1 ? "0.97" : "0.9997";
            return new ServiceAnswer(
                200,
                "application/json",
                $$$"""{"status":"success","data":{"resultType":"vector","result":[{"metric":{"namespace":"web"},"value":[1,"{{{rate}}}"]}]}}"""
            );
        };

        await using var chat = await RunAsync("query", infra);

        await chat.SeesAsync(Done);
        asked.Count.ShouldBe(2);
        asked.ShouldAllBe(each =>
            each.StartsWith("monitoring/vmsingle:8428/api/v1/query?query=sum by (namespace)", StringComparison.Ordinal)
        );
        asked.ShouldAllBe(each => each.Contains("cluster=\"infra\"", StringComparison.Ordinal));
        (await chat.SaysAsync("ada", "/platform logs 1 infra/success-rate")).ShouldContain("is 0.9997");
    }

    [Fact]
    public async Task Red_while_it_must_hold_is_taken_back_without_asking_anybody()
    {
        await using var infra = await Scene.StartAsync();
        infra.Has(
            """
            {"apiVersion":"v1","kind":"Service","metadata":{"name":"vmsingle","namespace":"monitoring"},"spec":{"ports":[{"port":8428}]}}
            """
        );
        var looks = 0;
        infra.Cluster.ServiceProxy = _ => new ServiceAnswer(
            200,
            "application/json",
            $$$"""{"status":"success","data":{"resultType":"vector","result":[{"metric":{},"value":[1,"{{{(Interlocked.Increment(ref looks) == 1 ? 0 : 3)}}}"]}]}}"""
        );

        await using var chat = await RunAsync("red", infra);
        var asked = await chat.SeesAsync(post => post.Buttons.Contains("approve"));
        asked.Text.ShouldContain("Undone by itself when it cannot be proven");
        await chat.SaysAsync("grace", "/platform approve 1 infra/rollout");

        var failed = await chat.SeesAsync(post => post.Buttons.Contains("retry"));
        failed.Text.ShouldContain("**infra/enforce** failed and was taken back:");
        failed.Text.ShouldContain("is 3");
        File.Exists(Path.Combine(chat.World, "enforced")).ShouldBeFalse();
        looks.ShouldBe(2);
    }

    [Fact]
    public async Task Http_sends_what_was_planned_with_a_token_that_nobody_sees()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        await using var grafana = builder.Build();
        var got = new ConcurrentQueue<string>();
        grafana.MapPost(
            "/api/annotations",
            async (HttpRequest request) =>
            {
                using var reader = new StreamReader(request.Body);
                got.Enqueue(
                    $"{request.Headers.Authorization} {request.ContentType} {await reader.ReadToEndAsync(request.HttpContext.RequestAborted)}"
                );
                return Results.Json(new { message = "Annotation added" });
            }
        );
        grafana.MapGet("/api/health", () => Results.Json(new { database = "ok" }));
        await grafana.StartAsync(TestContext.Current.CancellationToken);

        await using var chat = await RunAsync(
            "http",
            cluster: null,
            text => text.Replace("https://grafana.monosense.io", grafana.Urls.Single(), StringComparison.Ordinal)
        );

        await chat.SeesAsync(Done);
        got.ShouldBe([
            $"Bearer {Catalogues.Secret} application/json {{\"text\":\"infra was changed by PlatformBot\",\"tags\":[\"platform\"]}}",
        ]);
        (await chat.SaysAsync("ada", "/platform logs 1 infra/announce")).ShouldNotContain(Catalogues.Secret);
        chat.JournalBytes().ShouldNotContain(Catalogues.Secret);
    }

    [Fact]
    public async Task Delete_takes_one_object_away_when_a_second_person_agrees()
    {
        await using var infra = await Scene.StartAsync();
        infra.Has("""{"apiVersion":"v1","kind":"Namespace","metadata":{"name":"smoke"}}""");

        await using var chat = await RunAsync("delete", infra);

        await chat.SeesAsync(post => post.Buttons.Contains("approve"));
        await chat.SaysAsync("grace", "/platform approve 1 infra/rollout");
        await chat.SeesAsync(Done);
        infra.Cluster.Objects.View(new ObjectKey("v1", "Namespace", "", "smoke")).ShouldBeNull();
    }

    [Fact]
    public async Task Files_are_there_while_the_process_runs_and_nowhere_afterwards()
    {
        await using var chat = await RunAsync("files", cluster: null);

        await chat.SeesAsync(Done);
        var said = await File.ReadAllLinesAsync(
            Path.Combine(chat.World, "said"),
            TestContext.Current.CancellationToken
        );
        said[..2].ShouldBe(["k6", "run"]);
        var login = said[2]["--env-file=".Length..];
        login.ShouldMatch("/runtime/files/[0-9a-f]{16}-login$");
        said[3].ShouldMatch("/runtime/files/[0-9a-f]{16}-script\\.js$");
        (await File.ReadAllTextAsync(Path.Combine(chat.World, "held"), TestContext.Current.CancellationToken)).ShouldBe(
            $"token={Catalogues.Secret}-rw-------{Script.Replace("${{ cluster.name }}", "infra", StringComparison.Ordinal)}"
        );
        Directory.EnumerateFileSystemEntries(Path.GetDirectoryName(login)!).ShouldBeEmpty();
        chat.JournalBytes().ShouldNotContain(Catalogues.Secret);
    }

    [Fact]
    public async Task Call_runs_the_other_runbooks_steps_one_node_after_the_other()
    {
        await using var chat = await RunAsync("call", cluster: null);

        await chat.SeesAsync(Done);
        var plan = await chat.SaysAsync("ada", "/platform plan deploy infra");
        plan.ShouldContain("2 steps in 1 phase");
        File.Exists(Path.Combine(chat.World, "restarted-infra-01")).ShouldBeTrue();
        File.Exists(Path.Combine(chat.World, "looked-infra")).ShouldBeTrue();
    }

    [Fact]
    public void Every_action_has_an_example_here()
    {
        var tests = typeof(DocumentedActionsTests).GetMethods().Select(method => method.Name.Split('_')[0]).ToHashSet();

        foreach (Match example in Marker().Matches(Page))
            tests.ShouldContain(example.Groups["name"].Value, StringComparer.OrdinalIgnoreCase);
    }

    private const string Script = "export default () => '${{ cluster.name }}';\n";

    private static async Task<TheChat> RunAsync(string example, Scene? cluster, Func<string, string>? adapt = null)
    {
        var steps = Example(example);
        var chat = await TheChat.WithAsync(
            adapt?.Invoke(steps) ?? steps,
            files: new Dictionary<string, string>
            {
                ["deploy/load.js"] = Script,
                ["commands/look.yaml"] = Look,
                ["commands/restart-node.yaml"] = Restart,
            }
        );

        if (cluster is not null)
            File.Copy(cluster.Kubeconfig, chat.Kubeconfig);

        await chat.SaysAsync("ada", "/platform deploy infra");
        return chat;
    }

    private const string Look = """
        command: look
        summary: Looks at a cluster
        arguments: [{ name: cluster, type: cluster }]
        phases:
          - phase: look
            title: Look
            each: cluster
            steps:
              - { step: look, run: [world, did, "looked-${{ cluster.name }}"], proves-itself: true }
        """;

    private const string Restart = """
        command: restart-node
        summary: Restarts a node
        arguments: [{ name: node, type: node }]
        phases:
          - phase: restart
            title: Restart
            steps:
              - { step: boot, run: [world, did, "restarted-${{ arguments.node.name }}"], proves-itself: true }
        """;

    /// <summary>The block of YAML below its marker.</summary>
    private static string Example(string name)
    {
        var text = Page;
        var from = text.IndexOf($"<!-- example: {name} -->", StringComparison.Ordinal);
        from.ShouldBeGreaterThan(0);
        const string Fence = "```";
        var begin = text.IndexOf('\n', text.IndexOf(Fence, from, StringComparison.Ordinal)) + 1;
        return text[begin..text.IndexOf(Fence, begin, StringComparison.Ordinal)].TrimEnd();
    }

    [GeneratedRegex("<!-- example: (?<name>[a-z]+) -->", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Marker();
}
