using System.Collections.Concurrent;
using PlatformBot.Core.Planning;
using PlatformBot.Core.Runs;

namespace PlatformBot.Core.Tests.Runs;

/// <summary>A world that does what the test says: actions by their command, checks by their first word.</summary>
internal sealed class ScriptedWorld : IStepActions
{
    private readonly ConcurrentDictionary<string, Func<CancellationToken, Task<ActionOutcome>>> _acts = [];
    private readonly ConcurrentDictionary<string, CheckOutcome> _checks = [];
    private readonly ConcurrentDictionary<string, Func<Task>> _looks = [];
    private readonly ConcurrentQueue<string> _did = new();
    private readonly ConcurrentQueue<string> _looked = new();

    /// <summary>Ids of the steps that acted, in order.</summary>
    public IReadOnlyList<string> Did => [.. _did];

    /// <summary>First words of the checks, in order.</summary>
    public IReadOnlyList<string> Looked => [.. _looked];

    public void When(string step, Func<CancellationToken, Task<ActionOutcome>> act) => _acts[step] = act;

    public void When(string step, Verdict verdict) =>
        When(step, _ => Task.FromResult(new ActionOutcome(verdict, $"{step}: {verdict}")));

    /// <summary>The world's answer comes when the test gives it.</summary>
    public TaskCompletionSource<ActionOutcome> Holds(string step)
    {
        var answer = new TaskCompletionSource<ActionOutcome>(TaskCreationOptions.RunContinuationsAsynchronously);
        When(step, token => answer.Task.WaitAsync(token));
        return answer;
    }

    public void Shows(string check, bool? holds) => _checks[check] = new CheckOutcome(holds, $"{check}: {holds}");

    /// <summary>Something happens while somebody looks.</summary>
    public void WhenLooking(string check, Func<Task> happens) => _looks[check] = happens;

    public Task<ActionOutcome> ActAsync(PlannedStep step, StepObserver observer, CancellationToken cancelled)
    {
        var what = step.Action is PlannedAction.Run run ? string.Join(' ', run.Commands[0]) : step.Id;
        _did.Enqueue(what);
        return _acts.TryGetValue(what, out var act)
            ? act(cancelled)
            : Task.FromResult(new ActionOutcome(Verdict.Done, $"{what} done"));
    }

    public async Task<CheckOutcome> CheckAsync(PlannedCheck check, CancellationToken cancelled)
    {
        var what = ((PlannedCheck.Run)check).Command[0];
        _looked.Enqueue(what);

        if (_looks.TryGetValue(what, out var happens))
            await happens();

        return _checks.GetValueOrDefault(what, new CheckOutcome(false, "no"));
    }

    public Task<CheckOutcome> UntilAsync(PlannedWait wait, Action<string> progress, CancellationToken cancelled) =>
        throw new NotSupportedException("Nothing waits here.");

    public Task<IReadOnlyList<ApplyPreview>> PreviewAsync(PlannedAction.Apply apply, CancellationToken cancelled) =>
        Task.FromResult<IReadOnlyList<ApplyPreview>>([]);

    public Func<CancellationToken, Task<string>> Diagnoses { get; set; } =
        _ => Task.FromResult("two pods are not well");

    public Task<string> DiagnoseAsync(PlannedStep step, CancellationToken cancelled) => Diagnoses(cancelled);

    /// <summary>Processes that were ended because the bot that had started them died.</summary>
    public List<ProcessFact> Ended { get; } = [];

    public Task EndLeftoversAsync(IReadOnlyList<ProcessFact> processes)
    {
        Ended.AddRange(processes);
        return Task.CompletedTask;
    }

    public IReadOnlyList<string> MissingTools(Plan plan) => [];
}
