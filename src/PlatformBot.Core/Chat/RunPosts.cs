using System.Text;
using PlatformBot.Core.Approvals;
using PlatformBot.Core.Planning;
using PlatformBot.Core.Runs;

namespace PlatformBot.Core.Chat;

/// <summary>What a run says besides its card: approvals, failures, manual steps, its end. Pure.</summary>
public static class RunPosts
{
    private const string Red = "#c4314b";
    private const string Amber = "#d9822b";
    private const string Green = "#2e7d32";
    private const int MostCommands = 5000;
    private const int MostFindings = 5;

    /// <summary>Asks for an approval, danger first.</summary>
    /// <param name="deciders">who can decide</param>
    public static Post Approval(Run run, Approval approval, IReadOnlyList<Person> deciders)
    {
        var phases = run.Plan.Phases.Where(phase => run.ApprovalFor(phase) == approval.Phase).ToList();
        var steps = phases.SelectMany(phase => phase.Steps).ToList();
        var dangers = steps.Where(step => step.Destructive is not null).ToList();
        var clusters = phases.Select(phase => phase.Cluster).OfType<string>().Distinct(StringComparer.Ordinal).ToList();
        var where =
            clusters.Count == 0
                ? ""
                : $", on {(clusters.Count == 1 ? "cluster" : "clusters")} **{string.Join("**, **", clusters)}**";
        var text = new StringBuilder();
        text.Append(
            $"#### {Heading(approval.State)} Run {run.Id} · {Markdown.Inline(run.Title)} · **{Approved(run, approval.Phase)}** {Became(approval)}\n"
        );
        text.Append($"{run.Requester} asks{where}. {Deciders(run, deciders)}\n\n");
        text.Append("**What is destroyed**\n");

        foreach (var danger in Danger.Lines(dangers))
            text.Append($"- :warning: {danger}\n");

        text.Append($"\n**The exact commands**\n{Markdown.Fence(Markdown.Cut(Commands(dangers), MostCommands))}\n");
        text.Append($"All {Words.Count(steps.Count, "step")}: the file below. Plan {Markdown.Code(approval.Digest)}");

        return new Post
        {
            Text = text.ToString(),
            Box = ApprovalBox(run, approval),
            Files =
            [
                new AttachedFile(
                    $"run-{run.Id.Number}-{approval.Phase.Replace('/', '-')}.txt",
                    PlanText.Whole(run.Plan, null, steps.Contains)
                ),
            ],
        };
    }

    /// <summary>A failed step: what was run, what it said, what the buttons will do.</summary>
    /// <param name="time">which of its failures for good; only the newest one has buttons</param>
    public static Post Failed(Run run, PlannedStep step, int time)
    {
        var at = run.At(step);
        var incident = run.Incidents[step.Id];
        var failure = incident.Failures[time - 1];
        var isNewest = time == incident.Times;
        var open = isNewest && at.State is StepState.Failed && !run.IsOver && run.CancelAsked is null;
        var text = new StringBuilder();
        text.Append(
            $":rotating_light: **{step.Id}** {(failure.Attempt == 0 ? "was not started" : $"failed after {Words.Count(failure.Attempt, "attempt")}")}: {Markdown.Inline(Markdown.Cut(failure.Said, 400))}\n"
        );

        if (failure.Explanation is not null)
            text.Append($":bulb: {Markdown.Inline(failure.Explanation)}\n");

        if (failure.Command is not null)
        {
            text.Append(
                $"{Markdown.Fence($"$ {CommandText.Folded(failure.Command)}\n{Tail(failure.Output)}\n{(failure.ExitCode is { } code ? $"exit {code}" : "")}".TrimEnd())}\n"
            );
        }

        text.Append(Findings(failure.Diagnosis));
        text.Append($"\n{(isNewest ? Verdict(run, step, at) : "Now: tried again, and it failed again.")}");
        return new Post { Text = text.ToString(), Box = open ? DecisionBox(run, step) : null };
    }

