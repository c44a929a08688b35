using PlatformBot.Core.Approvals;
using PlatformBot.Core.Planning;
using PlatformBot.Core.Runs;
using PlatformBot.Core.Tests.Runs;
using Shouldly;
using Xunit;
using static PlatformBot.Core.Tests.Runs.Plans;
using static PlatformBot.Core.Tests.Runs.Stage;

namespace PlatformBot.Core.Tests.Approvals;

/// <summary>What the last look before a destructive step sees.</summary>
public sealed class ApprovalGuardTests
{
    private const string AskAgain =
        "`/platform cancel #42` and ask for the run again: what is done already is not done twice.";

    private static readonly Person Edsger = new("edsger", "edsger");

    private readonly Access _access = new();

    public ApprovalGuardTests() => Approvers(Ada, Grace, Edsger);

    [Fact]
    public void What_was_approved_by_somebody_else_may_start() => Objection(Asked(), Yes(Grace)).ShouldBeNull();

    [Fact]
    public void What_nobody_approved_may_not() =>
        Objection(Asked()).ShouldBe($"foundation is not approved. {AskAgain}");

    [Fact]
    public void An_approval_that_was_never_asked_for_is_none() =>
        Objection().ShouldBe($"foundation is not approved. {AskAgain}");

    [Fact]
    public void What_somebody_denied_may_not_start_whoever_says_yes_afterwards() =>
        Objection(Asked(), Voted(Edsger, Decision.Deny), Yes(Grace)).ShouldStartWith("foundation is not approved.");

    [Fact]
    public void Another_plan_than_the_approved_one_may_not_start()
    {
        var now = new string('b', 64);
        var then = new string('a', 64);

        Objection(digest: now, Asked(digest: then), Yes(Grace))
            .ShouldBe(
                $"The plan is not the one that was approved (digest bbbbbbbbbbbb, approved aaaaaaaaaaaa): the approval is void. {AskAgain}"
            );
    }

    [Fact]
    public void Whoever_has_lost_the_role_no_longer_counts()
    {
        Approvers(Ada, Edsger);

        Objection(Asked(), Yes(Grace))
            .ShouldBe(
                $"The approval of foundation is void: of those who approved, 0 still hold the role approver and 1 must. {AskAgain}"
            );
    }

    [Fact]
    public void A_quorum_must_still_be_one_when_the_step_starts()
    {
        Objection(Asked(quorum: 2), Yes(Grace), Yes(Edsger)).ShouldBeNull();

        Approvers(Grace);
        Objection(Asked(quorum: 2), Yes(Grace), Yes(Edsger))!
            .ShouldContain("1 still hold the role approver and 2 must");
    }

    [Fact]
    public void A_journal_in_which_the_requester_approved_opens_nothing() =>
        Objection(Asked(), Yes(Ada))!.ShouldContain("0 still hold the role approver");

    [Fact]
    public void A_phase_that_destroys_nothing_needs_nobody()
    {
        var run = RunOf(Of(Step("look")));

        Guard("d1").Objection(run, run.Plan.Steps.First()).ShouldBeNull();
    }

    [Fact]
    public void Every_phase_has_an_approval_of_its_own()
    {
        var wipe = Step("wipe") with { Destructive = "wipes it" };
        var plan = Of(wipe, wipe with { Id = "erase", Phase = "storage" });
        var run = RunOf(plan, Asked(), Yes(Grace));

        Guard("d1").Objection(run, plan.Steps.First()).ShouldBeNull();
        Guard("d1").Objection(run, plan.Steps.Last()).ShouldBe($"storage is not approved. {AskAgain}");
    }

    private string? Objection(params (Person By, RunEvent What)[] entries) => Objection("d1", entries);

    private string? Objection(string digest, params (Person By, RunEvent What)[] entries)
    {
        var run = RunOf(Of(Step("wipe") with { Destructive = "wipes it" }), entries);
        return Guard(digest).Objection(run, run.Plan.Steps.First());
    }

    private ApprovalGuard Guard(string digest) => new(_access, _ => digest);

    private void Approvers(params Person[] people) =>
        _access.Set(new Dictionary<string, IReadOnlyList<Person>> { ["approver"] = people });

    private static (Person, RunEvent) Asked(int quorum = 1, string digest = "d1") =>
        (Person.Bot, new RunEvent.ApprovalAsked("foundation", digest, quorum, DateTimeOffset.MaxValue));

    private static (Person, RunEvent) Yes(Person by) => Voted(by, Decision.Approve);

    private static (Person, RunEvent) Voted(Person by, Decision decision) =>
        (by, new RunEvent.Voted("foundation", decision, "d1", null, "test"));

    private static Run RunOf(Plan plan, params (Person By, RunEvent What)[] entries) =>
        entries.Aggregate(new Chronicle(plan, Ada), (told, entry) => told.Then(entry.By, entry.What)).Run;
}
