using System.Runtime.CompilerServices;
using Microsoft.Extensions.Logging.Abstractions;
using PlatformBot.Core.Approvals;
using PlatformBot.Core.Freezes;
using PlatformBot.Core.Ledgers;
using PlatformBot.Core.Planning;
using PlatformBot.Core.Roles;
using PlatformBot.Core.Runs;
using PlatformBot.TestKit;
using Shouldly;
using Xunit;
using static PlatformBot.Core.Tests.Runs.Plans;
using static PlatformBot.Core.Tests.Runs.Stage;

namespace PlatformBot.Core.Tests.Runs;

/// <summary>The bot is asked to go: what acts may finish, nothing new begins.</summary>
public sealed class LeavingTests : IDisposable
{
    private readonly FakeClock _clock = new(new DateTimeOffset(2026, 11, 21, 9, 0, 0, TimeSpan.Zero));
    private readonly CancellationTokenSource _stopping = new();
    private readonly ScriptedWorld _world = new();
    private readonly RunLocks _turns = new();
    private readonly LiveLedger _ledger;
    private readonly RunHost _host;

    public LeavingTests()
    {
        var journal = new MemoryJournal(_clock);
        var standing = new Standing(new ScriptedPeople(), new Access(), TimeSpan.Zero, _clock);
        var guard = new ApprovalGuard(standing, _ => "d1", new ScriptedInputs());
        _ledger = new LiveLedger(journal, _clock);
        _host = new RunHost(
            journal,
            _world,
            guard,
            [],
            _turns,
            new FreezeBook([], _ledger, _clock),
            _clock,
            NullLogger<RunHost>.Instance
        );
        _host.Resume(_stopping.Token);
    }

    [Fact]
    public async Task What_acts_is_waited_for_and_nothing_begins_after_it()
    {
        var answer = _world.Holds("a");
        var live = await StartAsync(Of(Step("a"), Step("b", "a")));
        await UntilAsync(live, run => run.Steps["a"].State is StepState.Running);

        var leaving = _host.DrainAsync();
        leaving.IsCompleted.ShouldBeFalse();
        answer.SetResult(new ActionOutcome(Verdict.Done, "fine"));
        await InTimeAsync(leaving);

        live.Now.Steps["a"].State.ShouldBeOneOf(StepState.Verifying, StepState.Succeeded);
        await LetGoAsync();
        _world.Did.ShouldBe(["a"]);
    }

    [Fact]
    public async Task No_run_is_started_and_whoever_asks_hears_why()
    {
        await _host.DrainAsync();

        (await _host.StartAsync(new Caller(Ada, new Origin("slash")), Of(Step("a")), "ops"))
            .Ok(out _, out var refusal)
            .ShouldBeFalse();
        refusal!.Reason.ShouldBe("PlatformBot is being stopped and takes no new work.");
    }

    [Fact]
    public async Task A_failed_attempt_is_the_last_one_until_the_next_start()
    {
        var answer = _world.Holds("flaky");
        var live = await StartAsync(Of(Step("flaky") with { Attempts = 3, Backoff = TimeSpan.Zero }));
        await UntilAsync(live, run => run.Steps["flaky"].State is StepState.Running);

        var leaving = _host.DrainAsync();
        answer.SetResult(new ActionOutcome(Verdict.Retry, "no"));
        await InTimeAsync(leaving);

        await LetGoAsync();
        _world.Did.ShouldBe(["flaky"]);
        live.Now.Steps["flaky"].State.ShouldBe(StepState.WaitingToRetry);
    }

    [Fact]
    public async Task Nobody_waits_for_a_person_at_work_or_for_the_next_attempt()
    {
        _world.When("flaky", Verdict.Retry);
        var manual = Step("cable") with { Action = new PlannedAction.Manual("Plug it in", "text") };
        var live = await StartAsync(Of(manual, Step("flaky") with { Attempts = 3 }));
        await UntilAsync(live, run => run.Steps["cable"].State is StepState.Running);
        await UntilAsync(live, run => run.Steps["flaky"].State is StepState.WaitingToRetry);

        await InTimeAsync(_host.DrainAsync());

        await LetGoAsync();
        live.Now.Steps["cable"].State.ShouldBe(StepState.Running);
        live.Now.Steps["flaky"].State.ShouldBe(StepState.WaitingToRetry);
    }

    [Fact]
    public async Task A_run_that_is_over_is_not_kept()
    {
        var runs = new List<WeakReference>();

        for (var n = 0; n < 200; n++)
            runs.Add(await FinishedAsync());

        await LetGoAsync();
        GC.Collect();
        GC.WaitForPendingFinalizers();
        GC.Collect();
        _host.Active.ShouldBeEmpty();
        // The last ones may still be held by what was just awaited.
        runs.Count(run => run.IsAlive).ShouldBeLessThan(5);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private async Task<WeakReference> FinishedAsync()
    {
        var live = await StartAsync(Of(Step("a")));
        await UntilAsync(live, run => run.IsClosed);
        return new WeakReference(live);
    }

    public void Dispose()
    {
        _host.Dispose();
        _ledger.Dispose();
        _turns.Dispose();
        _stopping.Dispose();
    }

    private async Task<LiveRun> StartAsync(Plan plan)
    {
        (await _host.StartAsync(new Caller(Ada, new Origin("slash")), plan, "ops"))
            .Ok(out var live, out _)
            .ShouldBeTrue();
        return live!;
    }

    private async Task LetGoAsync()
    {
        await _stopping.CancelAsync();
        await InTimeAsync(_host.StopAsync());
    }

    private static Task InTimeAsync(Task task) =>
        task.WaitAsync(TimeSpan.FromSeconds(10), TimeProvider.System, TestContext.Current.CancellationToken);

    private static async Task UntilAsync(LiveRun live, Func<Run, bool> so)
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(10));

        while (true)
        {
            var changed = live.Changed;

            if (so(live.Now))
                return;

            await changed.WaitAsync(limit.Token);
        }
    }
}
