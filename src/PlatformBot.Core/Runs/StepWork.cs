using System.Collections.Concurrent;
using PlatformBot.Core.Planning;

namespace PlatformBot.Core.Runs;

/// <summary>Acting, looking and explaining: what a step and its compensation have in common. Each process is journaled.</summary>
internal sealed class StepWork(LiveRun live, IStepActions actions, TimeProvider clock, StopTokens tokens)
{
    private const int MostBlindLooks = 4;

    private static readonly TimeSpan LookEvery = TimeSpan.FromSeconds(3);

    /// <summary>Acts and proves. What comes back as done is proven.</summary>
    /// <param name="time">for the action and its proof together; may be less than the step's, after a restart</param>
    /// <param name="act">the action; gets where to tell its progress</param>
    /// <param name="acted">the action is over, and the proof begins</param>
    /// <param name="acting">ends it before its time</param>
    /// <exception cref="OperationCanceledException"><paramref name="acting"/> fired.</exception>
    public async Task<ActionOutcome> DoAsync(
        PlannedStep step,
        TimeSpan time,
        Func<Action<string>, CancellationToken, Task<ActionOutcome>> act,
        Func<ActionOutcome, Task> acted,
        CancellationToken acting
    )
    {
        using var timeout = new CancellationTokenSource(time, clock);
        using var limited = CancellationTokenSource.CreateLinkedTokenSource(acting, timeout.Token);
        var did = new ActionOutcome(Verdict.Retry, "");
        var saw = "nothing yet";

        try
        {
            did = await act(line => saw = line, limited.Token);
            await acted(did);

            if (did.Verdict is not (Verdict.Done or Verdict.AlreadyThere))
                return did;

            return await ProvenAsync(step, timeout, line => saw = line, limited.Token)
                ? did with
                {
                    Said = (step.Verify.Count > 0 ? saw : did.Said) + (did.Warned is null ? "" : $"; {did.Warned}"),
                }
                : did with
                {
                    Verdict = Verdict.Retry,
                    Said = saw,
                };
        }
        catch (OperationCanceledException) when (timeout.IsCancellationRequested && !acting.IsCancellationRequested)
        {
            return did with
            {
                Verdict = Verdict.Retry,
                Said = $"No success within {Words.Span(step.Timeout)}. Last seen: {saw}",
            };
        }
    }

    /// <summary>The action itself.</summary>
    public async Task<ActionOutcome> ActAsync(PlannedStep step, Action<string> progress, CancellationToken limited)
    {
        var processes = new ConcurrentBag<Task>();
        var did = await actions.ActAsync(
            step,
            new StepObserver(progress, fact => processes.Add(NoteAsync(step, fact))),
            limited
        );
        await Task.WhenAll(processes);
        return did;
    }

