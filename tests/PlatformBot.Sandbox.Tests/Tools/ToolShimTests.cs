using System.Diagnostics;
using PlatformBot.Sandbox.Tools;
using Shouldly;
using Xunit;

namespace PlatformBot.Sandbox.Tests.Tools;

public sealed class ToolShimTests : IAsyncLifetime
{
    private static readonly Tool Echo = new(
        "echo-tool",
        "verbose,v",
        "Error: {0}",
        [
            Command.Quick(
                "arguments",
                "file,f=",
                (call, flags) =>
                {
                    call.Print(string.Join('|', flags.Words));
                    return flags.Given("file") ? 7 : 0;
                }
            ),
            new Command("cat", "", CatAsync),
            Command.Quick("stumble", "", (_, _) => throw new InvalidOperationException("oh")),
            new Command("sleep", "", SleepAsync),
            new Command("ready", "", ReadyAsync),
        ]
    );

    private readonly string _folder = Directory.CreateTempSubdirectory("tools-").FullName;
    private readonly ToolServer _server;
    private readonly ToolBox _tools;

    public ToolShimTests()
    {
        _server = ToolServer.Start([Echo], TimeProvider.System, Path.Combine(_folder, "bin"), new Faults());
        _tools = new ToolBox(_server.Folder, _folder);
    }

    public ValueTask InitializeAsync() => ValueTask.CompletedTask;

    public async ValueTask DisposeAsync()
    {
        await _server.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }

    [Fact]
    public async Task Arguments_arrive_byte_for_byte()
    {
        var said = await _tools.RunAsync(["echo-tool", "arguments", "a b", "$(id)", "ünï", "line\nbreak", ""], null);

        said.Out.ShouldBe("a b|$(id)|ünï|line\nbreak|");
        said.ExitCode.ShouldBe(0);
    }

    [Fact]
    public async Task The_exit_code_is_the_tools() =>
        (await _tools.RunAsync("echo-tool arguments -f x")).ExitCode.ShouldBe(7);

    [Fact]
    public async Task An_unknown_flag_is_refused_in_the_tools_own_words()
    {
        var said = await _tools.RunAsync("echo-tool arguments --nonsense");

        said.ExitCode.ShouldBe(1);
        said.Error.ShouldBe("Error: unknown flag: --nonsense\n");
    }

    [Fact]
    public async Task A_megabyte_goes_in_and_comes_out()
    {
        var megabyte = string.Concat(Enumerable.Range(0, 30_000).Select(line => $"{line:D8} zwölf Boxkämpfer jagen\n"));

        var said = await _tools.RunAsync(["echo-tool", "cat"], megabyte);

        said.Out.ShouldBe(megabyte);
        said.ExitCode.ShouldBe(0);
    }

    [Fact]
    public async Task What_is_printed_shows_before_the_tool_ends()
    {
        using var process = _tools.Start(["echo-tool", "ready"], withStdin: true);

        (await process.StandardOutput.ReadLineAsync(TestContext.Current.CancellationToken)).ShouldBe("ready");
        process.HasExited.ShouldBeFalse();
        process.StandardInput.Close();
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        process.ExitCode.ShouldBe(0);
    }

    [Fact]
    public async Task Term_ends_the_process_and_its_work_in_the_twin()
    {
        using var process = _tools.Start(["echo-tool", "sleep"], withStdin: false);
        (await process.StandardOutput.ReadLineAsync(TestContext.Current.CancellationToken)).ShouldBe("sleeping");

        using var kill = Process.Start("kill", ["-TERM", $"{process.Id}"]);
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);

        process.ExitCode.ShouldBe(128 + 15);
        _server.Log.ShouldBeEmpty();
    }

    [Fact]
    public async Task A_mistake_of_the_simulation_says_that_it_is_one()
    {
        var said = await _tools.RunAsync("echo-tool stumble");

        said.ExitCode.ShouldBe(70);
        said.Error.ShouldBe("echo-tool: the sandbox failed: InvalidOperationException: oh\n");
    }

    [Fact]
    public async Task Every_finished_call_is_in_the_log()
    {
        await _tools.RunAsync("echo-tool arguments one two");

        _server.Log.ShouldHaveSingleItem().CommandLine.ShouldBe("echo-tool arguments one two");
    }

    private static async Task<int> CatAsync(ToolCall call, Flags flags)
    {
        call.Print(await call.ReadStdinAsync());
        return 0;
    }

    private static async Task<int> ReadyAsync(ToolCall call, Flags flags)
    {
        call.PrintLine("ready");
        await call.ReadStdinAsync();
        return 0;
    }

    private static async Task<int> SleepAsync(ToolCall call, Flags flags)
    {
        call.PrintLine("sleeping");
        await call.PauseAsync(TimeSpan.FromHours(1));
        return 0;
    }
}