    /// <summary>A manual step that waits, or what was said about it.</summary>
    public static Post Manual(Run run, PlannedStep step)
    {
        var at = run.At(step);
        var ask = ((PlannedAction.Manual)step.Action).Ask;
        var waiting = at is { State: StepState.Running, Evidence: null } && !run.IsOver;
        var quoted = string.Concat(ask.Trim().Split('\n').Select(line => $"> {Markdown.Inline(line)}\n"));
        var text = $":raised_hand: **{step.Id}** {Markdown.Inline(step.Title)}\n{quoted}\n";

        return waiting
            ? new Post
            {
                Text = text,
                Box = new Box(
                    Amber,
                    "A person does this",
                    "Confirm when it is done, with what you saw.",
                    [Button("confirm", "Confirm…", "primary", run, step.Id)]
                ),
            }
            : new Post
            {
                Text =
                    $"{text}{(at.Evidence is null ? $":heavy_multiplication_x: {StateWords(at.State)}" : $":white_check_mark: {Markdown.Inline(at.Saw)}")}",
            };
    }

    /// <summary>How a run ended, for its thread.</summary>
    public static Post End(Run run)
    {
        var counts = run
            .Steps.Values.GroupBy(step => step.State)
            .OrderBy(group => group.Key)
            .Select(group => $"{group.Count()} {StateWords(group.Key)}");
        var took = Words.Span(run.EndedAt!.Value - run.PlannedAt);
        var why = run.EndedWhy is null ? "" : $"\n{Markdown.Inline(run.EndedWhy)}";
        return new Post
        {
            Text =
                $"{RunCard.Mark(run.State)} Run {run.Id} {RunCard.Words(run.State)} after {took}: {string.Join(", ", counts)}.{why}",
        };
    }

    /// <summary>A step's state in words.</summary>
    public static string StateWords(StepState state) =>
        state switch
        {
            StepState.Pending => "not started",
            StepState.Running => "running",
            StepState.Verifying => "being verified",
            StepState.WaitingToRetry => "waiting to be tried again",
            StepState.Interrupted => "interrupted",
            StepState.AlreadyDone => "done already",
            StepState.Succeeded => "done",
            StepState.Failed => "failed",
            StepState.Skipped => "skipped",
            StepState.Cancelled => "cancelled",
        };

    /// <summary>What an approval is for, in words.</summary>
    public static string Approved(Run run, string approval) =>
        run.Plan.Approval.Per == "run" ? "the whole run" : approval;

    private static string Deciders(Run run, IReadOnlyList<Person> deciders)
    {
        var others = deciders.Where(person => person.Id != run.Requester.Id).ToList();
        return others.Count == 0
            ? $"Nobody else has the role {run.Plan.Access.Approve}."
            : $"{string.Join(' ', others)} can decide.";
    }

    private static string Heading(ApprovalState state) =>
        state switch
        {
            ApprovalState.Requested => ":lock:",
            ApprovalState.Approved => ":white_check_mark:",
            ApprovalState.Denied => ":no_entry:",
            ApprovalState.Expired => ":hourglass:",
            ApprovalState.Withdrawn => ":octagonal_sign:",
        };

    private static string Became(Approval approval) =>
        approval.State switch
        {
            ApprovalState.Requested => $"needs {Words.Count(approval.Quorum, "approval")}",
            ApprovalState.Approved => "was approved",
            ApprovalState.Denied => "was denied",
            ApprovalState.Expired => "expired",
            ApprovalState.Withdrawn => "was withdrawn",
        };

