using System.Globalization;
using System.Text.RegularExpressions;

namespace PlatformBot.Core.Runbooks;

/// <summary>Text with <c>${{ path }}</c> in it: plain substitution, no logic.</summary>
internal sealed partial record Template(IReadOnlyList<Template.Part> Parts)
{
    private const string Opening = "${{";
    private const string Closing = "}}";

    /// <param name="Ordinal">the how-many-th placeholder of the text, from 0; -1 for text between</param>
    internal sealed record Part(string Text, int Ordinal, IReadOnlyList<Segment> Path, bool Spread)
    {
        public bool IsPlaceholder => Ordinal >= 0;
    }

    /// <summary>A name, or a position in a list.</summary>
    internal sealed record Segment(string Name, int? Position);

    /// <summary>Nothing but one placeholder.</summary>
    public Part? Whole => Parts is [{ IsPlaceholder: true } only] ? only : null;

    public static bool IsIn(string text) => text.Contains(Opening, StringComparison.Ordinal);

    /// <param name="mistake">told the ordinal of a placeholder that is not well written, and what is wrong</param>
    /// <returns>null after a mistake</returns>
    public static Template? Parse(string text, Action<int, string> mistake)
    {
        var parts = new List<Part>();
        var at = 0;

        for (var ordinal = 0; ; ordinal++)
        {
            var open = text.IndexOf(Opening, at, StringComparison.Ordinal);
            var literal = open < 0 ? text[at..] : text[at..open];

            if (literal.Length > 0)
                parts.Add(new Part(literal, -1, [], Spread: false));

            if (open < 0)
                return new Template(parts);

            var close = text.IndexOf(Closing, open, StringComparison.Ordinal);

            if (close < 0)
            {
                mistake(ordinal, "This ${{ has no }}.");
                return null;
            }

            var inside = text[(open + Opening.Length)..close].Trim();

            if (ParsePath(inside, ordinal) is not { } part)
            {
                mistake(ordinal, $"'{YamlScalar.Shorten(inside)}' is not a path such as cluster.nodes[0].address.");
                return null;
            }

            parts.Add(part);
            at = close + Closing.Length;
        }
    }

    /// <summary>The segments of "cluster.nodes[0].address"; null when it is not a path.</summary>
    public static IReadOnlyList<Segment>? ParsePath(string text) => ParsePath(text, 0)?.Path;

    private static Part? ParsePath(string inside, int ordinal)
    {
        var match = PathPattern().Match(inside);

        if (!match.Success)
            return null;

        var path = SegmentPattern()
            .Matches(match.Groups["path"].Value)
            .Select(segment =>
                segment.Value.StartsWith('[')
                    ? new Segment(segment.Value, int.Parse(segment.Value[1..^1], CultureInfo.InvariantCulture))
                    : new Segment(segment.Value.TrimStart('.'), null)
            );

        return new Part(inside, ordinal, [.. path], match.Groups["spread"].Success);
    }

    [GeneratedRegex(
        @"^(?<path>[A-Za-z_][A-Za-z0-9_-]*(\.[A-Za-z_][A-Za-z0-9_-]*|\[[0-9]{1,4}\])*)(?<spread>\.\.\.)?$",
        RegexOptions.ExplicitCapture,
        1000
    )]
    private static partial Regex PathPattern();

    [GeneratedRegex(@"\.?[A-Za-z_][A-Za-z0-9_-]*|\[[0-9]{1,4}\]", RegexOptions.None, 1000)]
    private static partial Regex SegmentPattern();
}
