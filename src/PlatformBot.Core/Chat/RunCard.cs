using System.Text;
using PlatformBot.Core.Freezes;
using PlatformBot.Core.Planning;
using PlatformBot.Core.Runs;

namespace PlatformBot.Core.Chat;

/// <summary>The one live post of a run: where it stands, what it is doing, whom it needs.</summary>
public static class RunCard
{
    private const int MostLines = 8;

    /// <param name="trouble">what keeps the bot itself from going on</param>
    /// <param name="turn">whom the run waits for before it begins, in Markdown; "" when it is its turn</param>
    /// <param name="frost">what is frozen</param>
    public static Post Render(
        Run run,
        DateTimeOffset now,
        string? trouble = null,
        string turn = "",
        Frost? frost = null
    )
    {
        var text = new StringBuilder();
        text.Append($"#### {Mark(run.State)} Run {run.Id} · {Markdown.Inline(run.Title)} · {StateWords(run.State)}\n");
        text.Append(
            $"asked by {run.Requester} · {Age((run.EndedAt ?? now) - run.PlannedAt)} · plan {Markdown.Code(Core.Words.Short(run.Plan.Digest))}"
        );
        text.Append(run.EndedWhy is null ? "\n\n" : $" · {Markdown.Inline(run.EndedWhy)}\n\n");
        text.Append(
            trouble is null || run.IsOver
                ? ""
                : $":warning: **It stands still:** {Markdown.Inline(Words.Cut(trouble, 300))}\n\n"
        );
        text.Append(GlassPosts.Of(run) is { Length: > 0 } broken ? $"{broken}\n" : "");
        AppendStanding(text, run, turn);
        text.Append(FreezePosts.OnCard(run, frost ?? Frost.None));
        AppendPhases(text, run);
        AppendNeeds(text, run, now);
        AppendNow(text, run, now);
        return new Post { Text = text.ToString() };
    }

    /// <summary>An emoji for a state, the same everywhere.</summary>
    public static string Mark(RunState state) =>
        state switch
        {
            RunState.Planned => ":clipboard:",
            RunState.Running => ":hourglass_flowing_sand:",
            RunState.AwaitingApproval => ":lock:",
            RunState.AwaitingDecision => ":rotating_light:",
            RunState.Paused => ":double_vertical_bar:",
            RunState.RollingBack or RunState.RolledBack => ":leftwards_arrow_with_hook:",
            RunState.Cancelling => ":octagonal_sign:",
            RunState.Succeeded => ":white_check_mark:",
            RunState.Failed => ":x:",
            RunState.Cancelled => ":octagonal_sign:",
            RunState.Denied => ":no_entry:",
            RunState.Expired => ":hourglass:",
        };

    /// <summary>A state in words.</summary>
    public static string StateWords(RunState state) =>
        state switch
        {
            RunState.AwaitingApproval => "waiting for an approval",
            RunState.AwaitingDecision => "needs a decision",
            RunState.Planned => "planned",
            RunState.Running => "running",
            RunState.Paused => "paused",
            RunState.RollingBack => "rolling back",
            RunState.RolledBack => "rolled back",
            RunState.Cancelling => "stopping",
            RunState.Succeeded => "succeeded",
            RunState.Failed => "failed",
            RunState.Cancelled => "cancelled",
            RunState.Denied => "denied",
            RunState.Expired => "expired",
        };

    /// <summary>Why nothing new starts, when that is what somebody wants.</summary>
    private static void AppendStanding(StringBuilder text, Run run, string turn)
    {
        if (run.IsOver)
            return;

        if (turn.Length > 0)
            text.Append($":hourglass: {turn}\n\n");

        if (run.PausedBy is { } paused)
        {
            text.Append(
                $":double_vertical_bar: Paused by {Because(paused.By, paused.Reason)}. `/platform resume {run.Id}` lets it go on.\n\n"
            );
        }

        if (run.Rollback is { } wish)
        {
            text.Append(
                $":leftwards_arrow_with_hook: {Because(wish.By, wish.Reason)} wants it undone: the latest step first.\n\n"
            );
        }
    }

    private static string Because(Person by, string? reason) =>
        reason is null ? $"{by}" : $"{by} (“{Markdown.Inline(Words.Cut(reason, 200))}”)";

    private static void AppendPhases(StringBuilder text, Run run)
    {
        var clusters = run
            .Plan.Phases.Select(phase => phase.Cluster)
            .OfType<string>()
            .Distinct(StringComparer.Ordinal)
            .DefaultIfEmpty("progress")
            .ToList();
        text.Append($"| phase |{string.Concat(clusters.Select(cluster => $" {cluster} |"))}\n");
        text.Append($"|---|{string.Concat(clusters.Select(_ => "---|"))}\n");

        foreach (var group in run.Plan.Phases.GroupBy(phase => phase.Name, StringComparer.Ordinal))
        {
            text.Append($"| **{group.Key}** |");

            foreach (var cluster in clusters)
            {
                text.Append(
                    $" {Cell(run, group.FirstOrDefault(phase => phase.Cluster == cluster || phase.Cluster is null))} |"
                );
            }

            text.Append('\n');
        }
    }

