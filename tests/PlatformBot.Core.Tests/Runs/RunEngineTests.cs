using PlatformBot.Core.Approvals;
using PlatformBot.Core.Incidents;
using PlatformBot.Core.Planning;
using PlatformBot.Core.Roles;
using PlatformBot.Core.Runs;
using Shouldly;
using Xunit;
using static PlatformBot.Core.Tests.Runs.Plans;
using static PlatformBot.Core.Tests.Runs.Stage;

namespace PlatformBot.Core.Tests.Runs;

public sealed class RunEngineTests
{
    [Fact]
    public async Task Steps_run_in_the_order_of_their_needs()
    {
        await using var stage = new Stage(Of(Step("c", "b"), Step("b", "a"), Step("a")));

        stage.Start();
        await stage.UntilAsync(RunState.Succeeded);

        stage.World.Did.ShouldBe(["a", "b", "c"]);
    }

    [Fact]
    public async Task A_start_is_journaled_before_the_action_begins_and_its_end_before_the_next_start()
    {
        await using var stage = new Stage(Of(Step("a"), Step("b", "a")));
        var seen = new List<string>();
        stage.World.When("a", _ => Look("a"));
        stage.World.When("b", _ => Look("b"));

        stage.Start();
        await stage.UntilAsync(RunState.Succeeded);

        seen.ShouldBe(["a: StepStarted a", "b: StepStarted a, StepActed, StepSucceeded, StepStarted b"]);

        Task<ActionOutcome> Look(string step)
        {
            var entries = stage
                .Journal.Entries.Skip(1)
                .Where(entry => entry.What is not RunEvent.LocksTaken)
                .Select(entry =>
                    entry.What is RunEvent.StepStarted started
                        ? $"StepStarted {started.Step}"
                        : entry.What.GetType().Name
                );
            seen.Add($"{step}: {string.Join(", ", entries)}");
            return Task.FromResult(new ActionOutcome(Verdict.Done, "done"));
        }
    }

    [Fact]
    public async Task What_is_done_already_is_not_run_again()
    {
        await using var stage = new Stage(Of(Step("a") with { Probe = [Probe("there")] }));
        stage.World.Shows("there", true);

        stage.Start();
        await stage.UntilAsync(RunState.Succeeded);

        stage.World.Did.ShouldBeEmpty();
        stage.Live.Now.Steps["a"].State.ShouldBe(StepState.AlreadyDone);
    }

    [Fact]
    public async Task Nothing_destructive_starts_until_a_second_person_approves()
    {
        await using var stage = new Stage(Of(Step("wipe") with { Destructive = "wipes it" }));

        stage.Start();
        await stage.UntilAsync(RunState.AwaitingApproval);
        stage.World.Did.ShouldBeEmpty();

        await stage.VoteAsync(Grace);
        await stage.UntilAsync(RunState.Succeeded);
        stage.World.Did.ShouldBe(["wipe"]);
    }

    [Fact]
    public async Task A_denial_ends_the_run_with_its_reason()
    {
        await using var stage = new Stage(Of(Step("wipe") with { Destructive = "wipes it" }));

        stage.Start();
        await stage.UntilAsync(RunState.AwaitingApproval);
        await stage.VoteAsync(Grace, Decision.Deny);
        await stage.UntilAsync(RunState.Denied);

        stage.Live.Now.EndedWhy.ShouldBe("foundation denied by @grace: because");
        stage.World.Did.ShouldBeEmpty();
    }

    [Fact]
    public async Task An_approval_that_nobody_gives_expires()
    {
        await using var stage = new Stage(Of(Step("wipe") with { Destructive = "wipes it" }));

        stage.Start();
        await stage.UntilAsync(RunState.AwaitingApproval);
        stage.Clock.Advance(TimeSpan.FromHours(4));

        await stage.UntilAsync(RunState.Expired);
        stage.World.Did.ShouldBeEmpty();
    }

    [Fact]
    public async Task An_approver_who_has_lost_the_role_when_the_step_starts_no_longer_counts()
    {
        await using var stage = new Stage(Of(Step("look"), Step("wipe", "look") with { Destructive = "wipes it" }));
        var hold = new TaskCompletionSource<ActionOutcome>();
        stage.World.When("look", _ => hold.Task);

        stage.Start();
        await stage.UntilAsync(run => run.PendingApprovals.Any());
        await stage.VoteAsync(Grace);
        await stage.UntilAsync("look", StepState.Running);
        stage.Access.Set(new Dictionary<string, Holders> { ["approver"] = new() });
        hold.SetResult(new ActionOutcome(Verdict.Done, "fine"));

        await stage.UntilAsync(RunState.AwaitingDecision);
        stage.World.Did.ShouldBe(["look"]);
        stage.Live.Now.Steps["wipe"].Saw.ShouldContain("0 still hold the role approver");
    }

    [Fact]
    public async Task A_plan_that_is_not_the_approved_one_destroys_nothing()
    {
        await using var stage = new Stage(Of(Step("wipe") with { Destructive = "wipes it" }))
        {
            Digest = "changed-since-then",
        };

        stage.Start();
        await stage.UntilAsync(RunState.AwaitingApproval);
        await stage.VoteAsync(Grace);

        await stage.UntilAsync(RunState.AwaitingDecision);
        stage.World.Did.ShouldBeEmpty();
        stage.Live.Now.Steps["wipe"].Saw.ShouldContain("not the one that was approved");
    }

