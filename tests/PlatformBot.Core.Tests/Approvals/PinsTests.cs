using FsCheck;
using FsCheck.Fluent;
using PlatformBot.Core.Approvals;
using Shouldly;
using Xunit;

namespace PlatformBot.Core.Tests.Approvals;

/// <summary>Which inputs still count as those that were approved.</summary>
public sealed class PinsTests
{
    private static readonly Pin File = Pin.OfFile("talos/x.yaml", "3f2a9c0d1e2f4455");
    private static readonly Pin Cluster = Pin.OfCluster("infra", "uid-1");

    [Fact]
    public void What_is_the_same_is_no_news()
    {
        var changes = Pins.Compare([File, Cluster], [File, Cluster], _ => true);

        (changes.Appeared.Count, changes.Changed.Count, changes.Untold.Count).ShouldBe((0, 0, 0));
    }

    [Fact]
    public void What_differs_is_named_with_what_it_was_and_what_it_is() =>
        Pins.Compare(
                [File, Cluster, Pin.OfTool("helm", "aa")],
                [File with { Value = "9c11aa" }, Cluster with { Value = "uid-2" }, Pin.OfTool("helm", null)],
                _ => true
            )
            .Changed.ShouldBe([
                "file talos/x.yaml: was 3f2a9c0d1e2f, is 9c11aa",
                "cluster infra: was uid-1, is uid-2; the client configuration leads to another cluster",
                "tool helm: was aa, is not there",
            ]);

    [Fact]
    public void What_was_not_there_may_appear_only_because_of_the_run()
    {
        Pin[] before = [Cluster with { Value = null }];

        Pins.Compare(before, [Cluster], _ => true).Appeared.ShouldBe([Cluster]);
        Pins.Compare(before, [Cluster], _ => false)
            .Changed.ShouldBe(["cluster infra: was not there, is uid-1; no step of this run can have made it"]);
        Pins.Compare([], [File], _ => false).Changed.Count.ShouldBe(1);
    }

    [Fact]
    public void What_cannot_be_told_now_is_no_change_and_no_permission()
    {
        var silent = Cluster with { Value = null, Why = "connection refused" };

        var changes = Pins.Compare([Cluster], [silent], _ => true);

        changes.Changed.ShouldBeEmpty();
        changes.Untold.ShouldBe(["cluster infra: not to be told (connection refused)"]);
        Pins.Compare([silent], [silent], _ => true).Untold.ShouldBeEmpty();
    }

    [Fact]
    public void The_digest_covers_every_input()
    {
        Pins.DigestOf("d1", null).ShouldBe("d1");
        Pins.DigestOf("d1", []).ShouldBe("d1");
        new[]
        {
            Pins.DigestOf("d1", [File]),
            Pins.DigestOf("d2", [File]),
            Pins.DigestOf("d1", [File with { Value = "other" }]),
            Pins.DigestOf("d1", [File with { Input = "file talos/y.yaml" }]),
            Pins.DigestOf("d1", [File with { Value = null }]),
            Pins.DigestOf("d1", [File with { Value = null, Why = "gone" }]),
            Pins.DigestOf("d1", [File, Cluster]),
        }.ShouldBeUnique();
    }

    /// <summary>Whatever is approved and whatever is there: nothing passes without having been seen by somebody, or made by the run.</summary>
    [Fact]
    public void A_value_that_nobody_approved_never_passes_in_silence()
    {
        var values = Gen.Elements("a", "b", null!);
        var whys = Gen.Elements("away", null!);
        var pin =
            from input in Gen.Elements("cluster infra", "file x", "tool y")
            from value in values
            from why in whys
            select new Pin(input, value, value is null ? why : null);
        var some = pin.ListOf().Select(list => list.DistinctBy(each => each.Input).ToList());
        var cases =
            from before in some
            from now in some
            from may in ArbMap.Default.GeneratorFor<bool>()
            select (before, now, may);

        Prop.ForAll(
                cases.ToArbitrary(),
                each =>
                {
                    var changes = Pins.Compare(each.before, each.now, _ => each.may);

                    foreach (var now in each.now)
                    {
                        var was = each.before.Find(pin => pin.Input == now.Input)?.Value;
                        var told =
                            changes
                                .Changed.Concat(changes.Untold)
                                .Any(line => line.StartsWith(now.Input + ":", StringComparison.Ordinal))
                            || changes.Appeared.Contains(now);
                        told.ShouldBe(was != now.Value);
                    }
                }
            )
            .QuickCheckThrowOnFailure();
    }
}
