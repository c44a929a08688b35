using PlatformBot.Core.Approvals;
using PlatformBot.Core.Planning;
using PlatformBot.Core.Roles;
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
    private readonly ScriptedInputs _inputs = new();

    public ApprovalGuardTests() => Approvers(Ada, Grace, Edsger);

    [Fact]
    public async Task What_was_approved_by_somebody_else_may_start() =>
        (await ObjectionAsync(Asked(), Yes(Grace))).ShouldBeNull();

    [Fact]
    public async Task What_nobody_approved_may_not() =>
        (await ObjectionAsync(Asked())).ShouldBe($"foundation is not approved. {AskAgain}");

    [Fact]
    public async Task An_approval_that_was_never_asked_for_is_none() =>
        (await ObjectionAsync()).ShouldBe($"foundation is not approved. {AskAgain}");

    [Fact]
    public async Task What_somebody_denied_may_not_start_whoever_says_yes_afterwards() =>
        (await ObjectionAsync(Asked(), Voted(Edsger, Decision.Deny), Yes(Grace))).ShouldStartWith(
            "foundation is not approved."
        );

    [Fact]
    public async Task Another_plan_than_the_approved_one_may_not_start()
    {
        var now = new string('b', 64);
        var then = new string('a', 64);

        (await ObjectionAsync(digest: now, Asked(digest: then), Yes(Grace))).ShouldBe(
            $"The plan is not the one that was approved (digest bbbbbbbbbbbb, approved aaaaaaaaaaaa): the approval is void. {AskAgain}"
        );
    }

    [Fact]
    public async Task Whoever_has_lost_the_role_no_longer_counts()
    {
        Approvers(Ada, Edsger);

        (await ObjectionAsync(Asked(), Yes(Grace))).ShouldBe(
            $"The approval of foundation is void: of those who approved, 0 still hold the role approver and an active account, and 1 must. {AskAgain}"
        );
    }

    [Fact]
    public async Task A_quorum_must_still_be_one_when_the_step_starts()
    {
        (await ObjectionAsync(Asked(quorum: 2), Yes(Grace), Yes(Edsger))).ShouldBeNull();

        Approvers(Grace);
        (await ObjectionAsync(Asked(quorum: 2), Yes(Grace), Yes(Edsger)))!.ShouldContain(
            "1 still hold the role approver and an active account, and 2 must"
        );
    }

    [Fact]
    public async Task A_journal_in_which_the_requester_approved_opens_nothing() =>
        (await ObjectionAsync(Asked(), Yes(Ada)))!.ShouldContain("0 still hold the role approver");

    [Fact]
    public async Task What_one_approved_alone_stands_as_long_as_they_may_do_that()
    {
        OnCall(Ada);
        (await ObjectionAsync(Asked(quorum: 2), Alone(Ada))).ShouldBeNull();

        OnCall(Grace);
        (await ObjectionAsync(Asked(quorum: 2), Alone(Ada))).ShouldBe(
            $"The approval of foundation is void: @ada, who gave it alone, no longer has the role oncall and an active account. {AskAgain}"
        );
    }

    [Fact]
    public async Task What_was_denied_nobody_approves_alone()
    {
        OnCall(Ada);

        (await ObjectionAsync(Asked(), Voted(Grace, Decision.Deny), Alone(Ada)))!.ShouldStartWith(
            "foundation is not approved."
        );
    }

    [Fact]
    public async Task A_phase_that_destroys_nothing_needs_nobody()
    {
        var run = RunOf(Of(Step("look")));

        (await ObjectionAsync("d1", run, run.Plan.Steps.First())).ShouldBeNull();
    }

    [Fact]
    public async Task Every_phase_has_an_approval_of_its_own()
    {
        var wipe = Step("wipe") with { Destructive = "wipes it" };
        var plan = Of(wipe, wipe with { Id = "erase", Phase = "storage" });
        var run = RunOf(plan, Asked(), Yes(Grace));

        (await ObjectionAsync("d1", run, plan.Steps.First())).ShouldBeNull();
        (await ObjectionAsync("d1", run, plan.Steps.Last())).ShouldBe($"storage is not approved. {AskAgain}");
    }

    [Fact]
    public async Task Whoever_left_their_group_since_they_voted_leaves_its_seat_empty()
    {
        var plan = Of(Step("wipe") with { Destructive = "wipes it" }) with
        {
            Approval = new ApprovalRule("phase", 2, TimeSpan.FromHours(4))
            {
                Groups = new Dictionary<string, int> { ["platform"] = 1, ["security"] = 1 },
            },
        };
        var run = RunOf(plan, Asked(quorum: 2), Yes(Grace, "platform"), Yes(Edsger, "security"));
        Groups(platform: [Grace], security: [Edsger]);
        (await ObjectionAsync("d1", run, plan.Steps.First())).ShouldBeNull();

        Groups(platform: [Grace, Edsger], security: [Grace]);
        (await ObjectionAsync("d1", run, plan.Steps.First()))!.ShouldContain(
            "2 still hold the role approver or platform or security and an active account, and 2 must (1 of platform and 1 of security)."
        );
    }

    private void Groups(IReadOnlyList<Person> platform, IReadOnlyList<Person> security) =>
        _access.Set(new Dictionary<string, Holders> { ["platform"] = new(platform), ["security"] = new(security) });

    private Task<string?> ObjectionAsync(params (Person By, RunEvent What)[] entries) => ObjectionAsync("d1", entries);

    private Task<string?> ObjectionAsync(string digest, params (Person By, RunEvent What)[] entries)
    {
        var run = RunOf(Of(Step("wipe") with { Destructive = "wipes it" }), entries);
        return ObjectionAsync(digest, run, run.Plan.Steps.First());
    }

    private async Task<string?> ObjectionAsync(string digest, Run run, PlannedStep step)
    {
        var standing = new Standing(new ScriptedPeople(), _access, TimeSpan.Zero, TimeProvider.System);
        var guard = new ApprovalGuard(standing, _ => digest, _inputs);
        using var live = new LiveRun(run, new MemoryJournal(TimeProvider.System), TimeProvider.System);
        return (await guard.ObjectionAsync(live, step, TestContext.Current.CancellationToken))?.Why;
    }

    private void Approvers(params Person[] people) =>
        _access.Set(new Dictionary<string, Holders> { ["approver"] = new(people) });

    private void OnCall(params Person[] people) =>
        _access.Set(new Dictionary<string, Holders> { ["oncall"] = new(people) });

    private static (Person, RunEvent) Alone(Person by) =>
        (by, new RunEvent.ApprovedAlone("foundation", "d1", "the router burns", 1, "oncall"));

    private static (Person, RunEvent) Asked(int quorum = 1, string digest = "d1") =>
        (Person.Bot, new RunEvent.ApprovalAsked("foundation", digest, quorum, DateTimeOffset.MaxValue));

    private static (Person, RunEvent) Yes(Person by) => Voted(by, Decision.Approve);

    private static (Person, RunEvent) Yes(Person by, string role) =>
        (by, new RunEvent.Voted("foundation", Decision.Approve, "d1", null, "test") { Roles = [role] });

    private static (Person, RunEvent) Voted(Person by, Decision decision) =>
        (by, new RunEvent.Voted("foundation", decision, "d1", null, "test"));

    private static Run RunOf(Plan plan, params (Person By, RunEvent What)[] entries) =>
        entries.Aggregate(new Chronicle(plan, Ada), (told, entry) => told.Then(entry.By, entry.What)).Run;
}
