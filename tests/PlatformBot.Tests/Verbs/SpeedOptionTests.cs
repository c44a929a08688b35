using PlatformBot.Verbs;
using Shouldly;
using Xunit;

namespace PlatformBot.Tests.Verbs;

public sealed class SpeedOptionTests
{
    [Theory]
    [InlineData("0")]
    [InlineData("-3")]
    [InlineData("1001")]
    [InlineData("NaN")]
    public void A_speed_at_which_the_platform_cannot_live_is_refused_by_every_verb_that_takes_one(string speed)
    {
        foreach (var verb in new[] { DemoVerb.Make(), SandboxVerb.Make() })
        {
            verb.Parse(["--speed", speed])
                .Errors.Select(error => error.Message)
                .ShouldBe(["--speed goes from 1 to 1000."]);
        }
    }

    [Fact]
    public void Every_speed_between_is_taken() => DemoVerb.Make().Parse(["--speed", "1000"]).Errors.ShouldBeEmpty();
}
