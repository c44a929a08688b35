namespace PlatformBot.Core.Roles;

/// <summary>Who holds a role: people by name, and whoever is in a circle.</summary>
/// <param name="People">the id <see cref="Access.Everyone"/> stands for all</param>
public sealed record Holders(IReadOnlyList<Person> People, IReadOnlyList<Circle> Circles)
{
    public Holders(params IReadOnlyList<Person> people)
        : this(people, []) { }

    /// <summary>How this person holds it, in words; null when they do not. Of circles, as they were when they were read.</summary>
    public string? Through(Person person) =>
        People.Any(holder => holder.Id == person.Id) ? "by name"
        : People.Any(holder => holder.Id == Access.Everyone) ? "as everybody does"
        : Circles.FirstOrDefault(circle => circle.Members.Any(member => member.Id == person.Id)) is { } circle
            ? $"as a member of {circle}"
        : null;
}

/// <summary>People whom the chat server keeps together. Who is in it is read again and again; decisions ask anew.</summary>
/// <param name="Kind">channel, team or group</param>
/// <param name="Id">the chat server's</param>
/// <param name="Members">as they were when they were read</param>
public sealed record Circle(string Kind, string Name, string Id, IReadOnlyList<Person> Members)
{
    public override string ToString() => $"{Kind} {Name}";
}
