using PlatformBot.Core.Runs;
using Shouldly;
using Xunit;
using static PlatformBot.Core.Tests.Runs.Plans;

namespace PlatformBot.Core.Tests.Runs;

/// <summary>How long a run took, beside how long its needs alone would take.</summary>
public sealed class RunTimingTests
{
    private static readonly Person Ada = new("ada", "ada");

    [Fact]
    public void The_longest_chain_of_needs_is_told_apart_from_what_ran_beside_it()
    {
        // a (10 s) → c (5 s); b (12 s) runs beside a; d waits for both c and b and is done already.
        var told = new Chronicle(Of(Step("a"), Step("b"), Step("c", "a"), Step("d", "b", "c")), Ada);
        told.After(Seconds(3)).Then(new RunEvent.StepStarted("a", 1), new RunEvent.StepStarted("b", 1));
        told.After(Seconds(10)).Then([.. Done("a"), new RunEvent.StepStarted("c", 1)]);
        told.After(Seconds(2)).Then(Done("b"));
        told.After(Seconds(3)).Then([.. Done("c"), new RunEvent.StepAlreadyDone("d", "there")]);
        told.After(Seconds(1)).Then(new RunEvent.Ended(RunState.Succeeded, Why: null));

        var timing = RunTiming.Of(told.Run)!;

        timing.Makespan.ShouldBe(Seconds(19));
        timing.Critical.ShouldBe(Seconds(15));
        timing.Chain.ShouldBe(["a", "c"]);
        timing.InSequence.ShouldBe(Seconds(27));
    }

    [Fact]
    public void A_retry_counts_from_the_first_attempt()
    {
        var told = new Chronicle(Of(Step("a")), Ada);
        told.Then(new RunEvent.StepStarted("a", 1));
        told.After(Seconds(4)).Then(new RunEvent.StepFailed("a", Failure.Untouched(1, "no"), told.Now));
        told.After(Seconds(20)).Then(new RunEvent.StepStarted("a", 2));
        told.After(Seconds(6)).Then([.. Done("a"), new RunEvent.Ended(RunState.Succeeded, Why: null)]);

        RunTiming.Of(told.Run)!.Critical.ShouldBe(Seconds(30));
    }

    [Fact]
    public void A_run_that_has_not_ended_took_nothing_yet() =>
        RunTiming.Of(new Chronicle(Of(Step("a")), Ada).Run).ShouldBeNull();

    private static TimeSpan Seconds(int count) => TimeSpan.FromSeconds(count);

    private static RunEvent[] Done(string step) =>
        [new RunEvent.StepActed(step, "ok"), new RunEvent.StepSucceeded(step, "ok")];
}
