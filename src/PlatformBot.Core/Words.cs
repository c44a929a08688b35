using System.Globalization;
using System.Text;

namespace PlatformBot.Core;

/// <summary>How numbers and times are written for people.</summary>
public static class Words
{
    /// <summary>"850 ms", "12 s", "3 min 20 s", "2 h 5 min"</summary>
    public static string Span(TimeSpan span) =>
        span switch
        {
            _ when span < TimeSpan.FromSeconds(1) => $"{span.TotalMilliseconds:0} ms",
            _ when span < TimeSpan.FromMinutes(1) => $"{(int)span.TotalSeconds} s",
            _ when span < TimeSpan.FromHours(1) => Two((int)span.TotalMinutes, "min", span.Seconds, "s"),
            _ when span < TimeSpan.FromDays(1) => Two((int)span.TotalHours, "h", span.Minutes, "min"),
            _ => Two((int)span.TotalDays, "d", span.Hours, "h"),
        };

    /// <summary>"1 step", "3 steps"</summary>
    public static string Count(int count, string one) => count == 1 ? $"1 {one}" : $"{count} {one}s";

    /// <summary>"2026-11-21 09:00 UTC"</summary>
    public static string Utc(DateTimeOffset moment) =>
        string.Create(CultureInfo.InvariantCulture, $"{moment.UtcDateTime:yyyy-MM-dd HH:mm} UTC");

    /// <summary>"a, b and 3 more"</summary>
    public static string Few(IReadOnlyList<string> names, int most) =>
        $"{string.Join(", ", names.Take(most))}{(names.Count > most ? $" and {names.Count - most} more" : "")}";

    /// <summary>"300 B", "12 kB", "3.4 MB"</summary>
    public static string Bytes(long bytes) =>
        bytes switch
        {
            < 1000 => $"{bytes} B",
            < 1_000_000 => $"{bytes / 1000} kB",
            _ => string.Create(CultureInfo.InvariantCulture, $"{bytes / 1e6:0.0} MB"),
        };

    /// <summary>The first 12 characters of a digest: enough to compare by eye.</summary>
    public static string Short(string digest) => digest.Length > 12 ? digest[..12] : digest;

    /// <summary>At most so many characters (code points, as chat servers count); what was cut ends in "…".</summary>
    public static string Cut(string text, int runes)
    {
        // As many chars or fewer can never be more code points.
        if (text.Length <= runes || Runes(text) <= runes)
            return text;

        var cut = new StringBuilder(runes);

        foreach (var rune in text.EnumerateRunes().Take(Math.Max(0, runes - 1)))
            cut.Append(rune);

        return runes > 0 ? cut.Append('…').ToString() : "";
    }

    /// <summary>Length in code points, which is what chat servers count.</summary>
    public static int Runes(string text)
    {
        var count = 0;

        foreach (var _ in text.EnumerateRunes())
            count++;

        return count;
    }

    private static string Two(int large, string unit, int small, string smallUnit) =>
        small == 0 ? $"{large} {unit}" : $"{large} {unit} {small} {smallUnit}";
}
