using PlatformBot.Core.Planning;
using PlatformBot.Core.Runs;
using Shouldly;
using Xunit;
using static PlatformBot.Core.Tests.Runs.Plans;

namespace PlatformBot.Core.Tests.Runs;

/// <summary>What a run has begun is done when it is proven, and not before.</summary>
public sealed class ProofTests
{
    private static readonly PlannedStep Release = Step("release") with
    {
        Probe = [new PlannedCheck.Run(["there"])],
        Verify = [new PlannedCheck.Run(["well"])],
        Attempts = 3,
        Timeout = TimeSpan.FromSeconds(30),
    };

    [Fact]
    public async Task What_was_done_and_not_proven_is_proven_by_the_next_attempt_and_not_done_again()
    {
        await using var stage = new Stage(Of(Release));
        stage.World.When("release", _ => Done(stage));
        stage.Start();
        await stage.PassUntilAsync(run =>
            run.Steps["release"].Attempt == 2 && run.Steps["release"].State is StepState.Verifying
        );

        stage.World.Shows("well", holds: true);

        await stage.UntilSucceededAsync();
        stage.World.Did.ShouldBe(["release"], "the probe has said that it is done");
        stage.Live.Now.Steps["release"].State.ShouldBe(StepState.Succeeded);
    }

    [Fact]
    public async Task What_is_never_proven_fails_whatever_the_probe_says()
    {
        await using var stage = new Stage(Of(Release));
        stage.World.When("release", _ => Done(stage));
        stage.Start();

        await stage.PassUntilAsync(run => run.Failed.Any());

        stage.World.Did.ShouldBe(["release"]);
        stage.Live.Now.Steps["release"].Failure!.Said.ShouldContain("well: False");
    }

    [Fact]
    public async Task What_was_done_before_this_run_is_found_by_its_probe_alone()
    {
        await using var stage = new Stage(Of(Release));
        stage.World.Shows("there", holds: true);
        stage.World.Shows("well", holds: false);
        stage.Start();

        await stage.UntilSucceededAsync();

        stage.Live.Now.Steps["release"].State.ShouldBe(StepState.AlreadyDone);
    }

    private static Task<ActionOutcome> Done(Stage stage)
    {
        stage.World.Shows("there", holds: true);
        stage.World.Shows("well", holds: false);
        return Task.FromResult(new ActionOutcome(Verdict.Done, "released"));
    }
}
