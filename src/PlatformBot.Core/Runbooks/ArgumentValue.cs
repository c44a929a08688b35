using System.Globalization;
using System.Text.RegularExpressions;

namespace PlatformBot.Core.Runbooks;

/// <summary>May this text be the value of that argument?</summary>
internal static partial class ArgumentValue
{
    public const string AllClusters = "all";
    private const int Longest = 200;

    /// <summary>Null when it may.</summary>
    public static Refusal? Check(Parameter parameter, string value, Inventory inventory, IReadOnlyList<string> phases)
    {
        if (value.Length > Longest)
            return new Refusal($"The value for '{parameter.Name}' is longer than {Longest} characters.", "Shorten it.");

        if (value.Any(letter => char.IsControl(letter) || letter is '\u2028' or '\u2029') || !IsWellFormed(value))
        {
            return new Refusal(
                $"The value for '{parameter.Name}' contains characters that cannot be seen.",
                "Type it by hand, on one line."
            );
        }

        if (Allowed(parameter, inventory, phases) is { } allowed)
            return OneOf(parameter, value, allowed);

        return parameter.Type switch
        {
            ParameterType.Number => Number(parameter, value),
            ParameterType.Version => Version(parameter, value),
            _ => Text(parameter, value),
        };
    }

    /// <summary>Every value that is allowed; null when they cannot be counted.</summary>
    public static IReadOnlyList<string>? Allowed(
        Parameter parameter,
        Inventory inventory,
        IReadOnlyList<string> phases
    ) =>
        parameter.Type switch
        {
            ParameterType.Cluster => [.. inventory.Clusters.Select(it => it.Name), AllClusters],
            ParameterType.Node => [.. inventory.Nodes.Select(it => it.Name)],
            ParameterType.Phase => phases,
            ParameterType.Choice => parameter.Values,
            ParameterType.Number or ParameterType.Version or ParameterType.Text => null,
        };

    private static Refusal? OneOf(Parameter parameter, string value, IReadOnlyList<string> allowed)
    {
        if (allowed.Contains(value))
            return null;

        var near = Suggestion.For(value, allowed) is { } meant ? $"Did you mean '{meant}'? " : "";
        return new Refusal(
            $"'{YamlScalar.Shorten(value)}' is not allowed for '{parameter.Name}'.",
            $"{near}Allowed: {string.Join(", ", allowed)}."
        );
    }

    private static Refusal? Number(Parameter parameter, string value) =>
        long.TryParse(value, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out _)
            ? null
            : new Refusal(
                $"'{YamlScalar.Shorten(value)}' is not a whole number, which '{parameter.Name}' must be.",
                "Write digits only, such as 3."
            );

    /// <summary>A release, written out: it goes into image names, and nobody can say "latest" or a part of one.</summary>
    private static Refusal? Version(Parameter parameter, string value) =>
        Release().IsMatch(value)
            ? null
            : new Refusal(
                $"'{YamlScalar.Shorten(value)}' is not a version, which '{parameter.Name}' must be.",
                "Write the three numbers of a release, such as 1.11.3 (or edge-25.10.7 where releases are called so), without a v in front."
            );

    [GeneratedRegex(
        "^(edge-)?(0|[1-9][0-9]{0,3})\\.(0|[1-9][0-9]{0,3})\\.(0|[1-9][0-9]{0,3})\\z",
        RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture,
        matchTimeoutMilliseconds: 1000
    )]
    private static partial Regex Release();

    /// <summary>A value that starts with a dash would be read as a flag by the program that gets it.</summary>
    private static Refusal? Text(Parameter parameter, string value) =>
        value.StartsWith('-')
            ? new Refusal(
                $"The value for '{parameter.Name}' starts with a dash.",
                "Begin it with another character: a program would take it for one of its flags."
            )
            : null;

    /// <summary>Half a surrogate pair cannot be passed on byte for byte.</summary>
    private static bool IsWellFormed(string text) =>
        text.EnumerateRunes().Count(rune => rune == System.Text.Rune.ReplacementChar)
        == text.Count(letter => letter == '\uFFFD');
}