    private static Box ApprovalBox(Run run, Approval approval)
    {
        var votes = string.Concat(
            approval.Votes.Select(vote =>
                $"{(vote.Decision is Decision.Approve ? ":white_check_mark: approved" : ":no_entry: denied")} by {vote.By}{(vote.Reason is null ? "" : $": {Markdown.Inline(vote.Reason)}")}\n"
            )
        );

        return approval.State switch
        {
            ApprovalState.Requested => new Box(
                Red,
                $"{approval.Votes.Count} of {Words.Count(approval.Quorum, "approval")}",
                $"{votes}Expires {approval.ExpiresAt:yyyy-MM-dd HH:mm} UTC.",
                [
                    Button("approve", "Approve", "danger", run, approval.Phase, approval.Digest),
                    Button("deny", "Deny…", "default", run, approval.Phase, approval.Digest),
                ]
            ),
            ApprovalState.Approved => new Box(Green, "Approved", votes, []),
            ApprovalState.Denied => new Box(Red, "Denied", votes, []),
            ApprovalState.Expired => new Box(Amber, "Expired", $"{votes}Nobody decided in time.", []),
            ApprovalState.Withdrawn => new Box(Amber, "Withdrawn", $"{votes}The run ended without it.", []),
        };
    }

    private static Box DecisionBox(Run run, PlannedStep step)
    {
        if (run.At(step).Failure is { IsFinal: true })
        {
            return new Box(
                Red,
                "What now?",
                "This step was not started, and trying again does not help: it needs a new approval. **Abort** ends the run; ask for it again, and what is done already is not done twice.",
                [Button("abort", "Abort…", "danger", run, step.Id)]
            );
        }

        var waiting = run.Plan.Steps.Count(other => other.Needs.Contains(step.Id));
        var text =
            $"**Retry** looks first whether it is done, then runs it again. **Skip** asks why and goes on without it ({Depend(waiting)}). **Abort** ends the run; what is done stays.\nWhat does not depend on it goes on meanwhile.";
        return new Box(
            Red,
            "What now?",
            text,
            [
                Button("retry", "Retry", "primary", run, step.Id),
                Button("skip", "Skip…", "default", run, step.Id),
                Button("abort", "Abort…", "danger", run, step.Id),
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

    private static Button Button(string action, string label, string style, Run run, params string[] rest) =>
        new(action, label, style, string.Join('|', new[] { action, $"{run.Id.Number}" }.Concat(rest)));

    private static string Verdict(Run run, PlannedStep step, StepProgress at)
    {
        var issue = run.Incidents.GetValueOrDefault(step.Id) is { Issue: { } link } incident
            ? $"[Issue #{link.Number}]({link.Url}) {(incident.State is Incidents.IncidentState.Closed ? "is closed" : "has the diagnosis")}. "
            : "";
        var saw = Markdown.Inline(Markdown.Cut(at.Saw, 200));
        var now = at.State switch
        {
            StepState.Failed when run.IsOver || run.CancelAsked is not null => "The run ends without it.",
            StepState.Failed => "",
            StepState.Pending => "Now: about to be tried again.",
            StepState.Skipped => $"Now: {saw}.",
            StepState.AlreadyDone or StepState.Succeeded => $"Now: {StateWords(at.State)} ({saw}).",
            _ => $"Now: {StateWords(at.State)}.",
        };
        return (issue + now).TrimEnd();
    }

    private static string Commands(IEnumerable<PlannedStep> steps) =>
        string.Join(
            "\n\n",
            steps.Select(step => $"# {step.Id}\n{CommandText.Folded(string.Join('\n', CommandText.Of(step.Action)))}")
        );

    /// <summary>Code that was cut in two ends here.</summary>
    private static string Closed(string line) => line.Count(letter => letter == '`') % 2 == 0 ? line : $"{line}`";

    /// <summary>What is not well, a line each; events and logs are in the issue.</summary>
    private static string Findings(string diagnosis)
    {
        var found = diagnosis.Split('\n').Where(line => line.StartsWith("- ", StringComparison.Ordinal)).ToList();
        var shown = found.Take(MostFindings).Select(line => $"{Closed(Markdown.Cut(line, 240))}\n");
        return string.Concat(shown)
            + (found.Count > MostFindings ? $"- … and {found.Count - MostFindings} more\n" : "");
    }

    private static string Tail(string output)
    {
        var lines = output.TrimEnd().Split('\n');
        return string.Join('\n', lines.TakeLast(15));
    }
}
