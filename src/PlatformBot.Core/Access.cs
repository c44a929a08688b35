using System.Collections.Immutable;

namespace PlatformBot.Core;

/// <summary>
/// Who holds which role. Made from the configuration; names are resolved to ids once and decisions are made on ids.
/// Nobody holds a role until the names are resolved: the default is no.
/// </summary>
public sealed class Access
{
    public const string Everyone = "*";

    private volatile ImmutableDictionary<string, ImmutableList<Person>> _holders = ImmutableDictionary<
        string,
        ImmutableList<Person>
    >.Empty;

    /// <summary>False until the names have been resolved for the first time: until then nobody holds a role, and nobody has lost one.</summary>
    public bool IsKnown => !_holders.IsEmpty;

    /// <summary>Role → people. The id <see cref="Everyone"/> stands for all.</summary>
    public void Set(IReadOnlyDictionary<string, IReadOnlyList<Person>> holders) =>
        _holders = holders.ToImmutableDictionary(pair => pair.Key, pair => pair.Value.ToImmutableList());

    public bool Holds(Person person, string role) =>
        _holders.TryGetValue(role, out var people)
        && people.Exists(holder => holder.Id == person.Id || holder.Id == Everyone);

    public IReadOnlyList<string> RolesOf(Person person) =>
        [.. _holders.Keys.Where(role => Holds(person, role)).Order(StringComparer.Ordinal)];

    /// <summary>The people who hold a role, by name.</summary>
    public IReadOnlyList<Person> Holders(string role) =>
        _holders.TryGetValue(role, out var people)
            ? [.. people.OrderBy(person => person.Name, StringComparer.Ordinal)]
            : [];
}
