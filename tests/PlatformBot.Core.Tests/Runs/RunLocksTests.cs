using PlatformBot.Core.Runs;
using PlatformBot.TestKit;
using Shouldly;
using Xunit;
using static PlatformBot.Core.Tests.Runs.Plans;
using static PlatformBot.Core.Tests.Runs.Stage;

namespace PlatformBot.Core.Tests.Runs;

/// <summary>Whose turn it is.</summary>
public sealed class RunLocksTests : IDisposable
{
    private readonly FakeClock _clock = new(new DateTimeOffset(2026, 11, 21, 9, 0, 0, TimeSpan.Zero));
    private readonly MemoryJournal _journal;
    private readonly RunLocks _turns = new();
    private readonly List<LiveRun> _runs = [];

    public RunLocksTests() => _journal = new MemoryJournal(_clock);

    [Fact]
    public async Task Runs_that_share_a_lock_take_it_one_after_the_other_in_the_order_in_which_they_came()
    {
        var (first, second, third) = (await OpenAsync("x"), await OpenAsync("x"), await OpenAsync("x"));

        await TakeAsync(third, second, first);
        first.Now.HasItsTurn.ShouldBeTrue();
        second.Now.HasItsTurn.ShouldBeFalse();
        _turns.Before(third.Now).Select(run => run.Id.Number).ShouldBe([1, 2]);

        await EndAsync(first);
        await TakeAsync(third, second);
        second.Now.HasItsTurn.ShouldBeTrue();
        third.Now.HasItsTurn.ShouldBeFalse();
    }

    [Fact]
    public async Task A_run_takes_all_its_locks_or_none()
    {
        var (infra, both, apps) = (await OpenAsync("infra"), await OpenAsync("infra", "apps"), await OpenAsync("apps"));

        await TakeAsync(infra, both, apps);

        infra.Now.HasItsTurn.ShouldBeTrue();
        both.Now.HasItsTurn.ShouldBeFalse();
        apps.Now.HasItsTurn.ShouldBeFalse("it came after a run that wants its lock");
    }

    [Fact]
    public async Task A_run_that_is_paused_while_it_waits_lets_others_pass()
    {
        var (holder, paused, next) = (await OpenAsync("x"), await OpenAsync("x"), await OpenAsync("x"));
        await TakeAsync(holder);
        await paused.RecordAsync(Ada, new RunEvent.Paused(null));

        await EndAsync(holder);
        await TakeAsync(paused, next);

        next.Now.HasItsTurn.ShouldBeTrue();
        paused.Now.HasItsTurn.ShouldBeFalse();
    }

    [Fact]
    public async Task While_the_journal_of_one_run_cannot_be_read_no_lock_is_given()
    {
        _turns.EnterUnreadable(new RunId(7), "an unknown entry");
        var run = await OpenAsync("x");
        var free = await OpenAsync();

        await TakeAsync(run, free);

        run.Now.HasItsTurn.ShouldBeFalse();
        free.Now.HasItsTurn.ShouldBeTrue("it needs none");
    }

    [Fact]
    public async Task A_restart_finds_who_holds_what_in_the_journal()
    {
        var (first, second) = (await OpenAsync("x"), await OpenAsync("x"));
        await TakeAsync(first);

        using var after = new RunLocks();
        after.Enter(new LiveRun(Run.Replay(_journal.Read(first.Id))!, _journal, _clock));
        await after.TryTakeAsync(second, CancellationToken.None);

        second.Now.HasItsTurn.ShouldBeFalse();
        after.Before(second.Now).ShouldHaveSingleItem().Id.ShouldBe(first.Id);
    }

    public void Dispose()
    {
        _runs.ForEach(live => live.Dispose());
        _turns.Dispose();
    }

    private async Task<LiveRun> OpenAsync(params string[] locks)
    {
        var plan = Of(Step("a")) with { Locks = locks };
        var opened = await _journal.AppendAsync(new RunId(_runs.Count + 1), Ada, new RunEvent.Planned(plan, "ops"));
        _runs.Add(new LiveRun(Run.Begin(opened)!, _journal, _clock));
        _turns.Enter(_runs[^1]);
        return _runs[^1];
    }

    private async Task TakeAsync(params LiveRun[] runs)
    {
        foreach (var live in runs.Concat(runs))
            await _turns.TryTakeAsync(live, CancellationToken.None);
    }

    private static Task EndAsync(LiveRun live) =>
        live.RecordAsync(Person.Bot, new RunEvent.Ended(RunState.Succeeded, null));
}
