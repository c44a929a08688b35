using System.Text.RegularExpressions;
using Microsoft.Extensions.Options;
using PlatformBot.Core.Runbooks;

namespace PlatformBot.Hosting;

/// <summary>
/// Looks at section "Access" before the bot starts: every name in it, and every role that a runbook asks for, must exist. A limit with
/// a typing mistake would otherwise be a right that nobody has, or a runbook that nobody can start.
/// </summary>
internal sealed partial class AccessCheck(Catalogue catalogue) : IValidateOptions<AccessOptions>
{
    /// <summary>Nobody holds these unless the settings say so, and that is no mistake.</summary>
    private static readonly string[] AlwaysThere = ["viewer", "operator", "approver", "admin"];

    public ValidateOptionsResult Validate(string? name, AccessOptions options)
    {
        var roles = options.Roles.Keys.Union(AlwaysThere).ToList();
        var wrong = Members(options)
            .Concat(Asked(roles))
            .Concat(Grants(options, roles))
            .Concat(Glass(options))
            .ToList();
        return wrong.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(wrong);
    }

    /// <summary>A right as strong as this is never everybody's.</summary>
    private static IEnumerable<string> Glass(AccessOptions options)
    {
        if (options.BreakGlass is not { Length: > 0 } role)
            return [];

        if (!options.Roles.TryGetValue(role, out var members))
            return [$"Access:BreakGlass: there is no role '{role}'. {Cure(role, [.. options.Roles.Keys])}"];

        return members.Contains("*")
            ? [$"Access:BreakGlass: everybody holds '{role}'. Name the people, or a closed channel of theirs."]
            : [];
    }

    private static IEnumerable<string> Members(AccessOptions options) =>
        from role in options.Roles
        from member in role.Value.Select((text, index) => (text, index))
        where !Member().IsMatch(member.text)
        select $"Access:Roles:{role.Key}:{member.index}: '{member.text}' is nobody's name. Write a user name or id, channel:NAME, team:NAME, group:NAME, or * for everybody.";

    private IEnumerable<string> Asked(List<string> roles) =>
        from runbook in catalogue.Runbooks
        from asked in new[] { runbook.Access.Run, runbook.Access.Approve }
            .Concat(runbook.Approval.Groups?.Keys ?? [])
            .Distinct()
        where !roles.Contains(asked)
        select $"Access:Roles: the runbook '{runbook.Command}' asks for the role '{asked}', which is not there. {Cure(asked, roles)} Add it, or change the runbook.";

    private IEnumerable<string> Grants(AccessOptions options, List<string> roles)
    {
        List<string> commands = [.. catalogue.Runbooks.Select(each => each.Command)];
        List<string> clusters = [.. catalogue.Inventory.Clusters.Select(each => each.Name)];
        List<string> phases = [.. catalogue.Runbooks.SelectMany(each => each.PhaseNames).Distinct()];

        return options.Grants.SelectMany(
            (grant, index) =>
                Wrong(
                        grant,
                        ("Role", [grant.Role], roles),
                        ("As", [grant.As], roles),
                        ("Commands", grant.Commands, commands),
                        ("Clusters", grant.Clusters, clusters),
                        ("Phases", grant.Phases, phases)
                    )
                    .Select(wrong => $"Access:Grants:{index}{wrong}")
        );
    }

    private static IEnumerable<string> Wrong(
        GrantOptions grant,
        params (string Field, string[] Given, List<string> Known)[] fields
    )
    {
        foreach (var (field, given, known) in fields)
        {
            foreach (var name in given.Where(each => !known.Contains(each)))
                yield return $":{field}: there is no '{name}'. {Cure(name, known)}".TrimEnd();
        }

        if (grant.Role == grant.As && grant.As.Length > 0)
            yield return $": '{grant.Role}' is itself already.";
    }

    private static string Cure(string word, List<string> known) =>
        Suggestion.For(word, known) is { } near ? $"Did you mean '{near}'?" : $"There are: {string.Join(", ", known)}.";

    [GeneratedRegex(
        @"^(\*|@?[a-z0-9._-]{1,64}|(channel|team|group):[a-z0-9._-]{1,64})\z",
        RegexOptions.ExplicitCapture,
        100
    )]
    private static partial Regex Member();
}
