using System.Globalization;
using System.Text;

namespace PlatformBot.Core.Runbooks;

/// <summary>The catalogue as a page for people: every runbook, phase and step, as it is written, before it is made for a cluster.</summary>
public static class CatalogueText
{
    private const string Head = """
        # Runbooks, phases and steps

        Made from `commands/` by `platformbot catalogue`; a test holds this page against it. [platform.md](platform.md) says why it is so, [runbooks.md](runbooks.md) what the words mean.
        A step waits for what stands under *after*; 🔒 destroys something and needs approval, ⛔ cannot be undone by anybody. *At most* is its time limit, for the action and its proof together, and how often it is tried.

        """;

    /// <summary>Markdown.</summary>
    public static string Of(Catalogue catalogue)
    {
        var text = new StringBuilder(Head);

        foreach (var runbook in catalogue.Runbooks)
            Append(text, runbook);

        return text.ToString().ReplaceLineEndings("\n");
    }

    private static void Append(StringBuilder text, Runbook runbook)
    {
        text.Append(
            CultureInfo.InvariantCulture,
            $"\n## `{runbook.Usage}`\n\n{runbook.Summary}. Started by {runbook.Access.Run}"
        );
        text.Append(
            runbook.Phases.SelectMany(phase => phase.Steps).Any(IsDestructive)
                ? $"; what destroys something is approved by {runbook.Access.Approve} ({runbook.Approval}, asked once per {runbook.Approval.Per}).\n"
                : "; destroys nothing.\n"
        );

        if (runbook.Phases.Count > 1)
            AppendPhases(text, runbook);

        foreach (var phase in runbook.Phases)
            Append(text, phase);
    }

    private static void AppendPhases(StringBuilder text, Runbook runbook)
    {
        text.Append("\n```mermaid\nflowchart LR\n");

        for (var at = 0; at < runbook.Phases.Count; at++)
        {
            var phase = runbook.Phases[at];
            var label =
                $"{phase.Name}{(phase.EachCluster ? "<br/>per cluster" : "")}{(phase.Steps.Any(IsDestructive) ? " 🔒" : "")}";
            text.Append(CultureInfo.InvariantCulture, $"  p{at}[\"{label}\"]\n");

            if (at > 0)
                text.Append(CultureInfo.InvariantCulture, $"  p{at - 1} --> p{at}\n");
        }

        text.Append("```\n");
    }

    private static void Append(StringBuilder text, PhaseText phase)
    {
        var where = phase.EachCluster ? "for each chosen cluster, side by side" : "once";
        text.Append(
            CultureInfo.InvariantCulture,
            $"\n### {phase.Name}: {phase.Title}\n\n{Words.Count(phase.Steps.Count, "step")}, {where}; `{phase.At.Source.File}`\n\n"
        );
        text.Append("| step | what | after | probe | proof | at most | undone by |\n|---|---|---|---|---|---|---|\n");
        string? before = null;

        foreach (var step in phase.Steps)
        {
            text.Append(Row(step, before));
            before = step.Name;
        }
    }

    private static string Row(StepText step, string? before)
    {
        var body = step.Body;
        string[] cells =
        [
            $"`{step.Name}`{Only(step)}",
            What(step),
            step.Needs is { } needs ? string.Join(", ", needs.Select(need => $"`{need.Text}`"))
            : before is null ? ""
            : $"`{before}`",
            Checks(body, "probe"),
            Proof(step),
            step.Call is null ? Limit(body) : "",
            body.Map("rollback") is { } rollback
                ? $"{(body.Has("on-red") ? "itself, when red: " : "")}{Actions(rollback)}"
                : "",
        ];
        return $"| {string.Join(" | ", cells)} |\n";
    }

    private static string Only(StepText step)
    {
        var each = step.Each is { } loop ? $" {(step.InTurn ? "for each in turn" : "for each")} of `{loop.Path}`" : "";
        var on = step.On is { } cluster ? $" on {cluster.Text}" : "";
        return $"{each}{on}{(step.Beside is { } beside ? $" beside {beside.Text}" : "")}";
    }

    private static string What(StepText step)
    {
        var body = step.Body;
        var lines = new List<string> { Cell(body.Text("title", step.Name)) };

        if (body.Text("why") is { } why)
            lines.Add($"*{Cell(why)}*");

        if (body.Text("destructive") is { } lost)
            lines.Add($"{(body.Truth("irreversible") ? "⛔" : "🔒")} {Cell(lost)}");

        lines.Add(step.Call is { } call ? $"calls `{call.Command.Text}`" : Actions(body));
        return string.Join("<br/>", lines);
    }

    /// <summary>"run git, yq"; "apply"; "a person".</summary>
    private static string Actions(YamlMap body)
    {
        var action = StepShapes.Actions.FirstOrDefault(body.Has) ?? "";
        return action switch
        {
            "run" or "pipe" =>
                $"{action} {string.Join(", ", Programs(body[action]!).Distinct().Select(each => $"`{each}`"))}",
            "manual" => "a person",
            _ => action,
        };
    }

    private static IEnumerable<string> Programs(YamlNode commands) =>
        commands switch
        {
            YamlList { Items: [YamlScalar program, ..] } => [program.Text],
            YamlList several => several.Items.SelectMany(Programs),
            _ => [],
        };

    private static string Proof(StepText step) =>
        step.Call is not null ? "its steps'"
        : step.Body.Truth("proves-itself") ? "itself"
        : Checks(step.Body, "verify") is { Length: > 0 } checks ? checks
        : "itself";

    private static string Checks(YamlMap body, string field) =>
        string.Join(
            ", ",
            body.Maps(field)
                .Select(check => CheckShapes.Check.ExactlyOne.FirstOrDefault(check.Has) ?? "")
                .CountBy(kind => kind)
                .Select(kind => kind.Value == 1 ? kind.Key : $"{kind.Value} × {kind.Key}")
        );

    private static string Limit(YamlMap body)
    {
        if (body.Map("manual") is { } manual)
            return manual.Text("expires", StepDefaults.ExpiresText);

        var attempts = body.Map("retry")?.Number("attempts") ?? 1;
        var holds = body.Text("holds-for") is { } span ? $", then holding for {span}" : "";
        return $"{body.Text("timeout", StepDefaults.TimeoutText)}{(attempts == 1 ? "" : $", {attempts} times")}{holds}";
    }

    private static bool IsDestructive(StepText step) => step.Body.Has("destructive");

    private static string Cell(string text) =>
        text.ReplaceLineEndings(" ")
            .Replace("|", "\\|", StringComparison.Ordinal)
            .Replace("<", "&lt;", StringComparison.Ordinal);
}
