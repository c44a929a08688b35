using System.Collections.Immutable;

namespace PlatformBot.Core.Roles;

/// <summary>
/// Who holds which role, for what. Made from the configuration; names are resolved to ids once and for good, and decisions are made on
/// ids. Nobody holds a role through a name that was never resolved: the default is no.
/// </summary>
/// <param name="grants">roles that stand for others within limits; none when left out</param>
public sealed class Access(params IReadOnlyList<Grant> grants)
{
    public const string Everyone = "*";

    private volatile ImmutableDictionary<string, Holders> _holders = ImmutableDictionary<string, Holders>.Empty;

    private volatile bool _known;

    /// <summary>False until the chat server was asked for the first time: until then nobody has lost a role.</summary>
    public bool IsKnown => _known;

    /// <param name="holders">by role, as the chat server has them now</param>
    public void Set(IReadOnlyDictionary<string, Holders> holders)
    {
        _holders = holders.ToImmutableDictionary();
        _known = _holders.Count > 0;
    }

    /// <param name="holders">by role, as far as names have a meaning already; counts until the chat server has answered</param>
    public void Recall(IReadOnlyDictionary<string, Holders> holders)
    {
        if (!_known)
            _holders = holders.ToImmutableDictionary();
    }

    /// <param name="reach">what for; null for what belongs to no runbook</param>
    public bool Holds(Person person, string role, Reach? reach) => GroundOf(person, role, reach) is not null;

    /// <summary>Holds it for something, if not for everything.</summary>
    public bool HoldsSomehow(Person person, string role) =>
        grants
            .Where(grant => grant.As == role)
            .Select(grant => grant.Role)
            .Append(role)
            .Any(each => Through(each, person) is not null);

    /// <summary>Why this person holds the role, in words; null when they do not.</summary>
    public string? GroundOf(Person person, string role, Reach? reach)
    {
        if (Through(role, person) is { } through)
            return $"role {role}, {through}";

        return grants
            .Where(grant => grant.As == role && grant.Covers(reach))
            .Select(grant => (grant, Through: Through(grant.Role, person)))
            .Where(each => each.Through is not null)
            .Select(each => $"role {each.grant.Role}, {each.Through}, which is {each.grant}")
            .FirstOrDefault();
    }

    /// <summary>The person's roles in words, with what each stands for.</summary>
    public IReadOnlyList<string> RolesOf(Person person) =>
        [
            .. _holders
                .Keys.Where(role => Through(role, person) is not null)
                .Order(StringComparer.Ordinal)
                .Select(role =>
                    string.Concat(
                        grants.Where(grant => grant.Role == role).Select(grant => $" (is {grant})").Prepend(role)
                    )
                ),
        ];

    /// <summary>The people who hold a role, by name; of circles, as they were when they were read.</summary>
    public IReadOnlyList<Person> Holders(string role, Reach? reach) => Holders([role], reach);

    /// <summary>The people who hold one of some roles.</summary>
    public IReadOnlyList<Person> Holders(IEnumerable<string> roles, Reach? reach) =>
        [
            .. roles
                .SelectMany(role => Giving(role, reach))
                .SelectMany(holders => holders.People.Concat(holders.Circles.SelectMany(circle => circle.Members)))
                .DistinctBy(person => person.Id)
                .OrderBy(person => person.Name, StringComparer.Ordinal),
        ];

    /// <summary>Whether the person holds the role whatever circles they are in.</summary>
    public bool HoldsByName(Person person, string role, Reach? reach) =>
        Giving(role, reach)
            .Any(holders => holders.People.Any(holder => holder.Id == person.Id || holder.Id == Everyone));

    /// <summary>Being in one of them is holding the role.</summary>
    public IReadOnlyList<Circle> Circles(string role, Reach? reach) =>
        [.. Giving(role, reach).SelectMany(holders => holders.Circles).DistinctBy(circle => circle.Id)];

    private IEnumerable<Holders> Giving(string role, Reach? reach) =>
        grants
            .Where(grant => grant.As == role && grant.Covers(reach))
            .Select(grant => grant.Role)
            .Append(role)
            .Distinct(StringComparer.Ordinal)
            .Select(each => _holders.GetValueOrDefault(each))
            .OfType<Holders>();

    private string? Through(string role, Person person) => _holders.GetValueOrDefault(role)?.Through(person);
}
