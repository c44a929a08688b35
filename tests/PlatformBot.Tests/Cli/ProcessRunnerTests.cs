using System.Diagnostics;
using PlatformBot.Cli;
using Shouldly;
using Xunit;

namespace PlatformBot.Tests.Cli;

public sealed class ProcessRunnerTests : IDisposable
{
    private readonly Dummy _dummy = new();

    [Fact]
    public async Task What_is_printed_comes_back_also_without_a_last_newline()
    {
        var result = await _dummy.RunAsync("echo", "hello");

        result.Exit.ShouldBe(0);
        result.StdoutText.ShouldBe("hello");
        result.Tail.ShouldBe("hello");
    }

    [Fact]
    public async Task Both_streams_and_the_exit_code_are_seen()
    {
        var result = await _dummy.RunAsync("exit", "7", "context deadline exceeded");

        result.Exit.ShouldBe(7);
        result.StderrText.ShouldBe("context deadline exceeded");
        result.Tail.ShouldBe("context deadline exceeded");
    }

    [Fact]
    public async Task Every_argument_arrives_byte_for_byte()
    {
        string[] nasty =
        [
            "$(id)",
            "`id`",
            "; rm -rf /",
            "two words",
            "",
            "*",
            "a\nb",
            "\"'\\",
            "ünï",
            "-rf",
            "%s",
            "${HOME}",
        ];

        var result = await _dummy.RunAsync(["echo", .. nasty]);

        result.StdoutText.Split('\0').ShouldBe(nasty);
    }

    [Fact]
    public async Task A_process_sees_only_the_environment_that_it_was_given()
    {
        Environment.SetEnvironmentVariable("PLATFORMBOT_TEST_TOKEN", "of the bot alone");
        var spec = Dummy.Spec("environment");

        var result = await _dummy.Runner.RunAsync(
            spec with
            {
                Environment = new Dictionary<string, string>(spec.Environment) { ["LANG"] = "C.UTF-8" },
            },
            TestContext.Current.CancellationToken
        );

        result.StdoutText.ShouldContain("LANG=C.UTF-8\n");
        result.StdoutText.ShouldNotContain("PLATFORMBOT_TEST_TOKEN");
    }

    [Fact]
    public async Task A_flood_is_read_to_its_end_in_little_memory()
    {
        var result = await _dummy.RunAsync("flood", "200");

        result.Exit.ShouldBe(0);
        result.Truncated.ShouldBeTrue();
        result.Stdout.Length.ShouldBe(ProcessRunner.LongestCapture);
        result.Tail.Length.ShouldBeLessThan(17 * 1024);
        result.Tail.ShouldEndWith("the end\n");
    }

    [Fact]
    public async Task Bytes_that_are_no_text_become_question_marks_in_what_is_shown_and_stay_in_what_is_piped()
    {
        var result = await _dummy.RunAsync("garbage");

        result.Stdout.ToArray().ShouldBe([0x61, 0xFF, 0xC3, 0x28, 0x62, 0xE2, 0x82]);
        result.Tail.ShouldStartWith("a\uFFFD\uFFFD(b");
    }

    [Fact]
    public async Task Cancelling_asks_the_process_to_go_and_waits_until_it_has_gone()
    {
        var (run, pid, cancel) = await _dummy.StartAsync("hang");

        await cancel.CancelAsync();

        await Should.ThrowAsync<OperationCanceledException>(run);
        Dummy.IsAlive(pid).ShouldBeFalse();
    }

    [Fact]
    public async Task A_process_that_does_not_go_is_made_to_go()
    {
        var (run, pid, cancel) = await _dummy.StartAsync("stubborn");
        var watch = Stopwatch.StartNew();

        await cancel.CancelAsync();

        await Should.ThrowAsync<OperationCanceledException>(run);
        watch.Elapsed.ShouldBeGreaterThanOrEqualTo(Dummy.Grace);
        Dummy.IsAlive(pid).ShouldBeFalse();
    }

