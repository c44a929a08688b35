using System.Text.RegularExpressions;

namespace PlatformBot.Core.Runbooks;

/// <summary>How names, paths, references and other values of the runbook language are written.</summary>
internal static partial class Forms
{
    public static readonly Kind Filled = new Kind.Text();
    public static readonly Kind Plain = new Kind.Text(Filled: false);
    public static readonly Kind Truth = new Kind.Truth();
    public static readonly Kind Duration = new Kind.Duration();

    /// <summary>People take minutes; every reminder is a post.</summary>
    public static readonly Kind PeoplesTime = new Kind.Duration("1m");
    public static readonly Kind Name = new Kind.Form(NamePattern(), "a name of small letters, digits and dashes");
    public static readonly Kind Variable = new Kind.Form(VariablePattern(), "the name of an environment variable");
    public static readonly Kind YamlPath = new Kind.Form(YamlPathPattern(), "a path of a .yaml file inside commands/");
    public static readonly Kind Reference = new Kind.Form(
        ReferencePattern(),
        "a reference op://vault/item/field, file://name or env://NAME",
        true
    );
    public static readonly Kind Kubernetes = new Kind.Form(KindPattern(), "a Kubernetes kind such as DaemonSet");
    public static readonly Kind For = new Kind.Form(
        ForPattern(),
        "ready, rollout, condition=Type, condition=Type=Value, exists, gone or jsonpath=.path=value",
        true
    );

    public static readonly Kind Loop = new Kind.Form(EachPattern(), "written 'node in cluster.nodes'");
    public static readonly Kind Program = new Kind.Form(ToolPattern(), "a program's name");

    /// <summary>Only its host may not come from people; that is looked at when it is filled in.</summary>
    public static readonly Kind Url = new Kind.Form(
        UrlPattern(),
        "an address that begins with https:// or http://",
        true
    );

    [GeneratedRegex("^https?://[^\\s/?#@]+([/?#][^\\s]*)?$", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex UrlPattern();

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
