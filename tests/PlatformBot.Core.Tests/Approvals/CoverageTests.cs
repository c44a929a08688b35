using FsCheck;
using FsCheck.Fluent;
using PlatformBot.Core.Approvals;
using PlatformBot.Core.Planning;
using Shouldly;
using Xunit;
using static PlatformBot.Core.Tests.Runs.Plans;

namespace PlatformBot.Core.Tests.Approvals;

/// <summary>A smaller plan keeps its approval; anything new or more dangerous asks again.</summary>
public sealed class CoverageTests
{
    private static readonly PlannedStep Look = Step("look");
    private static readonly PlannedStep Wipe = Step("wipe", "look") with { Destructive = "wipes it" };
    private static readonly PlannedStep Push = Step("push", "wipe");
    private static readonly Plan Approved = Of(Look, Wipe, Push);
    private static readonly Pin File = Pin.OfFile("x.yaml", "3f2a");

    [Fact]
    public void The_same_is_covered() => New(Approved).ShouldBeEmpty();

    [Fact]
    public void Without_a_step_that_nothing_needs_it_is_covered()
    {
        New(Of(Look, Wipe)).ShouldBeEmpty();
        Coverage.GoneFrom(Of(Look, Wipe), Approved).ShouldBe(["- push"]);
    }

    [Fact]
    public void Without_the_look_before_it_is_not() =>
        New(Of(Wipe with { Needs = [] }, Push)).ShouldBe(["~ wipe: needs"]);

    [Fact]
    public void What_is_more_or_other_is_said_step_by_step() =>
        New(
                Of(
                    Look with
                    {
                        Verify = [Probe("x")],
                    },
                    Wipe with
                    {
                        Action = Commands("wipe --all"),
                        Timeout = TimeSpan.FromHours(1),
                    },
                    Push,
                    Step("drop") with
                    {
                        Destructive = "drops it",
                    }
                )
            )
            .ShouldBe(["~ look: verify", "~ wipe: action, timeout", "+ drop: drop"]);

    [Fact]
    public void A_weaker_rule_is_not_covered()
    {
        var two = Approved with { Approval = Approved.Approval with { Quorum = 2 } };

        Coverage.NewIn(Approved, null, two, null).ShouldBe(["~ approval of the plan"]);
        New(Approved with { Approval = Approved.Approval with { Expires = TimeSpan.FromHours(5) } }).Count.ShouldBe(1);
        New(Approved with { Approval = Approved.Approval with { Expires = TimeSpan.FromHours(3) } }).ShouldBeEmpty();
        New(Approved with { Access = Approved.Access with { Approve = "viewer" } }).ShouldBe(["~ access of the plan"]);
        New(Approved with { Locks = [] }).ShouldBe(["~ locks of the plan"]);
        New(Approved with { Parallel = 9 }).ShouldBe(["~ parallel of the plan"]);
        New(Approved with { Command = "other" }).ShouldBe(["~ command of the plan"]);
        Coverage
            .NewIn(Approved, null, Approved with { StopsAtFailure = true }, null)
            .ShouldBe(["~ on-failure of the plan"]);
    }

    [Fact]
    public void Inputs_must_be_the_same_and_be_told()
    {
        Coverage.NewIn(Approved, [File], Approved, [File]).ShouldBeEmpty();
        Coverage.NewIn(Approved, [], Approved, [File]).ShouldBeEmpty();
        Coverage
            .NewIn(Approved, [File with { Value = "9c11" }], Approved, [File])
            .ShouldBe(["~ file x.yaml: was 3f2a, is 9c11"]);
        Coverage.NewIn(Approved, [File], Approved, null).ShouldBe(["~ file x.yaml: was not looked at, is 3f2a"]);
        var silent = Pin.OfCluster("infra", null, "away");
        Coverage.NewIn(Approved, [silent], Approved, [silent]).Count.ShouldBe(1);
    }

    [Fact]
    public void Whatever_the_plans_are_it_is_reflexive_transitive_and_lets_nothing_through()
    {
        var cases = from a in Plan() from b in Plan() from c in Plan() select (a, b, c);

        Prop.ForAll(
                cases.ToArbitrary(),
                each =>
                {
                    var (a, b, c) = each;
                    Covers(a, a).ShouldBeTrue();
                    (Covers(a, b) && Covers(b, c) && !Covers(a, c)).ShouldBeFalse();

                    if (!Covers(a, b))
                        return;

                    var approved = a.Steps.Select(PlanJson.TextOf).ToHashSet();
                    b.Steps.Select(PlanJson.TextOf).ShouldAllBe(step => approved.Contains(step));
                    b.Approval.Quorum.ShouldBe(a.Approval.Quorum);
                    b.Approval.Expires.ShouldBeLessThanOrEqualTo(a.Approval.Expires);
                }
            )
            .Check(Config.QuickThrowOnFailure.WithMaxTest(2000));
    }

    /// <summary>Plans of few steps that differ in little, so that many cover each other.</summary>
    private static Gen<Plan> Plan()
    {
        var steps =
            from step in Gen.Elements(Look, Wipe, Push)
            from change in Gen.Elements(0, 0, 0, 0, 1, 2, 3)
            select change switch
            {
                1 => step with { Attempts = 2 },
                2 => step with { Destructive = "other" },
                3 => step with { Needs = [] },
                _ => step,
            };

        return from some in steps.ListOf()
            from quorum in Gen.Elements(1, 1, 1, 2)
            from hours in Gen.Elements(3, 4)
            select Of([.. some.DistinctBy(step => step.Id).OrderBy(step => step.Id, StringComparer.Ordinal)]) with
            {
                Approval = new ApprovalRule("phase", quorum, TimeSpan.FromHours(hours)),
            };
    }

    private static bool Covers(Plan approved, Plan now) => Coverage.NewIn(now, null, approved, null).Count == 0;

    private static IReadOnlyList<string> New(Plan now) => Coverage.NewIn(now, null, Approved, null);
}
