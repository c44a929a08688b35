namespace PlatformBot.Core.Runbooks;

/// <summary>The names that <c>${{ }}</c> can use at some place.</summary>
internal sealed class Scope
{
    private readonly IReadOnlyDictionary<string, YamlNode> _names;

    private Scope(IReadOnlyDictionary<string, YamlNode> names) => _names = names;

    public static Scope Empty { get; } = new(new Dictionary<string, YamlNode>());

    public Scope With(string name, YamlNode value) => new(new Dictionary<string, YamlNode>(_names) { [name] = value });

    /// <summary>The value at a path; a field of a list is the list of that field.</summary>
    /// <param name="mistake">told what is wrong and what to write instead when there is no such value</param>
    public YamlNode? Find(IReadOnlyList<Template.Segment> path, Action<string, string> mistake)
    {
        if (!_names.TryGetValue(path[0].Name, out var found))
        {
            mistake(
                $"'{path[0].Name}' is not known here.",
                Suggestion.Cure(path[0].Name, [.. _names.Keys.Order(StringComparer.Ordinal)])
            );
            return null;
        }

        var trail = path[0].Name;

        foreach (var segment in path.Skip(1))
        {
            if (Step(found, segment, trail, mistake) is not { } next)
                return null;

            found = next;
            trail += segment.Position is null ? "." + segment.Name : segment.Name;
        }

        return found;
    }

    private static YamlNode? Step(YamlNode from, Template.Segment segment, string trail, Action<string, string> mistake)
    {
        switch (from)
        {
            case YamlList list when segment.Position is { } position:
                if (position < list.Items.Count)
                    return list.Items[position];

                mistake($"'{trail}' has only {list.Items.Count} entries.", "Positions count from 0.");
                return null;

            case YamlList list:
                var fields = list.Items.Select(item => Step(item, segment, trail + "[*]", mistake)).ToArray();
                return fields.Any(field => field is null) ? null : new YamlList(list.At, fields!);

            case YamlMap map when segment.Position is null:
                if (map[segment.Name] is { } value)
                    return value;

                mistake(
                    $"'{trail}' has no '{segment.Name}'.",
                    Suggestion.Cure(segment.Name, [.. map.Entries.Select(entry => entry.Key.Text)])
                );
                return null;

            default:
                mistake($"'{trail}' is {from.Sort}; it has no '{segment.Name}'.", "");
                return null;
        }
    }
}
