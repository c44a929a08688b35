using System.Globalization;
using PlatformBot.Core.Planning;
using PlatformBot.Core.Runs;

namespace PlatformBot.Core.Chat;

/// <summary>What is said of a manual step: the question, the evidence, the reminders. Pure.</summary>
public static class ManualPosts
{
    /// <summary>The question; later, what was answered.</summary>
    /// <param name="deciders">who may be the second person</param>
    public static Post Question(Run run, PlannedStep step, IReadOnlyList<Person> deciders)
    {
        var ask = ((PlannedAction.Manual)step.Action).Ask;
        var quoted = string.Concat(ask.Trim().Split('\n').Select(line => $"> {Markdown.Inline(line)}\n"));
        var text = $":raised_hand: **{step.Id}** {Markdown.Inline(step.Title)}\n{quoted}\n";

        return run.IsOver || !run.AsksPeople(step) ? new Post { Text = $"{text}{Became(run.At(step))}" }
            : run.At(step).Evidence is { } evidence ? SecondPerson(run, step, text, evidence, deciders)
            : FirstPerson(run, step, text);
    }

    private static Post FirstPerson(Run run, PlannedStep step, string text)
    {
        var manual = (PlannedAction.Manual)step.Action;
        var rejected = run.At(step).Rejected is { } no
            ? $":leftwards_arrow_with_hook: {no.By}, {Words.Utc(no.At)}, did not find it so: {Markdown.Inline(no.Note ?? "")}\n"
            : "";
        var file = manual.Evidence == "file" ? "First attach a file that shows it to an answer in this thread. " : "";
        var second = manual.SecondPerson
            ? $" Then somebody else with the role {run.Plan.Access.Approve} must look and say the same."
            : "";
        return new Post
        {
            Text = $"{text}{rejected}",
            Box = new Box(
                Colours.Amber,
                "A person does this",
                $"{file}Confirm when it is done, with what you saw.{second}{Until(run, step)}",
                [RunPosts.Button("confirm", "Confirm…", "primary", run, step.Id)]
            ),
        };
    }

    private static Post SecondPerson(
        Run run,
        PlannedStep step,
        string text,
        Evidence evidence,
        IReadOnlyList<Person> deciders
    )
    {
        var number = evidence.Number.ToString(CultureInfo.InvariantCulture);
        return new Post
        {
            Text = $"{text}{Given(evidence)}",
            Box = new Box(
                Colours.Amber,
                "A second person looks",
                $"Is it so? {SecondPersons(run, evidence, deciders)}{Until(run, step)}",
                [
                    RunPosts.Button("agree", "It is so", "primary", run, step.Id, number),
                    RunPosts.Button("reject", "Not so…", "default", run, step.Id, number),
                ]
            ),
        };
    }

    /// <summary>A reminder that is due, and the key under which it is said once; null while none is.</summary>
    public static (string Key, Post Post)? Reminder(
        Run run,
        PlannedStep step,
        IReadOnlyList<Person> deciders,
        DateTimeOffset now
    )
    {
        if (!run.AsksPeople(step) || step.Action is not PlannedAction.Manual { Remind: { } every })
            return null;

        var (at, since) = (run.At(step), run.At(step).AsksSince ?? now);
        var times = (int)((now - since) / every);

        if (times < 1)
            return null;

        var waits = Words.Span(every * times);
        var text = at.Evidence is { } evidence
            ? $"**{step.Id}** has waited {waits} for a second person. {SecondPersons(run, evidence, deciders)}"
            : $"{run.Requester} **{step.Id}** has waited {waits} for somebody to do it and to confirm it.";
        return (
            $"reminder:{step.Id}:{since.ToUnixTimeMilliseconds()}:{times}",
            new Post { Text = $":alarm_clock: {text}{Until(run, step)}" }
        );
    }

    private static string SecondPersons(Run run, Evidence evidence, IReadOnlyList<Person> deciders)
    {
        var others = deciders.Where(person => person.Id != evidence.By.Id).ToList();
        return others.Count == 0
            ? $"Nobody else has the role {run.Plan.Access.Approve}."
            : $"{string.Join(' ', others)} can say so.";
    }

    private static string Until(Run run, PlannedStep step) =>
        step.Action is PlannedAction.Manual { Expires: { } expires } && run.At(step).AttemptAt is { } began
            ? $" It expires {Words.Utc(began + expires)}."
            : "";

    private static string Became(StepProgress at) =>
        at switch
        {
            { State: StepState.Failed } =>
                $"{(at.Evidence is null ? "" : Given(at.Evidence))}:heavy_multiplication_x: {Markdown.Inline(at.Saw)}",
            { Evidence: { } evidence } => Given(evidence),
            { State: StepState.AlreadyDone } => $":white_check_mark: {Markdown.Inline(at.Saw)}",
            _ => $":heavy_multiplication_x: {RunPosts.StateWords(at.State)}",
        };

    private static string Given(Evidence evidence)
    {
        var files = evidence.Files.Select(file =>
            $"- {Markdown.Code(file.Name)}, {Words.Bytes(file.Size)}, SHA-256 {Markdown.Code(Words.Short(file.Sha256))}\n"
        );
        var second = evidence.Confirmed is { } also
            ? $":white_check_mark: {also.By}, {Words.Utc(also.At)}: it is so{(also.Note is null ? "" : $", {Markdown.Inline(also.Note)}")}\n"
            : "";
        return $":white_check_mark: {evidence.By}, {Words.Utc(evidence.At)}: {Markdown.Inline(evidence.Text)}\n{string.Concat(files)}{second}";
    }
}
