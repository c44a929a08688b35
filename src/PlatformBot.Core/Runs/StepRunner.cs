using System.Collections.Concurrent;
using PlatformBot.Core.Approvals;
using PlatformBot.Core.Planning;

namespace PlatformBot.Core.Runs;

/// <summary>
/// Carries one step from where its journal left it to an end: probe, start, act, verify, try again. Every fact is written
/// before anything follows from it.
/// </summary>
public sealed class StepRunner(
    LiveRun live,
    IStepActions actions,
    ApprovalGuard guard,
    StepLocks locks,
    TimeProvider clock
)
{
    private const string Interrupted = "The bot stopped while this step ran, and nothing shows what became of it.";
    private const string CannotTell = "It cannot be told whether this is done already, and it is destructive.";

    private static readonly TimeSpan LookEvery = TimeSpan.FromSeconds(3);

    /// <param name="stopping">the bot goes: leave the step as it is, write nothing</param>
    /// <param name="cancelled">a person ended the run: stop, and write it</param>
    public async Task RunAsync(PlannedStep step, CancellationToken stopping, CancellationToken cancelled)
    {
        using var both = CancellationTokenSource.CreateLinkedTokenSource(stopping, cancelled);

        try
        {
            await CarryAsync(step, both.Token);
        }
        catch (OperationCanceledException) when (!stopping.IsCancellationRequested && cancelled.IsCancellationRequested)
        {
            await live.RecordAsync(
                Person.Bot,
                new RunEvent.StepCancelled(step.Id, "stopped because the run was cancelled")
            );
        }
    }

    private async Task CarryAsync(PlannedStep step, CancellationToken token)
    {
        do
        {
            var found = live.Now.At(step);

            if (found is { State: StepState.WaitingToRetry, RetryAt: { } at })
                await WaitUntilAsync(at, token);

            // The action is done and journaled: what a crash left over is the proof, not the work.
            if (found.State is not StepState.Verifying && await SettledByProbeAsync(step, found, token))
                return;
        } while (await AttemptAsync(step, token));
    }

    /// <summary>True when the probe, or the lack of one after a crash, has settled what becomes of the step.</summary>
    private async Task<bool> SettledByProbeAsync(PlannedStep step, StepProgress found, CancellationToken token)
    {
        if (step.Action is PlannedAction.Manual)
            return false;

        var looks = await LookAsync(step.Probe, token);
        var saw = Sentence(looks);

        if (step.Probe.Count > 0 && looks.All(look => look.Holds is true))
        {
            await live.RecordAsync(Person.Bot, new RunEvent.StepAlreadyDone(step.Id, saw));
            return true;
        }

        var cannotTell = step.Probe.Count == 0 || looks.Any(look => look.Holds is null);

        if (found.WasInterrupted && !step.Repeatable && (cannotTell || step.Destructive is not null))
            return await AskAsync(step, found, $"{Interrupted} {saw}".TrimEnd());

        if (step.Destructive is not null && step.Probe.Count > 0 && cannotTell)
            return await AskAsync(step, found, $"{CannotTell} {saw}");

        if (step.Destructive is not null && guard.Objection(live.Now, step) is { } objection)
            return await AskAsync(step, found, objection);

        return false;
    }

    /// <summary>One attempt. True when another one is due.</summary>
    private async Task<bool> AttemptAsync(PlannedStep step, CancellationToken token)
    {
        var found = live.Now.At(step);
        var attempt = found.State is StepState.Verifying or StepState.Running ? found.Attempt : found.Attempt + 1;
        using var timeout = new CancellationTokenSource(step.Timeout, clock);
        using var limited = CancellationTokenSource.CreateLinkedTokenSource(token, timeout.Token);
        var did = new ActionOutcome(Verdict.Retry, "");
        var saw = "nothing yet";

        try
        {
            did = await DoAsync(step, attempt, line => saw = line, limited.Token);

            if (did.Verdict is Verdict.Done or Verdict.AlreadyThere)
            {
                if (await ProvenAsync(step, line => saw = line, limited.Token))
                {
                    await live.RecordAsync(
                        Person.Bot,
                        new RunEvent.StepSucceeded(step.Id, step.Verify.Count > 0 ? saw : did.Said)
                    );
                    return false;
                }

                did = did with { Verdict = Verdict.Retry, Said = saw };
            }
        }
        catch (OperationCanceledException) when (timeout.IsCancellationRequested && !token.IsCancellationRequested)
        {
            did = did with
            {
                Verdict = Verdict.Retry,
                Said = $"No success within {Words.Span(step.Timeout)}. Last seen: {saw}",
            };
        }

        return await FailAsync(step, attempt, did, token);
    }

    /// <summary>The start is on disk before the action begins; what the action did, before anything follows from it.</summary>
    private async Task<ActionOutcome> DoAsync(
        PlannedStep step,
        int attempt,
        Action<string> progress,
        CancellationToken limited
    )
    {
        if (live.Now.At(step) is { State: StepState.Verifying, Saw: var said })
            return new ActionOutcome(Verdict.Done, said);

        await locks.TakeAsync(step.Lock, limited);

        try
        {
            if (live.Now.At(step).State is not StepState.Running)
                await live.RecordAsync(Person.Bot, new RunEvent.StepStarted(step.Id, attempt));

            var processes = new ConcurrentBag<Task>();
            var observer = new StepObserver(progress, started => processes.Add(NoteAsync(step, started)));
            var did =
                step.Action is PlannedAction.Manual
                    ? await WaitForEvidenceAsync(step, limited)
                    : await actions.ActAsync(step, observer, limited);
            await Task.WhenAll(processes);

            if (did.Verdict is Verdict.Done or Verdict.AlreadyThere)
                await live.RecordAsync(Person.Bot, new RunEvent.StepActed(step.Id, did.Said));

            return did;
        }
        finally
        {
            locks.GiveBack(step.Lock);
        }
    }

    private Task NoteAsync(PlannedStep step, ProcessFact started) =>
        live.RecordAsync(
            Person.Bot,
            new RunEvent.ProcessStarted(step.Id, started.Tool, started.Pid, started.StartTime, started.BootId)
        );

    private async Task<bool> FailAsync(PlannedStep step, int attempt, ActionOutcome did, CancellationToken token)
    {
        var again = did.Verdict is Verdict.Retry && attempt < step.Attempts;
        var diagnosis = again ? "" : await actions.DiagnoseAsync(step, token);
        var failure = new Failure(attempt, did.Said, did.Command, did.ExitCode, did.Output, did.Explanation, diagnosis);
        var retryAt = again ? clock.GetUtcNow() + step.Backoff * Math.Pow(2, attempt - 1) : (DateTimeOffset?)null;
        await live.RecordAsync(Person.Bot, new RunEvent.StepFailed(step.Id, failure, retryAt));
        return again;
    }

    /// <summary>Looks until everything holds; false when something never will.</summary>
    private async Task<bool> ProvenAsync(PlannedStep step, Action<string> progress, CancellationToken limited)
    {
        var patience = new Patience(clock);

        while (true)
        {
            var looks = await LookAsync(step.Verify, limited);
            progress(Sentence(looks));

            if (looks.All(look => look.Holds is true))
                return true;

            if (patience.IsOver(looks.Any(look => look.Hopeless)))
                return false;

            await Task.Delay(LookEvery, clock, limited);
        }
    }

    private async Task<ActionOutcome> WaitForEvidenceAsync(PlannedStep step, CancellationToken limited)
    {
        while (true)
        {
            var changed = live.Changed;

            if (live.Now.At(step).Evidence is { } evidence)
                return new ActionOutcome(Verdict.Done, evidence);

            await changed.WaitAsync(limited);
        }
    }

    /// <summary>Stops at the first look that does not hold: the later ones would only cost time.</summary>
    private async Task<IReadOnlyList<CheckOutcome>> LookAsync(
        IReadOnlyList<PlannedCheck> checks,
        CancellationToken token
    )
    {
        var looks = new List<CheckOutcome>();

        foreach (var check in checks)
        {
            looks.Add(await actions.CheckAsync(check, token));

            if (looks[^1].Holds is not true)
                break;
        }

        return looks;
    }

    private async Task<bool> AskAsync(PlannedStep step, StepProgress found, string why)
    {
        var failure = new Failure(found.Attempt, why, null, null, "", null, "");
        await live.RecordAsync(Person.Bot, new RunEvent.StepFailed(step.Id, failure, RetryAt: null));
        return true;
    }

    private Task WaitUntilAsync(DateTimeOffset at, CancellationToken token)
    {
        var left = at - clock.GetUtcNow();
        return left > TimeSpan.Zero ? Task.Delay(left, clock, token) : Task.CompletedTask;
    }

    /// <summary>What stands in the way or, when nothing does, what was seen last.</summary>
    private static string Sentence(IReadOnlyList<CheckOutcome> looks)
    {
        var open = looks.Where(look => look.Holds is not true).Select(look => look.Saw).ToList();
        return open.Count > 0 || looks.Count == 0 ? string.Join("; ", open) : looks[^1].Saw;
    }
}
