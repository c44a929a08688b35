using Shouldly;
using Xunit;

namespace PlatformBot.Sandbox.Tests;

public sealed class FaultsTests
{
    [Fact]
    public void A_fault_with_a_number_strikes_that_often_and_no_more()
    {
        var faults = new Faults();
        faults.Arm("infra/cilium-install:times=2");

        faults.Strikes("infra/cilium-install").ShouldBeTrue();
        faults.Strikes("infra/cilium-install").ShouldBeTrue();
        faults.Strikes("infra/cilium-install").ShouldBeFalse();
    }

    [Theory]
    [InlineData("a:b")]
    [InlineData("a:times=0")]
    [InlineData("a:times=x")]
    public void Nonsense_is_refused(string fault) =>
        Should.Throw<FormatException>(() => new Faults().Arm(fault)).Message.ShouldContain("name:times=N");
}
