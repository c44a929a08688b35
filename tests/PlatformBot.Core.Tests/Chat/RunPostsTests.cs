using System.Security.Cryptography;
using System.Text;
using PlatformBot.Core.Approvals;
using PlatformBot.Core.Chat;
using PlatformBot.Core.Planning;
using PlatformBot.Core.Runs;
using PlatformBot.Core.Tests.Runs;
using PlatformBot.TestKit;
using Shouldly;
using Xunit;
using static PlatformBot.Core.Tests.Chat.PlatformRuns;

namespace PlatformBot.Core.Tests.Chat;

/// <summary>What a run says besides its card, as its readers read it.</summary>
public sealed class RunPostsTests
{
    private const string Foundation = "infra/foundation";

    private static readonly Person Edsger = new("u-edsger", "edsger");

    [Fact]
    public void An_approval_shows_what_is_destroyed_before_anything_else() =>
        Approval(Asked()).ShouldMatchSnapshot("approval-asked");

    [Fact]
    public void The_file_of_an_approval_has_every_step_of_its_phase()
    {
        var told = Asked();
        var post = ApprovalPosts.Approval(told.Run, told.Run.Approvals[Foundation], [Ada, Grace]);

        post.Files.Single().Text.ShouldMatchSnapshot("approval-file");
    }

    [Fact]
    public void An_approval_by_two_shows_who_has_voted() =>
        Approval(Asked(quorum: 2).Then(Grace, Yes(Foundation))).ShouldMatchSnapshot("approval-half");

    [Fact]
    public void Of_the_whole_run_one_approval_shows_all_that_is_destroyed()
    {
        var plan = Plan("all");
        var told = new Chronicle(plan with { Approval = plan.Approval with { Per = "run" } }, Ada);
        told.Then(new RunEvent.ApprovalAsked(Run.WholeRun, Digest, 1, told.Now.AddHours(4)));

        Rendered
            .Of(ApprovalPosts.Approval(told.Run, told.Run.Approvals[Run.WholeRun], [Ada, Grace, Edsger]))
            .ShouldMatchSnapshot("approval-whole-run");
    }

    [Fact]
    public void Two_hundred_harmless_steps_hide_no_danger()
    {
        var harmless = Enumerable
            .Range(0, 200)
            .Select(n => Plans.Step($"tidy-{n}") with { Destructive = $"removes the empty folder {n}" });
        var danger = Plans.Step("wipe") with
        {
            Destructive = "wipes every disk",
            Irreversible = true,
            Action = Plans.Commands([.. Enumerable.Repeat("echo harmless", 200), "wipefs --all /dev/sda"]),
        };

        var post = Asking(Plans.Of([.. harmless, danger]));

        var lines = post.Text.Split('\n').ToList();
        lines
            .FindIndex(line => line.Contains("wipes every disk (`wipe`). **Nobody can undo this.**"))
            .ShouldBeLessThan(6);
        post.Text.ShouldContain("wipefs --all /dev/sda");
        post.Text.ShouldContain("# … 193 more commands in the file below …");
        post.Text.ShouldContain(":warning: **and 186 more**, in the file below");
        Words.Runes(post.Text).ShouldBeLessThan(12_000);
        post.Files.Single().Text.ShouldContain("removes the empty folder 199");
    }

