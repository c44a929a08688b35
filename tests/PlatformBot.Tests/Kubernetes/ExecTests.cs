using System.Globalization;
using PlatformBot.Core.Planning;
using PlatformBot.Core.Runs;
using PlatformBot.Kubernetes;
using PlatformBot.Sandbox.Twin;
using Shouldly;
using Xunit;

namespace PlatformBot.Tests.Kubernetes;

/// <summary>Commands in containers, over the wire of a twin and as a real server was recorded.</summary>
public sealed class ExecTests
{
    [Theory]
    [InlineData("01-v5-success", true, "out\n|err\n", "0")]
    [InlineData("02-v5-exit-code-7", true, "out\n", "7")]
    [InlineData("13-v4-success", true, "hi\n", "0")]
    [InlineData("12-no-protocol", true, "hi\n", "unknown: the connection was closed without a result")]
    [InlineData("12-no-protocol", false, "hi\n", "unknown: the connection was lost (ConnectionClosedPrematurely)")]
    public async Task What_a_real_server_sent_is_understood(
        string recording,
        bool closes,
        string printed,
        string ending
    )
    {
        using var exec = RecordedExec.Read(recording);
        var texts = new List<string>();
        var reading = new ExecStream(exec.Client, (text, _) => texts.Add(text)).ReadAsync(Scene.Stop);

        await exec.PlayAsync(closes, Scene.Stop);

        var ended = await reading;
        string.Join('|', texts).ShouldBe(printed);
        (
            ended.Exit?.ToString(CultureInfo.InvariantCulture)
            ?? $"{(ended.IsUnknown ? "unknown: " : "")}{ended.Problem}"
        ).ShouldBe(ending);
    }

    [Fact]
    public async Task A_command_ends_with_its_exit_code_and_what_it_printed()
    {
        await using var scene = await SceneAsync(asked =>
            new(asked.Command[0] == "true" ? 0 : 6, "out\n", "went wrong\n")
        );

        var done = await ActAsync(scene, "true");
        var failed = await ActAsync(scene, "curl", "-s", "a b");

        (done.Verdict, done.Said, done.ExitCode).ShouldBe((Verdict.Done, "exit 0", 0));
        (failed.Verdict, failed.Said, failed.ExitCode).ShouldBe((Verdict.Retry, "exit 6: went wrong", 6));
        failed.Command.ShouldBe("in pod default/web on infra: curl -s 'a b'");
        failed.Output.ShouldBe("out\nwent wrong\n");
    }

    [Fact]
    public async Task Stdin_arrives_whole_and_its_end_too()
    {
        await using var scene = await SceneAsync(asked => new(0, $"{asked.Stdin.Length} {asked.Stdin[^4..]}", ""));
        var lots = new string('ä', 40_000) + "end\n";

        var outcome = await scene.Exec.ActAsync(
            new(Command("wc") with { Stdin = lots }, Sensitive: false),
            repeatable: false,
            _ => { },
            Scene.Stop
        );

        outcome.Output.ShouldBe("40004 end\n");
    }

    [Fact]
    public async Task Characters_that_are_cut_between_two_messages_stay_whole()
    {
        // One byte in front, so that every other boundary of 8 KiB falls inside an 'ä'.
        var text = "x" + new string('ä', 6_000) + "\n";
        await using var scene = await SceneAsync(_ => new(0, text, ""));

        (await ActAsync(scene, "cat")).Output.ShouldBe(text);
    }

    [Fact]
    public async Task A_flood_keeps_its_beginning_and_its_end()
    {
        var lines = string.Concat(Enumerable.Range(1, 20_000).Select(number => $"line {number}\n"));
        await using var scene = await SceneAsync(_ => new(0, lines, ""));

        var output = (await ActAsync(scene, "seq")).Output;

        output.ShouldStartWith("line 1\nline 2\n");
        output.ShouldContain(" characters left out …\nline ");
        output.ShouldEndWith("line 20000\n");
        output.Length.ShouldBeLessThan(17 * 1024);
    }

    [Theory]
    [InlineData(false, Verdict.AskPerson)]
    [InlineData(true, Verdict.Retry)]
    public async Task A_lost_connection_is_never_a_success(bool repeatable, Verdict verdict)
    {
        await using var scene = await SceneAsync(_ => new(0, "half of", "") { IsCutOff = true });

        var outcome = await scene.Exec.ActAsync(
            new(Command("migrate"), Sensitive: false),
            repeatable,
            _ => { },
            Scene.Stop
        );

        outcome.Verdict.ShouldBe(verdict);
        outcome.Said.ShouldStartWith("Nobody knows how it ended: the connection was lost");
    }

