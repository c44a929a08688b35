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

    private IEnumerable<string> Grants(AccessOptions options, List<string> roles) =>
        options.Grants.SelectMany(
            (grant, index) =>
                Unknown(index, "Role", [grant.Role], roles)
                    .Concat(Unknown(index, "As", [grant.As], roles))
                    .Concat(
                        Unknown(index, "Commands", grant.Commands, [.. catalogue.Runbooks.Select(each => each.Command)])
                    )
                    .Concat(
                        Unknown(
                            index,
                            "Clusters",
                            grant.Clusters,
                            [.. catalogue.Inventory.Clusters.Select(each => each.Name)]
                        )
                    )
                    .Concat(
                        Unknown(
                            index,
                            "Phases",
                            grant.Phases,
                            [.. catalogue.Runbooks.SelectMany(each => each.PhaseNames).Distinct()]
                        )
                    )
                    .Concat(
                        grant.Role == grant.As && grant.As.Length > 0
                            ? [$"Access:Grants:{index}: '{grant.Role}' is itself already."]
                            : []
                    )
        );

    private static IEnumerable<string> Unknown(int index, string field, string[] given, List<string> known) =>
        given
            .Where(each => !known.Contains(each))
            .Select(each => $"Access:Grants:{index}:{field}: there is no '{each}'. {Cure(each, known)}".TrimEnd());

    private static string Cure(string word, List<string> known) =>
        Suggestion.For(word, known) is { } near ? $"Did you mean '{near}'?" : $"There are: {string.Join(", ", known)}.";

    [GeneratedRegex(
        @"^(\*|@?[a-z0-9._-]{1,64}|(channel|team|group):[a-z0-9._-]{1,64})\z",
        RegexOptions.ExplicitCapture,
        100
    )]
    private static partial Regex Member();
}
