using System.Text.Json;

namespace PlatformBot.Kubernetes;

/// <summary>What would be different in an object: one line per field, as a person would say it.</summary>
internal static class ObjectDiff
{
    private const int LongestValue = 60;

    /// <summary>What the server writes for its own book-keeping.</summary>
    private static readonly HashSet<string> NotOurs =
    [
        ".status",
        ".metadata.managedFields",
        ".metadata.resourceVersion",
        ".metadata.generation",
        ".metadata.uid",
        ".metadata.creationTimestamp",
    ];

    /// <summary>".spec.replicas: 2 → 3", ".metadata.labels.team: + a", ".spec.paused: - true".</summary>
    /// <param name="redact">takes known secrets out of a value, before it is cut</param>
    public static IReadOnlyList<string> Of(JsonElement before, JsonElement after, Func<string, string> redact)
    {
        var lines = new List<string>();
        Compare("", before, after, new(lines, redact, IsSecret: before.Text("kind") == "Secret"));
        return lines;
    }

    private static void Compare(string path, JsonElement before, JsonElement after, Telling tell)
    {
        var (was, isNow) = (before.ValueKind, after.ValueKind);

        // What is not there equals nothing but what is not there either.
        if (
            NotOurs.Contains(path)
            || (was == isNow && (was == JsonValueKind.Undefined || JsonElement.DeepEquals(before, after)))
        )
        {
            return;
        }

        if (was == JsonValueKind.Object && isNow == JsonValueKind.Object)
        {
            foreach (var name in Names(before).Union(Names(after)))
                Compare($"{path}{Dotted(name)}", before.At(name), after.At(name), tell);
        }
        else if (was == JsonValueKind.Array && isNow == JsonValueKind.Array)
        {
            CompareLists(path, before, after, tell);
        }
        else
        {
            tell.Lines.Add(Line(path, before, after, tell));
        }
    }

    /// <summary>Entries that have a name are the same entry wherever they stand; others are told by their place.</summary>
    private static void CompareLists(string path, JsonElement before, JsonElement after, Telling tell)
    {
        var (old, young) = (Entries(before), Entries(after));

        foreach (var key in old.Keys.Union(young.Keys))
        {
            Compare($"{path}[{key}]", old.GetValueOrDefault(key), young.GetValueOrDefault(key), tell);
        }
    }

    private static Dictionary<string, JsonElement> Entries(JsonElement list)
    {
        var names = list.EnumerateArray().Select(entry => entry.Text("name")).ToList();
        var isNamed = names.TrueForAll(name => name is not null) && names.Distinct().Count() == names.Count;
        return list.EnumerateArray()
            .Select((entry, at) => (Key: isNamed ? $"name={names[at]}" : $"{at}", Entry: entry))
            .ToDictionary(each => each.Key, each => each.Entry);
    }

    private static string Line(string path, JsonElement before, JsonElement after, Telling tell)
    {
        if (before.ValueKind == JsonValueKind.Undefined)
            return $"{path}: + {Value(path, after, tell)}";

        return after.ValueKind == JsonValueKind.Undefined
            ? $"{path}: - {Value(path, before, tell)}"
            : $"{path}: {Value(path, before, tell)} → {Value(path, after, tell)}";
    }

    private static string Value(string path, JsonElement value, Telling tell)
    {
        if (tell.IsSecret && IsData(path))
            return "•••";

        var text = value.ValueKind == JsonValueKind.String ? value.Text() ?? "" : value.GetRawText();
        text = tell.Redact(text).ReplaceLineEndings("⏎");
        return text.Length > LongestValue ? $"{text[..LongestValue]}…" : text;
    }

    private static bool IsData(string path) =>
        path.StartsWith(".data", StringComparison.Ordinal) || path.StartsWith(".stringData", StringComparison.Ordinal);

    private static IEnumerable<string> Names(JsonElement item) => item.EnumerateObject().Select(field => field.Name);

    private static string Dotted(string name) =>
        name.All(letter => char.IsAsciiLetterOrDigit(letter) || letter is '-' or '_') ? $".{name}" : $"['{name}']";

    /// <param name="IsSecret">what its data hold is never shown</param>
    private sealed record Telling(List<string> Lines, Func<string, string> Redact, bool IsSecret);
}
