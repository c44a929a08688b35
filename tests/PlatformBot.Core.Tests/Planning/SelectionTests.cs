using PlatformBot.Core.Planning;
using PlatformBot.Core.Tests.Runbooks;
using Shouldly;
using Xunit;

namespace PlatformBot.Core.Tests.Planning;

public sealed class SelectionTests
{
    private const string Steps = """
        - { step: a, run: [helm], proves-itself: true }
        - { step: b, run: [helm], proves-itself: true }
        - { step: side, run: [helm], proves-itself: true, needs: [] }
        - { step: convert, each: node in cluster.nodes, run: [helm, "${{ node.name }}"], proves-itself: true, needs: [b] }
        - { step: last, run: [helm], proves-itself: true, needs: [convert] }
        """;

    [Theory]
    [InlineData("--from convert", "side, convert/infra-01, convert/infra-02, last")]
    [InlineData("--from=convert", "side, convert/infra-01, convert/infra-02, last")]
    [InlineData("--to b", "a, b")]
    [InlineData("--from b --to last", "b, convert/infra-01, convert/infra-02, last")]
    [InlineData("--only a,last", "a, last")]
    [InlineData("--only infra/convert/infra-02", "convert/infra-02")]
    [InlineData("--only foundation", "a, b, side, convert/infra-01, convert/infra-02, last")]
    [InlineData("--only infra/foundation", "a, b, side, convert/infra-01, convert/infra-02, last")]
    public void Only_the_wanted_steps_are_in_the_plan(string flags, string expected)
    {
        var plan = Selected(flags);

        string.Join(", ", plan.Steps.Select(step => step.Id["infra/".Length..])).ShouldBe(expected);
    }

    [Fact]
    public void The_order_of_what_is_left_stays_also_across_what_is_left_out()
    {
        Selected("--only a,last").Steps.Last().Needs.ShouldBe(["infra/a"]);
        Selected("--from convert").Steps.First(step => step.Id == "infra/convert/infra-01").Needs.ShouldBeEmpty();
    }

    [Fact]
    public void A_part_of_a_plan_says_so_and_is_not_approved_as_the_whole()
    {
        var (whole, part) = (Selected(""), Selected("--from convert"));

        part.Digest.ShouldNotBe(whole.Digest);
        part.Title.ShouldBe("bootstrap infra --from convert");
        part.Notes[0].ShouldBe("Left out because of --from convert: infra/a, infra/b.");
        PlanJson.Read(PlanJson.Write(part)).Title.ShouldBe(part.Title);
        PlanJson.DigestOf(PlanJson.Read(PlanJson.Write(part))).ShouldBe(part.Digest);
    }

    [Theory]
    [InlineData("--from", "--from needs the name")]
    [InlineData("--from --to", "--from needs the name")]
    [InlineData("--only a --only b", "--only is given twice")]
    [InlineData("--only convrt", "no phase and no step 'convrt'")]
    [InlineData("--from last --to a", "leaves nothing to do")]
    public void What_means_nothing_is_refused_with_its_cure(string flags, string told)
    {
        using var folder = new CatalogueFolder().WithSteps(Steps);
        var plan = folder.Plan("infra");

        Core.Refusal? refusal = null;
        var isPart =
            Selection.Take(flags.Split(' '), out _).Ok(out var selection, out refusal)
            && selection.Of(plan).Ok(out _, out refusal);

        isPart.ShouldBeFalse();
        refusal!.Reason.ShouldContain(told);
        refusal.Hint.ShouldNotBeNullOrEmpty();
    }

    [Fact]
    public void What_is_no_flag_is_left_for_the_runbook()
    {
        Selection.Take(["all", "--from", "mesh", "reason=x"], out var rest).Ok(out _, out _).ShouldBeTrue();

        rest.ShouldBe(["all", "reason=x"]);
    }

    [Fact]
    public void A_newer_plan_is_told_apart_field_by_field()
    {
        using var before = new CatalogueFolder().WithSteps(Steps);
        using var after = new CatalogueFolder().WithSteps(
            Steps
                .Replace(
                    "step: side, run: [helm]",
                    "step: side, run: [helm, version], timeout: 5m",
                    StringComparison.Ordinal
                )
                .Replace("step: a,", "step: first,", StringComparison.Ordinal)
        );

        var diff = PlanDiff.Of(before.Plan("infra"), after.Plan("infra"));

        diff.Added.Select(step => step.Id).ShouldBe(["infra/first"]);
        diff.Removed.Select(step => step.Id).ShouldBe(["infra/a"]);
        diff.Changed.Select(change => $"{change.After.Id}: {string.Join(", ", change.Fields)}")
            .ShouldBe(["infra/b: needs", "infra/side: action, timeout"]);
        diff.Whole.ShouldBeEmpty();
        PlanDiff.Of(before.Plan("infra"), before.Plan("infra")).IsEmpty.ShouldBeTrue();
    }

    private static Plan Selected(string flags)
    {
        using var folder = new CatalogueFolder().WithSteps(Steps);
        var words = flags.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        Selection.Take(words, out _).Ok(out var selection, out var refusal).ShouldBeTrue($"{refusal}");
        selection.Of(folder.Plan("infra")).Ok(out var plan, out refusal).ShouldBeTrue($"{refusal}");
        return plan;
    }
}
