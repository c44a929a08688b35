using System.Text;
using PlatformBot.Core.Planning;
using PlatformBot.Core.Runs;

namespace PlatformBot.Core.Chat;

/// <summary>What is said of a step that did not work, or could not be undone. Pure.</summary>
public static class FailurePosts
{
    private const int MostFindings = 5;

    /// <summary>A failed step: what was run, what it said, what the buttons will do.</summary>
    /// <param name="time">which of its failures for good; only the newest one has buttons</param>
    public static Post Failed(Run run, PlannedStep step, int time)
    {
        var at = run.At(step);
        var incident = run.Incidents[step.Id];
        var failure = incident.Failures[time - 1];
        var isNewest = time == incident.Times;
        var asks = at.State is StepState.RollbackFailed || (at.State is StepState.Failed && run.Rollback is null);
        var open = isNewest && asks && !run.IsOver && run.CancelAsked is null;
        var text = new StringBuilder();
        var what =
            isNewest && StepStates.IsUndone(at.State) ? "could not be undone"
            : isNewest && at.IsTakenBack ? "failed and was taken back"
            : failure.Attempt == 0 ? "was not started"
            : $"failed after {Words.Count(failure.Attempt, "attempt")}";
        text.Append($":rotating_light: **{step.Id}** {what}: {Markdown.Inline(Words.Cut(failure.Said, 400))}\n");

        if (failure.Explanation is not null)
            text.Append($":bulb: {Markdown.Inline(failure.Explanation)}\n");

        if (failure.Command is not null)
        {
            text.Append(
                $"{Markdown.Fence($"$ {CommandText.Folded(failure.Command)}\n{Tail(failure.Output)}\n{(failure.ExitCode is { } code ? $"exit {code}" : "")}".TrimEnd())}\n"
            );
        }

        if (failure.Command is null && failure.Output.Length > 0)
            text.Append($"{Markdown.Fence(Tail(failure.Output))}\n");

        text.Append(Findings(failure.Diagnosis));
        text.Append($"\n{(isNewest ? Verdict(run, step, at) : "Now: tried again, and it failed again.")}");
        return new Post { Text = text.ToString(), Box = open ? DecisionBox(run, step) : null };
    }

    private static Box DecisionBox(Run run, PlannedStep step) =>
        run.At(step) switch
        {
            { State: StepState.RollbackFailed } => UndoBox(run, step),
            { Failure.IsFinal: true } => FinalBox(run, step),
            _ => FailedBox(run, step),
        };

    private static Box FinalBox(Run run, PlannedStep step) =>
        new(
            Colours.Red,
            "What now?",
            "This step was not started, and trying again does not help: it needs a new approval. **Abort** ends the run; ask for it again, and what is done already is not done twice.",
            [RunPosts.Button("abort", "Abort…", "danger", run, step.Id)]
        );

    private static Box UndoBox(Run run, PlannedStep step) =>
        new(
            Colours.Red,
            "What now?",
            "It is not undone a second time by itself. **Undo again** does that. **Leave it** asks why, and undoes what is before it. **Abort** ends the run as it is.",
            [
                RunPosts.Button("retry", "Undo again", "primary", run, step.Id),
                RunPosts.Button("skip", "Leave it…", "default", run, step.Id),
                RunPosts.Button("abort", "Abort…", "danger", run, step.Id),
            ]
        );

    private static Box FailedBox(Run run, PlannedStep step)
    {
        var waiting = run.Plan.Steps.Count(other => other.Needs.Contains(step.Id));
        var canUndo = run.RollbackDue.Any();
        var undo = canUndo ? " **Roll back** undoes what this run did, the latest first." : "";
        var text =
            $"**Retry** looks first whether it is done, then runs it again. **Skip** asks why and goes on without it ({Depend(waiting)}). **Abort** ends the run; what is done stays.{undo}\nWhat does not depend on it goes on meanwhile.";
        return new Box(
            Colours.Red,
            "What now?",
            text,
            [
                RunPosts.Button("retry", "Retry", "primary", run, step.Id),
                RunPosts.Button("skip", "Skip…", "default", run, step.Id),
                RunPosts.Button("abort", "Abort…", "danger", run, step.Id),
                .. canUndo
                    ? [RunPosts.Button("rollback", "Roll back…", "danger", run, step.Id)]
                    : Array.Empty<Button>(),
            ]
        );
    }

    private static string Depend(int steps) =>
        steps switch
        {
            0 => "nothing needs it",
            1 => "1 step needs it",
            _ => $"{steps} steps need it",
        };

    private static string Verdict(Run run, PlannedStep step, StepProgress at)
    {
        var issue = run.Incidents.GetValueOrDefault(step.Id) is { Issue: { } link } incident
            ? $"[Issue #{link.Number}]({link.Url}) {(incident.State is Incidents.IncidentState.Closed ? "is closed" : "has the diagnosis")}. "
            : "";
        var saw = Markdown.Inline(Words.Cut(at.Saw, 200));
        var now = at.State switch
        {
            StepState.Failed or StepState.RollbackFailed when run.IsOver || run.CancelAsked is not null =>
                "The run ends without it.",
            StepState.Failed or StepState.RollbackFailed => "",
            StepState.Pending => "Now: about to be tried again.",
            StepState.Skipped or StepState.NotUndone => $"Now: {saw}.",
            StepState.AlreadyDone or StepState.Succeeded => $"Now: {RunPosts.StateWords(at.State)} ({saw}).",
            _ => $"Now: {RunPosts.StateWords(at.State)}.",
        };
        return (issue + now).TrimEnd();
    }

    /// <summary>Code that was cut in two ends here.</summary>
    private static string Closed(string line) => line.Count(letter => letter == '`') % 2 == 0 ? line : $"{line}`";

    /// <summary>What is not well, a line each; events and logs are in the issue.</summary>
    private static string Findings(string diagnosis)
    {
        var found = diagnosis.Split('\n').Where(line => line.StartsWith("- ", StringComparison.Ordinal)).ToList();
        var shown = found.Take(MostFindings).Select(line => $"{Closed(Words.Cut(line, 240))}\n");
        return string.Concat(shown)
            + (found.Count > MostFindings ? $"- … and {found.Count - MostFindings} more\n" : "");
    }

    private static string Tail(string output)
    {
        var lines = output.TrimEnd().Split('\n');
        return string.Join('\n', lines.TakeLast(15));
    }
}
