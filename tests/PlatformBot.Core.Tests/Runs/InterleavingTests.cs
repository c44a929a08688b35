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
    private static readonly Config Often = Config
        .QuickThrowOnFailure.WithMaxTest(60)
        .WithStartSize(40)
        .WithEndSize(160);

    /// <summary>What is done → the check that sees it.</summary>
    private static readonly Dictionary<string, string> Everything = new()
    {
        ["wipe"] = "wiped",
        ["push"] = "pushed",
        ["join"] = "joined",
        ["enforce"] = "enforced",
        ["undo enforce"] = "lifted",
        ["undo push"] = "unpushed",
        ["undo join"] = "parted",
    };

    private static readonly Verdict[] Verdicts = Enum.GetValues<Verdict>();

    private static readonly StepState[] Unfinished =
    [
        StepState.Running,
        StepState.Verifying,
        StepState.Interrupted,
        StepState.RollingBack,
        StepState.TakingBack,
    ];

    private static readonly bool?[] Looks = [true, false, null];

    [Fact]
    public void Every_run_comes_to_a_legal_end() =>
        Prop.ForAll<int, byte[]>((seed, choices) => PlayAsync(seed, choices).GetAwaiter().GetResult()).Check(Often);

    /// <summary>In every second world nearly everything works, so that the story gets far.</summary>
    private static async Task PlayAsync(int seed, byte[] choices)
    {
        var random = new Random(seed);
        await using var stage = new Stage(Story());

        foreach (var (what, check) in Everything)
            stage.World.When(what, token => AnswerAsync(random, stage, check, isCalm: seed % 2 == 0, token));

        stage.Start();

        foreach (var choice in choices)
        {
            await DoAsync(choice, random, stage);

            if (choice % 3 == 0)
                await stage.BreathesAsync();
        }

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
                Rollback = new PlannedRollback(
                    Step("undo push").Action,
                    [],
                    "deletes what was pushed",
                    TimeSpan.FromMinutes(5)
                ),
            },
            Step("look", "wipe") with
            {
                Action = new PlannedAction.Manual("Look at it", "text") { SecondPerson = true },
            },
            Step("enforce", "wipe") with
            {
                UndoesItself = true,
                Rollback = new PlannedRollback(Step("undo enforce").Action, [], null, TimeSpan.FromSeconds(10)),
                Verify = [Probe("enforced")],
                Attempts = 2,
            },
            Step("join", "push", "look") with
            {
                Phase = "mesh",
                Verify = [Probe("joined")],
                Rollback = new PlannedRollback(
                    Step("undo join").Action,
                    [Probe("parted")],
                    null,
                    TimeSpan.FromMinutes(5)
                ),
            }
        );

    /// <summary>Any answer, at once, or none at all. What was done can mostly be seen.</summary>
    private static async Task<ActionOutcome> AnswerAsync(
        Random random,
        Stage stage,
        string check,
        bool isCalm,
        CancellationToken token
    )
    {
        var chosen = isCalm && Pick(random, 10) > 0 ? 0 : Pick(random, Verdicts.Length + 1);

        if (chosen == Verdicts.Length)
            await Task.Delay(Timeout.InfiniteTimeSpan, stage.Clock, token);

        if (Verdicts[chosen] is Verdict.Done && Pick(random, 4) > 0)
            stage.World.Shows(check, true);

        return new ActionOutcome(Verdicts[chosen], "said");
    }

    // csharpier-ignore - one row per thing that can happen
    private static Task DoAsync(byte choice, Random random, Stage stage) =>
        (choice % 22) switch
        {
            0 or 1 => stage.DecideAsync(Grace, Decision.Approve),
            2      => stage.DecideAsync(Ada, Decision.Approve),
            3      => choice > 200 ? stage.DecideAsync(Grace, Decision.Deny) : Task.CompletedTask,
            4      => choice > 200 ? stage.CancelAsync() : Task.CompletedTask,
            5 or 6 => stage.OnFailedAsync(step => new RunEvent.StepRetried(step)),
            7      => choice > 128 ? stage.OnFailedAsync(step => new RunEvent.StepSkipped(step, "done by hand")) : Task.CompletedTask,
            8 or 9 => stage.ConfirmAsync(),
            10     => stage.ComeBackAsync(),
            11     => stage.Passes(TimeSpan.FromSeconds(3)),
            12     => stage.Passes(TimeSpan.FromMinutes(2)),
            13     => stage.Shows("wiped", Looks[Pick(random, 3)]),
            14     => stage.Shows("joined", Looks[Pick(random, 3)]),
            15     => stage.JudgeAsync((step, evidence) => choice > 60 ? new RunEvent.EvidenceConfirmed(step, evidence, null) : new RunEvent.EvidenceRejected(step, evidence, "not so")),
            16     => choice > 128 ? stage.PauseAsync() : Task.CompletedTask,
            17     => stage.ResumeAsync(),
            18     => stage.RollBackAsync(),
            19     => choice > 128 ? stage.UnlockAsync() : Task.CompletedTask,
            20     => stage.AnswerWishAsync(choice > 60 ? Decision.Approve : Decision.Deny),
            _      => stage.UndoAgainAsync(),
        };

    /// <summary>Somebody has had enough, wherever the run is.</summary>
    private static async Task EndAsync(Stage stage)
    {
        await stage.CancelAsync();
        await stage.PassUntilAsync(run => run.IsOver);
    }

    private static void ShouldBeLegal(Stage stage)
    {
        var run = stage.Live.Now;
        var entries = stage.Journal.Entries.Select(entry => entry.What).ToList();

        run.Steps.Values.Select(step => step.State).Intersect(Unfinished).ShouldBeEmpty();
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

        foreach (var step in new[] { "push", "join" })
        {
            entries
                .OfType<RunEvent.RollbackStarted>()
                .Count(each => each.Step == step)
                .ShouldBeLessThanOrEqualTo(1 + entries.OfType<RunEvent.StepRetried>().Count(each => each.Step == step));
        }

        NothingUnprovenStays(run, entries);
        NothingBeganWhilePaused(entries);
        NothingBeganAfterTheRollback(entries);
    }

    /// <summary>What undoes itself is proven, was taken back, or a person knows that it could not be.</summary>
    private static void NothingUnprovenStays(Run run, List<RunEvent> entries)
    {
        var acted = entries.FindLastIndex(entry => entry is RunEvent.StepStarted { Step: "enforce" });

        if (acted >= 0 && run.Steps["enforce"].State is StepState.Failed or StepState.Cancelled)
        {
            var ended = entries
                .Skip(acted)
                .Any(entry => entry is RunEvent.StepTakenBack or RunEvent.StepNotTakenBack or RunEvent.StepRolledBack);
            (ended || run.Rollback is not null).ShouldBeTrue("it is neither proven nor taken back");
        }
    }

    private static void NothingBeganWhilePaused(List<RunEvent> entries)
    {
        var isPaused = false;

        foreach (var entry in entries)
        {
            if (entry is RunEvent.Paused or RunEvent.LocksGivenUp)
                isPaused = true;
            else if (entry is RunEvent.Resumed)
                isPaused = false;
            else if (isPaused)
                entry.ShouldNotBeOfType<RunEvent.StepStarted>();
        }
    }

    private static void NothingBeganAfterTheRollback(List<RunEvent> entries)
    {
        var undoing = entries.FindIndex(entry => entry is RunEvent.RollbackStarted);

        if (undoing < 0)
            return;

        entries.Skip(undoing).ShouldNotContain(entry => entry is RunEvent.StepStarted);
        entries
            .OfType<RunEvent.Voted>()
            .ShouldContain(vote => vote.Phase.StartsWith("rollback") && vote.Decision == Decision.Approve);
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