    [Fact]
    public async Task A_failed_step_waits_for_a_person_while_everything_else_goes_on()
    {
        await using var stage = new Stage(
            Of(Step("bad"), Step("after-bad", "bad"), Step("other"), Step("after-other", "other"))
        );
        stage.World.When("bad", Verdict.Failed);

        stage.Start();
        await stage.UntilAsync("after-other", StepState.Succeeded);
        await stage.UntilAsync(RunState.AwaitingDecision);
        stage.Live.Now.Incidents["bad"].State.ShouldBe(IncidentState.Detected);
        stage.Live.Now.Steps["bad"].Failure!.Diagnosis.ShouldBe("two pods are not well");
        stage.Live.Now.Steps["after-bad"].State.ShouldBe(StepState.Pending);

        stage.World.When("bad", Verdict.Done);
        await stage.Live.RecordAsync(Ada, new RunEvent.StepRetried("bad"));
        await stage.UntilAsync(RunState.Succeeded);
        stage.Live.Now.Incidents["bad"].State.ShouldBe(IncidentState.Healed);
    }

    [Fact]
    public async Task A_skipped_step_lets_the_others_go_on()
    {
        await using var stage = new Stage(Of(Step("bad"), Step("next", "bad")));
        stage.World.When("bad", Verdict.Failed);

        stage.Start();
        await stage.UntilAsync(RunState.AwaitingDecision);
        await stage.Live.RecordAsync(Ada, new RunEvent.StepSkipped("bad", "done by hand"));

        await stage.UntilAsync(RunState.Succeeded);
        stage.World.Did.ShouldBe(["bad", "next"]);
    }

    [Fact]
    public async Task Retries_wait_longer_each_time_and_end()
    {
        await using var stage = new Stage(Of(Step("flaky") with { Attempts = 3 }));
        stage.World.When("flaky", Verdict.Retry);

        stage.Start();
        await stage.UntilAsync("flaky", StepState.WaitingToRetry);
        stage.Live.Now.Steps["flaky"].RetryAt.ShouldBe(stage.Clock.GetUtcNow() + TimeSpan.FromSeconds(20));
        stage.Clock.Advance(TimeSpan.FromSeconds(20));
        await stage.UntilAsync(run => run.Steps["flaky"] is { State: StepState.WaitingToRetry, Attempt: 2 });
        stage.Live.Now.Steps["flaky"].RetryAt.ShouldBe(stage.Clock.GetUtcNow() + TimeSpan.FromSeconds(40));
        stage.Clock.Advance(TimeSpan.FromSeconds(40));

        await stage.UntilAsync(RunState.AwaitingDecision);
        stage.World.Did.Count.ShouldBe(3);
    }

    [Fact]
    public async Task A_step_that_takes_too_long_is_stopped_and_says_what_was_seen_last()
    {
        await using var stage = new Stage(Of(Step("slow") with { Verify = [Probe("ready")] }));

        stage.Start();
        await stage.UntilAsync("slow", StepState.Verifying);
        stage.Clock.Advance(TimeSpan.FromMinutes(10));

        await stage.UntilAsync(RunState.AwaitingDecision);
        stage.Live.Now.Steps["slow"].Saw.ShouldBe("No success within 10 min. Last seen: no");
    }

    [Fact]
    public async Task A_cancelled_run_stops_what_it_is_doing_and_says_so()
    {
        await using var stage = new Stage(Of(Step("endless"), Step("next", "endless")));
        stage.World.When(
            "endless",
            async token =>
            {
                await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, token);
                return new ActionOutcome(Verdict.Done, "never");
            }
        );

        stage.Start();
        await stage.UntilAsync("endless", StepState.Running);
        await stage.Live.RecordAsync(Ada, new RunEvent.CancelAsked("wrong cluster"));

        await stage.UntilAsync(RunState.Cancelled);
        stage.Live.Now.Steps["endless"].State.ShouldBe(StepState.Cancelled);
        stage.Live.Now.EndedWhy.ShouldBe("cancelled by @ada: wrong cluster");
        stage.World.Did.ShouldBe(["endless"]);
    }

    [Fact]
    public async Task A_manual_step_waits_for_what_a_person_saw()
    {
        var manual = Step("router") with { Action = new PlannedAction.Manual("Configure BGP", "text") };
        await using var stage = new Stage(Of(manual));

        stage.Start();
        await stage.UntilAsync(run => run.AwaitingEvidence.Any());
        await stage.Live.RecordAsync(Ada, new RunEvent.EvidenceGiven("router", "6 sessions established"));

        await stage.UntilAsync(RunState.Succeeded);
        stage.Live.Now.Steps["router"].Saw.ShouldBe("@ada: 6 sessions established");
    }

    [Fact]
    public async Task Steps_with_the_same_lock_never_act_at_the_same_time()
    {
        var (at, most) = (0, 0);
        await using var stage = new Stage(
            Of([.. Enumerable.Range(0, 4).Select(n => Step($"push-{n}") with { Lock = "git-repo" })])
        );

        foreach (var n in Enumerable.Range(0, 4))
        {
            stage.World.When(
                $"push-{n}",
                async token =>
                {
                    most = Math.Max(most, Interlocked.Increment(ref at));
                    await Task.Yield();
                    Interlocked.Decrement(ref at);
                    return new ActionOutcome(Verdict.Done, "pushed");
                }
            );
        }

        stage.Start();
        await stage.UntilAsync(RunState.Succeeded);

        most.ShouldBe(1);
        stage.World.Did.Count.ShouldBe(4);
    }
}
