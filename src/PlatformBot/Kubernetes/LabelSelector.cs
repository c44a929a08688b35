using System.Text.Json;
using System.Text.RegularExpressions;

namespace PlatformBot.Kubernetes;

/// <summary>
/// Which labels an object must have, as the API server reads it: <c>app=web,tier in (a,b),!legacy</c>, or a workload's
/// <c>spec.selector</c>. Terms are joined by "and".
/// </summary>
internal sealed partial class LabelSelector
{
    private readonly IReadOnlyList<Term> _terms;

    private LabelSelector(IReadOnlyList<Term> terms) => _terms = terms;

    /// <summary>How a label is compared. What is not there is not equal, as Kubernetes sees it.</summary>
    private enum Operator
    {
        In,
        NotIn,
        Exists,
        DoesNotExist,
    }

    public static LabelSelector Everything { get; } = new([]);

    /// <summary>null when it is not a selector: the API server will say what is wrong with it.</summary>
    public static LabelSelector? Parse(string? text)
    {
        if (string.IsNullOrWhiteSpace(text))
            return Everything;

        var terms = new List<Term>();

        for (var at = 0; at < text.Length; )
        {
            if (TermPattern().Match(text, at) is not { Success: true } match)
                return null;

            terms.Add(Read(match));
            at += match.Length;
        }

        return new(terms);
    }

    /// <summary>A label selector object: <c>matchLabels</c> and <c>matchExpressions</c>; null when it is none, or names nothing.</summary>
    public static LabelSelector? Of(JsonElement selector)
    {
        if (selector.ValueKind != JsonValueKind.Object)
            return null;

        var labels = selector.At("matchLabels");
        var equal =
            labels.ValueKind == JsonValueKind.Object
                ? labels.EnumerateObject().Select(label => new Term(label.Name, Operator.In, [Text(label.Value)]))
                : [];
        var others = selector
            .Items("matchExpressions")
            .Select(each => new Term(
                each.Text("key") ?? "",
                Enum.TryParse<Operator>(each.Text("operator"), out var how) ? how : Operator.In,
                [.. each.Items("values").Select(Text)]
            ));
        Term[] terms = [.. equal, .. others];
        return terms.Length == 0 ? null : new(terms);
    }

    public bool Matches(JsonElement item)
    {
        var labels = item.At("metadata", "labels");
        return _terms.All(term => term.Matches(labels.Text(term.Key)));
    }

    /// <summary>As the query parameter <c>labelSelector</c> takes it.</summary>
    public override string ToString() => string.Join(',', _terms);

    private static string Text(JsonElement value) => value.Text() ?? "";

    private static Term Read(Match match)
    {
        if (match.Groups["missing"] is { Success: true, Value: var missing })
            return new(missing, Operator.DoesNotExist, []);

        var key = match.Groups["key"].Value;

        if (match.Groups["set"].Success)
        {
            var values = match.Groups["values"].Value.Split(',', StringSplitOptions.TrimEntries);
            return new(key, match.Groups["set"].Value == "in" ? Operator.In : Operator.NotIn, values);
        }

        return match.Groups["equals"].Success
            ? new(
                key,
                match.Groups["equals"].Value == "!=" ? Operator.NotIn : Operator.In,
                [match.Groups["value"].Value]
            )
            : new(key, Operator.Exists, []);
    }

    [GeneratedRegex(
        @"\G\s*(?:!\s*(?<missing>[\w./-]+)|(?<key>[\w./-]+)(?:\s+(?<set>in|notin)\s*\((?<values>[^()]*)\)|\s*(?<equals>==|!=|=)\s*(?<value>[\w.-]*))?)\s*(?:,(?=.)|$)",
        RegexOptions.ExplicitCapture,
        1000
    )]
    private static partial Regex TermPattern();

    private sealed record Term(string Key, Operator How, IReadOnlyList<string> Values)
    {
        public bool Matches(string? label) =>
            How switch
            {
                Operator.In => label is not null && Values.Contains(label),
                Operator.NotIn => label is null || !Values.Contains(label),
                Operator.Exists => label is not null,
                _ => label is null,
            };

        public override string ToString() =>
            How switch
            {
                Operator.In when Values.Count == 1 => $"{Key}={Values[0]}",
                Operator.NotIn when Values.Count == 1 => $"{Key}!={Values[0]}",
                Operator.In => $"{Key} in ({string.Join(',', Values)})",
                Operator.NotIn => $"{Key} notin ({string.Join(',', Values)})",
                Operator.Exists => Key,
                _ => $"!{Key}",
            };
    }
}
