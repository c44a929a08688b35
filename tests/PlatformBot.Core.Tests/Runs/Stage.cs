using Microsoft.Extensions.Logging.Abstractions;
using PlatformBot.Core.Approvals;
using PlatformBot.Core.Freezes;
using PlatformBot.Core.Ledgers;
using PlatformBot.Core.Planning;
using PlatformBot.Core.Roles;
using PlatformBot.Core.Runs;
using PlatformBot.Core.Statements;
using PlatformBot.TestKit;
using Shouldly;

namespace PlatformBot.Core.Tests.Runs;

/// <summary>One run on a scripted world: start it, let people act, see what the journal says.</summary>
internal sealed class Stage : IAsyncDisposable
{
    public static readonly Person Ada = new("ada", "ada");
    public static readonly Person Grace = new("grace", "grace");

    private CancellationTokenSource _stopping = new();
    private Task _work = Task.CompletedTask;
    private RunEngine? _engine;

    /// <param name="witness">judges what people sign; null: nothing signed counts</param>
    public Stage(Plan plan, Witness? witness = null)
    {
        Journal = new MemoryJournal(Clock);
        Access.Set(new Dictionary<string, Holders> { ["operator"] = new(Ada), ["approver"] = new(Ada, Grace) });
        Standing = new Standing(People, Access, TimeSpan.FromMinutes(10), Clock) { Witness = witness };
        var opened = Journal.OpenRunAsync(Ada, new RunEvent.Planned(plan, "ops")).Result;
        Live = new LiveRun(Run.Begin(opened)!, Journal, Clock);
        Ledger = new LiveLedger(Journal, Clock);
    }

    public FakeClock Clock { get; } = new(new DateTimeOffset(2026, 11, 21, 9, 0, 0, TimeSpan.Zero));

    /// <summary>Shared with whatever else the test lets run.</summary>
    public StepLocks Locks { get; } = new();

    public RunLocks Turns { get; } = new();

    public ScriptedWorld World { get; init; } = new();

    public ScriptedInputs Inputs { get; } = new();

    public Access Access { get; } = new();

    public ScriptedPeople People { get; } = new();

    /// <summary>Trusts the chat server's last word for ten minutes.</summary>
    public Standing Standing { get; }

    public string Digest { get; set; } = "d1";

    public MemoryJournal Journal { get; }

    public LiveRun Live { get; private set; }

    public LiveLedger Ledger { get; private set; }

    /// <summary>As the configuration has them.</summary>
    public List<FreezeWindow> Windows { get; } = [];

    private FreezeBook Freezes => new(Windows, Ledger, Clock);

    public void Start()
    {
        var guard = new ApprovalGuard(Standing, _ => Digest, Inputs);
        _engine = new RunEngine(Live, World, guard, Locks, Turns, Freezes, Clock, NullLogger.Instance);
        _work = _engine.ContinueAsync(_stopping.Token);
    }

    /// <summary>As after a crash: a new process reads the journal and goes on.</summary>
    public void Restart()
    {
        Live = new LiveRun(Run.Replay(Journal.Entries.Where(entry => entry.Run is not null))!, Journal, Clock);
        Ledger = new LiveLedger(Journal, Clock);
        Start();
    }

    /// <summary>Gives whatever might still happen the time to happen.</summary>
    public async Task QuietAsync()
    {
        for (var round = 0; round < 20; round++)
        {
            await Task.WhenAny(
                Live.Changed,
                Task.Delay(TimeSpan.FromMilliseconds(2), TimeProvider.System, _stopping.Token)
            );
        }
    }

    /// <summary>Waits until the run's state is so.</summary>
    public async Task UntilAsync(Func<Run, bool> so)
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(10));

        while (true)
        {
            var changed = Live.Changed;

            if (so(Live.Now))
                return;

            try
            {
                await changed.WaitAsync(limit.Token);
            }
            catch (OperationCanceledException)
            {
                Live.Now.Steps.ShouldBeEmpty($"the run stood still; it is {Live.Now.State}");
            }
        }
    }

    public Task UntilAsync(string step, StepState state) => UntilAsync(run => run.Steps[step].State == state);

    public Task UntilAsync(RunState state) => UntilAsync(run => run.State == state);

    /// <summary>As SIGTERM does.</summary>
    public async Task StopAsync()
    {
        await _stopping.CancelAsync();
        await _work.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _stopping.Dispose();
        _stopping = new CancellationTokenSource();
    }

    /// <summary>Lets time go by until the run has succeeded.</summary>
    public Task UntilSucceededAsync() => PassUntilAsync(RunState.Succeeded);

    public Task PassUntilAsync(RunState state) => PassUntilAsync(run => run.State == state);

    /// <summary>Lets time go by, a second at a look and 200 at most, until the run's state is so.</summary>
    public async Task PassUntilAsync(Func<Run, bool> so)
    {
        for (var looks = 0; looks < 200 && !so(Live.Now); looks++)
        {
            Clock.Advance(TimeSpan.FromSeconds(1));
            await Task.WhenAny(
                Live.Changed,
                Task.Delay(TimeSpan.FromMilliseconds(20), TimeProvider.System, _stopping.Token)
            );
        }

        so(Live.Now).ShouldBeTrue($"it is {Live.Now.State}");
    }

    public Task VoteAsync(Person by, Decision decision = Decision.Approve, string on = "foundation") =>
        Live.RecordAsync(by, new RunEvent.Voted(on, decision, "d1", "because", "test"));

    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync();
        await _work.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _engine?.Dispose();
        _stopping.Dispose();
        Live.Dispose();
        Ledger.Dispose();
        Locks.Dispose();
        Turns.Dispose();
    }
}
