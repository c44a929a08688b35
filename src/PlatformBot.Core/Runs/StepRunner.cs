using PlatformBot.Core.Approvals;
using PlatformBot.Core.Planning;

namespace PlatformBot.Core.Runs;

/// <summary>
/// Carries one step from where its journal left it to an end: probe, start, act, verify, try again. Every fact is written
/// before anything follows from it.
/// </summary>
public sealed class StepRunner(LiveRun live, IStepActions actions, ApprovalGuard guard, TimeProvider clock)
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
        var resumed = found.State is StepState.Verifying or StepState.Running;
        var attempt = resumed ? found.Attempt : found.Attempt + 1;

        if (!resumed)
            await live.RecordAsync(Person.Bot, new RunEvent.StepStarted(step.Id, attempt));

        using var timeout = new CancellationTokenSource(step.Timeout, clock);
        using var limited = CancellationTokenSource.CreateLinkedTokenSource(token, timeout.Token);
        var failure = await TryAsync(step, attempt, limited.Token, timeout.Token, token);

        if (failure is null)
            return false;

        var (what, mayRetry) = failure.Value;
        var again = mayRetry && attempt < step.Attempts;
        var diagnosis = again ? "" : await actions.DiagnoseAsync(step, token);
        var retryAt = again ? clock.GetUtcNow() + step.Backoff * Math.Pow(2, attempt - 1) : (DateTimeOffset?)null;
        await live.RecordAsync(
            Person.Bot,
            new RunEvent.StepFailed(step.Id, what with { Diagnosis = diagnosis }, retryAt)
        );
        return again;
    }

    private async Task<(Failure What, bool MayRetry)?> TryAsync(
        PlannedStep step,
        int attempt,
        CancellationToken limited,
        CancellationToken timeout,
        CancellationToken token
    )
    {
        var saw = "nothing yet";

        try
        {
            var outcome = await ActAsync(step, line => saw = line, limited);

            if (outcome.Verdict is not (Verdict.Done or Verdict.AlreadyThere))
                return (Failed(attempt, outcome), outcome.Verdict is Verdict.Retry);

            // It happened, so it is written down, even while the bot is stopping.
            if (live.Now.At(step).State is StepState.Running)
                await live.RecordAsync(Person.Bot, new RunEvent.StepActed(step.Id, outcome.Said));

            var hopeless = await VerifyAsync(step, line => saw = line, limited);

            if (hopeless is not null)
                return (Failed(attempt, outcome with { Said = hopeless }), true);

            await live.RecordAsync(
                Person.Bot,
                new RunEvent.StepSucceeded(step.Id, saw is "nothing yet" ? outcome.Said : saw)
            );
            return null;
        }
        catch (OperationCanceledException) when (timeout.IsCancellationRequested && !token.IsCancellationRequested)
        {
            var said = $"No success within {Words.Span(step.Timeout)}. Last seen: {saw}";
            return (Failed(attempt, new ActionOutcome(Verdict.Retry, said)), true);
        }
    }

    /// <summary>Looks until everything holds; what will never hold is returned in words.</summary>
    private async Task<string?> VerifyAsync(PlannedStep step, Action<string> progress, CancellationToken limited)
    {
        while (true)
        {
            var looks = await LookAsync(step.Verify, limited);

            if (looks.Count > 0)
                progress(Sentence(looks));

            if (looks.All(look => look.Holds is true))
                return null;

            if (looks.FirstOrDefault(look => look.Hopeless) is { } hopeless)
                return hopeless.Saw;

            await Task.Delay(LookEvery, clock, limited);
        }
    }

    private Task<ActionOutcome> ActAsync(PlannedStep step, Action<string> progress, CancellationToken limited) =>
        step.Action switch
        {
            _ when live.Now.At(step).State is StepState.Verifying => Task.FromResult(
                new ActionOutcome(Verdict.Done, live.Now.At(step).Saw)
            ),
            PlannedAction.Manual => WaitForEvidenceAsync(step, limited),
            _ => actions.ActAsync(step, progress, limited),
        };

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

    private static Failure Failed(int attempt, ActionOutcome outcome) =>
        new(attempt, outcome.Said, outcome.Command, outcome.ExitCode, outcome.Output, outcome.Explanation, "");

    /// <summary>What stands in the way or, when nothing does, what was seen last.</summary>
    private static string Sentence(IReadOnlyList<CheckOutcome> looks)
    {
        var open = looks.Where(look => look.Holds is not true).Select(look => look.Saw).ToList();
        return open.Count > 0 || looks.Count == 0 ? string.Join("; ", open) : looks[^1].Saw;
    }
}