    [Fact]
    public async Task A_child_that_keeps_the_pipe_open_does_not_hold_the_step_and_does_not_outlive_it()
    {
        var result = await _dummy.RunAsync("fork", Path.Combine(_dummy.Folder, "child"));

        result.Exit.ShouldBe(0);
        Dummy.IsAlive(int.Parse(result.StdoutText)).ShouldBeFalse();
    }

    [Fact]
    public async Task A_tool_that_is_not_there_is_said_to_be_not_there()
    {
        var result = await _dummy.Runner.RunAsync(
            Dummy.Spec() with
            {
                Argv = ["no-such-tool"],
            },
            TestContext.Current.CancellationToken
        );

        result.Exit.ShouldBe(127);
        result.Tail.ShouldBe("no-such-tool is not installed on this host.");
    }

    [Theory]
    [InlineData("/bin/sh")]
    [InlineData("../dummy")]
    [InlineData("")]
    public void A_tool_is_a_name_and_never_a_path(string tool) =>
        new ToolPath(AppContext.BaseDirectory).Find(tool).ShouldBeNull();

    [Fact]
    public async Task A_process_is_named_before_it_is_waited_for()
    {
        RunningProcess? named = null;

        await _dummy.Runner.RunAsync(
            Dummy.Spec("echo") with
            {
                Started = process => named = process,
            },
            TestContext.Current.CancellationToken
        );

        named!.Tool.ShouldBe("dummy");
        named.StartTime.ShouldNotBeEmpty();
        Guid.TryParse(named.BootId, out _).ShouldBeTrue();
    }

    [Fact]
    public async Task A_secret_in_the_output_is_not_in_what_is_shown()
    {
        _dummy.Redactor.Learn("correct horse");
        var lines = new List<string>();

        var result = await _dummy.Runner.RunAsync(
            Dummy.Spec("echo", "it is correct horse, you know") with
            {
                Progress = lines.Add,
            },
            TestContext.Current.CancellationToken
        );

        result.Tail.ShouldBe("it is •••, you know");
        lines.ShouldBe(["it is •••, you know"]);
    }

    [Fact]
    public async Task Of_a_sensitive_process_nothing_is_shown()
    {
        var lines = new List<string>();

        var result = await _dummy.Runner.RunAsync(
            Dummy.Spec("echo", "anything") with
            {
                Sensitive = true,
                Progress = lines.Add,
            },
            TestContext.Current.CancellationToken
        );

        (result.Tail, lines.Count, result.StdoutText).ShouldBe(("", 0, "anything"));
    }

    [Fact]
    public async Task A_pipe_hands_bytes_on_and_starts_the_last_only_when_all_before_it_ended_well()
    {
        var pipes = new PipeRunner(_dummy.Runner);
        var marker = Path.Combine(_dummy.Folder, "started");

        var (stage, copied) = await pipes.RunAsync(
            [Dummy.Spec("garbage"), Dummy.Spec("copy"), Dummy.Spec("copy")],
            TestContext.Current.CancellationToken
        );
        var (failing, failed) = await pipes.RunAsync(
            [Dummy.Spec("echo", "x"), Dummy.Spec("exit", "3", "no such item"), Dummy.Spec("fork", marker)],
            TestContext.Current.CancellationToken
        );

        stage.ShouldBe(2);
        copied.Stdout.ToArray().ShouldBe([0x61, 0xFF, 0xC3, 0x28, 0x62, 0xE2, 0x82]);
        (failing, failed.Exit, failed.Tail).ShouldBe((1, 3, "no such item"));
        File.Exists(marker).ShouldBeFalse();
    }

    [Fact]
    public async Task A_pipe_with_more_than_fits_is_refused_before_its_last_process_starts()
    {
        var (stage, result) = await new PipeRunner(_dummy.Runner).RunAsync(
            [Dummy.Spec("flood", "9"), Dummy.Spec("copy")],
            TestContext.Current.CancellationToken
        );

        (stage, result.Exit).ShouldBe((0, 127));
        result.Tail.ShouldBe("dummy printed more than 8 MiB; the next process was not started.");
    }

