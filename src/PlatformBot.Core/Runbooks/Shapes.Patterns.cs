using System.Text.RegularExpressions;

namespace PlatformBot.Core.Runbooks;

/// <summary>How names, paths and references are written.</summary>
internal static partial class Shapes
{
    [GeneratedRegex("^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex NamePattern();

    [GeneratedRegex("^[A-Za-z_][A-Za-z0-9_]{0,99}$", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex VariablePattern();

    [GeneratedRegex(
        "^[A-Za-z0-9][A-Za-z0-9._-]*(/[A-Za-z0-9][A-Za-z0-9._-]*)*\\.yaml$",
        RegexOptions.ExplicitCapture,
        1000
    )]
    private static partial Regex YamlPathPattern();

    [GeneratedRegex(
        "^(op://[^/\\s]+/[^/\\s]+(/[^/\\s]+){1,2}|file://[a-z0-9][a-z0-9._-]{0,62}|env://[A-Z][A-Z0-9_]{0,62})$",
        RegexOptions.ExplicitCapture,
        1000
    )]
    private static partial Regex ReferencePattern();

    [GeneratedRegex("^[A-Z][A-Za-z0-9]{0,62}$", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex KindPattern();

    [GeneratedRegex(
        "^(ready|rollout|exists|gone|condition=[A-Za-z0-9./-]+(=[A-Za-z0-9]+)?|jsonpath=\\.[^=]+=.+)$",
        RegexOptions.ExplicitCapture,
        1000
    )]
    private static partial Regex ForPattern();

    [GeneratedRegex("^[a-z][a-z0-9-]* in [A-Za-z0-9_.-]+$", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex EachPattern();

    [GeneratedRegex("^[A-Za-z0-9][A-Za-z0-9._-]{0,62}$", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex ToolPattern();
}
