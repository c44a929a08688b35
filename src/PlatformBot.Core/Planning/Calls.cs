using PlatformBot.Core.Runbooks;

namespace PlatformBot.Core.Planning;

/// <summary>
/// Puts another runbook's steps in the place of the step that calls it. They are part of the caller's plan, of its digest and its
/// approvals; nothing is looked up when it runs.
/// </summary>
/// <param name="calling">commands that lead to this call, the outermost first</param>
internal sealed class Calls(
    Catalogue catalogue,
    Runbook caller,
    PlanPaths paths,
    IReadOnlyList<string> calling,
    Problems problems
)
{
    private readonly List<string> _notes = [];
    private readonly List<string> _locks = [];

    /// <summary>What called runbooks leave out, in words.</summary>
    public IReadOnlyList<string> Notes => _notes;

    /// <summary>Called runbooks' locks, which the caller holds as well.</summary>
    public IReadOnlyList<string> Locks => _locks;

    /// <summary>The steps, under the id of the step that calls: "infra/before.nodes-ready". Those that come first need nothing yet.</summary>
    public IReadOnlyList<PlannedStep> Make(CallText call, Scope scope, StepPlace place)
    {
        if (Find(call.Command) is not { } called)
            return [];

        var invocation = new CallArguments(catalogue.Inventory, called, problems).Bind(call, scope, place.Cluster);

        if (invocation is null)
            return [];

        var made = new PlanBuilder(catalogue, called, paths, problems, calling).Make(invocation);
        CheckRules(call.Command, called, made);
        _notes.AddRange(made.Notes.Select(note => $"{place.Id}: {note}"));
        _locks.AddRange(made.Locks);

        var steps = made.Phases.SelectMany(phase => phase.Steps).ToArray();
        var ids = steps.ToDictionary(step => step.Id, step => IdIn(place, step));
        return
        [
            .. steps.Select(step =>
                step with
                {
                    Id = ids[step.Id],
                    Phase = place.Phase,
                    Cluster = step.Cluster ?? place.Cluster,
                    Needs = [.. step.Needs.Select(need => ids[need])],
                }
            ),
        ];
    }

    private Runbook? Find(YamlScalar command)
    {
        var called = catalogue.Runbooks.FirstOrDefault(it => it.Command == command.Text);

        if (called is null)
        {
            problems.Add(
                command.At,
                $"There is no runbook {command.Sort}.",
                Suggestion.Cure(command.Text, [.. catalogue.Runbooks.Select(it => it.Command)])
            );
        }
        else if (calling.Contains(called.Command))
        {
            problems.Add(
                command.At,
                $"These runbooks call each other: {string.Join(" → ", [.. calling, called.Command])}."
            );
            return null;
        }

        return called;
    }

    /// <summary>By a call nobody gets around what the called runbook asks for.</summary>
    private void CheckRules(YamlScalar at, Runbook called, MadeRun made)
    {
        var (own, wanted) = (caller.Approval, called.Approval);
        if (caller.Access.Run != called.Access.Run)
        {
            problems.Add(
                at.At,
                $"'{called.Command}' is started by {called.Access.Run}, '{caller.Command}' by {caller.Access.Run}.",
                "Give both the same 'access'."
            );
        }

        var isWeaker =
            caller.Access.Approve != called.Access.Approve
            || (called.StopsAtFailure && !caller.StopsAtFailure)
            || (own.Per == "run" && wanted.Per != "run")
            || own.Expires > wanted.Expires
            || own.Quorum < wanted.Quorum
            || (wanted.Groups ?? new Dictionary<string, int>()).Any(group =>
                (own.Groups?.GetValueOrDefault(group.Key) ?? 0) < group.Value
            );

        if (made.Phases.Any(phase => phase.IsDestructive) && isWeaker)
        {
            problems.Add(
                at.At,
                $"'{called.Command}' destroys something, and wants {wanted} by people with the role {called.Access.Approve}; '{caller.Command}' wants less, or others.",
                "Give it the same 'approval', 'access' and 'on-failure'."
            );
        }
    }

    /// <summary>"infra/nodes" called by "infra/before" is "infra/before.nodes"; a step of another cluster than the caller's keeps its cluster in front.</summary>
    private static string IdIn(StepPlace place, PlannedStep step)
    {
        var name = step.Cluster is { } own ? step.Id[(own.Length + 1)..] : step.Id;
        return place.Cluster is null && step.Cluster is { } cluster ? $"{cluster}/{place.Id}.{name}"
            : step.Cluster is { } other && other != place.Cluster ? $"{place.Id}.{other}.{name}"
            : $"{place.Id}.{name}";
    }
}
