using PlatformBot.Core.Chat;
using PlatformBot.Core.Planning;
using PlatformBot.Core.Runs;
using PlatformBot.TestKit;
using Xunit;

namespace PlatformBot.Core.Tests.Chat;

public sealed class PlanTextTests
{
    private static readonly PlanSight Sight = new(
        new Dictionary<string, CheckOutcome>
        {
            ["infra/convert-node/infra-01"] = new(true, "talosctl: exit 0"),
            ["infra/convert-node/infra-02"] = new(false, "talosctl: exit 1"),
            ["infra/cilium"] = new(null, "infra does not answer"),
        },
        new Dictionary<string, IReadOnlyList<ApplyPreview>>()
    );

    [Fact]
    public void A_plan_in_short_says_how_much_is_done_and_what_is_destroyed() =>
        Rendered.Visible(PlanText.Summary(PlatformRuns.Plan("infra"), Sight)).ShouldMatchSnapshot("plan-short");

    [Fact]
    public void A_plan_that_nobody_has_looked_at_promises_nothing() =>
        Rendered.Visible(PlanText.Summary(PlatformRuns.Plan("all"), sight: null)).ShouldMatchSnapshot("plan-unseen");

    [Fact]
    public void A_whole_plan_has_every_command() =>
        PlanText.Whole(PlatformRuns.Plan("all"), Sight).ShouldMatchSnapshot("plan-whole");
}
