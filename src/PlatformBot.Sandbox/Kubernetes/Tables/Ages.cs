using System.Globalization;

namespace PlatformBot.Sandbox.Kubernetes.Tables;

/// <summary>Spans of time as Kubernetes' tables print them: 71s, 4m12s, 11m, 3h5m, 2d7h, 30d.</summary>
internal static class Ages
{
    public static string Of(string moment, DateTimeOffset now) =>
        DateTimeOffset.TryParse(moment, CultureInfo.InvariantCulture, out var then)
            ? Of(now > then ? now - then : TimeSpan.Zero)
            : "<unknown>";

    public static string Of(TimeSpan span) =>
        span.TotalSeconds < 120 ? $"{(int)span.TotalSeconds}s"
        : span.TotalMinutes < 10 ? With($"{(int)span.TotalMinutes}m", span.Seconds, "s")
        : span.TotalHours < 3 ? $"{(int)span.TotalMinutes}m"
        : span.TotalHours < 8 ? With($"{(int)span.TotalHours}h", span.Minutes, "m")
        : span.TotalHours < 48 ? $"{(int)span.TotalHours}h"
        : span.TotalDays < 8 ? With($"{(int)span.TotalDays}d", span.Hours, "h")
        : $"{(int)span.TotalDays}d";

    private static string With(string whole, int rest, string unit) => rest == 0 ? whole : $"{whole}{rest}{unit}";
}
