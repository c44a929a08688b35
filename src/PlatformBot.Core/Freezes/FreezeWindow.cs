namespace PlatformBot.Core.Freezes;

/// <summary>A freeze, or freezes that come again, as the configuration has it.</summary>
/// <param name="Clusters">where it holds; empty: everywhere</param>
public abstract record FreezeWindow(string Name, string Reason, IReadOnlyList<string> Clusters)
{
    /// <summary>Its occurrences that end after the one moment and begin before the other, in order.</summary>
    public abstract IEnumerable<Freeze> Between(DateTimeOffset after, DateTimeOffset before);

    /// <summary>Once.</summary>
    public sealed record Dated(
        string Name,
        string Reason,
        IReadOnlyList<string> Clusters,
        DateTimeOffset From,
        DateTimeOffset To
    ) : FreezeWindow(Name, Reason, Clusters)
    {
        public override IEnumerable<Freeze> Between(DateTimeOffset after, DateTimeOffset before) =>
            To > after && From < before ? [new Freeze(Name, Reason, Clusters, From, To)] : [];
    }

    /// <summary>Every week, by the clocks of a place: also when these are set for summer and winter.</summary>
    public sealed record Weekly(
        string Name,
        string Reason,
        IReadOnlyList<string> Clusters,
        IReadOnlyList<WeeklySpan> Spans,
        TimeZoneInfo Zone
    ) : FreezeWindow(Name, Reason, Clusters)
    {
        public override IEnumerable<Freeze> Between(DateTimeOffset after, DateTimeOffset before)
        {
            var longest = Spans.Max(span => span.Days) + 1;
            var last = TimeZoneInfo.ConvertTime(before, Zone).Date;

            for (
                var day = TimeZoneInfo.ConvertTime(after, Zone).Date.AddDays(-longest);
                day <= last;
                day = day.AddDays(1)
            )
            {
                foreach (var span in Spans.Where(span => span.Day == day.DayOfWeek))
                {
                    var from = Zone.First(day + span.From.ToTimeSpan());
                    var to = Zone.Last(day.AddDays(span.Days) + span.To.ToTimeSpan());

                    if (to > after && from < before && to > from)
                        yield return new Freeze(Name, Reason, Clusters, from, to);
                }
            }
        }
    }
}

/// <summary>A part of the week.</summary>
/// <param name="Day">on which it begins</param>
/// <param name="Days">how many days later it ends</param>
public sealed record WeeklySpan(DayOfWeek Day, TimeOnly From, int Days, TimeOnly To);

/// <summary>What a clock on a wall shows, as moments. Some of it never is, some of it is twice.</summary>
internal static class WallTime
{
    private static readonly TimeSpan Minute = TimeSpan.FromMinutes(1);

    /// <summary>The first moment at which clocks there show it; where they skip it, the moment at which they do.</summary>
    public static DateTimeOffset First(this TimeZoneInfo zone, DateTime local) => At(zone, local, first: true);

    /// <summary>The last moment at which clocks there show it; where they skip it, the moment at which they do.</summary>
    public static DateTimeOffset Last(this TimeZoneInfo zone, DateTime local) => At(zone, local, first: false);

    private static DateTimeOffset At(TimeZoneInfo zone, DateTime local, bool first)
    {
        // Clocks skip whole minutes, a day of them at most.
        while (zone.IsInvalidTime(local))
            local += Minute;

        if (!zone.IsAmbiguousTime(local))
            return new DateTimeOffset(local, zone.GetUtcOffset(local)).ToUniversalTime();

        var offsets = zone.GetAmbiguousTimeOffsets(local);
        return new DateTimeOffset(local, first ? offsets.Max() : offsets.Min()).ToUniversalTime();
    }
}
