using PlatformBot.Core.Chat;
using PlatformBot.Core.Planning;
using Shouldly;
using Xunit;
using static PlatformBot.Core.Tests.Runs.Plans;

namespace PlatformBot.Core.Tests.Chat;

/// <summary>What is destroyed, for somebody who has ten seconds.</summary>
public sealed class DangerTests
{
    [Fact]
    public void The_same_on_several_nodes_is_told_once_with_all_of_them()
    {
        var steps = new[] { On("infra-01"), On("infra-02"), On("infra-03") };

        Danger.Lines(steps).ShouldBe([@"wipes the disks of **infra\-01, infra\-02, infra\-03** (`infra/convert` ×3)"]);
    }

    [Fact]
    public void Without_a_node_it_is_told_as_it_is_written() =>
        Danger.Lines([Step("drop") with { Destructive = "drops all data" }]).ShouldBe(["drops all data (`drop`)"]);

    [Fact]
    public void A_node_that_the_text_does_not_name_is_named_after_it() =>
        Danger
            .Lines([On("infra-01") with { Destructive = "wipes the disks" }])
            .ShouldBe([@"wipes the disks on **infra\-01** (`infra/convert/infra-01`)"]);

    [Fact]
    public void The_same_words_in_another_phase_are_a_danger_of_their_own() =>
        Danger.Lines([On("infra-01"), On("infra-01") with { Phase = "storage" }]).Count().ShouldBe(2);

    [Fact]
    public void What_destroys_nothing_is_left_out() => Danger.Lines([Step("look")]).ShouldBeEmpty();

    [Fact]
    public void What_a_runbook_says_is_text_and_no_markup() =>
        Danger
            .Lines([Step("x") with { Destructive = "wipes *all* for @all" }])
            .ShouldHaveSingleItem()
            .ShouldStartWith(@"wipes \*all\* for @" + "\u200B" + "all");

    private static PlannedStep On(string node) =>
        Step($"infra/convert/{node}") with
        {
            Node = node,
            Destructive = $"wipes the disks of {node}",
        };
}
