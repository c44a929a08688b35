using FsCheck;
using FsCheck.Fluent;
using PlatformBot.Core.Approvals;
using PlatformBot.Core.Planning;
using PlatformBot.Core.Runs;
using Shouldly;
using Xunit;
using static PlatformBot.Core.Tests.Runs.Plans;
using static PlatformBot.Core.Tests.Runs.Stage;

namespace PlatformBot.Core.Tests.Runs;

/// <summary>Whatever people press, whatever the world answers, however often the bot goes and comes back, in any order.</summary>
public sealed class InterleavingTests
{
    private static readonly Config Often = Config.QuickThrowOnFailure.WithMaxTest(60).WithEndSize(60);

    private static readonly Verdict[] Verdicts = Enum.GetValues<Verdict>();

    private static readonly bool?[] Looks = [true, false, null];

    private static readonly Refusal No = new("No.", "Not now.");

    [Fact]
    public void Every_run_comes_to_a_legal_end() =>
        Prop.ForAll<int, byte[]>((seed, choices) => PlayAsync(new Random(seed), choices).GetAwaiter().GetResult())
            .Check(Often);

    private static async Task PlayAsync(Random random, byte[] choices)
    {
        await using var stage = new Stage(Story());

        foreach (var step in stage.Live.Now.Plan.Steps)
            stage.World.When(step.Id, token => AnswerAsync(random, stage, token));

        stage.Start();

        foreach (var choice in choices)
            await DoAsync(choice, random, stage);

        await EndAsync(stage);
        ShouldBeLegal(stage);
    }

    private static Plan Story() =>
        Of(
            Step("wipe") with
            {
                Destructive = "wipes it",
                Probe = [Probe("wiped")],
                Verify = [Probe("wiped")],
            },
            Step("push", "wipe") with
            {
                Attempts = 3,
                Repeatable = true,
            },
            Step("look", "wipe") with
            {
                Action = new PlannedAction.Manual("Look at it", "text") { SecondPerson = true },
            },
            Step("join", "push", "look") with
            {
                Phase = "mesh",
                Verify = [Probe("joined")],
            }
        );

    /// <summary>Any answer, at once, or none at all.</summary>
    private static async Task<ActionOutcome> AnswerAsync(Random random, Stage stage, CancellationToken token)
    {
        var chosen = Pick(random, Verdicts.Length + 1);

        if (chosen == Verdicts.Length)
            await Task.Delay(Timeout.InfiniteTimeSpan, stage.Clock, token);

        return new ActionOutcome(Verdicts[chosen], "said");
    }

    // csharpier-ignore - one row per thing that can happen
    private static Task DoAsync(byte choice, Random random, Stage stage) =>
        (choice % 16) switch
        {
            0 or 1 => DecideAsync(stage, Grace, Decision.Approve),
            2      => DecideAsync(stage, Ada, Decision.Approve),
            3      => choice > 200 ? DecideAsync(stage, Grace, Decision.Deny) : Task.CompletedTask,
            4      => choice > 200 ? CancelAsync(stage) : Task.CompletedTask,
            5 or 6 => OnFailedAsync(stage, step => new RunEvent.StepRetried(step)),
            7      => choice > 128 ? OnFailedAsync(stage, step => new RunEvent.StepSkipped(step, "done by hand")) : Task.CompletedTask,
            8 or 9 => ConfirmAsync(stage),
            10     => ComeBackAsync(stage),
            11     => Passes(stage, TimeSpan.FromSeconds(3)),
            12     => Passes(stage, TimeSpan.FromMinutes(2)),
            13     => Shows(stage, "wiped", Looks[Pick(random, 3)]),
            14     => Shows(stage, "joined", Looks[Pick(random, 3)]),
            _      => JudgeAsync(stage, (step, evidence) => choice > 60 ? new RunEvent.EvidenceConfirmed(step, evidence, null) : new RunEvent.EvidenceRejected(step, evidence, "not so")),
        };

    private static Task DecideAsync(Stage stage, Person by, Decision decision) =>
        stage.Live.DecideAsync(
            by,
            run =>
                run.Approvals.GetValueOrDefault("foundation") is { } asked
                && asked.Objection(by, decision, "d1", mayDecide: true, stage.Clock.GetUtcNow()) is null
                    ? new RunEvent.Voted("foundation", decision, "d1", null, "test")
                    : No
        );

    private static Task CancelAsync(Stage stage) =>
        stage.Live.DecideAsync(
            Ada,
            run => RunStates.Table.Next(run.State, RunTrigger.Cancel) is null ? No : new RunEvent.CancelAsked(null)
        );

    private static Task OnFailedAsync(Stage stage, Func<string, RunEvent> what) =>
        stage.Live.DecideAsync(
            Ada,
            run =>
                run is { IsOver: false, CancelAsked: null } && run.Failed.FirstOrDefault() is { } failed
                    ? what(failed.Id)
                    : No
        );

    private static Task ConfirmAsync(Stage stage) =>
        stage.Live.DecideAsync(
            Ada,
            run =>
                run.AwaitingEvidence.FirstOrDefault() is { } waiting
                    ? new RunEvent.EvidenceGiven(waiting.Id, "seen")
                    : No
        );

    private static Task JudgeAsync(Stage stage, Func<string, long, RunEvent> what) =>
        stage.Live.DecideAsync(
            Grace,
            run =>
                run.AwaitingSecondPerson.FirstOrDefault() is { } waiting
                    ? what(waiting.Id, run.At(waiting).Evidence!.Number)
                    : No
        );

    private static async Task ComeBackAsync(Stage stage)
    {
        await stage.StopAsync();
        stage.Restart();
    }

    private static Task Passes(Stage stage, TimeSpan time)
    {
        stage.Clock.Advance(time);
        return Task.CompletedTask;
    }

    private static Task Shows(Stage stage, string check, bool? holds)
    {
        stage.World.Shows(check, holds);
        return Task.CompletedTask;
    }

    /// <summary>Somebody has had enough, wherever the run is.</summary>
    private static async Task EndAsync(Stage stage)
    {
        await CancelAsync(stage);
        await stage.PassUntilAsync(run => run.IsOver);
    }

    private static void ShouldBeLegal(Stage stage)
    {
        var run = stage.Live.Now;
        var entries = stage.Journal.Entries.Select(entry => entry.What).ToList();

        run.Steps.Values.ShouldNotContain(step =>
            step.State == StepState.Running || step.State == StepState.Verifying || step.State == StepState.Interrupted
        );
        entries.OfType<RunEvent.Ended>().Count().ShouldBe(1);
        Run.Replay(stage.Journal.Entries)!.Steps.ShouldBe(run.Steps, ignoreOrder: true);

        // What a second person must see was done only when they had said so.
        if (run.Steps["look"].State is StepState.Succeeded)
            entries.OfType<RunEvent.EvidenceConfirmed>().Count().ShouldBe(1);

        // What destroys has acted at most once for each time that somebody wanted it, and never without an approval.
        var wipes = stage.World.Did.Count(step => step == "wipe");
        wipes.ShouldBeLessThanOrEqualTo(
            1 + entries.OfType<RunEvent.StepRetried>().Count(retried => retried.Step == "wipe")
        );

        if (wipes > 0)
            run.Approvals["foundation"].State.ShouldBe(ApprovalState.Approved);
    }

    private static int Pick(Random random, int below)
    {
        lock (random)
        {
#pragma warning disable CA5394 // Chosen by a seed, so that it can be chosen again.
            return random.Next(below);
#pragma warning restore CA5394
        }
    }
}
