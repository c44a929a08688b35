using PlatformBot.Core.Planning;

namespace PlatformBot.Core.Runbooks;

/// <summary>
/// Binds what a person typed to what a runbook asks for: in order (<c>infra</c>) or by name (<c>cluster=infra</c>, or
/// <c>--cluster infra</c> as one writes it elsewhere).
/// </summary>
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

        for (var at = 0; at < words.Count; at++)
        {
            var word = words[at];

            // "--fault x" and "--fault=x" mean "fault=x".
            if (Flag(runbook, word) is { } flag)
            {
                word = word.Contains('=', StringComparison.Ordinal)
                    ? word[2..]
                    : $"{flag}={words.ElementAtOrDefault(++at)}";
            }

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

    /// <summary>The argument that a word with two dashes names; null when it names none.</summary>
    private static string? Flag(Runbook runbook, string word) =>
        word.StartsWith("--", StringComparison.Ordinal)
            ? runbook.Parameters.Select(it => it.Name).FirstOrDefault(name => word[2..].Split('=')[0] == name)
            : null;

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
                $"'{YamlScalar.Shorten(word)}' starts with a dash, and is no argument of this runbook.",
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