    [Fact]
    public void The_digest_of_the_file_is_the_digest_of_its_bytes()
    {
        var post = Asking(Plans.Of(Plans.Step("wipe") with { Destructive = "räumt auf" }));

        post.Text.ShouldContain(
            Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(post.Files.Single().Text)))
        );
    }

    [Fact]
    public void A_name_that_only_looks_like_another_is_said_first_and_visibly()
    {
        var plan = Plans.Of(Plans.Step("wipe") with { Destructive = "wipes it" });

        var post = Asking(plan with { Lookalikes = ["in\u200Bfra is not infra: its 3rd letter is U+200B"] });

        post.Text.Split('\n')[3].ShouldBe(":warning: **in⟨U\\+200B⟩fra is not infra: its 3rd letter is U\\+200B**");
    }

    private static Post Asking(Plan plan)
    {
        var told = new Chronicle(plan, Ada);
        told.Then(new RunEvent.ApprovalAsked("foundation", Digest, 1, told.Now.AddHours(4)));
        return ApprovalPosts.Approval(told.Run, told.Run.Approvals["foundation"], [Grace]);
    }

    [Fact]
    public void What_was_approved_to_be_undone_still_stands_there_when_it_is()
    {
        var told = new Chronicle(Plans.Of(Plans.Undoable("lease")), Ada)
            .Then(new RunEvent.StepStarted("lease", 1), new RunEvent.StepActed("lease", "exit 0"))
            .Then(new RunEvent.StepSucceeded("lease", "it is there"))
            .Then(Ada, new RunEvent.RollbackAsked("not wanted"));
        told.Then(new RunEvent.ApprovalAsked("rollback", "d1", 1, told.Now.AddHours(4), Ada));
        told.Then(Grace, new RunEvent.Voted("rollback", Decision.Approve, "d1", null, "button"));
        told.Then(new RunEvent.RollbackStarted("lease"), new RunEvent.StepRolledBack("lease", "gone"));

        ApprovalPosts
            .Approval(told.Run, told.Run.Approvals["rollback"], [Ada, Grace])
            .Text.ShouldContain("- `lease`: `undo lease`");
    }

    [Fact]
    public void When_nobody_can_decide_the_approval_says_so()
    {
        var told = Asked();

        ApprovalPosts
            .Approval(told.Run, told.Run.Approvals[Foundation], [Ada])
            .Text.ShouldContain("Nobody else has the role");
    }

    [Fact]
    public void A_decided_approval_has_no_buttons_and_says_who_decided()
    {
        var ends = new[]
        {
            Asked().Then(Grace, Yes(Foundation)),
            Asked().Then(Grace, No(Foundation, "not before the backup")),
            Asked().After(TimeSpan.FromHours(4)).Then(new RunEvent.ApprovalExpired(Foundation)),
            Asked().Then(Ada, new RunEvent.CancelAsked(null)).Then(new RunEvent.Ended(RunState.Cancelled, "by @ada")),
        };

        string.Join("\n", ends.Select(told => HeadAndBox(Approval(told)))).ShouldMatchSnapshot("approval-decided");
    }

    [Fact]
    public void A_failure_shows_what_was_run_what_it_said_and_what_can_be_done() =>
        Failure(Failed()).ShouldMatchSnapshot("failure");

    [Fact]
    public void A_failure_that_was_answered_shows_the_answer_and_no_buttons()
    {
        var answered = new[]
        {
            Failed().Then(Ada, new RunEvent.StepRetried(SecondNode)),
            Failed().Then(Ada, new RunEvent.StepRetried(SecondNode)).Then(Done(SecondNode)),
            Failed().Then(Ada, new RunEvent.StepSkipped(SecondNode, "replaced by infra-04")),
            Failed().Then(Ada, new RunEvent.CancelAsked("the node is broken")),
        };

        string.Join("\n", answered.Select(told => HeadAndFoot(Failure(told)))).ShouldMatchSnapshot("failure-answered");
    }

    [Fact]
    public void A_failure_that_came_back_keeps_what_was_said_the_first_time_but_not_the_buttons()
    {
        var other = new Failure(2, "no route to host", null, 1, "", null, "");
        var twice = Failed()
            .Then(Ada, new RunEvent.StepRetried(SecondNode))
            .Then(new RunEvent.StepStarted(SecondNode, 2), new RunEvent.StepFailed(SecondNode, other, RetryAt: null));

        var (first, second) = (Failure(twice), Failure(twice, time: 2));

        first.ShouldContain("tried again, and it failed again");
        first.ShouldNotContain("Retry");
        first.ShouldNotContain("no route to host");
        second.ShouldContain("no route to host");
        second.ShouldContain("Retry");
    }

    [Fact]
    public void A_step_that_could_not_even_start_says_why()
    {
        var why = new Failure(
            0,
            "It cannot be told whether this is done already, and it is destructive. talosctl: no answer within 30 s",
            null,
            null,
            "",
            null,
            ""
        );

        Failure(Approved().Then(new RunEvent.StepFailed(SecondNode, why, RetryAt: null)))
            .ShouldMatchSnapshot("failure-before-it-started");
    }

    [Fact]
    public void A_manual_step_asks_and_then_shows_what_was_seen()
    {
        var waiting = AtTheRouter();
        var rejected = Given()
            .Then(Grace, new RunEvent.EvidenceRejected("infra/router", Given().Run.Version, "only *2* here"));
        var confirmed = Given()
            .Then(Grace, new RunEvent.EvidenceConfirmed("infra/router", Given().Run.Version, "so do I"));
        var expired = Given()
            .Then(
                new RunEvent.StepFailed(
                    "infra/router",
                    Core.Runs.Failure.Untouched(1, "Nobody confirmed it within 7 d."),
                    RetryAt: null
                )
            );
        var left = AtTheRouter()
            .Then(Ada, new RunEvent.CancelAsked(null))
            .Then(
                new RunEvent.StepCancelled("infra/router", "stopped because the run was cancelled"),
                new RunEvent.Ended(RunState.Cancelled, "cancelled by @ada")
            );

        string.Join("\n\n", new[] { waiting, Given(), rejected, confirmed, expired, left }.Select(Manual))
            .ShouldMatchSnapshot("manual");
    }

    [Fact]
    public void The_end_of_a_run_counts_what_became_of_its_steps()
    {
        var ends = new[]
        {
            Succeeded(),
            Failed()
                .Then(Ada, new RunEvent.StepSkipped(SecondNode, "replaced by infra-04"))
                .Then(Ada, new RunEvent.CancelAsked("enough for today"))
                .Then(
                    new RunEvent.StepCancelled("apps/convert-node/apps-01", "stopped because the run was cancelled"),
                    new RunEvent.Ended(RunState.Cancelled, "cancelled by @ada: enough for today")
                ),
            Asked()
                .After(TimeSpan.FromMinutes(3))
                .Then(Grace, No(Foundation, "not before the backup"))
                .Then(new RunEvent.Ended(RunState.Denied, "infra/foundation denied by @grace: not before the backup")),
        };

        string.Join("\n", ends.Select(told => Rendered.Of(RunPosts.End(told.Run)))).ShouldMatchSnapshot("end");
    }

    private static string Approval(Chronicle told) =>
        Rendered.Of(ApprovalPosts.Approval(told.Run, told.Run.Approvals[Foundation], [Ada, Grace, Edsger]));

    private static string Failure(Chronicle told, int time = 1) =>
        Rendered.Of(FailurePosts.Failed(told.Run, told.Run.FindStep(SecondNode)!, time));

    /// <summary>The file's name is as hostile as any other text.</summary>
    private static Chronicle Given() =>
        AtTheRouter()
            .After(TimeSpan.FromMinutes(20))
            .Then(
                Ada,
                new RunEvent.EvidenceGiven(
                    "infra/router",
                    "3 peers, all *Established* @all",
                    [new EvidenceFile("`bgp`\n@all.txt", 1234, "ab12cd34ab12cd34", "post7")]
                )
            );

    [Fact]
    public void A_reminder_names_whoever_is_waited_for_and_is_the_same_until_the_next_one()
    {
        var router = AtTheRouter().Run.FindStep("infra/router")!;

        Reminder(AtTheRouter().After(TimeSpan.FromHours(3.9))).ShouldBeNull();
        var first = Reminder(AtTheRouter().After(TimeSpan.FromHours(4)))!.Value;
        Reminder(AtTheRouter().After(TimeSpan.FromHours(7.9))).ShouldBe(first);
        var second = Reminder(AtTheRouter().After(TimeSpan.FromHours(8)))!.Value;
        var ofGrace = Reminder(Given().After(TimeSpan.FromHours(4)))!.Value;

        new[] { first.Key, second.Key, ofGrace.Key }.ShouldBeUnique();
        string.Join('\n', new[] { first, second, ofGrace }.Select(each => Rendered.Of(each.Post)))
            .ShouldMatchSnapshot("reminder");

        (string Key, Post Post)? Reminder(Chronicle told) =>
            ManualPosts.Reminder(told.Run, router, [Ada, Grace, Edsger], told.Now);
    }

    private static string Manual(Chronicle told) =>
        Rendered.Of(
            ManualPosts.Question(
                told.Run,
                told.Run.Plan.Steps.First(step => step.Action is PlannedAction.Manual),
                [Ada, Grace, Edsger]
            )
        );

    private static string HeadAndBox(string post) =>
        $"{post.Split('\n')[0]}\n{string.Join('\n', post.Split('\n').Where(line => line is ['┌' or '│' or '└', ..]))}\n";

    private static string HeadAndFoot(string post) =>
        $"{post.Split('\n')[0]}\n{string.Join('\n', post.Split('\n').SkipWhile(line => !line.StartsWith("[Issue", StringComparison.Ordinal)))}";
}
