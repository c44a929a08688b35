using PlatformBot.Core.Freezes;
using PlatformBot.Core.Planning;
using PlatformBot.Core.Runs;

namespace PlatformBot.Benchmarks;

/// <summary>
/// Steps that take their time in a world of its own, whose clock goes on only when the bot has started everything that it may start: so
/// what is measured is when steps begin, and not how fast this machine is.
/// </summary>
/// <param name="durations">by step id</param>
internal sealed class SimulatedWork(IReadOnlyDictionary<string, TimeSpan> durations) : IStepActions
{
    private static readonly HashSet<string> NoPauses = [];

    private readonly Lock _gate = new();
    private readonly Dictionary<string, (TimeSpan Until, TaskCompletionSource Done)> _acting = [];
    private readonly Signal _changed = new();

    /// <summary>How long the run has taken.</summary>
    public TimeSpan Now { get; private set; }

    /// <summary>Lets time go by until the run is over.</summary>
    public async Task PassAsync(LiveRun live, CancellationToken cancellationToken)
    {
        while (!live.Now.IsOver)
        {
            var news = Task.WhenAny(live.Changed, _changed.Next);

            if (!TryPass(live.Now) && !live.Now.IsOver)
                await news.WaitAsync(cancellationToken);
        }
    }

    public async Task<ActionOutcome> ActAsync(PlannedStep step, StepObserver observer, CancellationToken cancelled)
    {
        var done = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);

        lock (_gate)
            _acting[step.Id] = (Now + durations[step.Id], done);

        _changed.Raise();
        await done.Task.WaitAsync(cancelled);
        return new ActionOutcome(Verdict.Done, "exit 0");
    }

    public Task<CheckOutcome> CheckAsync(PlannedCheck check, CancellationToken cancelled) =>
        Task.FromResult(new CheckOutcome(check is PlannedCheck.Run { Command: ["true"] }, "exit 0"));

    public Task<CheckOutcome> UntilAsync(PlannedWait wait, Action<string> progress, CancellationToken cancelled) =>
        throw new NotSupportedException("Nothing waits here.");

    public Task<IReadOnlyList<ApplyPreview>> PreviewAsync(PlannedAction.Apply apply, CancellationToken cancelled) =>
        Task.FromResult<IReadOnlyList<ApplyPreview>>([]);

    public Task<string> DiagnoseAsync(PlannedStep step, CancellationToken cancelled) => Task.FromResult("");

    public Task EndLeftoversAsync(IReadOnlyList<ProcessFact> processes) => Task.CompletedTask;

    public IReadOnlyList<string> MissingTools(Plan plan) => [];

    /// <summary>Ends what ends next, if the bot has nothing left to do before that.</summary>
    private bool TryPass(Run run)
    {
        lock (_gate)
        {
            var isQuiet =
                _acting.Count > 0
                && run.Plan.Steps.All(step =>
                    run.At(step).State is not StepState.Verifying
                    && _acting.ContainsKey(step.Id) == run.At(step).State is StepState.Running
                )
                && !Scheduler.Ready(run, _acting.Keys.ToHashSet(), NoPauses, _ => true, Frost.None).Any();

            if (!isQuiet)
                return false;

            Now = _acting.Values.Min(each => each.Until);

            foreach (var (id, (_, done)) in _acting.Where(each => each.Value.Until == Now).ToList())
            {
                _acting.Remove(id);
                done.SetResult();
            }

            return true;
        }
    }
}