    private static string Cell(Run run, PlannedPhase? phase)
    {
        if (phase is null)
            return "";

        var settled = phase.Steps.Count(step => StepStates.IsSettled(run.At(step).State));
        var mark = run.Phases[phase.Id] switch
        {
            PhaseState.Waiting => run.MayTouch(phase) ? ":white_circle:" : ":lock:",
            PhaseState.Working => ":arrow_forward:",
            PhaseState.Stuck => ":red_circle:",
            PhaseState.Complete => ":white_check_mark:",
            PhaseState.Abandoned => ":heavy_multiplication_x:",
            PhaseState.Undone => ":leftwards_arrow_with_hook:",
        };

        return $"{mark} {Bar(settled, phase.Steps.Count)} {settled}/{phase.Steps.Count}";
    }

    private static string Bar(int done, int of)
    {
        const int Width = 8;
        var full = of == 0 ? Width : done * Width / of;
        return new string('█', full) + new string('░', Width - full);
    }

    private static void AppendNeeds(StringBuilder text, Run run, DateTimeOffset now)
    {
        var needs = run
            .PendingApprovals.Select(approval =>
                $":lock: **{approval.Phase}** waits for an approval until {Until(approval.ExpiresAt, now)}"
            )
            .Concat(run.Failed.Select(step => FailedLine(run, step)))
            .Concat(
                run.NotRolledBack.Select(step =>
                    $":rotating_light: **{step.Id}** could not be rolled back: {Markdown.Inline(Words.Cut(run.At(step).Saw, 200))}{Issue(run, step)}"
                )
            )
            .Concat(
                run.AwaitingEvidence.Select(step =>
                    $":raised_hand: **{step.Id}** waits for a person: {Markdown.Inline(Words.Cut(step.Title, 120))}"
                )
            )
            .Concat(
                run.AwaitingSecondPerson.Select(step =>
                    $":eyes: **{step.Id}** waits for a second person: {Markdown.Inline(Words.Cut(step.Title, 120))}"
                )
            )
            .ToList();

        if (!run.IsOver && needs.Count > 0)
            text.Append($"\n**Needs you**\n{Lines(needs)}");

        if (run.IsOver && run.Failed.Any())
            text.Append($"\n**What failed**\n{Lines([.. run.Failed.Select(step => FailedLine(run, step))])}");
    }

    private static string FailedLine(Run run, PlannedStep step) =>
        $":rotating_light: **{step.Id}** {(run.At(step).Attempt == 0 ? "was not started" : "failed")}: {Markdown.Inline(Words.Cut(run.At(step).Saw, 200))}{Issue(run, step)}";

    /// <summary>The day is said when it is another one.</summary>
    private static string Until(DateTimeOffset then, DateTimeOffset now) =>
        then.UtcDateTime.Date == now.UtcDateTime.Date ? $"{then.UtcDateTime:HH:mm} UTC" : Core.Words.Utc(then);

    private static string Age(TimeSpan age) => age < TimeSpan.FromSeconds(1) ? "just now" : Core.Words.Span(age);

    private static string Issue(Run run, PlannedStep step) =>
        run.Incidents.GetValueOrDefault(step.Id)?.Issue is { } issue ? $" ([issue #{issue.Number}]({issue.Url}))" : "";

    private static void AppendNow(StringBuilder text, Run run, DateTimeOffset now)
    {
        var busy = run
            .Plan.Steps.Where(step =>
                run.At(step).State
                    is StepState.Running
                        or StepState.Verifying
                        or StepState.WaitingToRetry
                        or StepState.RollingBack
                        or StepState.TakingBack
                && step.Action is not PlannedAction.Manual
            )
            .Select(step => Line(step, run.At(step), now))
            .ToList();

        if (!run.IsOver && busy.Count > 0)
            text.Append($"\n**Now**\n{Lines(busy)}");
    }

    private static string Line(PlannedStep step, StepProgress at, DateTimeOffset now)
    {
        var since = Core.Words.Span(now - (at.StartedAt ?? now));

        return at.State switch
        {
            StepState.WaitingToRetry =>
                $"`{step.Id}` tries again {Soon((at.RetryAt ?? now) - now)} ({Attempt(step, at)} failed: {Markdown.Inline(Words.Cut(at.Saw, 120))})",
            StepState.Verifying => $"`{step.Id}` is being verified, {since}",
            StepState.RollingBack => $"`{step.Id}` is being undone",
            StepState.TakingBack => $"`{step.Id}` is being taken back: {Markdown.Inline(Words.Cut(at.Saw, 160))}",
            _ =>
                $"`{step.Id}` {Markdown.Inline(step.Title)}, {since}{(at.Attempt > 1 ? $", {Attempt(step, at)}" : "")}",
        };
    }

    private static string Soon(TimeSpan left) => left < TimeSpan.FromSeconds(1) ? "now" : $"in {Core.Words.Span(left)}";

    /// <summary>People may ask for more attempts than the runbook gives.</summary>
    private static string Attempt(PlannedStep step, StepProgress at) =>
        at.Attempt > step.Attempts ? $"attempt {at.Attempt}" : $"attempt {at.Attempt} of {step.Attempts}";

    private static string Lines(List<string> lines)
    {
        var shown = lines.Take(MostLines).Select(line => $"- {line}\n");
        return string.Concat(shown) + (lines.Count > MostLines ? $"- … and {lines.Count - MostLines} more\n" : "");
    }
}
