using PlatformBot.Core.Approvals;
using PlatformBot.Core.Freezes;
using PlatformBot.Core.Planning;

namespace PlatformBot.Core.Runs;

/// <summary>
/// Carries one step from where its journal left it through one attempt: probe, start, act, verify. Every fact is written before
/// anything follows from it; whether and when there is another attempt is among these facts, and the scheduler's to follow.
/// </summary>
public sealed class StepRunner(
    LiveRun live,
    IStepActions actions,
    ApprovalGuard guard,
    StepLocks locks,
    FreezeBook freezes,
    TimeProvider clock,
    StopTokens tokens
) : IDisposable
{
    private const string Interrupted = "The bot stopped while this step ran, and nothing shows what became of it.";
    private const string CannotTell = "It cannot be told whether this is done already, and it is destructive.";
    internal const string Ended = "stopped because the run ended";
    private const string FrozenJustNow = "Not started: a freeze began just now. It starts when that ends or is lifted.";
    private const string NotBegun = "Not started: the bot was stopped before the step began.";

    /// <summary>However long the bot was away: what it takes over is looked at before it is given up.</summary>
    private static readonly TimeSpan TimeToLook = TimeSpan.FromMinutes(1);

    private readonly StepWork _work = new(live, actions, clock, tokens);
    private readonly WayBack _wayBack = new(live, actions, locks, clock, tokens);
    private readonly PeoplesPart _people = new(live, clock);

    /// <summary>An earlier attempt did it, as the probe says, and could not prove it: only the proof is missing.</summary>
    private bool _lacksOnlyProof;

    /// <summary>The action has begun: it may have done something, or half of it.</summary>
    private bool _hasActed;

    /// <summary>The step's lock, until somebody gives it back; null when it has none, or went on without it.</summary>
    private IDisposable? _held;

    /// <summary>Ends what acts.</summary>
    private readonly CancellationTokenSource _acting = CancellationTokenSource.CreateLinkedTokenSource(
        tokens.Stopping,
        tokens.Cancelled
    );

    /// <summary>Ends what only waits: for a person, for the chat server's word on who approved.</summary>
    private readonly CancellationTokenSource _waiting = CancellationTokenSource.CreateLinkedTokenSource([
        tokens.Stopping,
        tokens.Cancelled,
        tokens.Ending,
        tokens.Draining,
    ]);

    public async Task RunAsync(PlannedStep step)
    {
        try
        {
            if (live.Now.At(step).State is not StepState.TakingBack)
                await AttemptAsync(step);
        }
        catch (OperationCanceledException)
            when (!tokens.Stopping.IsCancellationRequested && tokens.Ending.IsCancellationRequested)
        {
            await NoteAsync(CutOff(step));
        }

        if (live.Now.At(step).State is StepState.TakingBack)
            await _wayBack.RunAsync(step, _held);
    }

    private RunEvent CutOff(PlannedStep step) => CutOff(step, live.Now.At(step), Ended, _hasActed);

    /// <summary>It may not begin; what an earlier attempt has left goes back where the step undoes itself.</summary>
    private RunEvent Refused(PlannedStep step, Failure why) =>
        step.UndoesItself && _hasActed
            ? new RunEvent.StepTurnedRed(step.Id, why)
            : new RunEvent.StepFailed(step.Id, why, RetryAt: null);

    /// <summary>What becomes of a step that began and is not to go on: it stays as it is, unless it undoes itself.</summary>
    /// <param name="mayStand">something of it may have been done, and would stay unproven</param>
    internal static RunEvent CutOff(PlannedStep step, StepProgress at, string said, bool mayStand) =>
        step.UndoesItself && mayStand && StepStates.Table.Next(at.State, StepTrigger.TurnRed) is not null
            ? new RunEvent.StepTurnedRed(step.Id, Failure.Untouched(at.Attempt, $"Not proven: {said}."))
            : new RunEvent.StepCancelled(step.Id, said);

    public void Dispose()
    {
        _held?.Dispose();
        _acting.Dispose();
        _waiting.Dispose();
    }

    /// <summary>Nobody else with the same lock looks or acts meanwhile. When another run was quicker to take it, this one looks again later.</summary>
    private async Task AttemptAsync(PlannedStep step)
    {
        // The action is done and journaled: what a crash left over is the proof, not the work.
        if (live.Now.At(step) is { State: StepState.Verifying } left)
        {
            _held = locks.TryTake(Scheduler.LockOf(live.Now, step));

            if (_held is not null)
                await TryAsync(step, TimeLeft(step, left));

            return;
        }

        // What an earlier attempt did may stand, unproven.
        _hasActed = live.Now.At(step).MayStand;
        _held = locks.TryTake(step.Lock);

        if (
            _held is not null
            && !await SettledByProbeAsync(step, live.Now.At(step), _acting.Token)
            && await StartAsync(step)
            && await _people.IsDoneAsync(step, _waiting.Token)
        )
        {
            await TryAsync(step, step.Timeout);
        }
    }

    /// <summary>An attempt that an earlier life of the bot began has the time that it had. What people took is not counted.</summary>
    private TimeSpan TimeLeft(PlannedStep step, StepProgress found)
    {
        var began = found.Evidence?.CompleteAt is { } said && said > found.AttemptAt ? said : found.AttemptAt;
        var left = step.Timeout - (clock.GetUtcNow() - (began ?? clock.GetUtcNow()));
        var least = step.Timeout < TimeToLook ? step.Timeout : TimeToLook;

        // The clock may have been set back since.
        return left < least ? least
            : left > step.Timeout ? step.Timeout
            : left;
    }

    /// <summary>
    /// True when the action may begin. The last look at the approval comes after the start is on disk, because writing it may have
    /// taken as long as the disk was full: nothing that takes time lies between that look and the action.
    /// </summary>
    private async Task<bool> StartAsync(PlannedStep step)
    {
        var found = live.Now.At(step);

        // A person is at work on it already.
        if (found.State is not StepState.Running)
        {
            // While the probe looked, the run or the bot may have come to its end, or somebody may have paused it.
            tokens.Draining.ThrowIfCancellationRequested();
            _waiting.Token.ThrowIfCancellationRequested();

            var started = new RunEvent.StepStarted(step.Id, found.Attempt + 1);

            if (!await live.NoteIfAsync(now => MayStart(now, step), started, _waiting.Token))
                return false;
        }

        var objection = step.Destructive is null ? null : await ObjectionAsync(step, found);

        if (Scheduler.IsEnding(live.Now))
            await NoteAsync(CutOff(step));
        else if (objection is not null)
            await NoteAsync(Refused(step, objection.ToFailure(AttemptOf(step))));
        else if (found.State is not StepState.Running && freezes.Now.Over(step) is not null)
            await PutOffAsync(step, FrozenJustNow);
        else
            return true;

        return false;
    }

    /// <summary>Asked again as long as its start cannot be written.</summary>
    private bool MayStart(Run now, PlannedStep step) =>
        Scheduler.MayBegin(now) && Scheduler.Kept(now, step, freezes.Now) is null;

    /// <summary>True when the probe, or the lack of one after a crash, has settled what becomes of the step.</summary>
    private async Task<bool> SettledByProbeAsync(PlannedStep step, StepProgress found, CancellationToken token)
    {
        // A person is at work on it already.
        if (found.State is StepState.Running)
            return false;

        var looks = await _work.LookAsync(step.Probe, token);
        var saw = StepWork.Sentence(looks);

        if (step.Probe.Count > 0 && looks.All(look => look.Holds is true))
        {
            // What this run has begun is not done before it is proven, for as long as it must hold, whatever the probe says; nor is it done a
            // second time.
            _lacksOnlyProof =
                found.Attempt > 0
                && step.Action is not PlannedAction.Manual
                && (step.HoldsFor is not null || !await IsProvenAsync(step, token));

            if (!_lacksOnlyProof)
                await NoteAsync(new RunEvent.StepAlreadyDone(step.Id, saw));

            return !_lacksOnlyProof;
        }

        var cannotTell = step.Probe.Count == 0 || looks.Any(look => look.Holds is null);

        var why =
            found.WasInterrupted && !step.Repeatable ? $"{Interrupted} {saw}".TrimEnd()
            : step.Destructive is not null && step.Probe.Count > 0 && cannotTell ? $"{CannotTell} {saw}"
            : null;

        if (why is null)
            return false;

        // Half done, or done: nobody knows, and it is not to stay unproven.
        if (step.UndoesItself && _hasActed)
            await NoteAsync(new RunEvent.StepTurnedRed(step.Id, Failure.Untouched(AttemptOf(step), why)));
        else
            await RefuseAsync(step, why);

        return true;
    }

    private async Task<bool> IsProvenAsync(PlannedStep step, CancellationToken token) =>
        (await _work.LookAsync(step.Verify, token)).All(look => look.Holds is true);

    /// <param name="found">as it was before this life of the bot did anything about it</param>
    private async Task<GuardObjection?> ObjectionAsync(PlannedStep step, StepProgress found)
    {
        try
        {
            return await guard.ObjectionAsync(live, step, _waiting.Token);
        }
        catch (OperationCanceledException) when (tokens.IsLeaving && found.State is not StepState.Running)
        {
            // Nothing has begun, and the next start may know that: it need ask nobody.
            await PutOffAsync(step, NotBegun);
            throw;
        }
    }

    /// <summary>Acts and proves, within the time.</summary>
    /// <param name="time">for the action and its proof together</param>
    private async Task TryAsync(PlannedStep step, TimeSpan time)
    {
        _hasActed = true;
        var did = await _work.DoAsync(
            step,
            time,
            (progress, limited) => ActAsync(step, progress, limited),
            ActedAsync,
            _acting.Token
        );

        if (did.Verdict is Verdict.Done or Verdict.AlreadyThere)
            await NoteAsync(new RunEvent.StepSucceeded(step.Id, did.Said));
        else
            await FailAsync(step, did);

        async Task ActedAsync(ActionOutcome did)
        {
            // What the action did is on disk before anything follows from it.
            if (
                did.Verdict is Verdict.Done or Verdict.AlreadyThere
                && live.Now.At(step).State is not StepState.Verifying
            )
            {
                await NoteAsync(new RunEvent.StepActed(step.Id, did.Said));
            }

            // A verification may take minutes. What may have to go back meanwhile keeps its lock, so that the way back is free
            // and nobody else changes what is being proven.
            if (!step.UndoesItself)
                _held?.Dispose();
        }
    }

    private Task<ActionOutcome> ActAsync(PlannedStep step, Action<string> progress, CancellationToken limited) =>
        live.Now.At(step) switch
        {
            { State: StepState.Verifying, Saw: var said } => Task.FromResult(new ActionOutcome(Verdict.Done, said)),
            { Evidence: { } evidence } => Task.FromResult(
                new ActionOutcome(Verdict.Done, $"{evidence.By}: {evidence.Text}")
            ),
            _ when _lacksOnlyProof => Task.FromResult(
                new ActionOutcome(Verdict.AlreadyThere, "done before; only its proof was missing")
            ),
            _ => _work.ActAsync(step, progress, limited),
        };

    /// <summary>What has happened has happened: it is written even when the run ends meanwhile.</summary>
    private Task NoteAsync(RunEvent what) => live.NoteAsync(what, tokens.Stopping);

    private async Task FailAsync(PlannedStep step, ActionOutcome did)
    {
        var at = live.Now.At(step);
        var attempt = at.Attempt;
        var isRed = step.UndoesItself && at.State is StepState.Verifying;
        var again = did.Verdict is Verdict.Retry && attempt < step.Attempts && !isRed;

        // The diagnosis is made while it goes back, not before.
        if (step.UndoesItself && !again)
        {
            var red = await _work.FailureAsync(step, did, attempt, isDiagnosed: false);
            await NoteAsync(new RunEvent.StepTurnedRed(step.Id, red));
            return;
        }

        var failure = await _work.FailureAsync(step, did, attempt, isDiagnosed: !again);
        await NoteAsync(
            new RunEvent.StepFailed(step.Id, failure, again ? clock.GetUtcNow() + step.PauseAfter(attempt) : null)
        );
    }

    /// <summary>Nothing was done, and a person must say how it goes on.</summary>
    private Task RefuseAsync(PlannedStep step, string why) =>
        NoteAsync(new RunEvent.StepFailed(step.Id, WithoutActing(step, why), RetryAt: null));

    /// <summary>Nothing was done, and the bot begins anew as soon as it may.</summary>
    private Task PutOffAsync(PlannedStep step, string why) =>
        NoteAsync(new RunEvent.StepFailed(step.Id, WithoutActing(step, why), RetryAt: clock.GetUtcNow()));

    private Failure WithoutActing(PlannedStep step, string why) =>
        Failure.Untouched(AttemptOf(step), why) with
        {
            NothingDone = true,
        };

    private int AttemptOf(PlannedStep step) => live.Now.At(step).Attempt;
}
