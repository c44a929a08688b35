using Shouldly;
using Xunit;

namespace PlatformBot.Core.Tests;

public sealed class StateTableTests
{
    [Fact]
    public void A_trigger_that_is_not_in_the_table_leads_nowhere()
    {
        var table = new StateTable<DayOfWeek, DayOfWeek>(DayOfWeek.Monday)
        {
            { DayOfWeek.Monday, DayOfWeek.Tuesday, DayOfWeek.Friday },
        };

        table.Next(DayOfWeek.Monday, DayOfWeek.Tuesday).ShouldBe(DayOfWeek.Friday);
        table.Next(DayOfWeek.Friday, DayOfWeek.Tuesday).ShouldBeNull();
        table.IsFinal(DayOfWeek.Friday).ShouldBeTrue();
    }
}
