using PlatformBot.Core.Approvals;
using Shouldly;
using Xunit;
using static PlatformBot.Core.Tests.Runs.Plans;

namespace PlatformBot.Core.Tests.Approvals;

/// <summary>What whoever approves must type, because nobody can undo it.</summary>
public sealed class ConfirmationTests
{
    private static readonly Confirmation Two = new(["infra", "apps"]);

    [Fact]
    public void The_names_are_those_of_the_clusters_of_what_cannot_be_undone()
    {
        var wipe = Step("wipe") with { Destructive = "all", Irreversible = true };

        Confirmation
            .Of([
                wipe,
                wipe with
                {
                    Cluster = "apps",
                },
                wipe,
                Step("drop") with
                {
                    Cluster = "other",
                    Destructive = "x",
                },
            ])
            .Names.ShouldBe(["infra", "apps"]);
    }

    [Fact]
    public void What_is_done_to_no_cluster_goes_by_its_phase() =>
        Confirmation.Of([Step("wipe") with { Cluster = null, Irreversible = true }]).Names.ShouldBe(["foundation"]);

    [Fact]
    public void Where_everything_can_be_undone_nothing_is_typed()
    {
        Confirmation.Of([Step("drop") with { Destructive = "all" }]).IsNeeded.ShouldBeFalse();
        Confirmation.None.Objection("infra/rollout", null).ShouldBeNull();
    }

    [Theory]
    [InlineData("infra apps")]
    [InlineData("apps, infra")]
    [InlineData("  apps\tinfra ")]
    public void All_names_in_any_order_will_do(string typed) => Two.Objection("run", typed).ShouldBeNull();

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("infra")]
    [InlineData("infra infra")]
    [InlineData("infra apps other")]
    [InlineData("Infra apps")]
    [InlineData("infraapps")]
    [InlineData("іnfra apps")]
    public void Anything_else_will_not(string? typed) =>
        Two.Objection("run", typed)!
            .Reason.ShouldStartWith(
                "Nobody can undo what run does. Whoever approves it types the names infra and apps."
            );

    [Fact]
    public void Whoever_typed_something_else_is_shown_what() =>
        new Confirmation(["infra"])
            .Objection("infra/rollout", "apps")!
            .ShouldBe(
                new Refusal(
                    "Nobody can undo what infra/rollout does. Whoever approves it types the name infra. You typed `apps`.",
                    "Letter by letter, in the form that the button opens or as the last words: `/platform approve <run> infra/rollout infra`."
                )
            );
}