    /// <summary>Stops at the first look that does not hold: the later ones would only cost time.</summary>
    public async Task<IReadOnlyList<CheckOutcome>> LookAsync(
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

    /// <summary>What stands in the way or, when nothing does, what was seen last.</summary>
    public static string Sentence(IReadOnlyList<CheckOutcome> looks)
    {
        var open = looks.Where(look => look.Holds is not true).Select(look => look.Saw).ToList();
        return open.Count > 0 || looks.Count == 0 ? string.Join("; ", open) : looks[^1].Saw;
    }

    /// <summary>What went wrong and why, as far as it can be told.</summary>
    /// <param name="isDiagnosed">also looks at the cluster</param>
    public async Task<Failure> FailureAsync(PlannedStep step, ActionOutcome did, int attempt, bool isDiagnosed)
    {
        var diagnosis = isDiagnosed ? await DiagnosisAsync(step) : "";
        return new Failure(attempt, did.Said, did.Command, did.ExitCode, did.Output, did.Explanation, diagnosis);
    }

    private Task NoteAsync(PlannedStep step, ProcessFact started) =>
        live.NoteAsync(
            new RunEvent.ProcessStarted(step.Id, started.Tool, started.Pid, started.StartTime, started.BootId),
            tokens.Stopping
        );

    /// <summary>Looks until everything holds; false when something never will.</summary>
    /// <param name="timeout">ends when it has not held once within its time; then it lives on for as long as it must hold</param>
    private async Task<bool> ProvenAsync(
        PlannedStep step,
        CancellationTokenSource timeout,
        Action<string> progress,
        CancellationToken limited
    )
    {
        var patience = new Patience(clock);

        while (true)
        {
            var looks = await LookAsync(step.Verify, limited);
            progress(Sentence(looks));

            if (looks.All(look => look.Holds is true))
            {
                if (step.HoldsFor is not { } span)
                    return true;

                timeout.CancelAfter(span + step.Timeout);
                return await HoldsAsync(step, span, progress, limited);
            }

            if (patience.IsOver(looks.Any(look => look.Hopeless)))
                return false;

            // The looks end with the one that does not hold.
            if (step.Verify[looks.Count - 1] is not PlannedCheck.Wait wait)
                await Task.Delay(LookEvery, clock, limited);
            else if (!await IsThereAsync(wait.For, progress, limited))
                return false;
        }
    }

    /// <summary>
    /// False with the first look that does not hold: what was proven once and is not any more is red. A look that cannot tell is neither,
    /// for a while; and the last one must hold.
    /// </summary>
    private async Task<bool> HoldsAsync(
        PlannedStep step,
        TimeSpan span,
        Action<string> progress,
        CancellationToken limited
    )
    {
        var since = clock.GetTimestamp();
        var blind = 0;

        while (true)
        {
            await Task.Delay(PauseOf(span), clock, limited);
            var looks = await LookAsync(step.Verify, limited);
            var held = clock.GetElapsedTime(since);
            var holds = looks[^1].Holds;
            blind = holds is null ? blind + 1 : 0;

            if (holds is true && held >= span)
            {
                progress($"{Sentence(looks)}, for {Words.Span(span)}");
                return true;
            }

            progress($"{Sentence(looks)} (after {Words.Span(held)} of {Words.Span(span)})");

            if (holds is false || blind == MostBlindLooks)
                return false;
        }
    }

    /// <summary>Often enough that what is red goes back soon; an hour needs fewer looks than a minute.</summary>
    private static TimeSpan PauseOf(TimeSpan span) =>
        TimeSpan.FromSeconds(Math.Clamp(span.TotalSeconds / 40, LookEvery.TotalSeconds, 60));

    /// <summary>A cluster tells when something has changed; nobody need ask again and again.</summary>
    private async Task<bool> IsThereAsync(PlannedWait wait, Action<string> progress, CancellationToken limited)
    {
        var look = await actions.UntilAsync(wait, progress, limited);
        progress(look.Saw);
        return look.Holds is true;
    }

    /// <summary>Whatever becomes of the diagnosis, the failure that it was to explain is written.</summary>
    public async Task<string> DiagnosisAsync(PlannedStep step)
    {
        using var limited = CancellationTokenSource.CreateLinkedTokenSource(tokens.Stopping, tokens.Cancelled);

        try
        {
            return await actions.DiagnoseAsync(step, limited.Token);
        }
        catch (OperationCanceledException) when (limited.IsCancellationRequested)
        {
            return tokens.Stopping.IsCancellationRequested
                ? "It could not be diagnosed: the bot was stopped meanwhile."
                : "It could not be diagnosed: the run was cancelled meanwhile.";
        }
#pragma warning disable CA1031 // A bug in the diagnosis must not hide what went wrong. Its text has not been redacted, so only its kind is told.
        catch (Exception bug)
        {
            return $"It could not be diagnosed: PlatformBot itself failed at that ({bug.GetType().Name}).";
        }
#pragma warning restore CA1031
    }
}
