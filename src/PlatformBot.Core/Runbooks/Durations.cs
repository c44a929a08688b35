using System.Globalization;

namespace PlatformBot.Core.Runbooks;

/// <summary>Spans of time as people write them: 30s, 10m, 1h30m, 2d.</summary>
public static class Durations
{
    private static readonly Dictionary<string, TimeSpan> Units = new()
    {
        ["ms"] = TimeSpan.FromMilliseconds(1),
        ["s"] = TimeSpan.FromSeconds(1),
        ["m"] = TimeSpan.FromMinutes(1),
        ["h"] = TimeSpan.FromHours(1),
        ["d"] = TimeSpan.FromDays(1),
    };

    /// <summary>Null when the text is not a span of time, is nothing, or is longer than 30 days.</summary>
    public static TimeSpan? Parse(string text)
    {
        var total = TimeSpan.Zero;
        var rest = text.AsSpan();

        while (rest.Length > 0)
        {
            var digits = rest.IndexOfAnyExceptInRange('0', '9');

            if (digits is < 1 or > 9)
                return null;

            var unit = rest[digits..];
            var letters = unit.IndexOfAnyExceptInRange('a', 'z');
            unit = letters < 0 ? unit : unit[..letters];

            if (!Units.TryGetValue(unit.ToString(), out var length))
                return null;

            total += length * long.Parse(rest[..digits], NumberStyles.None, CultureInfo.InvariantCulture);
            rest = rest[(digits + unit.Length)..];
        }

        return total > TimeSpan.Zero && total <= TimeSpan.FromDays(30) ? total : null;
    }
}
