using System.Globalization;
using FsCheck;
using FsCheck.Fluent;
using PlatformBot.Core.Freezes;
using Shouldly;
using Xunit;

namespace PlatformBot.Core.Tests.Freezes;

/// <summary>When windows hold: by the clocks of a place, to the minute, also when these are set.</summary>
public sealed class FreezeWindowTests
{
    private static readonly TimeZoneInfo Berlin = TimeZoneInfo.FindSystemTimeZoneById("Europe/Berlin");

    // csharpier-ignore - one row per moment
    [Theory]
    [InlineData("2026-11-20T14:59:59Z", false)] // Friday, 15:59:59 in Berlin
    [InlineData("2026-11-20T15:00:00Z", true)]
    [InlineData("2026-11-21T04:59:59Z", true)]
    [InlineData("2026-11-21T05:00:00Z", false)] // Saturday, 06:00
    [InlineData("2026-11-21T15:00:00Z", true)]
    [InlineData("2026-11-23T04:59:59Z", true)] // the night from Sunday to Monday
    [InlineData("2026-11-23T05:00:00Z", false)]
    [InlineData("2026-11-23T15:00:00Z", false)] // Monday evening
    public void Nights_on_chosen_days_begin_on_these_and_end_the_morning_after(string moment, bool holds) =>
        Holds(Weekly("Fri-Sun", "16:00", "06:00"), moment).ShouldBe(holds);

    // csharpier-ignore - one row per moment
    [Theory]
    [InlineData("2026-11-20T14:59:59Z", false)]
    [InlineData("2026-11-20T15:00:00Z", true)]
    [InlineData("2026-11-22T12:00:00Z", true)]
    [InlineData("2026-11-23T04:59:59Z", true)]
    [InlineData("2026-11-23T05:00:00Z", false)]
    public void A_weekend_in_one_go_begins_and_ends_once(string moment, bool holds) =>
        Holds(Weekly(null, "Fri 16:00", "Mon 06:00"), moment).ShouldBe(holds);

    // csharpier-ignore - one row per night
    [Theory]
    [InlineData("2026-03-28T23:00:00Z", "2026-03-29T04:00:00Z")] // clocks go forward: 5 hours
    [InlineData("2026-10-24T22:00:00Z", "2026-10-25T05:00:00Z")] // and back: 7
    [InlineData("2026-11-20T23:00:00Z", "2026-11-21T05:00:00Z")] // any other: 6
    public void A_night_is_as_long_as_the_clocks_there_make_it(string from, string to)
    {
        var window = Weekly("Sun,Sat", "00:00", "06:00");
        var (begins, ends) = (At(from), At(to));

        var night = window.Between(begins, ends).ShouldHaveSingleItem();

        night.From.ShouldBe(begins);
        night.Until.ShouldBe(ends);
    }

    [Fact]
    public void A_time_that_clocks_skip_is_the_moment_at_which_they_do() =>
        Weekly("Sun", "02:30", "05:00")
            .Between(At("2026-03-29T00:00:00Z"), At("2026-03-29T12:00:00Z"))
            .ShouldHaveSingleItem()
            .From.ShouldBe(At("2026-03-29T01:00:00Z"));

    [Fact]
    public void Of_a_time_that_comes_twice_a_freeze_begins_at_the_first_and_ends_at_the_second()
    {
        var (begin, end) = (At("2026-10-25T00:00:00Z"), At("2026-10-25T12:00:00Z"));

        Weekly("Sun", "02:30", "05:00").Between(begin, end).Single().From.ShouldBe(At("2026-10-25T00:30:00Z"));
        Weekly("Sun", "01:00", "02:30")
            .Between(At("2026-10-24T22:00:00Z"), end)
            .Last()
            .Until.ShouldBe(At("2026-10-25T01:30:00Z"));
    }

