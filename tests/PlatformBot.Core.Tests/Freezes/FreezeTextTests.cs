using PlatformBot.Core.Freezes;
using Shouldly;
using Xunit;

namespace PlatformBot.Core.Tests.Freezes;

/// <summary>A window that is written wrongly is refused with what is wrong, and is never one that freezes nothing.</summary>
public sealed class FreezeTextTests
{
    private static readonly FreezeText Good = new(
        "nights",
        "nobody is there",
        ["infra"],
        "Fri-Sun",
        "16:00",
        "06:00",
        "Europe/Berlin"
    );

    // csharpier-ignore - one row per mistake
    public static TheoryData<FreezeText, string> Mistakes => new()
    {
        { Good with { Name = null },                             "Name is missing" },
        { Good with { Name = "3" },                              "is no name" },              // that is one made by hand
        { Good with { Name = "the weekend" },                    "is no name" },
        { Good with { Reason = " " },                            "Reason is missing" },
        { Good with { Clusters = ["infra", "inrfa"] },           "Clusters names 'inrfa'" },
        { Good with { Days = "Fri-Sunday" },                     "are no days" },
        { Good with { Days = "" },                               "are no days" },
        { Good with { Days = "Fri-Sat-Sun" },                    "are no days" },
        { Good with { From = "4pm" },                            "must be times of day" },
        { Good with { From = "24:00" },                          "must be times of day" },
        { Good with { To = null },                               "must be times of day" },
        { Good with { From = "Fri 16:00" },                      "must be times of day" },
        { Good with { Days = null },                             "neither moments nor days and times" },
        { Good with { Zone = "Europe/Berln" },                   "no Zone 'Europe/Berln'" },
        { Good with { From = "2026-12-20T00:00:00Z" },           "Days and Zone are for windows of every week" },
        { Once("2026-12-20T00:00:00", "2027-01-03T00:00:00Z"),   "must both be moments with an offset" },
        { Once("2026-12-20T00:00:00Z", "2027-01-03"),            "must both be moments with an offset" },
        { Once("2026-12-20T00:00:00Z", "2026-12-20T01:00:00+01:00"), "To is not later than From" },
        { Once("2026-13-20T00:00:00Z", "2027-01-03T00:00:00Z"),  "neither moments nor days and times" },
    };

    [Theory]
    [MemberData(nameof(Mistakes))]
    public void A_mistake_is_named(FreezeText text, string what)
    {
        text.Read(["infra", "apps"]).Ok(out _, out var refusal).ShouldBeFalse();

        refusal.ShouldNotBeNull().Reason.ShouldContain(what);
        refusal.Hint.ShouldNotBeEmpty();
    }

    [Theory]
    [InlineData("Fri-Sun", "Fri,Sat,Sun")]
    [InlineData("Sat-Mon,Wed", "Sat,Sun,Mon,Wed")]
    [InlineData("mon , mon", "Mon")]
    [InlineData("Tue-Mon", "Tue,Wed,Thu,Fri,Sat,Sun,Mon")]
    public void Days_may_be_ranges_and_lists(string days, string means) =>
        Spans(Good with { Days = days }).Select(span => $"{span.Day}"[..3]).ShouldBe(means.Split(','));

    [Theory]
    [InlineData("Fri 16:00", "Mon 06:00", 3)]
    [InlineData("Fri 16:00", "Fri 18:00", 0)]
    [InlineData("Fri 16:00", "Fri 06:00", 7)]
    [InlineData("Sun 00:00", "Sat 00:00", 6)]
    public void A_span_ends_when_its_end_comes_next(string from, string to, int days) =>
        Spans(Good with { Days = null, From = from, To = to }).ShouldHaveSingleItem().Days.ShouldBe(days);

    private static IReadOnlyList<WeeklySpan> Spans(FreezeText text)
    {
        text.Read(["infra"]).Ok(out var window, out var refusal).ShouldBeTrue(refusal?.Reason);
        return window.ShouldBeOfType<FreezeWindow.Weekly>().Spans;
    }

    private static FreezeText Once(string from, string to) => new("xmas", "holidays", [], null, from, to, null);
}
