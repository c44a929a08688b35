using PlatformBot.Core.Planning;

namespace PlatformBot.Core.Runbooks;

/// <summary>Binds what a person typed to what a runbook asks for: in order (<c>infra</c>) or by name (<c>cluster=infra</c>).</summary>
public static class Arguments
{
    /// <param name="words">the words after the command</param>
    /// <returns>in the runbook's order; optional ones that were not given and have no default are left out</returns>
    public static Result<IReadOnlyList<BoundArgument>> Bind(
        Runbook runbook,
        Inventory inventory,
        IReadOnlyList<string> words
    )
    {
        var given = new Dictionary<string, string>();

        foreach (var word in words)
        {
            if (Take(runbook, word, given) is { } refusal)
                return refusal;
        }

        var bound = new List<BoundArgument>();

        foreach (var parameter in runbook.Parameters)
        {
            var value = given.GetValueOrDefault(parameter.Name) ?? parameter.Default;

            if (value is null && !parameter.IsOptional)
                return Missing(runbook, parameter, inventory);

            if (value is null)
                continue;

            if (ArgumentValue.Check(parameter, value, inventory, runbook.PhaseNames) is { } refusal)
                return refusal;

            bound.Add(new BoundArgument(parameter, value));
        }

        return bound;
    }

    private static Refusal? Take(Runbook runbook, string word, Dictionary<string, string> given)
    {
        var equals = word.IndexOf('=', StringComparison.Ordinal);
        var name = equals > 0 ? word[..equals] : "";
        var names = runbook.Parameters.Select(it => it.Name).ToArray();

        if (names.Contains(name))
        {
            return given.TryAdd(name, word[(equals + 1)..])
                ? null
                : new Refusal($"'{name}' is given twice.", $"Give it once. Usage: {runbook.Usage}");
        }

        if (Suggestion.For(name, names) is { } meant)
            return new Refusal($"There is no argument '{name}'.", $"Did you mean '{meant}='? Usage: {runbook.Usage}");

        if (word.StartsWith('-'))
        {
            return new Refusal(
                $"'{YamlScalar.Shorten(word)}' starts with a dash, and runbooks have no flags.",
                $"Write name=value. Usage: {runbook.Usage}"
            );
        }

        if (runbook.Parameters.FirstOrDefault(it => !given.ContainsKey(it.Name)) is not { } next)
            return new Refusal($"'{YamlScalar.Shorten(word)}' is one argument too many.", $"Usage: {runbook.Usage}");

        given[next.Name] = word;
        return null;
    }

    private static Refusal Missing(Runbook runbook, Parameter parameter, Inventory inventory)
    {
        var allowed = ArgumentValue.Allowed(parameter, inventory, runbook.PhaseNames);
        var list = allowed is null ? "" : $" Allowed: {string.Join(", ", allowed)}.";
        return new Refusal($"'{parameter.Name}' is missing.", $"Usage: {runbook.Usage}.{list}");
    }
}
