using System.Globalization;
using PlatformBot.Core.Planning;

namespace PlatformBot.Core.Checks;

/// <summary>One value against one expectation: the table of what can be compared.</summary>
internal static class Comparison
{
    private static readonly (
        Func<Expectation, double?> Limit,
        Func<double, double, bool> Holds,
        string Words
    )[] Numbers =
    [
        (expectation => expectation.AtLeast, (value, limit) => value >= limit, "at least"),
        (expectation => expectation.AtMost, (value, limit) => value <= limit, "at most"),
        (expectation => expectation.Above, (value, limit) => value > limit, "more than"),
        (expectation => expectation.Below, (value, limit) => value < limit, "less than"),
    ];

    /// <returns>whether it holds, and what is wanted, in words</returns>
    public static (bool Holds, string Wanted) Of(Expectation expectation, string actual, DateTimeOffset now)
    {
        if (expectation.EqualTo is { } wanted)
            return (actual == wanted, Expectations.Quote(wanted));

        if (expectation.Contains is { } part)
            return (actual.Contains(part, StringComparison.Ordinal), $"something with {Expectations.Quote(part)}");

        if (expectation.Lacks is { } unwanted)
        {
            return (
                !actual.Contains(unwanted, StringComparison.Ordinal),
                $"nothing with {Expectations.Quote(unwanted)}"
            );
        }

        if (expectation.OneOf is { } several)
            return (several.Contains(actual), $"one of {string.Join(", ", several.Select(Expectations.Quote))}");

        if (expectation.YoungerThan is { } age)
            return (TimeOf(actual) is { } past && now - past < age, $"a time less than {Words.Span(age)} ago");

        if (expectation.ValidFor is { } ahead)
            return (TimeOf(actual) is { } end && end - now >= ahead, $"a time at least {Words.Span(ahead)} ahead");

        foreach (var (limit, holds, words) in Numbers)
        {
            if (limit(expectation) is { } number)
            {
                return (
                    NumberOf(actual) is { } value && holds(value, number),
                    $"{words} {number.ToString(CultureInfo.InvariantCulture)}"
                );
            }
        }

        // Only a path is given: it is there, and that is what was asked.
        return (true, "");
    }

    /// <summary>Null for NaN, which is neither more nor less than anything.</summary>
    private static double? NumberOf(string text) =>
        double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var number) && !double.IsNaN(number)
            ? number
            : null;

    private static DateTimeOffset? TimeOf(string text) =>
        DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var time)
            ? time
            : null;
}
