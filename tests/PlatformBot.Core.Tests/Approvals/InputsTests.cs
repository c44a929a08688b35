using PlatformBot.Core.Approvals;
using PlatformBot.Core.Planning;
using PlatformBot.Core.Runs;
using PlatformBot.Core.Tests.Runs;
using Shouldly;
using Xunit;
using static PlatformBot.Core.Tests.Runs.Plans;
using static PlatformBot.Core.Tests.Runs.Stage;

namespace PlatformBot.Core.Tests.Approvals;

/// <summary>What is approved is frozen with all that it reads.</summary>
public sealed class InputsTests
{
    private static readonly PlannedStep Wipe = Step("wipe") with { Destructive = "wipes it" };
    private static readonly Pin File = Pin.OfFile("talos/x.yaml", "3f2a");
    private static readonly Pin Cluster = Pin.OfCluster("infra", "uid-1");

    [Fact]
    public async Task What_has_not_changed_may_start()
    {
        await using var stage = await AskedAsync([Wipe], File, Cluster);

        await ApproveAsync(stage);

        await stage.UntilAsync(RunState.Succeeded);
    }

    [Fact]
    public async Task The_approval_is_for_the_plan_with_its_inputs()
    {
        await using var stage = await AskedAsync([Wipe], File);

        var approval = stage.Live.Now.Approvals["foundation"];
        approval.Inputs.ShouldBe([File]);
        approval.Digest.ShouldBe(Pins.DigestOf("d1", [File]));
        approval.Objection(Grace, Decision.Approve, "d1", mayDecide: true, approval.AskedAt).ShouldNotBeNull();
    }

    [Fact]
    public async Task A_file_that_is_another_one_by_then_makes_the_approval_void_and_is_named()
    {
        await using var stage = await AskedAsync([Wipe], File);
        stage.Inputs.Are(File with { Value = "9c11" });

        await ApproveAsync(stage);
        await stage.UntilAsync(RunState.AwaitingDecision);

        var failure = stage.Live.Now.Steps["wipe"].Failure!;
        failure.Said.ShouldBe(
            "Not started: What foundation was approved for has changed, so the approval is void. file talos/x.yaml: was 3f2a, is 9c11. `/platform cancel #1` and ask for the run again: what is done already is not done twice."
        );
        failure.Output.ShouldBe("file talos/x.yaml: was 3f2a, is 9c11");
        failure.IsFinal.ShouldBeTrue();
        stage.World.Did.ShouldBeEmpty();
    }

    [Fact]
    public async Task A_cluster_that_does_not_answer_waits_for_a_retry()
    {
        await using var stage = await AskedAsync([Wipe], Cluster);
        stage.Inputs.Are(Pin.OfCluster("infra", uid: null, "connection refused"));

        await ApproveAsync(stage);
        await stage.UntilAsync(RunState.AwaitingDecision);
        stage.Live.Now.Steps["wipe"].Failure!.IsFinal.ShouldBeFalse();
        stage.World.Did.ShouldBeEmpty();

        stage.Inputs.Are(Cluster);
        await stage.Live.RecordAsync(Ada, new RunEvent.StepRetried("wipe"));
        await stage.UntilAsync(RunState.Succeeded);
    }

    [Fact]
    public async Task A_cluster_that_the_run_itself_has_made_is_the_one_from_then_on()
    {
        var make = Step("make") with { Phase = "before" };
        var erase = Step("erase", "wipe") with { Destructive = "erases it" };
        await using var stage = await AskedAsync(
            [make, Wipe with { Needs = ["make"] }, erase],
            Pin.OfCluster("infra", uid: null)
        );
        stage.Inputs.Are(Cluster);
        stage.World.When("wipe", _ => Task.FromResult(Moved(stage)));

        await ApproveAsync(stage);
        await stage.UntilAsync(RunState.AwaitingDecision);

        stage.World.Did.ShouldBe(["make", "wipe"]);
        stage.Live.Now.Approvals["foundation"].Seen.ShouldBe([Cluster]);
        stage
            .Live.Now.Steps["erase"]
            .Failure!.Output.ShouldBe(
                "cluster infra: was uid-1, is uid-2; the client configuration leads to another cluster"
            );
    }

    [Fact]
    public async Task A_cluster_that_appears_though_the_run_did_nothing_to_it_is_a_stranger()
    {
        await using var stage = await AskedAsync([Wipe], Pin.OfCluster("infra", uid: null));
        stage.Inputs.Are(Cluster);

        await ApproveAsync(stage);
        await stage.UntilAsync(RunState.AwaitingDecision);

        stage.World.Did.ShouldBeEmpty();
        stage.Live.Now.Steps["wipe"].Saw.ShouldContain("no step of this run can have made it");
    }

    [Fact]
    public async Task After_a_restart_the_same_inputs_are_held_against_it()
    {
        await using var stage = await AskedAsync([Wipe], File);
        await stage.StopAsync();
        stage.Inputs.Are(File with { Value = "9c11" });

        stage.Restart();
        await ApproveAsync(stage);
        await stage.UntilAsync(RunState.AwaitingDecision);

        stage.World.Did.ShouldBeEmpty();
    }

    [Fact]
    public async Task Undoing_is_held_against_its_inputs_too()
    {
        var lease = Undoable("lease");
        var stage = new Stage(
            Of(lease with { Rollback = lease.Rollback! with { Destructive = "drops it" } }, Step("hold", "lease"))
        );
        await using var _ = stage;
        stage.World.When("hold", Verdict.Failed);
        stage.Inputs.Are(File);
        stage.Start();
        await stage.UntilAsync(RunState.AwaitingDecision);
        await stage.Live.RecordAsync(Ada, new RunEvent.RollbackAsked(null));
        await stage.UntilAsync(run => run.Approvals.ContainsKey("rollback"));
        stage.Inputs.Are(File with { Value = "9c11" });

        await ApproveAsync(stage, "rollback");
        await stage.UntilAsync("lease", StepState.RollbackFailed);

        stage.Live.Now.Steps["lease"].Saw.ShouldContain("file talos/x.yaml: was 3f2a, is 9c11");
        stage.World.Did.ShouldNotContain("undo");
    }

    private static ActionOutcome Moved(Stage stage)
    {
        stage.Inputs.Are(Cluster with { Value = "uid-2" });
        return new ActionOutcome(Verdict.Done, "done");
    }

    private static async Task<Stage> AskedAsync(PlannedStep[] steps, params Pin[] inputs)
    {
        var stage = new Stage(Of(steps));
        stage.Inputs.Are(inputs);
        stage.Start();
        await stage.UntilAsync(run => run.Approvals.ContainsKey("foundation"));
        return stage;
    }

    private static Task ApproveAsync(Stage stage, string name = "foundation") =>
        stage.Live.RecordAsync(
            Grace,
            new RunEvent.Voted(name, Decision.Approve, stage.Live.Now.Approvals[name].Digest, null, "test")
        );
}
