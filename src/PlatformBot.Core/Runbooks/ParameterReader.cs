namespace PlatformBot.Core.Runbooks;

/// <summary>Reads what a runbook asks people for.</summary>
internal sealed class ParameterReader(Inventory? inventory, IReadOnlyList<string> phases, Problems problems)
{
    public IReadOnlyList<Parameter> Read(YamlMap runbook)
    {
        var written = runbook.Maps("arguments").Where(it => it.Has("name")).ToArray();
        var parameters = new List<Parameter>();

        foreach (var map in written)
        {
            var parameter = ReadOne(map);
            var at = map["name"]!.At;

            if (parameters.Exists(earlier => earlier.Name == parameter.Name))
                problems.Add(at, $"The argument '{parameter.Name}' is here twice.");

            if (
                parameter.Type is ParameterType.Cluster
                && parameters.Exists(earlier => earlier.Type is ParameterType.Cluster)
            )
            {
                problems.Add(at, "A runbook has at most one argument of type cluster.");
            }

            if (!parameter.IsOptional && parameters.Exists(earlier => earlier.IsOptional))
            {
                problems.Add(
                    at,
                    $"The argument '{parameter.Name}' must be given, but an optional one comes before it.",
                    "Put it first."
                );
            }

            parameters.Add(parameter);
        }

        return parameters;
    }

    private Parameter ReadOne(YamlMap map)
    {
        var parameter = new Parameter(
            map.Text("name", ""),
            Enum.TryParse<ParameterType>(map.Text("type"), ignoreCase: true, out var type) ? type : ParameterType.Text,
            map.Text("help", ""),
            map.Truth("optional"),
            map.Text("default"),
            map.Texts("values")
        );

        if (parameter.Type is ParameterType.Choice && !map.Has("values"))
            problems.Add(map.At, "A choice needs 'values'.");

        if (parameter.Type is not ParameterType.Choice && map.Key("values") is { } surplus)
            problems.Add(surplus.At, "'values' is for arguments of type choice.");

        if (
            parameter.Default is { } value
            && inventory is not null
            && ArgumentValue.Check(parameter, value, inventory, phases) is { } refusal
        )
        {
            problems.Add(map["default"]!.At, refusal.Reason, refusal.Hint);
        }

        return parameter;
    }
}