    [Fact]
    public void A_dated_window_holds_from_its_first_moment_up_to_its_last_but_not_at_it()
    {
        var window = Read(
            new FreezeText("xmas", "holidays", [], null, "2026-12-20T00:00:00+01:00", "2027-01-03T00:00:00+01:00", null)
        );

        Holds(window, "2026-12-19T22:59:59Z").ShouldBeFalse();
        Holds(window, "2026-12-19T23:00:00Z").ShouldBeTrue();
        Holds(window, "2027-01-02T22:59:59Z").ShouldBeTrue();
        Holds(window, "2027-01-02T23:00:00Z").ShouldBeFalse();
    }

    /// <summary>The same said another way: a clock on a wall in Berlin, which knows nothing of moments.</summary>
    [Fact]
    public void A_night_holds_exactly_when_a_clock_in_that_place_says_so() =>
        Prop.ForAll(
                Gen.Choose(0, 3 * 365 * 24 * 60).ToArbitrary(),
                Gen.Choose(0, 24 * 60 - 1).Two().ToArbitrary(),
                (minute, times) =>
                {
                    var (from, to) = (
                        TimeOnly.MinValue.AddMinutes(times.Item1),
                        TimeOnly.MinValue.AddMinutes(times.Item2)
                    );
                    var moment = At("2025-01-01T00:00:00Z").AddMinutes(minute);
                    var local = TimeZoneInfo.ConvertTime(moment, Berlin).DateTime;

                    // An hour that is there twice or not at all has examples of its own.
                    if (IsOdd(local) || IsOdd(local.Date + from.ToTimeSpan()) || IsOdd(local.Date + to.ToTimeSpan()))
                        return;

                    var time = TimeOnly.FromDateTime(local);
                    var holds = from < to ? from <= time && time < to : from <= time || time < to;
                    Holds(Weekly("Mon-Sun", $"{from:HH:mm}", $"{to:HH:mm}"), moment)
                        .ShouldBe(holds, $"{moment:O} {from}-{to}");
                }
            )
            .QuickCheckThrowOnFailure();

    [Fact]
    public void What_is_between_two_moments_is_all_that_holds_at_any_moment_between_them() =>
        Prop.ForAll(
                Gen.Choose(0, 60 * 24 * 60).Two().ToArbitrary(),
                Gen.Choose(0, 60).ToArbitrary(),
                (minutes, share) =>
                {
                    var window = Weekly("Wed-Sat", "16:00", "06:00");
                    var after = At("2026-09-01T00:00:00Z").AddMinutes(minutes.Item1);
                    var before = after.AddMinutes(minutes.Item2 + 1);
                    var moment = after + (before - after) * (share / 61.0);
                    var all = window.Between(after, before).ToList();

                    all.ShouldBeInOrder();
                    all.ShouldAllBe(freeze => freeze.Until > after && freeze.From < before);
                    all.Exists(freeze => freeze.HoldsAt(moment)).ShouldBe(Holds(window, moment));
                }
            )
            .QuickCheckThrowOnFailure();

    private static bool IsOdd(DateTime local) =>
        Berlin.IsInvalidTime(local)
        || Berlin.IsAmbiguousTime(local)
        || Berlin.IsAmbiguousTime(local.AddDays(-1))
        || Berlin.IsInvalidTime(local.AddDays(-1));

    private static FreezeWindow Weekly(string? days, string from, string to) =>
        Read(new FreezeText("nights", "nobody is there", [], days, from, to, "Europe/Berlin"));

    private static FreezeWindow Read(FreezeText text)
    {
        text.Read(["infra"]).Ok(out var window, out var refusal).ShouldBeTrue(refusal?.Reason);
        return window!;
    }

    private static bool Holds(FreezeWindow window, string moment) => Holds(window, At(moment));

    private static bool Holds(FreezeWindow window, DateTimeOffset moment) =>
        window.Between(moment, moment.AddTicks(1)).Any(freeze => freeze.HoldsAt(moment));

    private static DateTimeOffset At(string moment) => DateTimeOffset.Parse(moment, CultureInfo.InvariantCulture);
}

internal static class InOrder
{
    public static void ShouldBeInOrder(this List<Freeze> freezes) =>
        freezes.Select(freeze => freeze.From).ShouldBe(freezes.Select(freeze => freeze.From).Order());
}
