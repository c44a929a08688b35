using System.Diagnostics;
using PlatformBot.Cli;
using Shouldly;
using Xunit;

namespace PlatformBot.Tests.Cli;

/// <summary>What a bot that died has left running is found by its next life, and nobody else's process is harmed.</summary>
public sealed class LeftoversTests : IDisposable
{
    private readonly Dummy _dummy = new();
    private ProcessGroup? _group;

    [Fact]
    public async Task Found_by_what_was_written_down()
    {
        var pid = await LeaveAsync("hang");

        await EndAsync([_group!.Identity], NextLife(of: "another bot"));

        Dummy.IsAlive(pid).ShouldBeFalse();
    }

    [Theory]
    [InlineData("hang")]
    [InlineData("stubborn")]
    public async Task Found_by_its_mark_when_the_bot_died_before_it_was_written_down(string how)
    {
        var pid = await LeaveAsync(how);

        await EndAsync([], NextLife());

        Dummy.IsAlive(pid).ShouldBeFalse();
    }

    [Fact]
    public async Task Of_this_life_nothing_is_a_leftover()
    {
        var pid = await LeaveAsync("hang");

        await EndAsync([], _dummy.Mark);

        Dummy.IsAlive(pid).ShouldBeTrue();
    }

    [Fact]
    public async Task A_pid_that_somebody_else_has_now_is_left_alone()
    {
        var pid = await LeaveAsync("hang");

        await EndAsync([_group!.Identity with { StartTime = "1" }], NextLife(of: "another bot"));

        Dummy.IsAlive(pid).ShouldBeTrue();
    }

    [Fact]
    public async Task A_pid_from_before_the_host_was_started_is_left_alone()
    {
        var pid = await LeaveAsync("hang");

        await EndAsync([_group!.Identity with { BootId = $"{Guid.NewGuid()}" }], NextLife(of: "another bot"));

        Dummy.IsAlive(pid).ShouldBeTrue();
    }

    [Fact]
    public async Task What_threw_its_environment_away_is_found_by_its_group_alone()
    {
        var pid = await LeaveAsync("naked");

        await EndAsync([], NextLife());
        Dummy.IsAlive(pid).ShouldBeTrue();

        await EndAsync([_group!.Identity], NextLife());
        Dummy.IsAlive(pid).ShouldBeFalse();
    }

    public void Dispose()
    {
        _group?.KillAll();
        _group?.Dispose();
        _dummy.Dispose();
    }

    private ProcessMark NextLife(string? of = null) =>
        _dummy.Mark with
        {
            Owner = of ?? _dummy.Mark.Owner,
            Life = "next",
        };

    private static Task EndAsync(IReadOnlyList<RunningProcess> written, ProcessMark mark) =>
        Leftovers.EndAsync(written, mark, Dummy.Grace);

    /// <summary>As if the bot had died: nobody waits for it.</summary>
    private async Task<int> LeaveAsync(string how)
    {
        var marker = Path.Combine(_dummy.Folder, "left");
        var start = new ProcessStartInfo(Path.Combine(AppContext.BaseDirectory, "dummy"), [how, marker]);
        _group = await ProcessGroup.StartAsync(start, "dummy", _dummy.Mark.Next());
        return await Dummy.PidInAsync(marker);
    }
}