    [Fact]
    public async Task A_program_that_is_not_in_the_image_was_not_started()
    {
        await using var scene = await SceneAsync(_ => null);

        var outcome = await ActAsync(scene, "nonsense");

        outcome.Verdict.ShouldBe(Verdict.Failed);
        outcome.Said.ShouldStartWith("It was not started: error executing command in container");
    }

    [Fact]
    public async Task What_is_sensitive_is_not_kept()
    {
        await using var scene = await SceneAsync(_ => new(3, "the key is 42", ""));
        var seen = new List<string>();

        var outcome = await scene.Exec.ActAsync(
            new(Command("keys"), Sensitive: true),
            repeatable: false,
            seen.Add,
            Scene.Stop
        );

        (outcome.Said, outcome.Output).ShouldBe(("exit 3 (its output is sensitive and was not kept)", ""));
        seen.ShouldBeEmpty();
    }

    [Theory]
    [InlineData("nope", null, null, "Pod default/nope does not exist.")]
    [InlineData("two", null, null, "Pod default/two has several containers: app, side")]
    [InlineData("two", null, "main", "Pod default/two has no container main, but app, side")]
    [InlineData(
        "pending",
        null,
        null,
        "Container app of pod default/pending does not run; pending is ErrImagePull: not found"
    )]
    [InlineData("done", null, null, "Pod default/done has ended (Succeeded)")]
    [InlineData(null, "app=nope", null, "There is no pod in default with app=nope")]
    [InlineData(
        null,
        "app=pending",
        null,
        "No pod in default with app=pending is ready; pending is ErrImagePull: not found"
    )]
    public async Task Where_no_command_can_run_it_is_said_why(
        string? pod,
        string? selector,
        string? container,
        string said
    )
    {
        await using var scene = await SceneAsync(_ => new(0, "", ""));
        scene.Has(Pod("two", containers: ["app", "side"]));
        scene.Has(Pod("pending", state: """{"waiting":{"reason":"ErrImagePull","message":"not found"}}"""));
        scene.Has(Pod("done", phase: "Succeeded", state: """{"terminated":{"exitCode":0}}"""));

        var outcome = await scene.Exec.ActAsync(
            new(Command("true") with { Pod = pod, Selector = selector, Container = container }, Sensitive: false),
            repeatable: false,
            _ => { },
            Scene.Stop
        );

        (outcome.Verdict, outcome.Said).ShouldBe((Verdict.Retry, said));
    }

    [Fact]
    public async Task A_check_looks_at_exit_code_and_output_of_the_first_pod_that_is_ready()
    {
        await using var scene = await SceneAsync(asked => new(0, $$"""{"on":"{{asked.Pod}}"}""", ""));
        scene.Has(Pod("a-first", label: "web"));
        scene.Has(Pod("a-ended", phase: "Succeeded", state: """{"terminated":{"exitCode":0}}""", label: "web"));
        var check = new PlannedCheck.Exec(Command("who") with { Pod = null, Selector = "app=web" })
        {
            Expect = [new() { Path = ".on", EqualTo = "a-first" }],
        };

        var held = await scene.Exec.CheckAsync(check, Scene.Stop);

        (held.Holds, held.Saw).ShouldBe((true, "a pod of default with app=web: path .on is a-first"));
    }

    private static async Task<Scene> SceneAsync(Func<ExecRequest, ExecAnswer?> answers)
    {
        var scene = await Scene.StartAsync();
        scene.Has(Pod("web"));
        scene.Cluster.Exec = answers;
        return scene;
    }

    private static PlannedExec Command(params string[] argv) => new("infra", "default", "web", null, null, argv, null);

    private static Task<ActionOutcome> ActAsync(Scene scene, params string[] argv) =>
        scene.Exec.ActAsync(new(Command(argv), Sensitive: false), repeatable: false, scene.Progress.Add, Scene.Stop);

    private static string Pod(
        string name,
        string[]? containers = null,
        string phase = "Running",
        string state = """{"running":{}}""",
        string? label = null
    )
    {
        containers ??= ["app"];
        var specs = string.Join(',', containers.Select(each => $$"""{"name":"{{each}}","image":"i:1"}"""));
        var statuses = string.Join(
            ',',
            containers.Select(each => $$"""{"name":"{{each}}","ready":true,"restartCount":0,"state":{{state}}}""")
        );
        var ready = state.Contains("running", StringComparison.Ordinal) ? "True" : "False";
        return $$"""
            {"apiVersion":"v1","kind":"Pod","metadata":{"name":"{{name}}","namespace":"default","labels":{"app":"{{label
                ?? name}}"} },
             "spec":{"nodeName":"infra-01","containers":[{{specs}}]},
             "status":{"phase":"{{phase}}","conditions":[{"type":"Ready","status":"{{ready}}"}],"containerStatuses":[{{statuses}}]} }
            """;
    }
}
