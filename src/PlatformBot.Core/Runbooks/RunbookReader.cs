using System.Globalization;
using PlatformBot.Core.Planning;

namespace PlatformBot.Core.Runbooks;

/// <summary>Puts a runbook together from its file, its phases' files and the parts that they use.</summary>
internal sealed class RunbookReader(CatalogueFiles files, Inventory? inventory, Problems problems)
{
    /// <summary>Words that the bot itself understands; a runbook cannot take them.</summary>
    public static readonly string[] BuiltIn =
    [
        "help",
        "plan",
        "status",
        "approve",
        "deny",
        "retry",
        "skip",
        "cancel",
        "pause",
        "resume",
        "rollback",
        "locks",
        "unlock",
        "freeze",
        "break-glass",
        "review",
        "freezes",
        "unfreeze",
        "confirm",
        "logs",
        "history",
        "whoami",
        "why",
        "request",
        "reject",
    ];

    /// <summary>What people approve besides phases.</summary>
    private static readonly string[] ApprovalNames = ["run", "rollback", "unlock"];

    public Runbook Read(YamlMap file)
    {
        var command = file.Scalar("command");

        if (command is not null && BuiltIn.Contains(command.Text))
            problems.Add(command.At, $"The command '{command.Text}' is built in.", "Choose another name.");

        var phases = file.Maps("phases").Select(ReadPhase).OfType<PhaseText>().ToArray();
        ReportDuplicates(phases);
        var access = file.Map("access");
        var approval = file.Map("approval");
        var parallel = file.Map("parallel");

        return new Runbook
        {
            Command = command?.Text ?? "",
            Summary = file.Text("summary", ""),
            Examples = file.Texts("examples"),
            Parameters = new ParameterReader(inventory, [.. phases.Select(phase => phase.Name)], problems).Read(file),
            Access = new AccessRule(access?.Text("run") ?? "operator", access?.Text("approve") ?? "approver"),
            Approval = ReadApproval(approval),
            Parallel = parallel?.Number("run") ?? 8,
            ParallelPerCluster = parallel?.Number("cluster") ?? 4,
            IsAlongside = file.Truth("alongside"),
            StopsAtFailure = file.Text("on-failure") == "stop",
            Locks = [.. file.Items("locks").OfType<YamlScalar>()],
            Phases = phases,
        };
    }

    /// <summary>As many people as the groups want are wanted in any case.</summary>
    private static ApprovalRule ReadApproval(YamlMap? approval)
    {
        var groups = approval
            ?.Map("groups")
            ?.Entries.ToDictionary(entry => entry.Key.Text, entry => Number(entry.Value));
        return new ApprovalRule(
            approval?.Text("per") ?? "phase",
            Math.Max(approval?.Number("quorum") ?? 1, groups?.Values.Sum() ?? 0),
            approval?.Span("expires", DefaultExpiry) ?? DefaultExpiry
        )
        {
            Groups = groups,
        };

        static int Number(YamlNode node) =>
            node is YamlScalar scalar && int.TryParse(scalar.Text, CultureInfo.InvariantCulture, out var number)
                ? number
                : 1;
    }

    private static readonly TimeSpan DefaultExpiry = TimeSpan.FromHours(4);

    private PhaseText? ReadPhase(YamlMap entry)
    {
        var phase = entry.Scalar("include") is { } include ? files.Read(include.Text, Shapes.Phase, include.At) : entry;

        if (phase?.Text("phase") is not { } name)
            return null;

        if (ApprovalNames.Contains(name))
        {
            problems.Add(
                phase["phase"]!.At,
                $"No phase can be called '{name}': approvals of runs have that name.",
                "Choose another name."
            );
        }

        var eachCluster = phase.Text("each") == "cluster";
        var steps = phase.Maps("steps").Where(step => step.Has("step")).Select(ReadStep).ToArray();

        foreach (var on in steps.Select(step => step.On).OfType<YamlScalar>().Where(_ => !eachCluster))
            problems.Add(on.At, "'on' needs a phase with `each: cluster`.");

        foreach (var cluster in steps.SelectMany(step => new[] { step.On, step.Beside }).OfType<YamlScalar>())
            CheckCluster(cluster);

        return new PhaseText(phase["phase"]!.At, name, phase.Text("title", name), eachCluster, steps);
    }

