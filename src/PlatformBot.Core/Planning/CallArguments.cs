using PlatformBot.Core.Runbooks;

namespace PlatformBot.Core.Planning;

/// <summary>Binds what a step that calls a runbook gives to what that runbook asks for.</summary>
internal sealed class CallArguments(Inventory inventory, Runbook called, Problems problems)
{
    /// <summary>Null after saying what is wrong.</summary>
    /// <param name="cluster">the caller's: what the called runbook is for, unless the step says otherwise</param>
    public Invocation? Bind(CallText call, Scope scope, string? cluster)
    {
        var given = call.Arguments is { } arguments ? new Filling(scope, problems).Fill(arguments).Entries : [];
        var names = called.Parameters.Select(it => it.Name).ToArray();
        var strange = given.Where(entry => !names.Contains(entry.Key.Text)).ToArray();

        foreach (var (name, _) in strange)
        {
            problems.Add(
                name.At,
                $"'{called.Command}' has no argument {name.Sort}.",
                Suggestion.Cure(name.Text, names)
            );
        }

        var bound = new List<BoundArgument>();
        var unknown = new List<Parameter>();

        foreach (var parameter in called.Parameters)
        {
            var value = given.FirstOrDefault(entry => entry.Key.Text == parameter.Name)?.Value as YamlScalar;

            if (value is { IsUnknown: true })
                unknown.Add(parameter);
            else if (!Bind(call, parameter, value, cluster, bound))
                return null;
        }

        return strange.Length > 0 ? null : With(Invocation.Of(bound, inventory), unknown);
    }

    private bool Bind(CallText call, Parameter parameter, YamlScalar? value, string? cluster, List<BoundArgument> bound)
    {
        var text = value?.Text ?? (parameter.Type is ParameterType.Cluster ? cluster : null) ?? parameter.Default;

        if (text is null && !parameter.IsOptional)
        {
            problems.Add(
                call.Command.At,
                $"'{called.Command}' needs '{parameter.Name}'.",
                $"Give it in 'arguments'. Usage: {called.Usage}"
            );
            return false;
        }

        if (text is null)
            return true;

        if (ArgumentValue.Check(parameter, text, inventory, called.PhaseNames) is { } refusal)
        {
            problems.Add((value ?? call.Command).At, refusal.Reason, refusal.Hint);
            return false;
        }

        bound.Add(new BoundArgument(parameter, text));
        return true;
    }

    /// <summary>What people will say is not known while a runbook is rehearsed; then it is for all clusters.</summary>
    private Invocation With(Invocation known, IReadOnlyList<Parameter> unknown)
    {
        var arguments = new Dictionary<string, YamlNode>(known.Arguments);

        foreach (var parameter in unknown)
            arguments[parameter.Name] = Invocation.Sample(parameter, inventory);

        var which = unknown.Any(it => it.Type is ParameterType.Cluster or ParameterType.Node);
        return known with
        {
            Arguments = arguments,
            Chosen = which ? [.. inventory.Clusters.Select(it => it.Name)] : known.Chosen,
        };
    }
}