    [Fact]
    public async Task A_process_lives_on_when_the_thread_that_asked_for_it_ends()
    {
        Task<ProcessResult>? run = null;
        var marker = Path.Combine(_dummy.Folder, "ready");
        using var cancel = new CancellationTokenSource();
        var thread = new Thread(() => run = _dummy.Runner.RunAsync(Dummy.Spec("hang", marker), cancel.Token));
        thread.Start();
        thread.Join();

        Dummy.IsAlive(await Dummy.PidInAsync(marker)).ShouldBeTrue();
        run!.IsCompleted.ShouldBeFalse();

        await cancel.CancelAsync();
        await Should.ThrowAsync<OperationCanceledException>(run);
    }

    [Theory]
    [InlineData("hang")]
    [InlineData("stubborn")]
    [InlineData("silent")]
    public async Task What_moved_to_a_session_of_its_own_does_not_outlive_the_step(string how)
    {
        var marker = Path.Combine(_dummy.Folder, "escaped");

        var result = await _dummy.RunAsync("escape", how, marker);

        result.Exit.ShouldBe(0);
        Dummy.IsAlive(await Dummy.PidInAsync(marker)).ShouldBeFalse();
    }

    [Fact]
    public async Task A_process_that_closed_its_pipes_and_ignores_TERM_is_waited_for_and_ended()
    {
        var (run, pid, cancel) = await _dummy.StartAsync("silent");
        run.IsCompleted.ShouldBeFalse();

        await cancel.CancelAsync();

        await Should.ThrowAsync<OperationCanceledException>(run);
        Dummy.IsAlive(pid).ShouldBeFalse();
    }

    [Fact]
    public async Task A_process_that_was_killed_by_somebody_says_137() =>
        (await _dummy.RunAsync("die")).Exit.ShouldBe(137);

    [Fact]
    public async Task A_line_without_end_is_read_to_its_end_in_little_memory()
    {
        var result = await _dummy.RunAsync("flood", "200", "in one line");

        (result.Exit, result.Truncated).ShouldBe((0, true));
        result.Stdout.Length.ShouldBe(ProcessRunner.LongestCapture);
        result.Tail.Length.ShouldBeLessThan(17 * 1024);
    }

    [Fact]
    public async Task What_ended_by_itself_has_its_result_also_when_it_was_cancelled_before_all_was_read()
    {
        using var cancel = new CancellationTokenSource();
        var marker = Path.Combine(_dummy.Folder, "child");
        var pid = 0;
        var run = _dummy.Runner.RunAsync(
            Dummy.Spec("fork", marker) with
            {
                Started = process => pid = process.Pid,
            },
            cancel.Token
        );

        // Its child holds the pipe for a while, so that the end of the process and the end of the reading are apart.
        await Dummy.PidInAsync(marker);

        while (Dummy.IsAlive(pid))
            await Task.Delay(TimeSpan.FromMilliseconds(1), TimeProvider.System, TestContext.Current.CancellationToken);

        await cancel.CancelAsync();

        (await run).Exit.ShouldBe(0);
    }

    [Fact]
    public async Task An_end_and_a_cancellation_in_the_same_instant_have_one_verdict()
    {
        for (var round = 0; round < 60; round++)
        {
            using var cancel = new CancellationTokenSource();
            var marker = Path.Combine(_dummy.Folder, $"done-{round}");
            var run = _dummy.Runner.RunAsync(Dummy.Spec("leave", marker), cancel.Token);
            await Dummy.PidInAsync(marker);

            // Just when it ends by itself.
            await Task.Delay(TimeSpan.FromTicks(round * 2000L), TimeProvider.System, CancellationToken.None);
            await cancel.CancelAsync();

            try
            {
                (await run).Exit.ShouldBe(0);
            }
            catch (OperationCanceledException)
            {
                // The other verdict. A third one, such as 143, would be both.
            }
        }
    }

    public void Dispose() => _dummy.Dispose();
}