    private void CheckCluster(YamlScalar named)
    {
        var clusters = inventory?.Clusters.Select(cluster => cluster.Name).ToArray() ?? [];

        if (inventory is not null && !clusters.Contains(named.Text))
            problems.Add(named.At, $"There is no cluster {named.Sort}.", Suggestion.Cure(named.Text, clusters));
    }

    private StepText ReadStep(YamlMap step)
    {
        var part = step.Scalar("uses") is { } uses ? files.Read(uses.Text, Shapes.Part, uses.At) : null;
        var own = new YamlMap(
            step.At,
            [.. (part?.Map("step")?.Entries ?? []).Where(entry => !step.Has(entry.Key.Text)), .. step.Entries]
        );

        return new StepText(
            step["step"]!.At,
            step.Text("step", ""),
            new YamlMap(step.At, [.. own.Entries.Where(entry => !Framing.Contains(entry.Key.Text))]),
            ReadWith(step, part),
            own.Scalar("on"),
            own.Scalar("beside"),
            own.Scalar("each") is { } each ? ReadEach(each) : null,
            own["needs"] is YamlList needs ? [.. needs.Items.OfType<YamlScalar>()] : null
        )
        {
            InTurn = own.Truth("in-turn"),
            Call = ReadCall(own),
        };
    }

    private CallText? ReadCall(YamlMap step)
    {
        if (step.Key("in-turn") is { } inTurn && !step.Has("each"))
            problems.Add(inTurn.At, "'in-turn' needs 'each'.");

        if (step.Scalar("call") is not { } call)
        {
            if (step.Key("arguments") is { } surplus)
                problems.Add(surplus.At, "'arguments' has no meaning without 'call'.");

            return null;
        }

        foreach (var (key, _) in step.Entries.Where(entry => !OfCalls.Contains(entry.Key.Text)))
        {
            problems.Add(
                key.At,
                $"A step that calls a runbook has no {key.Sort}.",
                "The called runbook's steps say it."
            );
        }

        return new CallText(call, step.Map("arguments"));
    }

    /// <summary>Fields that say when and how often a step is made, not what it does.</summary>
    private static readonly string[] Framing =
    [
        "step",
        "on",
        "beside",
        "each",
        "in-turn",
        "needs",
        "uses",
        "with",
        "call",
        "arguments",
    ];

    /// <summary>What a step that calls a runbook can say by itself; everything else its steps say.</summary>
    private static readonly string[] OfCalls = [.. Framing, "title", "why"];

    private YamlMap? ReadWith(YamlMap step, YamlMap? part)
    {
        var with = step.Map("with");

        if (!step.Has("uses"))
        {
            if (step.Key("with") is { } surplus)
                problems.Add(surplus.At, "'with' has no meaning without 'uses'.");

            return null;
        }

        if (part is null)
            return null;

        var parameters = part.Texts("parameters");

        foreach (var (name, _) in (with?.Entries ?? []).Where(given => !parameters.Contains(given.Key.Text)))
        {
            problems.Add(
                name.At,
                $"The part '{part.Text("part")}' has no parameter {name.Sort}.",
                Suggestion.Cure(name.Text, parameters)
            );
        }

        var missing = parameters.Where(name => with?.Has(name) != true).ToArray();

        if (missing.Length > 0)
        {
            problems.Add(
                step["uses"]!.At,
                $"The part '{part.Text("part")}' needs {ShapeCheck.Listed(missing)} in 'with'."
            );
        }

        return new YamlMap(step.At, [.. with?.Entries ?? [], .. missing.Select(name => Unknown(step.At, name))]);
    }

    private static YamlEntry Unknown(Place at, string name) =>
        new(new YamlScalar(at, name, plain: true), new YamlScalar(at, "", plain: false, unknown: true));

    private static Each? ReadEach(YamlScalar each) =>
        each.Text.Split(" in ") is [var variable, var path] ? new Each(each, variable, path) : null;

    private void ReportDuplicates(IReadOnlyList<PhaseText> phases)
    {
        foreach (var same in phases.GroupBy(phase => phase.Name))
        {
            foreach (var phase in same.Skip(1))
                problems.Add(phase.At, $"The phase '{phase.Name}' is here twice.");
        }

        foreach (
            var same in phases
                .SelectMany(phase => phase.Steps)
                .GroupBy(step => step.Name)
                .Where(same => same.Key.Length > 0)
        )
        {
            foreach (var step in same.Skip(1))
            {
                problems.Add(
                    step.At,
                    $"The step '{step.Name}' is here twice; first in {same.First().At.Source.File}:{same.First().At.Line}."
                );
            }
        }
    }
}
