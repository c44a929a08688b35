using System.Globalization;
using System.Text.RegularExpressions;

namespace PlatformBot.Core.Freezes;

/// <summary>A freeze window as people write it into the settings.</summary>
/// <param name="Days">"Fri-Sun", "Mon,Wed"; null where <paramref name="From"/> and <paramref name="To"/> say the day</param>
/// <param name="From">"16:00" with days, "Fri 16:00" without, or "2026-12-20T00:00:00+01:00" for one that comes once</param>
/// <param name="To">the first moment after it, in the same form; a time that is not later than From is of the next day</param>
/// <param name="Zone">whose clocks: "Europe/Berlin"; null: UTC</param>
public sealed partial record FreezeText(
    string? Name,
    string? Reason,
    IReadOnlyList<string> Clusters,
    string? Days,
    string? From,
    string? To,
    string? Zone
)
{
    private static readonly string[] DayNames = ["Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"];

    /// <summary>What it means; refused with the setting that is wrong and what to write there.</summary>
    public Result<FreezeWindow> Read(IReadOnlyCollection<string> clusters)
    {
        if (Name is null || !NamePattern().IsMatch(Name))
            return new Refusal("Name is missing or is no name", "small letters, digits and dashes: \"weekend\"");

        if (string.IsNullOrWhiteSpace(Reason))
            return new Refusal("Reason is missing", "people read it when they are refused");

        if (Clusters.Except(clusters).FirstOrDefault() is { } unknown)
            return new Refusal($"Clusters names '{unknown}'", $"the inventory has {string.Join(", ", clusters)}");

        return DateTimeOffset.TryParse(From, CultureInfo.InvariantCulture, out _) && From.Contains('T')
            ? Dated()
            : Weekly();
    }

    private Result<FreezeWindow> Dated()
    {
        if (Days is not null || Zone is not null)
        {
            return new Refusal(
                "Days and Zone are for windows of every week",
                "leave them out, or give From and To as times of day"
            );
        }

        if (Moment(From) is not { } from || Moment(To) is not { } to)
        {
            return new Refusal(
                "From and To must both be moments with an offset",
                "2026-12-20T00:00:00+01:00, or …Z for UTC"
            );
        }

        return to > from
            ? new FreezeWindow.Dated(Name!, Reason!, Clusters, from, to)
            : new Refusal("To is not later than From", "it is the first moment after the freeze");
    }

    private Result<FreezeWindow> Weekly()
    {
        if (!TimeZoneInfo.TryFindSystemTimeZoneById(Zone ?? "UTC", out var zone))
        {
            return new Refusal(
                $"There is no Zone '{Zone}' on this host",
                "a name such as Europe/Berlin or UTC; the host needs tzdata"
            );
        }

        return Spans().Ok(out var spans, out var refusal)
            ? new FreezeWindow.Weekly(Name!, Reason!, Clusters, spans, zone)
            : refusal;
    }

    private Result<WeeklySpan[]> Spans()
    {
        if (Days is null)
        {
            return DayAndTime(From) is var (day, from) && DayAndTime(To) is var (end, to)
                ? new[] { Span(day, from, end, to) }
                : new Refusal(
                    "From and To say neither moments nor days and times",
                    "\"Fri 16:00\", or \"16:00\" together with Days: \"Fri-Sun\""
                );
        }

        if (Time(From) is not { } begins || Time(To) is not { } ends)
            return new Refusal("From and To must be times of day, because there are Days", "\"16:00\", \"06:00\"");

        return DaysOf(Days) is { Length: > 0 } days
            ? days.Select(each => new WeeklySpan(each, begins, ends > begins ? 0 : 1, ends)).ToArray()
            : new Refusal($"Days '{Days}' are no days", "\"Fri-Sun\", \"Mon,Wed\": Mon, Tue, Wed, Thu, Fri, Sat, Sun");
    }

    /// <summary>The same day and time again is a whole week.</summary>
    private static WeeklySpan Span(DayOfWeek day, TimeOnly from, DayOfWeek end, TimeOnly to)
    {
        var days = ((int)end - (int)day + 7) % 7;
        return new WeeklySpan(day, from, days == 0 && to <= from ? 7 : days, to);
    }

    /// <summary>Null when one of them is none.</summary>
    private static DayOfWeek[]? DaysOf(string text)
    {
        var days = new List<DayOfWeek>();

        foreach (var part in text.Split(',', StringSplitOptions.TrimEntries))
        {
            var ends = part.Split('-', StringSplitOptions.TrimEntries);

            if (ends.Length > 2 || Day(ends[0]) is not { } first || Day(ends[^1]) is not { } last)
                return null;

            var count = ((int)last - (int)first + 7) % 7 + 1;
            days.AddRange(Enumerable.Range((int)first, count).Select(day => (DayOfWeek)(day % 7)));
        }

        return [.. days.Distinct()];
    }

    private static (DayOfWeek Day, TimeOnly Time)? DayAndTime(string? text) =>
        text?.Split(' ', StringSplitOptions.RemoveEmptyEntries) is [var day, var time]
        && Day(day) is { } of
        && Time(time) is { } at
            ? (of, at)
            : null;

    private static DayOfWeek? Day(string text) =>
        Array.FindIndex(DayNames, name => name.Equals(text, StringComparison.OrdinalIgnoreCase)) is >= 0 and var at
            ? (DayOfWeek)at
            : null;

    private static TimeOnly? Time(string? text) =>
        TimeOnly.TryParseExact(text, "HH:mm", CultureInfo.InvariantCulture, DateTimeStyles.None, out var time)
            ? time
            : null;

    /// <summary>Null where there is no offset: nobody knows whose midnight it is.</summary>
    public static DateTimeOffset? Moment(string? text) =>
        text is not null
        && OffsetPattern().IsMatch(text)
        && DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.None, out var moment)
            ? moment.ToUniversalTime()
            : null;

    [GeneratedRegex("^[a-z][a-z0-9-]{0,39}$", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex NamePattern();

    [GeneratedRegex(@"T[0-9:.]+(Z|[+-]\d\d:\d\d)$", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex OffsetPattern();
}
